"""Every command, on terminals that know few characters, with files of others that try to steer the terminal."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from brainlearn.cli import app, main
from brainlearn.cli.terminal import accept_all_characters, printable
from brainlearn.results.store import save_result
from brainlearn.results.summary import summary
from brainlearn.results.tree import result_tree
from tests.experiment.tiny_runs import CIRCUIT, POISSON
from tests.results.small_run import make_record

ROOT = Path(__file__).parents[2]
STEER = "\x1b]0;owned\x07\x1b[31m\x9b2J\u202e"  # a title, a colour, an erased screen, text from right to left
FOLDER = f"caf{os.fsdecode(bytes([0xE9]))} {STEER} \u00e1\u00df\u4e2d"  # one byte of it is no UTF-8
IN_TOML = "".join(f"\\u{ord(c):04x}" for c in STEER)
SWEEP = """
name = "grid"
experiment = "experiment.toml"
[grid]
"training.copies" = [10, 20]
"""

COMMANDS: dict[str, tuple[list[str], int]] = {
    "check": (["check", "{}/circuit.toml", "{}/experiment.toml", "{}/sweep.toml"], 0),
    "check mistakes": (["check", "{}/wrong.toml", "{}/absent.toml"], 2),
    "describe": (["describe", "{}/circuit.toml", "--output", "{}/drawing.svg"], 0),
    "describe mistakes": (["describe", "{}/wrong.toml"], 2),
    "init": (["init", "{}/first"], 0),
    "new": (["new", "{}/project"], 0),
    "new over files": (["new", "{}"], 2),
    "simulate": (["simulate", "{}/circuit.toml", "--duration", "5 ms", "--output", "{}/simulated"], 0),
    "simulate mistakes": (["simulate", "{}/circuit.toml", "--record", STEER, "--output", "{}/none"], 2),
    "list rules": (["list", "rules"], 0),
    "list neurons": (["list", "neurons"], 0),
    "list synapses": (["list", "synapses"], 0),
    "list datasets": (["list", "datasets"], 0),
    "list mistakes": (["list", STEER], 2),
    "verify": (["verify", "{}/stimulated.toml", "--duration", "5 ms", "--copies", "2"], 0),
    "run": (["run", "{}/experiment.toml", "--output", "{}/new"], 0),
    "run mistakes": (["run", "{}/experiment.toml", "--set", f"training.{STEER}=1"], 2),
    "resume": (["resume", "{}/run"], 0),
    "watch": (["watch", "{}/run", "--once"], 0),
    "summary": (["summary", "{}/run"], 0),
    "summary as JSON": (["summary", "{}/run", "--json"], 0),
    "summary mistakes": (["summary", "{}/absent"], 2),
    "compare": (["compare", "{}/run", "{}/other", "--output", "{}/comparison.png"], 0),
    "compare as JSON": (["compare", "{}/run", "{}/other", "--json"], 0),
    "report": (["report", "{}/run", "{}/other", "--output", "{}/page.html", "--figures"], 0),
    "export as arrays": (["export", "{}/run", "--format", "npz"], 0),
    "export as tables": (["export", "{}/run", "--format", "csv"], 0),
    "export over a file": (["export", "{}/run", "--format", "npz", "--output", "{}/circuit.toml"], 2),
    "import mistakes": (["import", "{}/circuit.toml", "--output", "{}/imported.toml"], 2),
    "sweep": (["sweep", "{}/sweep.toml", "--workers", "1", "--output", "{}/sweep"], 0),
    "unknown option": (["check", f"--{STEER}"], 2),
    "unknown command": ([STEER], 2),
    "version": (["--version"], 0),
    "help": (["--help"], 0),
}
SLOW = {"sweep", "run", "verify", "simulate", "report"}
ENCODINGS = {"ascii": set(COMMANDS), "utf-8": set(COMMANDS) - SLOW, "cp1252": {"describe", "summary", "check mistakes"}}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of files of others: a circuit, an experiment, a sweep, two runs."""
    path = tmp_path_factory.mktemp("files")
    described = CIRCUIT.replace('name = "tiny"', f'name = "tiny"\ndescription = "{IN_TOML} \u00e1 [red]x[/red]"', 1)
    (path / "circuit.toml").write_text(described, encoding="utf-8")
    stimulated = (ROOT / "circuits" / "one_area.toml").read_text(encoding="utf-8")
    named = re.sub(r'description = ".*"', f'description = "{IN_TOML}"'.replace("\\", "\\\\"), stimulated)
    (path / "stimulated.toml").write_text(named, encoding="utf-8")
    (path / "wrong.toml").write_text(described.replace('"poisson"', f'"{IN_TOML}"'), encoding="utf-8")
    asked = f'{POISSON}\n[about]\nquestion = "{IN_TOML}"\n'.replace("samples = 100", "samples = 20")
    (path / "experiment.toml").write_text(asked.replace("epochs = 3", "epochs = 1"), encoding="utf-8")
    (path / "sweep.toml").write_text(SWEEP, encoding="utf-8")
    for name in ("run", "other"):
        (path / name).mkdir()
        record = make_record()
        record.notes = [f"a note {STEER}"]
        save_result(result_tree(record), path / name / "result.nc")
        said = json.dumps({**summary(record), "experiment": STEER, "rule": f"r{STEER}", "dataset": f"d\u00e1{STEER}"})
        (path / name / "summary.json").write_text(said, encoding="utf-8")
    return path


@pytest.fixture
def folder(files: Path, tmp_path: Path) -> Path:
    """Return a folder with a copy of the files; its name is another's too."""
    return shutil.copytree(files, tmp_path / FOLDER)


def said(arguments: list[str], encoding: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, bytes]:
    """Run a command and return its exit code and the bytes that a terminal of this encoding would get."""
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", stream)
    accept_all_characters()
    code = main(arguments)
    stream.flush()
    return code, written.getvalue()


def steering(text: str) -> set[str]:
    return {c for c in text if (not c.isprintable() and c not in "\n\t\u00a0") or "\udc80" <= c <= "\udcff"}


CASES = [
    pytest.param(name, encoding, marks=[pytest.mark.slow] if name in SLOW else [], id=f"{name}, {encoding}")
    for encoding, names in ENCODINGS.items()
    for name in COMMANDS
    if name in names
]


@pytest.mark.parametrize(("name", "encoding"), CASES)
def test_no_command_steers_the_terminal_or_fails_to_write(
    name: str, encoding: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments, expected = COMMANDS[name]
    code, written = said([each.replace("{}", str(folder)) for each in arguments], encoding, monkeypatch)
    text = written.decode(encoding)
    assert steering(text) == set()
    assert code == expected, text
    assert "Internal error in brainlearn" not in text


def test_the_table_holds_every_command() -> None:
    registered = {command.name for command in app.registered_commands}
    assert registered == registered & {arguments[0] for arguments, _ in COMMANDS.values()}


def test_text_of_others_is_shown_as_it_is_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, written = said(["describe", str(folder / "circuit.toml")], "utf-8", monkeypatch)
    assert r"\x1b]0;owned\x07\x1b[31m\x9b2J\u202e á [red]x[/red]" in written.decode()


def test_signs_of_tables_are_written_in_ascii(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, written = said(["describe", str(folder / "circuit.toml")], "ascii", monkeypatch)
    assert "normal 0 +- 2 / sqrt inputs" in written.decode("ascii")


def test_json_is_read_back_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, written = said(["summary", str(folder / "run"), "--json"], "ascii", monkeypatch)
    assert json.loads(written)["dataset"] == f"d\u00e1{STEER}"


def test_plain_text_stays() -> None:
    text = "V1/E -> V2/E\t2 × 3 ± 0.5 % – á中\nnext"
    assert printable(text) == text


def test_bytes_that_are_no_text_are_named() -> None:
    assert printable(os.fsdecode(b"caf\xe9")) == r"caf\xe9"


@pytest.mark.slow
def test_a_process_without_a_locale_describes_a_circuit(folder: Path) -> None:
    surroundings = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "brainlearn", "describe", str(folder / "circuit.toml")]
    done = subprocess.run(command, capture_output=True, env=surroundings, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"normal 0 +- 2 / sqrt inputs" in done.stdout


def test_only_one_module_of_the_commands_prints() -> None:
    commands = ROOT / "brainlearn" / "cli"
    for path in commands.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        found = [word for word in (" print(", "typer.echo(", " Console(", "sys.stdout.write") if word in text]
        assert not found or path.name == "terminal.py", f"{path.name} prints by {found}, not by terminal.py"
