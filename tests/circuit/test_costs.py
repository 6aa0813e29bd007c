"""Small files cost little: deep keys, many mistakes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from brainlearn.circuit.reading import DEEPEST, read_toml
from brainlearn.cli import main
from brainlearn.experiment.changes import apply_changes
from brainlearn.mistakes import UserError

PARTS = 40_000
DEEP = {
    "a key": f"name = 'x'\n{'.'.join('a' * PARTS)} = 1\n",
    "a table": f"[{'.'.join('a' * PARTS)}]\n",
    "a list of tables": f"[[ {' . '.join('a' * PARTS)} ]]\n",
    "an inline table": f"x = {{ {'.'.join('a' * PARTS)} = 1 }}\n",
    "quotes": "x.'y z'." + ".".join(["'a'"] * PARTS) + " = 1\n",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_a_key_of_very_many_parts_is_refused_at_once(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deep.toml"
    path.write_text(text, encoding="utf-8")
    start = time.process_time()
    with pytest.raises(UserError, match=r"deep.toml: line \d: a key is nested too deeply; .*at most 32 parts"):
        read_toml(path)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "text",
    [
        f"{'.'.join('a' * DEEPEST)} = 1",
        f"x = '{'.'.join('a' * 100)}'",
        f"x = ['{'.'.join('1' * 100)}']  # {'.'.join('a' * 100)}",
    ],
)
def test_what_is_no_deep_key_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "shallow.toml"
    path.write_text(text, encoding="utf-8")
    assert len(read_toml(path)) == 1


def test_a_change_of_a_deep_key_is_refused(tmp_path: Path) -> None:
    (mistake,) = apply_changes({}, [".".join("a" * PARTS) + "=1"])
    assert (mistake.wrong, mistake.found) == ("a key is nested too deeply", f"{PARTS} parts")
    assert len(str(mistake)) < 300


def test_very_many_mistakes_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "many.toml"
    wrong = "\n".join(f"wrong_{k} = 1" for k in range(5_000))
    path.write_text(f'name = "x"\ndt = "1 ms"\nareas = []\n{wrong}\n', encoding="utf-8")
    assert main(["check", str(path)]) == 2
    told = capsys.readouterr().err
    assert len(told) < 20_000
    assert told.rstrip().endswith("more mistakes.")
    assert len(told.splitlines()) == 51
