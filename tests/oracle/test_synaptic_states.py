"""States of synapses: what spikes make of them, what reads them, and both deliveries alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Delivery, Plasticity, Simulation
from brainlearn.brian.simulation_state import restore_simulation, simulation_state
from brainlearn.mistakes import UserError
from brainlearn.rules import RULES, Change, Rule, State, Trace
from brainlearn.rules.rule import parameters
from tests.oracle.clockwork import clockwork
from tests.oracle.test_spike_rules import COPIES, N_POST, N_PRE, STEPS, earlier, learned

ELIGIBILITY = Rule(
    "eligible",
    "pairs of spikes leave an eligibility, which a modulator turns into a change",
    "none",
    parameters=parameters(tau="20 ms", tau_eligibility="50 ms", size=0.1),
    traces=(Trace("x", "dx/dt = -x/tau : 1", "x += 1"),),
    states=(
        State(
            "eligibility",
            "deligibility/dt = -eligibility/tau_eligibility : 1",
            on_pre="eligibility -= size*x_post",
            on_post="eligibility += x_pre + spiked_pre",
        ),
    ),
    modulators={"reward": "2*polarity"},
    changes=(Change("1", "reward", "phase_end", synapse="eligibility"),),
)
COUPLED = replace(
    ELIGIBILITY,
    name="coupled",
    states=(
        *ELIGIBILITY.states,
        State("late", "dlate/dt = (eligibility - late)/tau + 0.01/tau : 1", on_post="late *= 0.9; late += x_pre"),
    ),
    changes=(
        Change("1 + x", "reward", "phase_end", synapse="late - eligibility"),
        Change("x", "x", "step", synapse="late"),
        Change("1/tau", "x*reward", "continuous", synapse="eligibility", weight="1 - w"),
        Change("x + spiked", "1", "post_spike", synapse="late", weight="0.5 + w"),
    ),
)
DRIVEN = replace(
    ELIGIBILITY,
    name="driven",
    states=(
        State(
            "eligibility",
            "deligibility/dt = (x_pre*(size + received_post) - eligibility)/tau_eligibility + 0.2*x_post/tau : 1",
            on_post="eligibility += x_pre",
        ),
        State("late", "dlate/dt = (eligibility - late)/tau - x_pre**2*clip(x_post - size, 0, inf)/tau : 1"),
    ),
    changes=(
        Change("1", "reward", "phase_end", synapse="late - eligibility"),
        Change("1", "1 + x", "step", synapse="eligibility"),
    ),
)
PHASES = (Phase("first", 40), Phase("rest", 15, reset=False, learn=False), Phase("second", 30, reset=False))


def shown(
    folder: Path, rule: Rule, delivery: Delivery, delay: int = 2, polarity: tuple[float, ...] = (1, -1, 0)
) -> Simulation:
    """Return a simulation that learned for two presentations, of units that spike at random."""
    circuit = clockwork(folder, "random", N_PRE, N_POST, delay)
    plasticity = Plasticity(rule, ("pair",), updates=(("step", {"size": 0.1}),))
    simulation = Simulation(circuit, len(polarity), PHASES, plasticity, delivery, seed=5, precision="float64")
    simulation.populations["A/E"].array("rate")[:] = 90.0
    simulation.populations["B/E"].array("rate")[:] = 60.0
    simulation.present(iter([Round({}, np.array(polarity, dtype=float))] * 2), 2)
    return simulation


@pytest.mark.parametrize("delay", [0, 2])
@pytest.mark.parametrize("rule", [ELIGIBILITY, COUPLED, DRIVEN, RULES["calcium"]], ids=lambda rule: rule.name)
def test_both_deliveries_learn_alike(tmp_path: Path, rule: Rule, delay: int) -> None:
    found, expected = (shown(tmp_path, rule, each, delay).weights("pair") for each in ("shared", "stock"))
    assert np.abs(expected).min() > 1e-7
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("delay", [0, 3])
def test_calcium_moves_weights_as_equation_by_equation_in_numpy(tmp_path: Path, delay: int) -> None:
    """Graupner & Brunel 2012, equations 1 and 2 (without noise), by forward Euler in the step of the circuit."""
    simulation, pre, post = learned(tmp_path, RULES["calcium"], delay)
    weight, late = np.zeros((N_PRE, N_POST)), delay + 14  # 13.7 ms in steps of 1 ms
    for t in range(STEPS):
        rate = np.zeros_like(weight)
        for copy in range(COPIES):
            for i in range(N_PRE):
                for j in range(N_POST):
                    arrived, spiked = pre[copy, i] + late, post[copy, j]
                    begun = earlier(arrived, t, 20) + 2 * earlier(spiked, t, 20)  # spikes in steps before this one
                    begun *= np.exp(1 / 20)  # that of the step began with the decay still to come
                    rho = weight[i, j]
                    rate[i, j] += -rho * (1 - rho) * (0.5 - rho)
                    rate[i, j] += 321.808 * (1 - rho) * (begun > 1.3) - 200 * rho * (begun > 1 + 1e-12)
        weight += 1e-3 * rate / 150 / COPIES
    assert weight.max() > 0.05
    np.testing.assert_allclose(simulation.weights("pair"), weight, rtol=0, atol=1e-12)


def test_an_eligibility_waits_for_its_modulator(tmp_path: Path) -> None:
    simulation, pre, post = learned(tmp_path, ELIGIBILITY, 0)
    found = np.zeros((N_PRE, N_POST))
    for copy in range(COPIES):
        for i in range(N_PRE):
            for j in range(N_POST):
                for t in post[copy, j]:
                    paired = earlier(pre[copy, i], t, 20) + (t in pre[copy, i])
                    found[i, j] += paired * np.exp(-(STEPS - 1 - t) / 50)
                for t in pre[copy, i]:
                    found[i, j] -= 0.1 * earlier(post[copy, j], t, 20) * np.exp(-(STEPS - 1 - t) / 50)
    np.testing.assert_allclose(simulation.weights("pair"), 2 * found / COPIES, rtol=0, atol=1e-12)


def test_units_drive_a_state_in_every_step_until_the_next(tmp_path: Path) -> None:
    """What is there in a step, before its spikes, is held until the next: exact for ``dq/dt = (a*b - q)/tau``."""
    rule = replace(
        ELIGIBILITY,
        states=(State("eligibility", "deligibility/dt = (x_pre*x_post - eligibility)/tau_eligibility : 1"),),
        parameters=parameters(tau="20 ms", tau_eligibility="50 ms"),
        changes=(Change("1", "1", "step", synapse="eligibility"),),
    )
    simulation, pre, post = learned(tmp_path, rule, 0)
    found, kept = np.zeros((N_PRE, N_POST)), np.exp(-1 / 50)
    for copy in range(COPIES):
        for i in range(N_PRE):
            for j in range(N_POST):
                eligibility = 0.0
                for t in range(STEPS):
                    found[i, j] += eligibility / COPIES
                    product = earlier(pre[copy, i], t, 20) * earlier(post[copy, j], t, 20)
                    eligibility = kept * eligibility + (1 - kept) * product
    assert found.min() > 0.1
    np.testing.assert_allclose(simulation.weights("pair"), found, rtol=1e-10)


@pytest.mark.parametrize(
    ("equation", "message"),
    [
        (
            "dq/dt = (exp(x_pre*x_post) - q)/tau : 1",
            "must be a sum of products of a presynaptic and a postsynaptic factor",
        ),
        ("dq/dt = -x_pre*q/tau : 1", "must be a sum of products of a presynaptic and a postsynaptic factor"),
        ("dq/dt = (missing_post - q)/tau : 1", 'reads "missing" in every step, but units of B/E have no such variable'),
    ],
)
def test_what_cannot_drive_a_state_is_refused(tmp_path: Path, equation: str, message: str) -> None:
    rule = replace(ELIGIBILITY, states=(State("q", equation),), changes=(Change("1", "1", "step", synapse="q"),))
    circuit = clockwork(tmp_path, "random", N_PRE, N_POST, 0)
    with pytest.raises(UserError, match=message):
        Simulation(circuit, 1, PHASES, Plasticity(rule, ("pair",)))


@pytest.mark.parametrize("rule", [COUPLED, DRIVEN, RULES["calcium"]], ids=lambda rule: rule.name)
def test_states_go_on_where_they_were_saved(tmp_path: Path, rule: Rule) -> None:
    whole = resumed(tmp_path, rule, stop=False)
    np.testing.assert_array_equal(resumed(tmp_path, rule, stop=True), whole)


def resumed(folder: Path, rule: Rule, stop: bool) -> np.ndarray:
    """Return weights after two presentations without a reset, the second perhaps in another simulation."""
    circuit = clockwork(folder, "random", N_PRE, N_POST, 2)
    phases = [Phase("on", 40, reset=False)]

    def begun() -> Simulation:
        simulation = Simulation(circuit, 2, phases, Plasticity(rule, ("pair",)), seed=5, precision="float64")
        simulation.populations["A/E"].array("rate")[:] = 90.0
        simulation.populations["B/E"].array("rate")[:] = 60.0
        return simulation

    simulation, shown = begun(), Round({}, np.ones(2))
    simulation.present(iter([shown]), 1)
    if stop:
        saved = {name: np.array(value) for name, value in simulation_state(simulation).items()}
        simulation = begun()
        restore_simulation(simulation, saved)
    simulation.present(iter([shown]), 1)
    return np.array(simulation.weights("pair"))
