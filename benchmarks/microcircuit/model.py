"""The numbers of the microcircuit, at full scale and at a share of it.

Source: Potjans and Diesmann 2014, Cerebral Cortex 24(3):785-806, initial membranes and rates
from NEST's example of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

NAMES = ("L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I")
DT = 0.1  # ms
SETTLE, SECONDS = 0.2, 1.0

NEURONS = np.array([20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948])
EXTERNAL = np.array([1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100])
"""Synapses from outside onto a neuron, each a Poisson train of `EXTERNAL_RATE`."""
RATES = np.array([0.971, 2.868, 4.746, 5.396, 8.142, 9.078, 0.991, 7.523])
"""Mean rates at full scale [Hz], from which the current for missing input is computed: NEST's example for NEST 2."""
RATES_SINCE = np.array([0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829])
"""The same for NEST 3."""
INITIAL_MEAN = np.array([-68.28, -63.16, -63.33, -63.45, -63.11, -61.66, -66.72, -61.43])  # mV
INITIAL_SD = np.array([5.36, 4.57, 4.74, 4.94, 4.94, 4.55, 5.46, 4.48])  # mV
PROBABILITIES = np.array(
    [
        [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0],
        [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0],
        [0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0.0],
        [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0],
        [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0],
        [0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0.0],
        [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
        [0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443],
    ]
)
"""Rows are targets, columns sources."""

EXTERNAL_RATE = 8.0  # Hz
WEIGHT = 87.81  # pA, a potential of 0.15 mV
INHIBITION = -4.0
WEIGHT_SD = 0.1  # of the mean
DELAYS = {"E": (1.5, 0.75), "I": (0.75, 0.375)}  # ms, mean and standard deviation
CAPACITANCE, TAU_MEMBRANE, TAU_SYNAPSE = 250.0, 10.0, 0.5  # pF, ms, ms
REST, THRESHOLD, REFRACTORY = -65.0, -50.0, 2.0  # mV, mV, ms


@dataclass(frozen=True)
class Microcircuit:
    """The model at a share of its neurons and of the synapses onto each.

    Weights are divided by the square root of the share, and a constant current makes up for the input that is missing.

    Parameters
    ----------
    scale : float
        1 is the whole model.
    """

    scale: float
    names: tuple[str, ...] = field(default=NAMES, init=False)

    @cached_property
    def sizes(self) -> np.ndarray:
        """(population,) array of int."""
        return np.round(NEURONS * self.scale).astype(int)

    @cached_property
    def full_numbers(self) -> np.ndarray:
        """(target, source) array : Synapses at full scale, drawn with replacement."""
        pairs = np.outer(NEURONS, NEURONS).astype(float)
        return np.log1p(-PROBABILITIES) / np.log1p(-1 / pairs)

    @cached_property
    def numbers(self) -> np.ndarray:
        """(target, source) array of int : Synapses at this scale."""
        return np.round(self.full_numbers / NEURONS[:, None] * self.scale * self.sizes[:, None]).astype(int)

    @cached_property
    def full_weights(self) -> np.ndarray:
        """(target, source) array : Mean weights at full scale [pA]."""
        weights = np.tile(np.where([name.endswith("E") for name in NAMES], WEIGHT, INHIBITION * WEIGHT), (8, 1))
        weights[0, 2] *= 2
        return weights

    @property
    def weights(self) -> np.ndarray:
        """(target, source) array : Mean weights at this scale [pA]."""
        return self.full_weights / np.sqrt(self.scale)

    @property
    def external_weight(self) -> float:
        """Of a synapse from outside [pA]."""
        return float(WEIGHT / np.sqrt(self.scale))

    @property
    def external_numbers(self) -> np.ndarray:
        """(population,) array of int : Synapses from outside onto a neuron."""
        return np.round(EXTERNAL * self.scale).astype(int)

    @cached_property
    def currents(self) -> np.ndarray:
        """(population,) array : What makes up for missing input [pA]."""
        within = (self.full_weights * self.full_numbers / NEURONS[:, None] * RATES).sum(axis=1)
        outside = WEIGHT * EXTERNAL * EXTERNAL_RATE
        return np.asarray(TAU_SYNAPSE * 1e-3 * (1 - np.sqrt(self.scale)) * (within + outside))
