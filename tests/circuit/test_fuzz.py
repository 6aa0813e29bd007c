"""Whatever is done to a circuit file, reading it ends in a circuit or in mistakes, never in a traceback."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path

import pytest

from brainlearn.brian.text.text_check import find_mistakes
from brainlearn.circuit import Circuit, parse_circuit, read_circuit, wire
from brainlearn.mistakes import Mistake
from pages.circuits import EXAMPLE
from tests.time_limit import within
from tests.toml_mutations import mutate_text, mutate_tree

TOKENS = (
    "v", "w", "u", "dv/dt", "=", "+=", "-", "*", "/", "**", "(", ")", ":", "1", "volt", "mV", "\n", "t", "dt", "xi",
    "rand()", "f(v)", "clip(v, 0, 1)", "v_pre", "v_post", "and", "not", ">", "==", "(unless refractory)", "boolean",
    "#", "1/second", "inf", "if", "[0]", ".", "'", "lambda", "None", "\\", "%", ",", ";", "gain", "é", "\0", "9**9",
)  # fmt: skip


def _assert_sound(circuit: Circuit | None, mistakes: list[Mistake], where: str) -> None:
    text_mistakes = find_mistakes(circuit) if circuit else []
    if circuit is not None and not mistakes and not text_mistakes:
        wire(circuit, 1)
    assert circuit is not None or mistakes
    for mistake in [*mistakes, *text_mistakes]:
        assert mistake.where.startswith(where)
        assert mistake.wrong
        assert len(str(mistake)) < 3000


def change_texts(seeds: range, shipped: list[Path], path: Path) -> None:
    texts = [EXAMPLE, *(each.read_text(encoding="utf-8") for each in shipped)]
    for seed in seeds:
        rng = random.Random(f"text {seed}")
        path.write_text(mutate_text(rng.choice(texts), rng), encoding="utf-8")
        with within(60, seed):
            reading = read_circuit(path)
            _assert_sound(reading.circuit, list(reading.mistakes), where=str(path))
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def change_values(seeds: range, shipped: list[Path]) -> None:
    texts = [*8 * [EXAMPLE], *(path.read_text(encoding="utf-8") for path in shipped)]
    for seed in seeds:
        rng = random.Random(f"value {seed}")
        tree = mutate_tree(tomllib.loads(rng.choice(texts)), rng, TOKENS)
        with within(60, seed):
            _assert_sound(*parse_circuit(tree, "x.toml"), where="x.toml")


def test_no_change_of_the_text_makes_a_traceback(shipped: list[Path], tmp_path: Path) -> None:
    change_texts(range(100), shipped, tmp_path / "x.toml")


def test_no_change_of_a_value_makes_a_traceback(shipped: list[Path]) -> None:
    change_values(range(160), shipped)


@pytest.mark.slow
def test_no_change_of_two_thousand_makes_a_traceback(shipped: list[Path], tmp_path: Path) -> None:
    change_texts(range(1000, 2000), shipped, tmp_path / "x.toml")
    change_values(range(1000, 2000), shipped)
