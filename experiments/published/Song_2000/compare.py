"""Song, Miller & Abbott 2000: 1,000 inputs compete for one neuron by STDP.

Run from the root of the project::

    python -m experiments.published.Song_2000.compare [--seeds 1 2 3]
"""

from __future__ import annotations

import numpy as np
from brian2 import Network, NeuronGroup, PoissonGroup, SpikeMonitor, Synapses, defaultclock, ms, prefs, second
from brian2 import seed as seed_brian

import brainlearn
from experiments.published.side_by_side import Measured, side_by_side

SECONDS, LAST = 20.0, 10.0  # of biological time; rates are those of the last part
CHAIN = ({"name": "step", "size": 1.0}, {"name": "clip", "low": 0.0, "high": 1.0})


def ours(seed: int) -> Measured:
    """Learn in brainlearn, from the circuit file."""
    tree = brainlearn.simulate(
        "circuits/published/Song_2000.toml",
        f"{SECONDS} s",
        {"input/P": "15 Hz"},
        ["cortex/E:spikes", "none"],
        seed=seed,
        rule="pair_stdp",
        learn="input/P->cortex/E",
        updates=CHAIN,
    )
    times = tree["spikes/cortex.E"]["spike_time"].values / 1e3
    return measured(times, tree["weights/input.P->cortex.E"]["weights"].values.reshape(-1))


def stock(seed: int) -> Measured:
    """Run the model as a script of Brian2, as it is commonly written there."""
    prefs.codegen.target = "numpy"
    defaultclock.dt = 0.5 * ms
    seed_brian(seed)
    inputs = PoissonGroup(1000, rates="15*Hz")
    cell = NeuronGroup(
        1,
        "dv/dt = (ge*(0*mV - v) - 74*mV - v)/(10*ms) : volt\ndge/dt = -ge/(5*ms) : 1",
        threshold="v > -54*mV",
        reset="v = -60*mV",
        method="euler",
    )
    cell.v = "-60*mV"
    synapses = Synapses(
        inputs,
        cell,
        """w : 1
        dpre/dt = -pre/(20*ms) : 1 (event-driven)
        dpost/dt = -post/(20*ms) : 1 (event-driven)""",
        on_pre="ge += 0.01*w\npre += 0.01\nw = clip(w + post, 0, 1)",
        on_post="post -= 0.0105\nw = clip(w + pre, 0, 1)",
    )
    synapses.connect()
    synapses.w = "rand()"
    monitor = SpikeMonitor(cell)
    Network(inputs, cell, synapses, monitor).run(SECONDS * second, namespace={})
    return measured(np.array(monitor.t_), np.array(synapses.w))


def measured(times: np.ndarray, weights: np.ndarray) -> Measured:
    """Return rates of the neuron and what became of the weights."""
    return {
        "rate in the first second [Hz]": float((times < 1).sum()),
        "rate at the end [Hz]": float((times >= SECONDS - LAST).sum() / LAST),
        "mean weight": float(weights.mean()),
        "weights below 0.1 [%]": float(100 * (weights < 0.1).mean()),
        "weights above 0.9 [%]": float(100 * (weights > 0.9).mean()),
    }


if __name__ == "__main__":
    side_by_side(__file__, ours, stock)
