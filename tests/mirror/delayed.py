"""A small circuit with delays of every synapse, and spike trains for it."""

from __future__ import annotations

import numpy as np

INTO, OUT, LONGEST = "periphery/spikes->V1/E", "V1/E->IT/class", 8
TEXT = """
name = "delayed"
dt = "1 ms"
[[areas]]
name = "periphery"
level = 0
populations = [{ name = "spikes", size = 6, neuron = "spike_train" }]
[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 7, neuron = "lif", parameters = { tau_membrane = "15 ms", tau_synapse = "5 ms" } }]
[[areas]]
name = "IT"
level = 2
populations = [{ name = "class", size = 3, neuron = "leaky_readout" }]
[[projections]]
source = "periphery/spikes"
target = "V1/E"
pathway = "bottom_up"
synapse = "current"
weights = { distribution = "normal", mean = 0.4, sd = 0.3 } # into
delay = { distribution = "uniform", low = "0 ms", high = "6 ms" } # into
[[projections]]
source = "V1/E"
target = "IT/class"
pathway = "bottom_up"
synapse = "readout"
weights = { distribution = "normal", sd = 0.5 }
delay = { distribution = "uniform", low = "0 ms", high = "6 ms" }
"""


def trains(copies: int, steps: int, seed: int = 11) -> np.ndarray:
    """Draw spikes, (copy, step, unit)."""
    return (np.random.default_rng(seed).random((copies, steps, 6)) < 0.25).astype(float)
