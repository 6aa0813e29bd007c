"""Rules that learn from reward change weights as their equations say, computed here from spike times."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.brian.spike_probe import probing
from brainlearn.rules import RULES
from brainlearn.rules.rule import parameters
from tests.oracle.clockwork import clockwork
from tests.oracle.test_spike_rules import earlier

STEPS, COPIES, N_PRE, N_POST, ROUNDS = 40, 3, 3, 4, 5
POLARITY = np.array([[0, 0, 0], [1, 1, 1], [1, 1, 0], [1, 1, 1], [1, 1, 1]], dtype=float)
REWARD = np.array([[9, 9, 9], [1, 0, -1], [0.5, 2, 7], [0, 1, -3], [2, 0, 1]], dtype=float)
CONTINUES = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1], [1, 1, 1]], dtype=float)
RESTART = np.array([[1, 1, 1], [0, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0]], dtype=bool)
Spikes = Callable[[str, int, int, int], np.ndarray]


def acted(folder: Path, name: str, broadcaster: str = "", **values: float) -> tuple[list[np.ndarray], Spikes]:
    """Return the weights after every round of units that spike at random, and a function that tells when they spiked.

    It takes population, copy, unit and round, and returns steps from the onset of the copy's episode on.
    """
    circuit, weights = clockwork(folder, "random", N_PRE, N_POST, 0), list[np.ndarray]()
    chain = (("step", {"size": 1.0}),)
    plasticity = Plasticity(RULES[name], ("pair",), parameters(**values), chain, broadcaster)
    phases = [Phase("act", STEPS, reset=False, remember=True)]
    simulation = Simulation(circuit, COPIES, phases, plasticity, seed=3, precision="float64")
    simulation.populations["A/E"].array("rate")[:] = 90.0
    simulation.populations["B/E"].array("rate")[:] = 60.0
    told = zip(POLARITY, REWARD, CONTINUES, RESTART, strict=True)
    rounds = (Round({}, p, reward=reward, continues=c, restart=restart) for p, reward, c, restart in told)
    with probing(simulation, COPIES) as probe:
        simulation.present(rounds, ROUNDS, lambda _: weights.append(np.array(simulation.weights("pair"))))
    found = {path: probe.spikes(path) for path in ("A/E", "B/E")}

    def spikes(path: str, copy: int, unit: int, number: int) -> np.ndarray:
        step, copies, units = found[path]
        steps = step[(copies == copy) & (units == unit)]
        onset = STEPS * max(k for k in range(number + 1) if RESTART[k, copy])
        return steps[(steps >= onset) & (steps < STEPS * (number + 1))]

    return weights, spikes


def in_numpy(
    eligibility: Callable[[int, int, int, int], float], third: Callable[[int], np.ndarray]
) -> list[np.ndarray]:
    """Return weights after every round.

    Eligibility is by copy, pre, post and round, the third factor by round, (copy,).
    """
    weights, found = np.zeros((N_PRE, N_POST)), []
    for number in range(ROUNDS):
        factor, taking_part = third(number), np.flatnonzero(POLARITY[number])
        for copy in taking_part:
            for i in range(N_PRE):
                for j in range(N_POST):
                    weights[i, j] += factor[copy] * eligibility(copy, i, j, number) / len(taking_part)
        found.append(weights.copy())
    return found


def expectations(rate: float) -> list[float]:
    """Return which reward is expected in every round: the running mean over the copies that take part."""
    found = [0.0]
    for polarity, reward in zip(POLARITY, REWARD, strict=True):
        mean = reward[polarity > 0].mean() if polarity.any() else found[-1]
        found.append(found[-1] + rate * (mean - found[-1]))
    return found


@pytest.mark.parametrize("rate", [0.0, 0.25])
def test_reward_makes_pairs_of_spikes_a_change(tmp_path: Path, rate: float) -> None:
    """Izhikevich 2007: dc/dt = -c/tau + STDP(dt), and a pulse of dopamine at each decision's end."""
    weights, spikes = acted(tmp_path, "reward_stdp", rate=rate, a_minus=1.05)
    expected = expectations(rate)

    def eligibility(copy: int, i: int, j: int, number: int) -> float:
        pre, post, end = spikes("A/E", copy, i, number), spikes("B/E", copy, j, number), STEPS * (number + 1) - 1
        up = sum((earlier(pre, t, 20) + (t in pre)) * np.exp(-(end - t) / 500) for t in post)
        down = sum(1.05 * earlier(post, t, 20) * np.exp(-(end - t) / 500) for t in pre)
        return float(up - down)

    wanted = in_numpy(eligibility, lambda number: REWARD[number] - expected[number])
    assert np.abs(wanted[-1]).min() > 0.01
    np.testing.assert_allclose(weights, wanted, rtol=0, atol=1e-10)


def test_three_factors_are_a_driven_eligibility_and_reward_beyond_expectation(tmp_path: Path) -> None:
    """Gerstner et al. 2018: tau de/dt = f(pre)*g(post) - e, with what units did up to the step before."""
    weights, spikes = acted(tmp_path, "three_factor", rate=0.25)
    expected, kept = expectations(0.25), np.exp(-1 / 500)
    recent, average = 1 - np.exp(-1 / 20), 1 - np.exp(-1 / 1000)

    def eligibility(copy: int, i: int, j: int, number: int) -> float:
        pre, post, found = spikes("A/E", copy, i, number), spikes("B/E", copy, j, number), 0.0
        onset = STEPS * max(k for k in range(number + 1) if RESTART[k, copy])
        for t in range(onset, STEPS * (number + 1) - 1):
            above = recent * earlier(post, t, 20) - average * earlier(post, t, 1000)
            found = kept * found + (1 - kept) * recent * earlier(pre, t, 20) * above
        return found

    wanted = in_numpy(eligibility, lambda number: REWARD[number] - expected[number])
    assert np.abs(wanted[-1]).min() > 1e-4
    np.testing.assert_allclose(weights, wanted, rtol=0, atol=1e-10)


@pytest.mark.parametrize("critic", ["A/E", "B/E"])
def test_actor_and_critic_learn_from_the_error_of_the_critics_value(tmp_path: Path, critic: str) -> None:
    """Sutton & Barto 2018, equation 6.5: reward + discount*V' - V; V' = 0 where an episode has come to its end."""
    weights, spikes = acted(tmp_path, "actor_critic", critic, worth=20.0, offset=0.5, discount=0.9, expected=0.5)
    units = {"A/E": N_PRE, "B/E": N_POST}[critic]

    def value(number: int) -> np.ndarray:
        def count(copy: int, unit: int) -> int:
            return int((spikes(critic, copy, unit, number) >= STEPS * number).sum())

        counts = [[count(copy, unit) for unit in range(units)] for copy in range(COPIES)]
        return 20 * np.mean(counts, axis=1) / STEPS - 0.5

    def error(number: int) -> np.ndarray:
        before = value(number - 1) if number else np.full(COPIES, -0.5)
        return REWARD[number] + CONTINUES[number] * 0.9 * value(number) - before

    def eligibility(copy: int, i: int, j: int, number: int) -> float:
        pre, post, end = spikes("A/E", copy, i, number), spikes("B/E", copy, j, number), STEPS * (number + 1) - 1
        up = sum(earlier(pre, t, 20) * np.exp(-(end - t) / 200) for t in post)
        down = sum(0.5 * 20 / 1000 * earlier(post, t, 1000) * np.exp(-(end - t) / 200) for t in pre)
        return float(up - down)

    wanted = in_numpy(eligibility, error)
    assert np.abs(wanted[-1]).min() > 0.01
    np.testing.assert_allclose(weights, wanted, rtol=0, atol=1e-10)
