"""Pair STDP has the exponential window of Song, Miller & Abbott 2000, equation 1.

Differences are counted from the presynaptic spike to the postsynaptic one. A synapse sees its presynaptic unit as late
as the delay: the window is shifted by it, as in `brian2.Synapses` with a delay of the presynaptic pathway.
"""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import SpikeMonitor

from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.rules import RULES
from brainlearn.units import parse_quantity
from tests.oracle.clockwork import clockwork

STEPS, PRE_STEP = 80, 40
PARAMETERS = {
    "tau_plus": parse_quantity("17 ms"),
    "tau_minus": parse_quantity("34 ms"),
    "a_plus": parse_quantity(0.03),
    "a_minus": parse_quantity(0.02),
}


def window(difference: np.ndarray, delay: int) -> np.ndarray:
    """Weight change: strengthened if post comes with the spike of pre or after it, else weakened; in steps."""
    late = difference - delay
    strengthened = np.where(late >= 0, 0.03 * np.exp(-np.abs(late) / 17), 0.0)
    weakened = np.where(late < 0, 0.02 * np.exp(-np.abs(late) / 34), 0.0)
    return strengthened - weakened


def simulate(circuit, copies: int) -> Simulation:
    plasticity = Plasticity(RULES["pair_stdp"], ("pair",), PARAMETERS)
    return Simulation(circuit, copies, [Phase("show", STEPS)], plasticity, precision="float64", seed=5)


@pytest.mark.parametrize("delay", [0, 1, 6])
def test_a_pair_of_spikes_changes_the_weight_by_the_window(tmp_path, delay):
    differences = np.array([-30, -12, -5, -1, 0, 1, 2, 5, 6, 7, 13, 30])
    simulation = simulate(clockwork(tmp_path, "clockwork", 1, len(differences), delay), copies=1)
    simulation.populations["A/E"].array("due")[:] = PRE_STEP
    simulation.populations["B/E"].array("due")[:] = PRE_STEP + differences
    simulation.present(iter([Round({}, np.ones(1))]), 1)
    np.testing.assert_allclose(simulation.weights("pair")[0], window(differences, delay), rtol=0, atol=1e-12)


def test_spike_trains_change_the_weights_by_the_sum_over_all_pairs_and_the_mean_over_copies(tmp_path):
    copies, n_pre, n_post, delay = 3, 4, 5, 2
    simulation = simulate(clockwork(tmp_path, "random", n_pre, n_post, delay), copies)
    monitors = {path: SpikeMonitor(simulation.populations[path].group) for path in ("A/E", "B/E")}
    simulation.network.add(*monitors.values())
    simulation.populations["A/E"].array("rate")[:] = 90.0
    simulation.populations["B/E"].array("rate")[:] = 60.0
    simulation.present(iter([Round({}, np.ones(copies))]), 1)
    steps = {path: (np.array(m.i), np.rint(np.array(m.t_) / 1e-3).astype(int)) for path, m in monitors.items()}
    expected = np.zeros((n_pre, n_post))
    for pre, pre_step in zip(*steps["A/E"], strict=True):
        for post, post_step in zip(*steps["B/E"], strict=True):
            if pre // n_pre == post // n_post and pre_step + delay < STEPS:
                change = window(np.array(post_step - pre_step), delay)
                expected[pre % n_pre, post % n_post] += change / copies
    assert np.abs(expected).min() > 1e-4
    np.testing.assert_allclose(simulation.weights("pair"), expected, rtol=0, atol=1e-12)
