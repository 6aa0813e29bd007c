"""Clopath, Büsing, Vasilaki & Gerstner 2010: inputs at two rates compete for one neuron under the voltage rule.

Run from the root of the project::

    python -m experiments.published.Clopath_2010.compare [--seeds 1 2 3]
"""

from __future__ import annotations

import numpy as np
from brian2 import Network, NeuronGroup, PoissonGroup, SpikeMonitor, Synapses, defaultclock, ms, mV, prefs, second
from brian2 import seed as seed_brian

import brainlearn
from experiments.published.side_by_side import Measured, side_by_side

SECONDS = 3.0  # of biological time
RATES = {"slow": 10, "fast": 30}  # Hz
CHAIN = ({"name": "step", "size": 1.0}, {"name": "clip", "low": 0.0, "high": 3.0})
CELL = """
dm/dt = (-70.6*mV - m)/(10*ms) : volt
dspike/dt = -spike/(1*ms) : volt
v = m + spike : volt
dlow/dt = (v - low)/(10*ms) : volt
dhigh/dt = (v - high)/(7*ms) : volt
dmean/dt = (v - mean)/(1*second) : volt
"""
SYNAPSE = """
w : 1
dx/dt = -x/(15*ms) : 1 (clock-driven)
depressing = (mean_post + 70.6*mV)**2/(60*mV**2)*clip((low_post + 70.6*mV)/mV, 0, inf) : 1
potentiating = x*clip((v_post + 45.3*mV)/mV, 0, inf)*clip((high_post + 70.6*mV)/mV, 0, inf) : 1
"""


def ours(seed: int) -> Measured:
    """Learn in brainlearn, from the circuit file."""
    tree = brainlearn.simulate(
        "circuits/published/Clopath_2010.toml",
        f"{SECONDS} s",
        {f"input/{name}": f"{rate} Hz" for name, rate in RATES.items()},
        "none",
        seed=seed,
        rule="voltage_stdp",
        learn="all",
        updates=CHAIN,
    )
    weights = {name: tree[f"weights/input.{name}->cortex.E"]["weights"].values for name in RATES}
    return measured(int(tree["statistics/cortex.E"]["spike_count"].sum()), weights)


def stock(seed: int) -> Measured:
    """Run the model as a script of Brian2."""
    prefs.codegen.target = "numpy"
    defaultclock.dt = 0.1 * ms
    seed_brian(seed)
    cell = NeuronGroup(1, CELL, threshold="m > -55*mV", reset="m = -70.6*mV; spike += 100*mV", method="exact")
    cell.m = cell.low = cell.high = cell.mean = -70.6 * mV
    parts, plastic = [cell], {}
    for name, rate in RATES.items():
        inputs = PoissonGroup(50, rates=f"{rate}*Hz")
        on_pre = "m_post += w*mV\nx += 1\nw = clip(w - 1.4e-4*depressing, 0, 3)"
        synapses = plastic[name] = Synapses(inputs, cell, SYNAPSE, on_pre=on_pre, method="exact")
        synapses.connect()
        synapses.w = 1
        synapses.run_regularly("w = clip(w + 8e-5*potentiating*dt/(15*ms), 0, 3)")
        parts += [inputs, synapses]
    monitor = SpikeMonitor(cell)
    Network(*parts, monitor).run(SECONDS * second, namespace={})
    return measured(monitor.num_spikes, {name: np.array(synapses.w) for name, synapses in plastic.items()})


def measured(spikes: int, weights: dict[str, np.ndarray]) -> Measured:
    """Return the rate of the neuron, and the mean weights of both kinds of input."""
    means = {f"mean weight of {name} inputs": float(each.mean()) for name, each in weights.items()}
    return {"rate [Hz]": spikes / SECONDS, **means}


if __name__ == "__main__":
    side_by_side(__file__, ours, stock)
