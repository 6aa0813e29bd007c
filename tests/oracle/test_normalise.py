"""Weights onto a unit add up to the same sum whenever a presentation that taught them ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainlearn import Phase, Plasticity, Round, Simulation, load_circuit
from brainlearn.rules import RULES

TEXT = """
name = "loop"
dt = "1 ms"

[[areas]]
name = "retina"
level = 0
populations = [{ name = "image", size = 20, neuron = "poisson" }]

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 6, neuron = "lif_delta" }]

[[areas]]
name = "V2"
level = 2
populations = [{ name = "E", size = 6, neuron = "lif_delta" }]

[[projections]]
name = "up"
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "delta"
weights = { distribution = "normal", mean = 0.3, sd = 0.2 }
connectivity = { kind = "probability", probability = SHARE }

[[projections]]
name = "higher"
source = "V1/E"
target = "V2/E"
pathway = "bottom_up"
synapse = "delta"
weights = { distribution = "constant", value = 0.5 }
connectivity = { kind = "one_to_one" }

[[projections]]
name = "down"
source = "V2/E"
target = "V1/E"
pathway = "top_down"
synapse = "delta"
weights = { distribution = "tied", to = "higher", scale = 2.0 }
"""
SUM = 1.7


@pytest.mark.parametrize(
    ("rule", "share", "settings"),
    [
        ("pair_stdp", 0.1, {}),
        ("pair_stdp", 1.0, {}),
        ("oja", 0.1, {}),  # a list of synapses
        ("oja", 0.6, {}),  # a masked matrix
        ("pair_stdp", 0.6, {"delivery": "stock", "precision": "float64"}),
    ],
)
def test_magnitudes_add_up_after_a_presentation_that_teaches(
    tmp_path: Path, rule: str, share: float, settings: Any
) -> None:
    (tmp_path / "circuit.toml").write_text(TEXT.replace("SHARE", str(share)), encoding="utf-8")
    chain = (("step", {"size": 0.1}), ("normalise", {"sum": SUM}))
    plasticity = Plasticity(RULES[rule], ("up", "higher"), updates=chain)
    phases = [Phase("show", 20), Phase("rest", 5, reset=False, show=False, learn=False)]
    simulation = Simulation(load_circuit(tmp_path / "circuit.toml"), 3, phases, plasticity, **settings)
    drawn = {name: simulation.weights(name).copy() for name in ("up", "higher")}
    stimuli = {"retina/image": np.full((3, 20), 300.0)}
    simulation.present(iter([Round(stimuli, np.ones(3), learn=False)]), 1)
    for name, before in drawn.items():
        np.testing.assert_array_equal(simulation.weights(name), before)
    simulation.present(iter([Round(stimuli, np.ones(3))] * 2), 2)
    for name, before in drawn.items():
        weights, mask = simulation.weights(name), simulation.wiring[name].mask
        connected = np.ones(before.shape, dtype=bool) if mask is None else mask
        assert not weights[~connected].any()
        total = np.abs(weights).sum(axis=0)
        np.testing.assert_allclose(total, np.where(connected.any(axis=0), SUM, 0), rtol=1e-5)
    np.testing.assert_allclose(simulation.weights("down"), 2 * simulation.weights("higher").T, rtol=1e-6)
    rescaled = drawn["up"] * (SUM / np.maximum(np.abs(drawn["up"]).sum(axis=0), 1e-9))
    assert np.abs(simulation.weights("up") - rescaled).max() > 1e-3  # it learned, too
