"""Destexhe 2009: two cortical layers that alternate between up and down states without drive.

Run from the root of the project::

    python -m experiments.published.Destexhe_2009.compare [--seeds 1 2 3]
"""

from __future__ import annotations

import numpy as np
from brian2 import Network, NeuronGroup, SpikeMonitor, Synapses, defaultclock, ms, mV, nS, pA, prefs, second
from brian2 import seed as seed_brian

import brainlearn
from experiments.published.side_by_side import Measured, side_by_side
from experiments.published.spiking import Spikes, rate, spikes_heard, spikes_of

CIRCUIT = "circuits/published/Destexhe_2009.toml"
BEGIN, END = 0.2, 5.2  # s
BIN, DOWN = 0.05, 5.0  # s, Hz: layer A is down in bins in which its excitatory units spike less often
SIZES = {"A/E": 1600, "A/I": 400, "B/E": 400, "B/I": 100}
WITHIN, BETWEEN = {"E": 32, "I": 8}, 0.007
CELL = """
dv/dt = (10*nS*(-60*mV - v + 2.5*mV*exp((v + 50*mV)/(2.5*mV))) - w - ge*v - gi*(80*mV + v))/(200*pF)
    : volt (unless refractory)
dw/dt = (a*(v + 60*mV) - w)/(600*ms) : amp
dge/dt = -ge/(5*ms) : siemens
dgi/dt = -gi/(10*ms) : siemens
a : siemens
b : amp
"""


def ours(seed: int) -> Measured:
    """Simulate the circuit file."""
    tree = brainlearn.simulate(CIRCUIT, f"{END} s", None, [f"{name}:spikes" for name in SIZES], seed=seed)
    return measured({name: spikes_of(tree, name) for name in SIZES})


def stock(seed: int) -> Measured:
    """Run the model as a script of Brian2."""
    prefs.codegen.target = "numpy"
    defaultclock.dt = 0.1 * ms
    seed_brian(seed)
    rng = np.random.default_rng(1000 + seed)
    groups = {}
    for name, size in SIZES.items():
        group = NeuronGroup(
            size, CELL, threshold="v > -50*mV", reset="v = -60*mV; w += b", refractory=2.5 * ms, method="euler"
        )
        group.v, group.ge, group.a = -60 * mV, "24*nS*rand()", 1 * nS
        groups[name] = group
    groups["A/E"].b, groups["B/E"].b = 20 * pA, 5 * pA
    low_threshold = np.flatnonzero(rng.random(SIZES["B/E"]) < 0.1)
    groups["B/E"].a[low_threshold], groups["B/E"].b[low_threshold] = 20 * nS, 0 * pA
    parts = list(groups.values())
    for source, target in ((source, target) for source in SIZES for target in SIZES):
        within = source[0] == target[0]
        if not within and source[-1] == "I":
            continue
        on_pre = "ge_post += 6*nS" if source[-1] == "E" else "gi_post += 67*nS"
        synapses = Synapses(groups[source], groups[target], on_pre=on_pre, delay=0.1 * ms)
        if within:
            degree = WITHIN[source[-1]]
            others = (
                np.delete(np.arange(SIZES[source]), unit if source == target else []) for unit in range(SIZES[target])
            )
            sources = np.concatenate([rng.choice(each, degree, replace=False) for each in others])
            synapses.connect(i=sources, j=np.repeat(np.arange(SIZES[target]), degree))
        else:
            synapses.connect(p=BETWEEN)
        parts.append(synapses)
    monitors = {name: SpikeMonitor(group) for name, group in groups.items()}
    Network(*parts, *monitors.values()).run(END * second, namespace={})
    return measured({name: spikes_heard(monitor) for name, monitor in monitors.items()})


def measured(spikes: dict[str, Spikes]) -> Measured:
    """Return rates, and how long layer A is down."""
    found = {f"rate of {name} [Hz]": rate(each, SIZES[name], BEGIN, END) for name, each in spikes.items()}
    counts, _ = np.histogram(spikes["A/E"][0], np.arange(BEGIN, END + BIN / 2, BIN))
    found["time that A is down [%]"] = float(100 * (counts / SIZES["A/E"] / BIN < DOWN).mean())
    return found


if __name__ == "__main__":
    side_by_side(__file__, ours, stock)
