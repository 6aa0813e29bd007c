"""Whatever is done to a circuit file, reading it ends in a circuit or in mistakes, never in a traceback."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from brainlearn.brian.text_check import find_mistakes
from brainlearn.circuit import read_circuit, wire
from brainlearn.circuit.reference import EXAMPLE

VALUES = (
    "-1", "0", "1e400", "nan", "-inf", "true", "[]", "{}", '""', '"x"', "[[1]]", "9999999999999999999", "1979-05-27",
    '"1 ms"', '"-1 mV"', '"V1/E"', '"\\u0000"', '"""\n\n"""', '"v"', '"((((v"', '"v**v**v"', '"1/0"', '"d/dt = : 1"',
    '"lambda: 0"', '"dv/dt = xi : 1"', '"v = v : 1"', '"dv/dt = -w/second : 1\\nw = v : 1"', '{ kind = "local" }',
)  # fmt: skip


def _mutate(text: str, rng: random.Random) -> str:
    """Delete, double, swap or replace lines and pieces of lines."""
    lines = text.splitlines()
    for _ in range(rng.randint(1, 6)):
        i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
        match rng.randrange(7):
            case 0:
                del lines[i]
            case 1:
                lines.insert(j, lines[i])
            case 2:
                lines[i], lines[j] = lines[j], lines[i]
            case 3 | 4 if "=" in lines[i]:
                lines[i] = lines[i].partition("=")[0] + "= " + rng.choice(VALUES)
            case 5:
                words = lines[i].split(" ")
                rng.shuffle(words)
                lines[i] = " ".join(words)
            case _:
                k = rng.randrange(len(lines[i]) + 1)
                lines[i] = lines[i][:k] + rng.choice("\"'[]{}=:.#*-9v\0é") + lines[i][k + 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(8))
def test_no_mutation_makes_a_traceback(seed: int, shipped: list[Path], tmp_path: Path) -> None:
    rng = random.Random(seed)
    texts = [EXAMPLE, *(path.read_text(encoding="utf-8") for path in shipped)]
    path = tmp_path / "x.toml"
    for _ in range(25):
        path.write_text(_mutate(rng.choice(texts), rng), encoding="utf-8")
        circuit, mistakes = read_circuit(path)
        text_mistakes = find_mistakes(circuit) if circuit else []
        if circuit is None:
            assert mistakes
        elif not mistakes and not text_mistakes:
            wire(circuit, seed)
        for mistake in [*mistakes, *text_mistakes]:
            assert mistake.where.startswith(str(path))
            assert mistake.wrong
            assert len(str(mistake)) < 3000
