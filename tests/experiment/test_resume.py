"""A run that was stopped goes on where it was, and ends as if it had not been; what does not fit is refused."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainlearn.mistakes import UserError
from brainlearn.results.checkpoint import checkpoint_files, load_checkpoint, save_checkpoint
from brainlearn.results.new_folder import create_run_folder
from brainlearn.results.store import load_result
from brainlearn.running import Interrupted, in_folder, preparation, resume, run_to_folder
from brainlearn.running.checkpoints import Checkpoints, Saved
from brainlearn.training import progress
from brainlearn.training.progress import Progress, Silent
from tests.experiment.tiny_runs import few_items, outcome, tiny

ANGLES = "alignment.epochs=[0, 1]"
OWN = "negatives={kind='by_goodness', candidates=3, random_fraction=0.3}"
FIXED = "baselines.backprop_through_time={copies=20, fixed=['V1/E->IT/class']}"
DRIFT = "drift={'V1/E->IT/class'={per_epoch=0.5}}"
RUNNING = 'rule.name="forward_forward_running"'  # every memory that there is


class Noted(Silent):
    """Keeps notes, and does something at a moment of the run."""

    def __init__(self, stage: str = "", done: int = 0, work: Callable[[], object] = lambda: None) -> None:
        self.notes: list[str] = []
        self.stage, self.done, self.work = stage, done, work

    def progress(self, progress: Progress) -> None:
        if (progress.stage, progress.done) == (self.stage, self.done):
            self.work()
            self.stage = ""

    def note(self, text: str) -> None:
        self.notes.append(text)


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture(autouse=True, scope="module")
def small_tests() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preparation, "load_dataset", few_items)
        patch.setattr(progress, "SHOW_EVERY", 0.0)
        yield


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of targets that was interrupted after four rounds of its first epoch; copy it."""
    folder = tmp_path_factory.mktemp("stopped")
    experiment, _ = tiny(folder / "files", "targets")
    with pytest.raises(KeyboardInterrupt):
        run_to_folder(experiment, folder / "run", watcher=Noted("training", 4, interrupt))
    return folder / "run"


@pytest.fixture
def copied(stopped: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stopped, tmp_path / "run"))


class GoesOn(Exception):
    """The run would go on now."""


@pytest.fixture
def goes_on_from(monkeypatch: pytest.MonkeyPatch) -> list[Saved | None]:
    """Stop where a run would go on, and keep what it would go on from."""
    found: list[Saved | None] = []

    def conduct(course: object, keeper: object, saved: Saved | None, notes: object = ()) -> None:
        found.append(saved)
        raise GoesOn

    monkeypatch.setattr(in_folder, "conduct", conduct)
    return found


# ---- it goes on ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "changes", "stage", "done"),
    [
        ("poisson", (RUNNING, "training.epochs=2", "readout.validate_every=2"), "training", 5),  # a whole epoch
        pytest.param("shifted", ("training.epochs=1",), "training", 2, marks=pytest.mark.slow),
        pytest.param("hybrids", ("training.epochs=1", "stimulus.shift=1"), "training", 2, marks=pytest.mark.slow),
        ("poisson", (OWN, "training.epochs=1"), "training", 3),
        pytest.param("poisson_mirror", (OWN, "training.epochs=1"), "training", 8, marks=pytest.mark.slow),
        pytest.param("targets", (ANGLES, "training.epochs=1"), "training", 4, marks=pytest.mark.slow),
        pytest.param("drifting", ("training.epochs=1",), "training", 2, marks=pytest.mark.slow),
        ("dropout", ("training.epochs=1",), "training", 2),
        pytest.param("dropout_mirror", ("training.epochs=1",), "training", 2, marks=pytest.mark.slow),
        pytest.param("dropout_backprop", ("training.epochs=1",), "training", 2, marks=pytest.mark.slow),
        pytest.param("unit_classes", ("training.epochs=2",), "training", 4, marks=pytest.mark.slow),
        pytest.param("recurrent", ("training.epochs=1",), "training", 2, marks=pytest.mark.slow),
        pytest.param("spiking_loop", ("training.epochs=1",), "training", 2, marks=pytest.mark.slow),
        pytest.param("over_time", ("training.epochs=1",), "training", 1, marks=pytest.mark.slow),
        pytest.param("curves", ("training.epochs=2",), "validation", 1, marks=pytest.mark.slow),
        pytest.param("curves_backprop", ("training.epochs=1",), "training", 1, marks=pytest.mark.slow),
        pytest.param("backprop", ("training.epochs=1",), "training", 2, marks=pytest.mark.slow),
        pytest.param("backprop", (DRIFT, FIXED, "training.epochs=1"), "training", 2, marks=pytest.mark.slow),
        pytest.param("poisson", ("training.epochs=2",), "validation", 1, marks=pytest.mark.slow),
        pytest.param("traces", ("training.epochs=2",), "validation", 1, marks=pytest.mark.slow),
        pytest.param("targets", ("training.epochs=2", ANGLES), "alignment", 1, marks=pytest.mark.slow),
        pytest.param("targets", ("training.epochs=1",), "test", 1, marks=pytest.mark.slow),
        pytest.param("backprop", ("training.epochs=2",), "validation", 1, marks=pytest.mark.slow),
    ],
)
def test_a_run_goes_on_after_ctrl_c_as_if_nothing_had_happened(
    tmp_path: Path, kind: str, changes: tuple[str, ...], stage: str, done: int
) -> None:
    experiment, name = tiny(tmp_path / "files", kind, *changes)
    whole = outcome(run_to_folder(experiment, tmp_path / "whole", baseline=name).record)
    with pytest.raises(KeyboardInterrupt):
        run_to_folder(experiment, tmp_path / "run", watcher=Noted(stage, done, interrupt), baseline=name)
    assert len(checkpoint_files(tmp_path / "run")) in ((0,) if stage == "alignment" else (1, 2))
    ended = resume(tmp_path / "run")
    assert ended is not None
    found = outcome(ended.record)
    assert [key for key in whole if found[key] != whole[key]] == []
    left = [sorted(path.name for path in (tmp_path / folder).iterdir()) for folder in ("run", "whole")]
    assert left[0] == left[1]
    assert stage == "alignment" or any(note.startswith("resumed after epoch") for note in ended.record.notes)
    assert resume(tmp_path / "run") is None


def test_ctrl_c_after_an_epoch_writes_what_was_learned(tmp_path: Path) -> None:
    class AfterAnEpoch(Noted):
        def epoch_done(self, record: object, epochs: int) -> None:
            interrupt()

    experiment, _ = tiny(tmp_path, "targets")
    with pytest.raises(Interrupted) as raised:
        run_to_folder(experiment, tmp_path / "run", watcher=AfterAnEpoch())
    assert "interrupted after epoch 1 of 3" in raised.value.record.notes
    assert load_result(tmp_path / "run")["metrics"].sizes["epoch"] == 1
    about, _ = load_checkpoint(checkpoint_files(tmp_path / "run")[-1])
    assert len(about["record"]["epochs"]) == 1
    assert about["record"]["notes"] == []


def test_without_a_checkpoint_a_run_begins_anew(copied: Path, goes_on_from: list[Saved | None]) -> None:
    shutil.rmtree(copied / "checkpoints")
    with pytest.raises(GoesOn):
        resume(copied)
    assert goes_on_from == [None]


def test_times_add_up(copied: Path) -> None:
    about, arrays = load_checkpoint(checkpoint_files(copied)[-1])
    about["record"]["train_seconds"] += 1000
    arrays["epoch/seconds"] = arrays["epoch/seconds"] + 1000
    save_checkpoint(copied, about, arrays)
    ended = resume(copied)
    assert ended is not None
    assert ended.record.train_seconds > 1000
    assert ended.record.epoch_seconds[0] > 1000 > ended.record.epoch_seconds[1]


def test_a_second_ctrl_c_ends_at_once() -> None:
    keeper = Checkpoints(Path(), None, 0)  # type: ignore[arg-type]
    keeper.ask()
    keeper.ask()  # an echo: a terminal tells every process of a group
    keeper._asked_at -= 2
    with pytest.raises(KeyboardInterrupt):
        keeper.ask()


# ---- when it is saved ----------------------------------------------------------------------------------------------


def test_writing_takes_no_more_than_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: clock[0])
    keeper = Checkpoints(Path(), None, 1 / 60)  # type: ignore[arg-type]
    keeper._cost = 0.1
    for seconds, due in ((0.9, False), (5.4, False), (5.6, True)):  # 0.1 s are 1.8 % of 5.56 s
        clock[0] = seconds
        assert keeper._due(1.0) is due
    keeper._cost = 0.0
    clock[0] = 0.9
    assert not keeper._due(1.0)


def test_stock_synapses_with_spikes_under_way_say_that_they_are_not_saved(tmp_path: Path) -> None:
    experiment, _ = tiny(tmp_path, "targets", 'training.delivery="stock"', "training.samples=20", "training.epochs=1")
    watcher = Noted()
    record = run_to_folder(experiment, tmp_path / "run", watcher=watcher).record
    assert "no checkpoints: delivery" in watcher.notes[0]
    assert watcher.notes[0] in record.notes


# ---- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "shown"),
    [
        ("experiment.toml", "epochs = 3", "epochs = 4", "training.epochs was 3.0, is 4.0"),
        ("experiment.toml", 'name = "temporal_difference"', 'name = "spike_difference"', "rule.name was"),
        (
            "circuit.toml",
            'parameters = { tau_apical = "1 ms" }',
            "",
            "neurons.pyramidal.parameters.tau_apical was 1 ms",
        ),
    ],
)
def test_another_experiment_or_circuit_is_refused_with_the_difference(
    copied: Path, file: str, old: str, new: str, shown: str
) -> None:
    text = (copied / file).read_text()
    assert old in text
    (copied / file).write_text(text.replace(old, new))
    with pytest.raises(UserError, match="differs from the checkpoint") as raised:
        resume(copied)
    assert shown in str(raised.value)
    assert file in str(raised.value)


def test_comments_and_the_time_between_checkpoints_may_change(copied: Path, goes_on_from: list[Saved | None]) -> None:
    path = copied / "experiment.toml"
    path.write_text("# a comment\n" + path.read_text().replace("epochs = 3", "epochs = 3\nsave_minutes = 1"))
    with pytest.raises(GoesOn):
        resume(copied)
    assert goes_on_from[0] is not None


def test_other_data_and_weights_are_refused(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other(name: str, folder: Path | None, seed: int) -> object:
        dataset = few_items(name, folder, seed)
        dataset.images[0, 0] += 1
        return dataset

    monkeypatch.setattr(preparation, "load_dataset", other)
    with pytest.raises(UserError, match="made with different data"):
        resume(copied)


def test_a_checkpoint_of_another_run_is_refused(copied: Path, tmp_path: Path) -> None:
    experiment, _ = tiny(tmp_path / "files", "poisson")
    with pytest.raises(KeyboardInterrupt):
        run_to_folder(experiment, tmp_path / "other", watcher=Noted("training", 1, interrupt))
    shutil.copy(checkpoint_files(tmp_path / "other")[-1], checkpoint_files(copied)[-1])
    with pytest.raises(UserError, match=r"experiment\.toml: differs from the checkpoint"):
        resume(copied)


def test_the_state_of_another_circuit_is_refused(copied: Path) -> None:
    about, arrays = load_checkpoint(checkpoint_files(copied)[-1])
    arrays["learner/weights/V1/E->IT/class/w"] = np.zeros((2, 2), dtype=np.float32)
    save_checkpoint(copied, about, arrays)
    with pytest.raises(UserError, match=r'does not fit this run; found "w" is float32 of shape \(2, 2\)'):
        resume(copied)


def test_an_older_checkpoint_is_taken_where_the_newest_is_damaged(
    copied: Path, goes_on_from: list[Saved | None]
) -> None:
    whole = checkpoint_files(copied)[-1]
    newest = whole.with_name("000099.npz")
    newest.write_bytes(whole.read_bytes()[:-100])
    watcher = Noted()
    with pytest.raises(GoesOn):
        resume(copied, watcher=watcher)
    assert goes_on_from[0] is not None
    assert "000099.npz: cannot be read as a checkpoint" in watcher.notes[0]
    assert "The previous checkpoint is used." in watcher.notes[0]
    assert (copied / "checkpoints" / "000099.npz.unreadable").exists()


def test_a_folder_that_is_no_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"not the folder of a run; found no unfinished\.json in it"):
        resume(tmp_path)
    with pytest.raises(UserError, match="not the folder of a run; found no such folder"):
        resume(tmp_path / "absent")


def test_a_run_that_was_killed_before_it_began_leaves_a_folder_to_use(tmp_path: Path) -> None:
    (tmp_path / "in-use.json").write_text("{}")
    (tmp_path / "experiment.toml").touch()
    assert create_run_folder(tmp_path) == tmp_path


# ---- what can go wrong on the way ----------------------------------------------------------------------------------


def test_a_full_disk_is_said_and_training_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import brainlearn.results.checkpoint as module

    def full(path: Path, about: object, arrays: object) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    experiment, _ = tiny(tmp_path, "targets", "training.epochs=1", "training.save_minutes=1e-6")
    monkeypatch.setattr(module, "write_archive", full)
    watcher = Noted()
    record = run_to_folder(experiment, tmp_path / "run", watcher=watcher).record
    assert record.test is not None
    assert watcher.notes == ["a checkpoint could not be written: no space left on device"]
    assert watcher.notes[0] in record.notes


def test_a_result_that_cannot_be_written_leaves_a_run_to_resume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import brainlearn.results.store as module

    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    experiment, _ = tiny(tmp_path, "targets", "training.epochs=1")
    with monkeypatch.context() as patch:
        patch.setattr(module.DataTree, "to_netcdf", full)
        with pytest.raises(UserError, match="brainlearn resume") as raised:
            run_to_folder(experiment, tmp_path / "run")
    assert "result.nc: cannot be written; found no space left on device" in str(raised.value)
    monkeypatch.setattr(
        importlib.import_module("brainlearn.running.conduct"), "run_epoch", None
    )  # nothing is learned again
    assert resume(tmp_path / "run") is not None


def test_durations_do_not_follow_the_clock_on_the_wall() -> None:
    package = Path(__file__).parents[2] / "brainlearn"
    # Another process reads how old a status is, and the clock on the wall is all that they share.
    shared = {package / path for path in ("running/status.py", "running/live_view.py", "cli/watch.py")}
    for path in set(package.rglob("*.py")) - shared:
        assert "time.time(" not in path.read_text(encoding="utf-8"), path
