"""Expressions that nobody would write: rendered, they have the values that NumPy gives to their text."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
import torch

from brainlearn.expression import LONGEST, parse_expression
from brainlearn.mirror.rendering import Renderer

CONSTANTS = {"tau": 0.0123, "k": -2.517, "three": 3.0}
VALUES = {"v": np.array([-1.31, 0.017, 0.73, 2.19]), "u": np.array([0.41, -2.23, 0.11, 1.37])}


def expression(random: Random, depth: int) -> str:
    """Return a random expression without quotients by 0."""
    if depth == 0 or random.random() < 0.1:
        return random.choice(["v", "u", *CONSTANTS, "2", "0.5", "7"])
    a, b, c = (expression(random, depth - 1) for _ in range(3))
    return random.choice(
        [
            f"({a} + {b})", f"({a} - {b})", f"({a} * {b})", f"-({a})", f"{a}/three - {b}", f"{a} - {b}*(k + {c})",
            f"({a} / (1 + abs({b})))", f"({a})**2", f"tanh({a})", f"exp(-abs({a}))", f"clip({a}, {b}, {b} + 2)",
            f"int({a} > {b})*{c}", f"int({a} > {b} and not ({b} < {c}))", f"abs({a} + {b})",
        ]
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_values_are_those_of_numpy(seed: int):
    random, variables = Random(seed), {name: torch.as_tensor(x) for name, x in VALUES.items()}
    texts = [text for text in (expression(random, 5) for _ in range(20)) if len(text) <= LONGEST]
    assert len(texts) > 5
    for text in texts:
        expected = np.broadcast_to(parse_expression(text)({**VALUES, **CONSTANTS}), (4,))
        found = Renderer("", CONSTANTS, list(VALUES)).expression(text).evaluate(variables)
        found = np.broadcast_to(np.asarray(found), (4,))
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9, err_msg=text)
