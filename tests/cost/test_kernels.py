"""What kernels cost: as many operations as a list of their synapses, and fewer weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.circuit import wire
from brainlearn.circuit.kernels import Kernels
from brainlearn.cost.fan import fan_of

FILE = Path(__file__).parents[1] / "circuit" / "convolving.toml"


@pytest.mark.parametrize("name", ["retina/image->V1/E", "V1/E->V2/E", "V1/E->V2/pool", "V2/E->V1/E"])
def test_units_have_the_synapses_of_a_list(name):
    kernels = wire(load_circuit(FILE), 1)[name]
    assert isinstance(kernels, Kernels)
    rng = np.random.default_rng(1)
    weights = kernels.weights * (rng.random(kernels.weights.shape) < (0.7 if kernels.weights.size > 1 else 2))
    rows = replace(kernels, weights=weights).rows()
    found, listed = fan_of(weights, None, kernels), fan_of(rows.weights, None, rows)
    for each in ("outgoing", "incoming", "nonzero"):
        np.testing.assert_array_equal(getattr(found, each), getattr(listed, each), err_msg=each)
    assert found.pairs == found.synapses == len(rows.posts)
    assert found.numbers == found.written == kernels.weights.size < len(rows.posts)
