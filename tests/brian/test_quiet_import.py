"""Importing brainlearn leaves a program its own hook for exceptions, and writes no log and no copy of the program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MISTAKE = 'from brainlearn import load_circuit\nload_circuit("none.toml")\n'
FAULT = "import brainlearn.brian\nraise ValueError('mine')\n"


def run(folder: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script with a folder of its own for temporary files, ``folder/tmp``."""
    (folder / "tmp").mkdir(exist_ok=True)
    (folder / "script.py").write_text(script, encoding="utf-8")
    environment = {"TMPDIR": str(folder / "tmp"), "PYTHONPATH": ":".join(sys.path), "PATH": ""}
    command = [sys.executable, str(folder / "script.py"), *arguments]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


def left(folder: Path) -> list[str]:
    return [path.name for path in (folder / "tmp").iterdir() if "brian" in path.name]


@pytest.mark.parametrize(("script", "last"), [(MISTAKE, "UserError: none.toml: no such file"), (FAULT, "mine")])
def test_an_exception_of_a_script_is_told_by_python_alone(tmp_path: Path, script: str, last: str) -> None:
    done = run(tmp_path, script)
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback (most recent call last):")
    assert last in done.stderr.splitlines()[-1]
    assert "report" not in done.stderr
    assert left(tmp_path) == []


def test_a_mistake_is_told_by_python_alone_where_the_script_imported_brian2_itself(tmp_path: Path) -> None:
    done = run(tmp_path, f"import brian2\n{MISTAKE}")
    assert done.stderr.startswith("Traceback (most recent call last):")
    assert "UserError: none.toml: no such file" in done.stderr.splitlines()[-1]


def test_a_script_keeps_its_arguments_and_its_hook_and_leaves_nothing_behind_where_it_is_killed(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\nhook = lambda *_: print('my hook')\nsys.excepthook = hook\nimport brainlearn.brian\n"
        "assert sys.excepthook is hook\nprint(sys.argv[1:], flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = run(tmp_path, script, "a", "b")
    assert (done.returncode, done.stdout) == (-9, "['a', 'b']\n"), done.stderr
    assert left(tmp_path) == []


def test_commands_do_not_wait_for_what_brian2_imports_for_nothing(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom brainlearn.cli import main\n"
        "assert main(['check', sys.argv[1]]) == 2\n"
        "assert 'brian2' in sys.modules\n"
        "print([name for name in ('matplotlib.pyplot', 'pytest', 'pylab') if name in sys.modules])\n"
    )
    circuit = tmp_path / "x.toml"
    circuit.write_text('name = "x"\ndt = "1 ms"\nareas = []\n', encoding="utf-8")
    done = run(tmp_path, script, str(circuit))
    assert done.stdout == "[]\n", done.stderr
