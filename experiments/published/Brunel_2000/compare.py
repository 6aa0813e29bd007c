"""Brunel 2000: a sparse network of 12,500 neurons, asynchronous and irregular.

Run from the root of the project::

    python -m experiments.published.Brunel_2000.compare [--seeds 1 2 3]
"""

from __future__ import annotations

import numpy as np
from brian2 import Hz, Network, NeuronGroup, PoissonInput, SpikeMonitor, Synapses, defaultclock, ms, mV, prefs, second
from brian2 import seed as seed_brian

import brainlearn
from experiments.published.side_by_side import Measured, side_by_side
from experiments.published.spiking import rates_and_variation, spikes_heard, spikes_of

CIRCUIT = "circuits/published/Brunel_2000.toml"
BEGIN, END = 0.1, 0.4  # s
SIZES = {"E": 10_000, "I": 2_500}
SOURCES = {"E": (1_000, 0.1), "I": (250, -0.5)}  # onto each unit, and what a spike does [mV]


def ours(seed: int) -> Measured:
    """Simulate the circuit file."""
    record = [f"cortex/{name}:spikes" for name in SIZES]
    tree = brainlearn.simulate(CIRCUIT, f"{END} s", None, record, seed=seed, precision="float32")
    return rates_and_variation({name: spikes_of(tree, f"cortex/{name}") for name in SIZES}, SIZES, BEGIN, END)


def stock(seed: int) -> Measured:
    """Run the model as a script of Brian2, with its own random pairs of units."""
    prefs.codegen.target = "numpy"
    defaultclock.dt = 0.1 * ms
    seed_brian(seed)
    rng = np.random.default_rng(1000 + seed)
    cells = NeuronGroup(
        sum(SIZES.values()),
        "dv/dt = -v/(20*ms) : volt (unless refractory)",
        threshold="v > 20*mV",
        reset="v = 10*mV",
        refractory=2 * ms,
        method="exact",
    )
    cells.v = "20*mV*rand()"
    parts = [cells, PoissonInput(cells, "v", 1000, 20 * Hz, 0.1 * mV)]
    groups = {"E": cells[: SIZES["E"]], "I": cells[SIZES["E"] :]}
    for name, (number, weight) in SOURCES.items():
        synapses = Synapses(groups[name], cells, on_pre=f"v_post += {weight}*mV", delay=1.5 * ms)
        sources = [rng.choice(SIZES[name], number, replace=False) for _ in range(cells.N)]
        synapses.connect(i=np.concatenate(sources), j=np.repeat(np.arange(cells.N), number))
        parts.append(synapses)
    monitors = {name: SpikeMonitor(group) for name, group in groups.items()}
    Network(*parts, *monitors.values()).run(END * second, namespace={})
    spikes = {name: spikes_heard(monitor) for name, monitor in monitors.items()}
    return rates_and_variation(spikes, SIZES, BEGIN, END)


if __name__ == "__main__":
    side_by_side(__file__, ours, stock)
