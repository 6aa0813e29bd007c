"""A run is followed from outside: what it does, that it ended, and that it died."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from brainlearn.cli import main, watch
from brainlearn.results.folder_lock import LOCK
from brainlearn.results.record import EpochRecord
from brainlearn.results.run_folder import STATUS, RunFolder, Unfinished
from brainlearn.running import preparation, run_to_folder, status
from brainlearn.running.status import StatusWatcher, status_of
from brainlearn.training import progress
from brainlearn.training.progress import Progress, Silent
from tests.experiment.tiny_runs import few_items, tiny
from tests.results.small_run import make_record, write_run

SOME = Progress("training", 2, 5, 3, 8, 120.0, 0.5, 0.25, float("nan"), 42.0)


@pytest.fixture
def unfinished(tmp_path: Path) -> Path:
    """A run folder in its second epoch, as a process that is dead left it."""
    RunFolder(tmp_path).mark_unfinished(Unfinished(None))
    keeper = StatusWatcher(Silent())
    keeper.started("tiny learns digits", ("a note",))
    keeper.epoch_done(EpochRecord(1, 2.0, 100, 37.5), 5)
    keeper.open(RunFolder(tmp_path))
    keeper._last = -10.0
    keeper.progress(SOME)
    held_by(tmp_path, dead_process(), socket.gethostname())
    return tmp_path


def dead_process() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def held_by(folder: Path, process: int, host: str) -> None:
    (folder / LOCK).write_text(json.dumps({"process": process, "host": host}))


def test_what_a_status_says_is_read_as_it_was_written(unfinished: Path) -> None:
    found = status_of(RunFolder(unfinished))
    assert found is not None
    assert repr(found.progress) == repr(SOME)
    assert repr(found.outcomes) == repr([EpochRecord(1, 2.0, 100, 37.5)])
    assert (found.title, found.notes, found.epochs) == ("tiny learns digits", ["a note"], 5)


def test_a_status_is_written_once_a_second_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[object] = []
    monkeypatch.setattr(RunFolder, "write_status", lambda folder, status: written.append(status["progress"]))
    keeper = StatusWatcher(Silent())
    keeper.progress(SOME)
    keeper.open(RunFolder(tmp_path))
    for _ in range(50):
        keeper.progress(SOME)
    assert len(written) == 1


def test_nothing_is_written_before_the_folder_belongs_to_the_run(tmp_path: Path) -> None:
    keeper = StatusWatcher(Silent())
    keeper.started("title", ())
    keeper.progress(SOME)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_died_is_named(unfinished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", str(unfinished)]) == 1
    said = capsys.readouterr().out
    assert "tiny learns digits" in said
    assert "epoch   1/5" in said
    assert "validation error 37.50 %" in said
    assert "ended unexpectedly; its last status is" in said
    assert f"brainlearn resume {unfinished}" in said


def test_a_run_that_was_stopped_is_named(
    unfinished: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "BETWEEN", 0.0)
    monkeypatch.setattr(watch, "LOOK_EVERY", 0.01)
    (unfinished / LOCK).unlink()
    assert main(["watch", str(unfinished)]) == 1
    assert "it was stopped" in capsys.readouterr().out


@pytest.mark.parametrize("host", [socket.gethostname(), "elsewhere"])
def test_a_run_that_goes_on_is_shown_once(unfinished: Path, host: str, capsys: pytest.CaptureFixture[str]) -> None:
    held_by(unfinished, os.getpid(), host)
    assert main(["watch", str(unfinished), "--once"]) == 0
    assert "epoch 2/5 training, 42 s left, 38 % done: 120 presentations/s" in capsys.readouterr().out


def test_a_run_far_away_that_is_silent_is_doubted(unfinished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held_by(unfinished, os.getpid(), "elsewhere")
    monkeypatch.setattr(watch, "OVERDUE", 0.0)
    assert main(["watch", str(unfinished)]) == 1


def test_a_damaged_status_is_as_good_as_none(unfinished: Path) -> None:
    for text in ("", "[]", '{"schema": 1}', '{"schema": 1, "title": 3}', "[" * 100_000):
        (unfinished / STATUS).write_text(text)
        assert status_of(RunFolder(unfinished)) is None
        assert main(["watch", str(unfinished)]) == 1


def test_a_run_that_ends_is_followed_to_its_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_run(tmp_path / "run", make_record())
    RunFolder(folder).mark_unfinished(Unfinished(None))
    held_by(folder, os.getpid(), socket.gethostname())
    threading.Timer(0.2, RunFolder(folder).mark_finished).start()
    assert main(["watch", str(folder)]) == 0
    assert "has ended: test error" in capsys.readouterr().out


def test_a_folder_without_a_run_is_a_mistake(tmp_path: Path) -> None:
    assert main(["watch", str(tmp_path)]) == 2


def test_a_run_keeps_a_status_until_it_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Looking(Silent):
        def progress(self, progress: Progress) -> None:
            seen.append(status_of(RunFolder(tmp_path / "run")))

    seen: list[Any] = []
    monkeypatch.setattr(preparation, "load_dataset", few_items)
    monkeypatch.setattr(progress, "SHOW_EVERY", 0.0)
    monkeypatch.setattr(status, "EVERY", 0.0)
    experiment, _ = tiny(tmp_path, "poisson", "training.epochs=2")
    run_to_folder(experiment, tmp_path / "run", watcher=Looking())
    assert [outcome.epoch for outcome in seen[-1].outcomes] == [1, 2]
    assert seen[-1].progress.stage == "test"
    assert not (tmp_path / "run" / STATUS).exists()
