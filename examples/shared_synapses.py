"""`SharedSynapses` in a plain Brian2 script: 20 copies of a small network, the same spikes as `brian2.Synapses`.

Excitatory integrate-and-fire neurons drive inhibitory ones, which inhibit them. Every copy receives another input;
all copies have the same weights. Once the synapses are Brian2's own, with the weights repeated in every copy, and once
they are shared. Run it with ``python examples/shared_synapses.py``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from brian2 import Network, NeuronGroup, SpikeMonitor, Synapses, defaultclock, ms, prefs

from brainlearn import SharedSynapses

COPIES = 20
EXCITATORY, INHIBITORY = 400, 200
DELAY = 1.5 * ms
DURATION = 500 * ms

MODEL = """
dv/dt = (drive + synaptic - v)/(10*ms) : 1 (unless refractory)
dsynaptic/dt = -synaptic/(5*ms) : 1
drive : 1
"""

Connect = Callable[[NeuronGroup, NeuronGroup, np.ndarray], Any]


def share(source: NeuronGroup, target: NeuronGroup, weights: np.ndarray) -> SharedSynapses:
    """Connect every copy by one (pre, post) matrix."""
    return SharedSynapses(source, target, weights, copies=COPIES, on_pre="synaptic_post += w", delay=DELAY)


def repeat(source: NeuronGroup, target: NeuronGroup, weights: np.ndarray) -> Synapses:
    """Connect every copy by synapses of its own, as stock Brian2 does it."""
    pre, post = (index.reshape(-1) for index in np.indices(weights.shape))
    copy = np.repeat(np.arange(COPIES), weights.size)
    synapses = Synapses(source, target, "w : 1", on_pre="synaptic_post += w", delay=DELAY)
    synapses.connect(
        i=copy * weights.shape[0] + np.tile(pre, COPIES), j=copy * weights.shape[1] + np.tile(post, COPIES)
    )
    synapses.w = np.tile(weights.reshape(-1), COPIES)
    return synapses


def population(size: int, drive: np.ndarray | float) -> NeuronGroup:
    """Make `size` neurons in every copy; neuron ``copy * size + unit``."""
    group = NeuronGroup(COPIES * size, MODEL, threshold="v > 1", reset="v = 0", refractory=2 * ms, method="exact")
    group.drive = drive
    return group


def simulate(connect: Connect) -> tuple[list[np.ndarray], float]:
    """Run the network; return (neuron, step) of all spikes in each population, and the processor time [s]."""
    rng = np.random.default_rng(1)
    excitatory = population(EXCITATORY, rng.uniform(0.5, 2.0, COPIES * EXCITATORY))
    inhibitory = population(INHIBITORY, 0.0)
    groups = [excitatory, inhibitory]
    synapses = [
        connect(excitatory, inhibitory, rng.uniform(0.0, 0.05, (EXCITATORY, INHIBITORY))),
        connect(inhibitory, excitatory, -rng.uniform(0.0, 0.05, (INHIBITORY, EXCITATORY))),
    ]
    monitors = [SpikeMonitor(group) for group in groups]
    network = Network(groups, synapses, monitors)
    network.run(1 * ms)  # compile first
    start = time.process_time()
    network.run(DURATION)
    seconds = time.process_time() - start
    return [np.stack([m.i, np.round(m.t / defaultclock.dt)]).astype(int) for m in monitors], seconds


def main() -> None:
    prefs.codegen.target = "numpy"
    defaultclock.dt = 0.5 * ms
    stock, stock_seconds = simulate(repeat)
    shared, shared_seconds = simulate(share)
    for name, expected, found in zip(("excitatory", "inhibitory"), stock, shared, strict=True):
        assert expected.size, f"the {name} neurons never spiked"
        assert np.array_equal(expected, found), f"the {name} spike trains differ"
        print(f"{name}: {expected.shape[1]} spikes in {COPIES} copies, identical in both")
    print(f"brian2.Synapses  {stock_seconds:6.2f} s of processor time for {DURATION}")
    print(f"SharedSynapses   {shared_seconds:6.2f} s, {stock_seconds / shared_seconds:.1f} times as fast")


if __name__ == "__main__":
    main()
