"""The package can be imported on Windows and macOS: nothing that only some systems have is asked for on import."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from brainlearn.processes.safe_python import safe_environment

ROOT = Path(__file__).parents[2]
FOLDERS = ("benchmarks", "brainlearn", "circuits", "docs", "examples", "experiments", "pages", "tests")
ONLY_POSIX = ("fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty")

AS_ON_WINDOWS = """
import builtins, importlib, os, pkgutil, signal, sys
import brainlearn

def import_all(names):
    found = []
    for name in names:
        try:
            importlib.import_module(name)
            found.append(name)
        except ModuleNotFoundError as error:  # an optional library
            if error.name.startswith("brainlearn"):
                raise
    return found

every = [each.name for each in pkgutil.walk_packages(brainlearn.__path__, "brainlearn.")]
there = import_all([name for name in every if name != "brainlearn.__main__"])  # libraries know their system
for name in [each for each in sys.modules if each.partition(".")[0] == "brainlearn"]:
    del sys.modules[name]
import brainlearn

for place, names in (
    (os, "fork forkpty getuid geteuid getgid killpg setsid mkfifo sched_getaffinity getloadavg sysconf wait3 nice "
         "register_at_fork O_NONBLOCK O_CLOEXEC O_NOFOLLOW O_DIRECTORY"),
    (signal, "SIGKILL SIGHUP SIGALRM SIGUSR1 SIGUSR2 SIGCHLD SIGTSTP SIGCONT alarm pthread_sigmask setitimer"),
):
    for name in names.split():
        if hasattr(place, name):
            delattr(place, name)

import_here = builtins.__import__

def import_there(name, globals=None, locals=None, fromlist=(), level=0):
    if ((globals or {}).get("__name__") or "").startswith("brainlearn") and name in sys.argv[1:]:
        raise ImportError(f"{globals['__name__']} imports {name}")
    return import_here(name, globals, locals, fromlist, level)

builtins.__import__ = import_there
assert import_all(there) == there
assert "brainlearn.cli.run" in there
print("imported")
"""


def test_no_module_begins_by_importing_what_only_posix_systems_have() -> None:
    asked = re.compile(rf"^(?:import|from) (?:{'|'.join(ONLY_POSIX)})\b", re.MULTILINE)
    files = (ROOT / "brainlearn").rglob("*.py")
    assert [path.name for path in files if asked.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.slow
def test_every_module_is_imported_without_what_only_posix_systems_have() -> None:
    command = [sys.executable, "-c", AS_ON_WINDOWS, *ONLY_POSIX]
    environment = safe_environment({"PYTHONPATH": str(ROOT), "PATH": "", "HOME": "/nowhere", "MPLBACKEND": "Agg"})
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)
    assert done.stdout.splitlines()[-1:] == ["imported"], done.stderr[-2000:]


def test_files_have_names_that_every_system_takes() -> None:
    """Windows refuses some signs and names, and does not tell upper from lower case."""
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file())
    names = [path.relative_to(ROOT).as_posix() for path in found if not {"__pycache__", "runs"} & set(path.parts)]
    parts = {part for name in names for part in name.split("/")}
    devices = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
    assert [part for part in parts if set(part) & set('<>:"\\|?*') or part[-1] in " ."] == []
    assert [part for part in parts if not part.isprintable() or part.split(".")[0].lower() in devices] == []
    assert len({name.lower() for name in names}) == len(names)
    assert max(map(len, names)) < 150  # of 260 with the folder
