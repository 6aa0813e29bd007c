"""Rules on spikes change weights by the sums over spikes that their papers give, computed here from spike times."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from brian2 import NetworkOperation, SpikeMonitor

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Delivery, Plasticity, Simulation
from brainlearn.rules import RULES, Change, Rule, Trace
from brainlearn.rules.rule import parameters
from tests.oracle.clockwork import clockwork

STEPS, COPIES, N_PRE, N_POST = 120, 2, 3, 4
Spikes = dict[tuple[int, int], np.ndarray]  # steps of the spikes, by copy and unit


def earlier(spikes: np.ndarray, step: int, tau: float) -> float:
    """Return a trace [1] just before a step: what spikes of earlier steps left, with a time constant in steps."""
    return float(np.exp(-(step - spikes[spikes < step]) / tau).sum())


def triplet(pre: np.ndarray, post: np.ndarray) -> float:
    """Pfister & Gerstner 2006, equations 3 and 4, with the numbers of visual cortex, all-to-all."""
    strengthened = sum(earlier(pre, t, 16.8) * (5e-10 + 6.2e-3 * earlier(post, t, 125)) for t in post)
    return strengthened - sum(earlier(post, t, 33.7) * (7e-3 + 2.3e-4 * earlier(pre, t, 101)) for t in pre)


def inhibitory(pre: np.ndarray, post: np.ndarray) -> float:
    """Vogels et al. 2011: every near-coincidence counts 1, in either order or in the same step, a lone spike less."""
    pairs = np.exp(-np.abs(pre[:, None] - post[None, :]) / 20).sum()
    return float(pairs - 2 * 3 * 0.02 * len(pre))


@pytest.mark.parametrize("delay", [0, 3])
@pytest.mark.parametrize(("name", "expected"), [("triplet_stdp", triplet), ("inhibitory_stdp", inhibitory)])
def test_weights_change_by_the_sum_over_spikes(
    tmp_path: Path, name: str, expected: Callable[[np.ndarray, np.ndarray], float], delay: int
) -> None:
    simulation, pre, post = learned(tmp_path, RULES[name], delay)
    found = np.zeros((N_PRE, N_POST))
    for copy in range(COPIES):
        for i in range(N_PRE):
            arrived = pre[copy, i] + delay
            for j in range(N_POST):
                found[i, j] += expected(arrived[arrived < STEPS], post[copy, j]) / COPIES
    assert np.abs(found).min() > 1e-5
    np.testing.assert_allclose(simulation.weights("pair"), found, rtol=0, atol=1e-12)


def test_a_soft_bound_is_approached_and_never_crossed(tmp_path: Path) -> None:
    rule = Rule(
        "soft",
        "strengthening leaves off towards a bound",
        "none",
        parameters=parameters(tau="20 ms", most=0.8),
        traces=(Trace("x", "dx/dt = -x/tau : 1", "x += 1"),),
        changes=(Change("0.2*x", "1", "post_spike", weight="most - w"),),
    )
    simulation, pre, post = learned(tmp_path, rule, 0)
    weight = np.zeros((N_PRE, N_POST))
    for t in range(STEPS):
        change = np.zeros_like(weight)
        for copy in range(COPIES):
            for j in (j for j in range(N_POST) if t in post[copy, j]):
                change[:, j] += [0.2 * earlier(pre[copy, i], t, 20) / COPIES for i in range(N_PRE)]
        weight += change * (0.8 - weight)
    assert weight.max() > 0.4
    np.testing.assert_allclose(simulation.weights("pair"), weight, rtol=0, atol=1e-12)


TIED = """
[[projections]]
name = "back"
source = "B/E"
target = "A/E"
pathway = "top_down"
synapse = "idle"
weights = { distribution = "tied", to = "pair", scale = -0.5 }
"""


@pytest.mark.parametrize("delivery", ["shared", "stock"])
def test_tied_weights_follow_in_the_step_of_the_spike(tmp_path: Path, delivery: Delivery) -> None:
    clockwork(tmp_path, "random", N_PRE, N_POST, 0)
    path = tmp_path / "clockwork.toml"
    path.write_text(path.read_text(encoding="utf-8") + TIED, encoding="utf-8")
    plasticity = Plasticity(RULES["pair_stdp"], ("pair",))
    phases = [Phase("show", 30)]
    simulation = Simulation(load_circuit(path), COPIES, phases, plasticity, delivery, seed=3, precision="float64")
    seen: list[tuple[np.ndarray, np.ndarray]] = []
    look = NetworkOperation(
        lambda: seen.append((simulation.weights("pair").copy(), simulation.weights("back").copy())),
        when="end",
        clock=simulation.clock,
    )
    simulation.network.add(look)
    for path, rate in (("A/E", 90.0), ("B/E", 60.0)):
        simulation.populations[path].array("rate")[:] = rate
    simulation.present(iter([Round({}, np.ones(COPIES))]), 1)
    assert len({pair.tobytes() for pair, _ in seen[:-1]}) > 5  # it changes within the phase
    for pair, back in seen:
        np.testing.assert_array_equal(back, -0.5 * pair.T)


def learned(folder: Path, rule: Rule, delay: int) -> tuple[Simulation, Spikes, Spikes]:
    """Let units that spike at random learn, and return when they spiked."""
    chain = (("step", {"size": 1.0}),)
    circuit = clockwork(folder, "random", N_PRE, N_POST, delay)
    phases = [Phase("show", STEPS)]
    simulation = Simulation(
        circuit, COPIES, phases, Plasticity(rule, ("pair",), updates=chain), precision="float64", seed=3
    )
    monitors = {path: SpikeMonitor(simulation.populations[path].group) for path in ("A/E", "B/E")}
    simulation.network.add(*monitors.values())
    simulation.populations["A/E"].array("rate")[:] = 90.0
    simulation.populations["B/E"].array("rate")[:] = 60.0
    simulation.present(iter([Round({}, np.ones(COPIES))]), 1)
    pre, post = (
        {
            (copy, unit): np.rint(np.array(monitor.t_)[np.array(monitor.i) == copy * size + unit] / 1e-3).astype(int)
            for copy in range(COPIES)
            for unit in range(size)
        }
        for monitor, size in zip(monitors.values(), (N_PRE, N_POST), strict=True)
    )
    return simulation, pre, post
