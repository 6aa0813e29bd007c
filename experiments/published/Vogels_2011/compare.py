"""Vogels, Sprekeler, Zenke, Clopath & Gerstner 2011: plastic inhibition calms a network of 2,000 neurons.

Run from the root of the project::

    python -m experiments.published.Vogels_2011.compare [--seeds 1 2 3]
"""

from __future__ import annotations

import numpy as np
from brian2 import SpikeMonitor, prefs, second
from brian2 import seed as seed_brian

import brainlearn
from benchmarks.spike_plasticity import plain_vogels
from brainlearn import load_circuit
from brainlearn.circuit import wire
from experiments.published.side_by_side import Measured, side_by_side

SECONDS, LAST = 3.0, 0.5  # of biological time; rates are those of the last part
CIRCUIT = "circuits/published/Vogels_2011.toml"
CHAIN = ({"name": "step", "size": 0.05}, {"name": "clip", "low": 0.0, "high": 100.0})
SIZES = {"E": 1600, "I": 400}


def ours(seed: int) -> Measured:
    """Learn in brainlearn, from the circuit file."""
    record = [f"cortex/{name}:spikes" for name in SIZES]
    learns = {"rule": "inhibitory_stdp", "learn": "cortex/I->cortex/E", "updates": CHAIN}
    tree = brainlearn.simulate(CIRCUIT, f"{SECONDS} s", None, record, seed=seed, precision="float32", **learns)
    times = {name: tree[f"spikes/cortex.{name}"]["spike_time"].values / 1e3 for name in SIZES}
    weights = tree["weights/cortex.I->cortex.E"]["weights"].values
    return measured(times, float(weights.sum() / np.count_nonzero(wire(load_circuit(CIRCUIT), seed)[LEARNS].mask)))


def stock(seed: int) -> Measured:
    """Run the authors' model as a script of Brian2, between the same pairs of neurons: others would matter more."""
    prefs.codegen.target = "numpy"
    seed_brian(seed)
    masks = {name: each.mask for name, each in wire(load_circuit(CIRCUIT), seed).items()}
    network, groups = plain_vogels(masks, 0.05)
    monitors = {name: SpikeMonitor(group) for name, group in groups.items()}
    network.add(*monitors.values())
    network.run(SECONDS * second, namespace={})
    plastic = next(each for each in network.objects if "w" in getattr(each, "variables", {}))
    return measured({name: np.array(each.t_) for name, each in monitors.items()}, float(np.mean(plastic.w)))


LEARNS = "cortex/I->cortex/E"


def measured(times: dict[str, np.ndarray], weight: float) -> Measured:
    """Return rates of both populations, and the mean inhibitory weight."""
    rates = {
        f"rate of {name} [Hz]": float((each >= SECONDS - LAST).sum() / LAST / SIZES[name])
        for name, each in times.items()
    }
    return {**rates, "mean weight [nS]": weight}


if __name__ == "__main__":
    side_by_side(__file__, ours, stock)
