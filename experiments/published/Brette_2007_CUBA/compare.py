"""Brette et al. 2007, benchmark 2: 4,000 units with synaptic currents.

Run from the root of the project::

    python -m experiments.published.Brette_2007_CUBA.compare [--seeds 1 2 3]
"""

from __future__ import annotations

from brian2 import Network, NeuronGroup, SpikeMonitor, Synapses, defaultclock, ms, prefs, second
from brian2 import seed as seed_brian

import brainlearn
from experiments.published.side_by_side import Measured, side_by_side
from experiments.published.spiking import rates_and_variation, spikes_heard, spikes_of

CIRCUIT = "circuits/published/Brette_2007_CUBA.toml"
BEGIN, END = 0.2, 1.2  # s
SIZES = {"E": 3200, "I": 800}
CELL = """
dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless refractory)
dge/dt = -ge/(5*ms) : volt
dgi/dt = -gi/(10*ms) : volt
"""


def ours(seed: int) -> Measured:
    """Simulate the circuit file."""
    record = [f"cortex/{name}:spikes" for name in SIZES]
    tree = brainlearn.simulate(CIRCUIT, f"{END} s", None, record, seed=seed)
    return rates_and_variation({name: spikes_of(tree, f"cortex/{name}") for name in SIZES}, SIZES, BEGIN, END)


def stock(seed: int) -> Measured:
    """Run the model as a script of Brian2, as it is commonly written there."""
    prefs.codegen.target = "numpy"
    defaultclock.dt = 0.1 * ms
    seed_brian(seed)
    cells = NeuronGroup(4000, CELL, threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms, method="exact")
    cells.v = "-60*mV + rand()*10*mV"
    groups = {"E": cells[:3200], "I": cells[3200:]}
    excitatory = Synapses(groups["E"], cells, on_pre="ge += 1.62*mV")
    inhibitory = Synapses(groups["I"], cells, on_pre="gi -= 9*mV")
    for synapses in (excitatory, inhibitory):
        synapses.connect(p=0.02)
    monitors = {name: SpikeMonitor(group) for name, group in groups.items()}
    Network(cells, excitatory, inhibitory, *monitors.values()).run(END * second, namespace={})
    spikes = {name: spikes_heard(monitor) for name, monitor in monitors.items()}
    return rates_and_variation(spikes, SIZES, BEGIN, END)


if __name__ == "__main__":
    side_by_side(__file__, ours, stock)
