"""Potjans & Diesmann 2014: the cortical microcircuit at full scale, compared with the rates of NEST's example.

A run takes 4 GB and about a minute. Run from the root of the project::

    python -m experiments.published.Potjans_Diesmann_2014.compare [--seeds 1 2 3]
"""

from __future__ import annotations

import brainlearn
from experiments.published.side_by_side import Measured, beside_published
from experiments.published.spiking import rate, spikes_of

CIRCUIT = "circuits/published/Potjans_Diesmann_2014.toml"
BEGIN, END = 0.2, 1.2  # s
SIZES = {
    "L23/E": 20_683,
    "L23/I": 5_834,
    "L4/E": 21_915,
    "L4/I": 5_479,
    "L5/E": 4_850,
    "L5/I": 1_065,
    "L6/E": 14_395,
    "L6/I": 2_948,
}
NEST = (
    0.903,
    2.965,
    4.414,
    5.876,
    7.569,
    8.633,
    1.105,
    7.829,
)  # Hz, pynest/examples/Potjans_2014 in its current version


def ours(seed: int) -> Measured:
    """Simulate the circuit file."""
    record = [f"{name}:spikes" for name in SIZES]
    tree = brainlearn.simulate(CIRCUIT, f"{END} s", None, record, seed=seed, precision="float32")
    return {f"rate of {name} [Hz]": rate(spikes_of(tree, name), size, BEGIN, END) for name, size in SIZES.items()}


if __name__ == "__main__":
    published = {f"rate of {name} [Hz]": each for name, each in zip(SIZES, NEST, strict=True)}
    beside_published(__file__, ours, "NEST", published)
