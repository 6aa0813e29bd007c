"""What asks a run to end: it is saved, said, and can go on."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from brainlearn.results.checkpoint import checkpoint_files
from brainlearn.results.run_folder import RunFolder
from brainlearn.running import run_to_folder
from brainlearn.running.signals import asking_to_end, handled, postponed
from tests.experiment.tiny_runs import tiny
from tests.running.commands import begin, until
from tests.sweep.conftest import EXPERIMENT


@pytest.fixture
def hang_up_is_heard() -> Iterator[None]:
    """Let SIGHUP end the process, even if the tests themselves run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


LONG = ("training.epochs=2000", "training.save_minutes=0")


@pytest.mark.usefixtures("hang_up_is_heard")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_run_with_a_checkpoint(tmp_path: Path, number: signal.Signals) -> None:
    class Kills:
        def started(self, title: str, notes: tuple[str, ...]) -> None: ...
        def progress(self, progress: object) -> None:
            os.kill(os.getpid(), number)

        def epoch_done(self, record: object, epochs: int) -> None: ...
        def note(self, text: str) -> None: ...

    experiment, _ = tiny(tmp_path / "files", "targets")
    with pytest.raises(KeyboardInterrupt):
        run_to_folder(experiment, tmp_path / "run", watcher=Kills())
    assert checkpoint_files(tmp_path / "run")
    assert RunFolder(tmp_path / "run").unfinished() is not None


@pytest.mark.usefixtures("hang_up_is_heard")
def test_a_hang_up_that_nohup_has_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert signal.SIGHUP not in asking_to_end()
        with handled(lambda number, frame: None):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert signal.SIGHUP in asking_to_end()


def test_what_must_not_be_left_half_done_is_ended_afterwards() -> None:
    done: list[int] = []

    def asked(times: int) -> None:
        with postponed():
            for _ in range(times):
                signal.raise_signal(signal.SIGTERM)
            done.append(times)

    asked(0)
    for times in (1, 2):
        with pytest.raises(KeyboardInterrupt):
            asked(times)
    assert done == [0, 1]


def test_a_run_whose_output_nobody_reads_ends_and_says_how_to_go_on(tmp_path: Path) -> None:
    tiny(tmp_path, "targets")
    changes = [each for change in LONG for each in ("--set", change)]
    process = begin(tmp_path / "bin", ["run", "experiment.toml", *changes, "--output", "run"], tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    for _ in range(3):  # as `| head -3` does
        process.stdout.readline()
    process.stdout.close()
    with process.stderr:
        errors = process.stderr.read()
    assert process.wait(600) == 130
    assert "The output was closed: stopping as after Ctrl-C." in errors
    assert "Resume it with: brainlearn resume run" in errors
    assert "Traceback" not in errors
    assert "Exception ignored" not in errors
    assert checkpoint_files(tmp_path / "run")


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_a_sweep_that_is_ended_before_its_first_point_says_one_line(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "experiment.toml").write_text(EXPERIMENT, encoding="utf-8")
    text = 'name = "tiny_sweep"\nexperiment = "experiment.toml"\nseeds = [1, 2]\n'
    (tmp_path / "sweep.toml").write_text(text, encoding="utf-8")
    arguments = ["sweep", "sweep.toml", "--workers", "2", "--output", "swept"]
    process = begin(tmp_path / "bin", arguments, tmp_path)
    assert process.stdout is not None
    while "tiny_sweep" not in process.stdout.readline():
        assert process.poll() is None
    until(lambda: children(process.pid))
    os.killpg(process.pid, number) if number == signal.SIGINT else os.kill(process.pid, number)
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 130
    assert errors == "Interrupted.\n"
    assert output == "Finished points are in swept/; run the same command again to continue.\n"


def children(process: int) -> list[str]:
    done = subprocess.run(["ps", "--ppid", str(process), "-o", "pid="], capture_output=True, text=True, check=False)
    return done.stdout.split()
