"""A circuit of three units that spike as told, two that they reach, and two that these reach."""

from __future__ import annotations

import tomllib

import numpy as np

from brainlearn.circuit import Circuit
from brainlearn.circuit.loading import parse_circuit

IN, UP = "retina/image->V1/E", "V1/E->V2/E"
STEPS = 3
SPIKES = np.array([[[1, 1, 0], [0, 1, 0], [1, 0, 1]], [[0, 0, 0], [0, 1, 0], [0, 0, 0]]], dtype=float)
"""(copy, step, unit): which unit of the stimulus spikes."""
TEXT = """
name = "small"
dt = "1 ms"

[synapses.scaled]
on_pre = "v_post += w*spikes_now_pre"

[[areas]]
name = "retina"
level = 0
populations = [{{ name = "image", size = 3, neuron = "spike_train" }}]

[[areas]]
name = "V1"
level = 1
populations = [{{ name = "E", size = 2, neuron = "lif_delta" }}]

[[areas]]
name = "V2"
level = 2
populations = [{{ name = "E", size = 2, neuron = "lif_delta" }}]

[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "{synapse}"
weights = {{ distribution = "constant", value = 0.01 }}

[[projections]]
source = "V1/E"
target = "V2/E"
pathway = "bottom_up"
synapse = "delta"
weights = {{ distribution = "constant", value = 0.01 }}
"""


def small_circuit(synapse: str = "delta") -> Circuit:
    """Return the circuit, with a synapse model onto V1."""
    circuit, mistakes = parse_circuit(tomllib.loads(TEXT.format(synapse=synapse)), "small.toml", {})
    assert not mistakes
    assert circuit is not None
    return circuit
