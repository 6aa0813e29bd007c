"""A project to begin with: every file of it is right, and runs as its README says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from brainlearn.cli import main
from brainlearn.cli.new import FILES
from tests.docs.markdown import ROOT, blocks

STARTER = ROOT / "brainlearn" / "starter"
CHECKED = ("circuit.toml", "rule.toml", "experiment.toml", "sweep.toml")


def asked(text: str) -> list[str]:
    """Return the commands that a page asks for, one a line."""
    return [line for block in blocks(text, "console") for line in block.splitlines()]


@pytest.mark.parametrize("word", ["new", "init"])
def test_the_project_has_no_mistakes(word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "my project"
    assert main([word, str(folder)]) == 0
    assert f"cd '{folder}'" in capsys.readouterr().out
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert main(["check", *(str(folder / name) for name in CHECKED)]) == 0


def test_files_of_the_user_are_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "circuit.toml").write_text("mine", encoding="utf-8")
    assert main(["new", str(tmp_path)]) == 2
    assert "circuit.toml: already exists" in capsys.readouterr().err
    assert (tmp_path / "circuit.toml").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "experiment.toml").exists()


def test_a_folder_that_cannot_be_made_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["new", str(tmp_path / "file" / "inside")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_the_script_is_ten_lines_of_public_names() -> None:
    text = (STARTER / "run.py").read_text(encoding="utf-8")
    assert len([line for line in text.splitlines() if line.strip()]) <= 11  # with the line that says what it does
    assert re.findall(r"^(?:import|from) (\S+)", text, re.MULTILINE) == ["brainlearn"]


def test_the_readme_of_the_project_names_every_file() -> None:
    text = (STARTER / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in FILES if name != "README.md")
    assert {command.split()[1] for command in asked(text) if command.startswith("brainlearn")} == {
        "check",
        "describe",
        "verify",
        "simulate",
        "run",
        "report",
        "sweep",
    }


@pytest.mark.slow
def test_every_command_of_the_project_runs_from_a_wheel(tmp_path: Path) -> None:
    """The wheel lies alone in an environment that borrows the other libraries from this one."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(*command: str, folder: Path = tmp_path) -> str:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stdout[-2000:], done.stderr[-2000:])
        return done.stdout

    wheels = tmp_path / "wheels"
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(wheels), str(ROOT))
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    libraries = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        libraries,
        *map(str, wheels.iterdir()),
    )
    borrowed = [path for path in sys.path if path.endswith("site-packages")]
    (Path(libraries) / "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
    found = run(python, "-c", "import brainlearn; print(brainlearn.__file__)")
    assert found.startswith(libraries)
    brainlearn = (python, "-m", "brainlearn")
    run(*brainlearn, "new", "my_project")
    project = tmp_path / "my_project"
    for command in asked((project / "README.md").read_text(encoding="utf-8")):
        if command.startswith("brainlearn"):
            run(*brainlearn, *command.split()[1:], folder=project)
    assert (project / "first_look" / "report.html").is_file()
    assert (project / "first_run" / "report.html").is_file()
    assert (project / "first_sweep" / "sweep.nc").is_file()
    printed = run(python, "run.py", folder=project)
    errors = [float(each) for each in re.findall(r"test error ([\d.]+) %", printed)]
    assert len(errors) == 2
    assert errors[0] < 45  # chance is 90
    assert errors[0] < errors[1] < 85
