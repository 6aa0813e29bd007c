"""One run at a time in a folder, whatever became of the last."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from brainlearn.mistakes import UserError
from brainlearn.results.folder_lock import LOCK, locked

HOLD = """
import sys, time
from pathlib import Path
from brainlearn.results.folder_lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def write_lock(folder: Path, process: int, host: str) -> None:
    (folder / LOCK).write_text(json.dumps({"process": process, "host": host}))


def refuses(folder: Path, text: str) -> None:
    with pytest.raises(UserError, match=text), locked(folder):
        pass


def test_a_folder_is_held_by_one_and_let_go(tmp_path: Path) -> None:
    with locked(tmp_path) as left:
        assert left == ""
        refuses(tmp_path, f"another run uses this folder; found process {os.getpid()} on")
    assert not list(tmp_path.iterdir())


def test_a_killed_process_leaves_a_folder_that_is_taken_over(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(UserError, match=f"found process {process.pid} on"), locked(tmp_path):
            pass
        process.kill()
    with locked(tmp_path) as left:
        assert left == f"process {process.pid} ended without releasing {tmp_path}; this one takes over"


def test_a_process_of_another_machine_is_believed(tmp_path: Path) -> None:
    write_lock(tmp_path, 1, "another.example")
    refuses(tmp_path, r"found process 1 on another\.example\. If that process has ended, remove")
    assert (tmp_path / LOCK).exists()


def test_a_damaged_lock_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_bytes(b"\xff\x00[")
    with locked(tmp_path) as left:
        assert left == ""


@pytest.mark.parametrize(("process", "taken"), [(os.getpid(), False), (2**22 + 5, True)], ids=["living", "dead"])
def test_without_locks_of_the_file_system_a_living_process_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, process: int, taken: bool
) -> None:
    def unknown(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", unknown)
    write_lock(tmp_path, process, socket.gethostname())
    if taken:
        with locked(tmp_path) as left:
            assert str(process) in left
    else:
        with pytest.raises(UserError, match="another run uses this folder"), locked(tmp_path):
            pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"in-use\.json: cannot be written"), locked(tmp_path / "absent"):
        pass
