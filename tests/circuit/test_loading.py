"""Files that cannot be read end in a mistake, and sizes from outside replace those of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainlearn import load_circuit
from brainlearn.circuit import read_circuit
from brainlearn.mistakes import Mistake, UserError
from pages.circuits import EXAMPLE


def _mistake_of(path: Path) -> Mistake:
    with pytest.raises(UserError) as error:
        load_circuit(path)
    (mistake,) = error.value.mistakes
    return mistake


def test_a_missing_file_is_named_with_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "two_areas.toml").touch()
    mistake = _mistake_of(tmp_path / "twoareas.toml")
    assert (mistake.wrong, mistake.suggestion) == ("no such file", 'Did you mean "two_areas.toml"?')


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert _mistake_of(tmp_path).found == "a folder"


def test_a_file_without_permission_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    (tmp_path / "x.toml").touch()
    mistake = _mistake_of(tmp_path / "x.toml")
    assert (mistake.found, mistake.suggestion) == (
        "Permission denied",
        "Change its permissions so that you can read it.",
    )


def test_a_pipe_is_not_waited_for() -> None:
    assert _mistake_of(Path("/dev/null")).found == "a device or a pipe"


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00binary\x00",
        b"name = ",
        b"[areas",
        b"a = 1\na = 2\n",
        b"just text",
        b"x = " + b"[" * 5000,
        b"x = " + b"{a=" * 3000,
        b"x = " + b"9" * 5000,
        b"[" + b"a." * 3000 + b"a]\n",
        b"",
        b"areas = 3\nprojections = 4\nneurons = 5\nsynapses = 'x'\nname = []\ndt = {}\n",
        b"areas = [1, [], {}]\nprojections = [1, [], {}]\n[neurons]\na = 1\n[synapses]\nb = []\n",
    ],
)  # fmt: skip
def test_no_content_makes_a_traceback(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    with pytest.raises(UserError) as error:
        load_circuit(path)
    assert all(mistake.where.startswith(str(path)) for mistake in error.value.mistakes)


def test_what_is_not_toml_is_shown_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(EXAMPLE.replace("level = 1", "level 1"), encoding="utf-8")
    mistake = _mistake_of(path)
    assert "line " in mistake.where
    assert mistake.found == "`level 1`"


def test_sizes_replace_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    circuit = load_circuit(path, {"retina/image": (4, 6), "V1/I": 5})
    assert (circuit.population("retina/image").size, circuit.population("retina/image").sheet) == (24, (4, 6))
    assert circuit.population("V1/I").size == 5


@pytest.mark.parametrize(
    "sizes", [{"V1/X": 3}, {"V1/I": 0}, {"V1/I": (2, 0)}, {"V1/I": True}, {"V1/I": 10**12}, {"V1/I": "3"}]
)
def test_a_wrong_size_is_named(sizes: dict[str, int], tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    mistakes = read_circuit(path, sizes).mistakes
    assert [m.where for m in mistakes] == [f'{path}: size of "{next(iter(sizes))}"']
