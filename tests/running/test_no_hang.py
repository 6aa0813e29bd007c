"""Whatever the files of a run folder became, no command that reads them waits for ever or shows a fault."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from brainlearn.cli import main
from brainlearn.results.checkpoint import save_checkpoint
from brainlearn.results.folder_lock import HELD, LOCK
from brainlearn.results.run_folder import (
    CIRCUIT,
    EXPERIMENT,
    FIGURE,
    REPORT,
    RESULT,
    STATUS,
    SUMMARY,
    TRAINED,
    UNFINISHED,
    RunFolder,
    Unfinished,
)
from brainlearn.results.trained_file import TrainedAs, TrainedOn, save_trained
from tests.experiment.tiny_runs import tiny
from tests.results.small_run import make_record, write_run
from tests.time_limit import within

CHECKPOINT = "checkpoints/000001.npz"
FILES = (CIRCUIT, EXPERIMENT, FIGURE, REPORT, RESULT, STATUS, SUMMARY, TRAINED, UNFINISHED, LOCK, HELD, CHECKPOINT)
STOPPED, MISTAKE = 1, 2


def a_fifo(path: Path) -> None:
    os.mkfifo(path)


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_folder(path: Path) -> None:
    path.mkdir()


def a_loop(path: Path) -> None:
    path.symlink_to(path.name)


KINDS: dict[str, Callable[[Path], None]] = {
    "FIFO": a_fifo, "device": a_device, "folder": a_folder, "loop of links": a_loop
}  # fmt: skip


@pytest.fixture(scope="module")
def unfinished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was killed, and left a file of every name."""
    base = tmp_path_factory.mktemp("unfinished")
    tiny(base, "targets")
    folder = RunFolder(write_run(base / "run", make_record()))
    for file in (folder.experiment, folder.circuit):
        shutil.copy(base / file.name, file)
    folder.report.write_text("an older page", encoding="utf-8")
    folder.mark_unfinished(Unfinished(None))
    folder.write_status({"title": "tiny", "notes": [], "progress": None, "epochs": 0, "outcomes": [], "written": 1.0})
    dead = {"process": 4194309, "host": socket.gethostname()}
    (folder.path / LOCK).write_text(json.dumps(dead), encoding="utf-8")
    (folder.path / HELD).touch()
    save_checkpoint(folder.path, {"origin": 1}, {})
    save_trained(folder.trained, TrainedAs("", "", TrainedOn("digits", "", (64,), (), 10, (), (8, 8), 1)), {})
    assert {path for path in FILES if not (folder.path / path).is_file()} == set()
    return folder.path


READERS = {
    "watch": (("watch", "RUN", "--once"), (UNFINISHED, STATUS, LOCK, SUMMARY)),
    "resume": (("resume", "RUN", "--quiet"), (UNFINISHED, STATUS, LOCK, HELD, EXPERIMENT, CIRCUIT, CHECKPOINT)),
    "summary": (("summary", "RUN"), (SUMMARY, RESULT)),
    "summary of a file": (("summary", "FILE"), (SUMMARY, RESULT)),
    "compare": (("compare", "RUN", "RUN"), (SUMMARY, RESULT)),
    "report": (("report", "RUN"), (RESULT, SUMMARY, EXPERIMENT, REPORT)),
    "export": (("export", "RUN", "--format", "npz"), (RESULT, EXPERIMENT)),
    "zoo test": (("zoo", "test", "RUN"), (TRAINED, EXPERIMENT, CIRCUIT)),
    "check": (("check", "FILE"), (EXPERIMENT, CIRCUIT)),
    "run": (("run", f"RUN/{EXPERIMENT}", "--output", "RUN"), (EXPERIMENT, CIRCUIT)),
}


@pytest.mark.parametrize(
    "kind", [pytest.param(k, marks=[pytest.mark.slow] * (k in ("device", "folder"))) for k in KINDS]
)
@pytest.mark.parametrize(("command", "name"), [(name, file) for name, (_, files) in READERS.items() for file in files])
def test_no_command_waits_for_a_file_of_a_run_folder(
    unfinished: Path, tmp_path: Path, command: str, name: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(unfinished, folder)
    (folder / name).unlink()
    KINDS[kind](folder / name)
    arguments = [word.replace("RUN", str(folder)).replace("FILE", str(folder / name)) for word in READERS[command][0]]
    with within(60):
        code = main(arguments)
    told = capsys.readouterr()
    assert "fault of brainlearn" not in told.err
    assert code in (0, STOPPED, MISTAKE), told
    assert code != MISTAKE or str(folder) in told.err or "/dev/zero" in told.err  # what a link names


@pytest.mark.parametrize("name", ["x" * 300, "/".join(["x" * 200] * 30)], ids=["name", "path"])
def test_a_path_that_is_too_long_is_a_mistake_of_every_command(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tiny(tmp_path, "targets")
    for command in (
        ["watch", name],
        ["resume", name],
        ["summary", name],
        ["compare", name, name],
        ["report", name],
        ["check", name],
        ["describe", name],
        ["verify", name],
        ["sweep", name],
        ["export", name, "--format", "npz"],
        ["import", name],
        ["run", name],
        ["run", "experiment.toml", "--output", name],
    ):
        assert main(command) == 2, (command, capsys.readouterr().err)
        told = capsys.readouterr().err
        assert "file name too long" in told.lower(), (command[0], told[:300])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["circuit.toml", "experiment.toml"]
