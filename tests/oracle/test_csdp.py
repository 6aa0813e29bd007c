"""Contrastive-signal-dependent plasticity, beside its equations and the times of the spikes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from brian2 import SpikeMonitor

from brainlearn import Phase, Plasticity, Round, Simulation
from brainlearn.rules import RULES
from brainlearn.rules.rule import parameters
from tests.oracle.clockwork import clockwork

COPIES, STEPS, N_PRE, N_POST = 2, 80, 3, 4
THRESHOLD, WIDTH, DECAY, TAU = 2.0, 0.7, 0.03, 13.0


@pytest.mark.parametrize("delay", [0, 2])
def test_weights_change_at_presynaptic_spikes_by_the_slope_of_the_loss(tmp_path: Path, delay: int) -> None:
    chosen = parameters(threshold=THRESHOLD, width=WIDTH, decay=DECAY)
    plasticity = Plasticity(RULES["csdp"], ("pair",), chosen, (("step", {"size": 1.0}),))
    circuit = clockwork(tmp_path, "random", N_PRE, N_POST, delay)
    simulation = Simulation(circuit, COPIES, [Phase("show", STEPS)], plasticity, precision="float64", seed=3)
    monitors = {path: SpikeMonitor(simulation.populations[path].group) for path in ("A/E", "B/E")}
    simulation.network.add(*monitors.values())
    simulation.populations["A/E"].array("rate")[:] = 90.0
    simulation.populations["B/E"].array("rate")[:] = 60.0
    polarity = np.array([1.0, -1.0])
    simulation.present(iter([Round({}, polarity)]), 1)
    spikes = {}  # (step, copy, unit)
    for (path, monitor), size in zip(monitors.items(), (N_PRE, N_POST), strict=True):
        spikes[path] = np.zeros((STEPS + delay, COPIES, size))
        steps = np.rint(np.array(monitor.t_) / 1e-3).astype(int)
        spikes[path][steps, np.array(monitor.i) // size, np.array(monitor.i) % size] = 1
    arriving = np.concatenate([np.zeros((delay, COPIES, N_PRE)), spikes["A/E"]])
    trace, weights = np.zeros((COPIES, N_POST)), np.zeros((N_PRE, N_POST))
    for step in range(STEPS):
        trace = trace * np.exp(-1 / TAU)
        goodness = (trace**2).mean(axis=1, keepdims=True)
        # of softplus(-polarity*(goodness - threshold)/width), downhill
        slope = polarity[:, None] / (1 + np.exp(polarity[:, None] * (goodness - THRESHOLD) / WIDTH))
        weights += arriving[step].T @ (slope * trace) / COPIES
        weights -= DECAY * (1 - arriving[step]).T @ spikes["B/E"][step] / COPIES
        trace = trace + spikes["B/E"][step]
    assert np.abs(weights).min() > 1e-3
    np.testing.assert_allclose(simulation.weights("pair"), weights, rtol=0, atol=1e-12)
