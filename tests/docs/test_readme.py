from __future__ import annotations

from pathlib import Path

import pytest

from brainlearn.cli import main
from brainlearn.neurons import NEURONS
from brainlearn.rules import RULES
from brainlearn.stimuli import DATASETS
from brainlearn.synapses import SYNAPSES
from tests.docs.markdown import ROOT, blocks, inline_code, read

README = read("README.md")


def test_the_circuit_has_no_mistakes(tmp_path: Path) -> None:
    (circuit,) = blocks(README, "toml")
    file = tmp_path / "my_circuit.toml"
    file.write_text(circuit, encoding="utf-8")
    assert main(["check", str(file)]) == 0


@pytest.mark.parametrize(
    ("kind", "there"),
    [
        ("circuits", {path.stem for path in (ROOT / "circuits").glob("*.toml")}),
        ("neurons", set(NEURONS)),
        ("synapses", set(SYNAPSES)),
        ("rules", set(RULES)),
        ("datasets", set(DATASETS)),
    ],
)
def test_what_it_says_there_is_exists(kind: str, there: set[str]) -> None:
    (row,) = [line for line in README.splitlines() if line.startswith(f"| {kind} |")]
    named = set(inline_code(row.split("|")[2]))
    assert named
    assert named <= there


def test_it_links_the_experiments_and_their_list_names_each() -> None:
    folders = [path.parent.name for path in (ROOT / "experiments").glob("*/experiment.toml")]
    assert [name for name in folders if f"({name}/README.md)" not in read("experiments/README.md")] == []
