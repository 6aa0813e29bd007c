from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from brainlearn import cli
from brainlearn.mistakes import Mistake, UserError

ROOT = Path(__file__).parents[2]
HEAVY = {
    "brian2",
    "numba",
    "torch",
    "xarray",
    "matplotlib",
    "sklearn",
    "scipy",
    "pydantic",
    "pandas",
    "numpy",
    "dask",
    "distributed",
}


def app_that_raises(error: BaseException) -> Callable[..., None]:
    def app(**options: object) -> None:
        raise error

    return app


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from brainlearn.cli import main; code = main(['--help']);"
        f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr.strip() == "[]"


COMMANDS = [
    "init",
    "run",
    "resume",
    "sweep",
    "watch",
    "report",
    "export",
    "import",
    "check",
    "describe",
    "list",
    "summary",
    "compare",
    "verify",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "--help"]) == 0
    assert "Usage: brainlearn " + command in capsys.readouterr().out


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("brainlearn ")


def test_an_unknown_command_is_a_mistake() -> None:
    assert cli.main(["nonsense"]) == 2


def test_an_unknown_option_is_a_mistake() -> None:
    assert cli.main(["summary", "--nonsense", "runs"]) == 2


def test_all_mistakes_go_to_stderr(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    error = UserError(Mistake("a.toml: dt", "no unit"), Mistake("a.toml: name", "missing"))
    monkeypatch.setattr(cli, "app", app_that_raises(error))
    assert cli.main([]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "a.toml: dt: no unit\na.toml: name: missing\n"


def test_ctrl_c_exits_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(cli, "app", app_that_raises(KeyboardInterrupt()))
    assert cli.main([]) == 130
    assert capsys.readouterr().err == "Interrupted.\n"


def test_ctrl_c_inside_a_command_exits_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(path: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("brainlearn.cli.summary.find_summary", interrupted)
    assert cli.main(["summary", "runs/a"]) == 130


def test_a_lack_of_memory_is_no_fault(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(cli, "app", app_that_raises(MemoryError("Unable to allocate 3.73 GiB")))
    assert cli.main([]) == 2
    assert "Not enough memory: Unable to allocate 3.73 GiB." in capsys.readouterr().err


FILES = {
    "circuit": "circuits/one_area.toml",
    "experiment": "experiments/01_forward_forward_digits/experiment.toml",
    "sweep": "examples/step_and_width.toml",
}


@pytest.mark.parametrize(
    ("command", "kind", "said"),
    [
        ("run", "circuit", "not an experiment; found a circuit."),
        ("run", "sweep", "not an experiment; found a sweep. Run it with brainlearn sweep."),
        ("sweep", "experiment", "not a sweep; found an experiment. Run it with brainlearn run."),
    ],
)
def test_a_file_of_another_kind_is_one_mistake(
    command: str, kind: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([command, str(ROOT / FILES[kind])]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "Reading" not in line] == [line for line in lines if said in line]
    assert said in lines[-1]


def test_a_fault_is_short_and_names_the_way_to_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BRAINLEARN_TRACEBACK", raising=False)
    monkeypatch.setattr(cli, "app", app_that_raises(ZeroDivisionError("division by zero")))
    assert cli.main([]) == 1
    error = capsys.readouterr().err
    assert "ZeroDivisionError: division by zero" in error
    assert "BRAINLEARN_TRACEBACK=1" in error
    assert "Traceback" not in error


def test_the_traceback_of_a_fault_is_shown_on_demand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BRAINLEARN_TRACEBACK", "1")
    monkeypatch.setattr(cli, "app", app_that_raises(ZeroDivisionError("division by zero")))
    assert cli.main([]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "brainlearn", "list", "rules"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "forward_forward" in done.stdout
