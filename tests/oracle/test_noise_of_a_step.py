"""What is drawn `(constant over dt)` is one number for a unit and a step, however often it is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit, simulate

TEXT = """
name = "held"
dt = "1 ms"

[neurons.cell]
equations = '''
dboth/dt = (noise + noise**2)/ms : 1
dlinear/dt = noise/ms : 1
dsquare/dt = noise**2/ms : 1
noise = randn() : 1 (constant over dt)
'''
threshold = "both > 1e9"
reset = "both = 0"
method = "euler"

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = SIZE, neuron = "cell" }]
"""


@pytest.mark.parametrize("delivery", ["shared", "stock"])
@pytest.mark.parametrize("size", [7, 3_000])
def test_noise_that_is_read_twice_is_the_same_noise(tmp_path: Path, delivery: str, size: int) -> None:
    path = tmp_path / "held.toml"
    path.write_text(TEXT.replace("SIZE", str(size)), encoding="utf-8")
    names = ("both", "linear", "square")
    tree = simulate(load_circuit(path), "40 ms", {}, f"V1/E[0:7]:{','.join(names)}", delivery=delivery)
    both, linear, square = (tree["states/V1.E"][name].values for name in names)
    np.testing.assert_allclose(both, linear + square, rtol=1e-9, atol=1e-12)
    steps = np.diff(linear, axis=0)
    assert np.std(steps) == pytest.approx(1, abs=0.3)
    assert abs(np.corrcoef(steps[:, 0, 0], steps[:, 0, 1])[0, 1]) < 0.6  # units draw their own
