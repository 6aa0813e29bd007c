"""Whatever is done to a circuit file, reading it ends in a circuit or in mistakes, never in a traceback."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from brainlearn.brian.text_check import find_mistakes
from brainlearn.circuit import Circuit, parse_circuit, read_circuit, wire
from brainlearn.circuit.reference import EXAMPLE
from brainlearn.mistakes import Mistake

TOKENS = (
    "v", "w", "u", "dv/dt", "=", "+=", "-", "*", "/", "**", "(", ")", ":", "1", "volt", "mV", "\n", "t", "dt", "xi",
    "rand()", "f(v)", "clip(v, 0, 1)", "v_pre", "v_post", "and", "not", ">", "==", "(unless refractory)", "boolean",
    "#", "1/second", "inf", "if", "[0]", ".", "'", "lambda", "None", "\\", "%", ",", ";", "gain", "é", "\0", "9**9",
)  # fmt: skip
VALUES = (
    -1, 0, 1, 2.5, 1e300, float("nan"), True, [], {}, "", "x", "1 ms", "-1 mV", "V1/E", "lif", "delta", "lateral",
    [3, 3], [[1]], 10**30, {"a": 1}, "inhibitory", {"kind": "local", "radius": 1}, {"rms": 0.5}, "exact", "heun",
    {"distribution": "uniform", "low": -1, "high": 1}, {"distribution": []}, {"kind": {}},
)  # fmt: skip


def _mutate_text(text: str, rng: random.Random) -> str:
    """Delete, double or swap lines, or replace a character."""
    lines = text.splitlines()
    for _ in range(rng.randint(1, 3)):
        i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
        match rng.randrange(5):
            case 0:
                del lines[i]
            case 1:
                lines.insert(j, lines[i])
            case 2:
                lines[i], lines[j] = lines[j], lines[i]
            case _:
                k = rng.randrange(len(lines[i]) + 1)
                lines[i] = lines[i][:k] + rng.choice("\"'[]{}=:.#*-9v\0é") + lines[i][k + 1 :]
    return "\n".join(lines)


def _leaves(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in nested tables and lists: what holds it, and its key there."""
    for key, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
        yield tree, key
        if isinstance(value, dict | list):
            yield from _leaves(value)


def _mutate_tree(tree: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Replace a value, or a piece of a text, or delete a key."""
    for _ in range(rng.randint(1, 2)):
        holder, key = rng.choice(list(_leaves(tree)))
        old = holder[key]
        if isinstance(old, str) and rng.random() < 0.7:
            pieces = re.findall(r"\w+|\W", old) or [""]
            pieces[rng.randrange(len(pieces))] = rng.choice(TOKENS)
            holder[key] = "".join(pieces)
        elif isinstance(holder, dict) and rng.random() < 0.3:
            del holder[key]
        else:
            holder[key] = rng.choice(VALUES)
    return tree


def _assert_sound(circuit: Circuit | None, mistakes: list[Mistake], where: str) -> None:
    text_mistakes = find_mistakes(circuit) if circuit else []
    if circuit is not None and not mistakes and not text_mistakes:
        wire(circuit, 1)
    assert circuit is not None or mistakes
    for mistake in [*mistakes, *text_mistakes]:
        assert mistake.where.startswith(where)
        assert mistake.wrong
        assert len(str(mistake)) < 3000


@pytest.mark.parametrize("seed", range(5))
def test_no_change_of_the_text_makes_a_traceback(seed: int, shipped: list[Path], tmp_path: Path) -> None:
    rng = random.Random(seed)
    texts = [EXAMPLE, *(path.read_text(encoding="utf-8") for path in shipped)]
    path = tmp_path / "x.toml"
    for _ in range(20):
        path.write_text(_mutate_text(rng.choice(texts), rng), encoding="utf-8")
        _assert_sound(*read_circuit(path), where=str(path))


@pytest.mark.parametrize("seed", range(8))
def test_no_change_of_a_value_makes_a_traceback(seed: int, shipped: list[Path]) -> None:
    rng = random.Random(seed)
    texts = [*8 * [EXAMPLE], *(path.read_text(encoding="utf-8") for path in shipped)]
    for _ in range(20):
        tree = _mutate_tree(tomllib.loads(rng.choice(texts)), rng)
        _assert_sound(*parse_circuit(tree, "x.toml"), where="x.toml")
