"""Several rules in one run, each with projections of its own, beside a Brian2 script written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2 import Hz, Network, NeuronGroup, SpikeMonitor, Synapses, ms, prefs

from brainlearn import Phase, Plasticity, Round, Simulation, load_circuit
from brainlearn.brian.simulation import Delivery
from brainlearn.brian.simulation_state import restore_simulation, simulation_state
from brainlearn.circuit import Circuit
from brainlearn.mistakes import UserError
from brainlearn.rules import RULES, Change, Memory, Rule, Trace
from brainlearn.rules.rule import parameters
from tests.oracle.clockwork import clockwork

STEPS, N_E, N_I, N_B = 150, 4, 3, 2
DRIVES = {"A/E": np.linspace(1.1, 2.3, N_E), "A/I": np.linspace(1.2, 1.9, N_I), "B/E": np.array([0.9, 1.05])}
E_TO_B, I_TO_B = "A/E->B/E", "A/I->B/E"

TEXT = """
name = "two_kinds"
dt = "1 ms"

[neurons.driven]
equations = '''
    dv/dt = (drive - v)/(10*ms) : 1
    drive : 1
'''
threshold = "v > 1"
reset = "v = 0"
method = "exact"

[synapses.excite]
on_pre = "v_post += w"

[synapses.inhibit]
on_pre = "v_post -= w"

[[areas]]
name = "A"
level = 0
populations = [
  { name = "E", size = 4, neuron = "driven" },
  { name = "I", size = 3, neuron = "driven" },
]

[[areas]]
name = "B"
level = 1
populations = [{ name = "E", size = 2, neuron = "driven" }]

[[projections]]
source = "A/E"
target = "B/E"
pathway = "bottom_up"
synapse = "excite"
weights = { distribution = "constant", value = 0.1 }

[[projections]]
source = "A/I"
target = "B/E"
pathway = "bottom_up"
synapse = "inhibit"
weights = { distribution = "constant", value = 0.05 }
"""

# Both rules call a trace `trace`, and its time constant `tau`; B/E holds both.
STDP = Rule(
    "own_stdp",
    "pairs of spikes with one time constant",
    "Song, Miller & Abbott 2000, equation 1",
    parameters=parameters(tau="17 ms", a_plus=0.02, a_minus=0.021),
    traces=(Trace("trace", "dtrace/dt = -trace/tau : 1", "trace += 1"),),
    changes=(Change("a_plus*trace", "1", "post_spike"), Change("-a_minus", "trace", "pre_spike")),
)
STEP, STEP_OF_INHIBITION = 1.0, 0.013


@pytest.fixture(autouse=True)
def nothing_is_compiled() -> Iterator[None]:
    """Let the script by hand run without a compiler, and leave preferences as they were."""
    before, prefs.codegen.target = prefs.codegen.target, "numpy"
    yield
    prefs.codegen.target = before


@pytest.fixture
def circuit(tmp_path: Path) -> Circuit:
    (tmp_path / "circuit.toml").write_text(TEXT, encoding="utf-8")
    return load_circuit(tmp_path / "circuit.toml")


def both_rules() -> list[Plasticity]:
    inhibition = {"tau": parameters(tau="20 ms")["tau"], "target_rate": parameters(rate="30 Hz")["rate"]}
    return [
        Plasticity(STDP, (E_TO_B,), updates=(("step", {"size": STEP}),)),
        Plasticity(RULES["inhibitory_stdp"], (I_TO_B,), inhibition, (("step", {"size": STEP_OF_INHIBITION}),)),
    ]


def by_hand() -> tuple[np.ndarray, np.ndarray, int]:
    """Return both projections' weights after the same time in plain Brian2, and the number of spikes of B/E."""
    equations = """
        dv/dt = (drive - v)/(10*ms) : 1 (unless refractory)
        dslow/dt = -slow/(20*ms) : 1
        dquick/dt = -quick/(17*ms) : 1
        drive : 1
    """
    reset = "v = 0\nslow += 1\nquick += 1"
    groups = []
    for path, drive in DRIVES.items():
        settings: dict[str, Any] = {"threshold": "v > 1", "reset": reset, "refractory": 0 * ms, "method": "exact"}
        group = NeuronGroup(len(drive), equations, dt=1 * ms, name=path.replace("/", "_"), **settings)
        group.drive = drive
        groups.append(group)
    excitatory, inhibitory, target = groups
    stdp = Synapses(
        excitatory,
        target,
        "w : 1",
        on_pre="v_post += w\nw -= 0.021*quick_post",
        on_post="w += 0.02*quick_pre",
        dt=1 * ms,
    )
    homeostasis = Synapses(
        inhibitory,
        target,
        "w : 1",
        on_pre="v_post -= w\nw += size*(slow_post - 2*rate*20*ms)",
        on_post="w += size*(slow_pre + int(abs(t - lastspike_pre) < 0.1*ms))",
        namespace={"size": STEP_OF_INHIBITION, "rate": 30 * Hz},
        dt=1 * ms,
    )
    for synapses, weight in ((stdp, 0.1), (homeostasis, 0.05)):
        synapses.connect()
        synapses.w = weight
    counter = SpikeMonitor(target)
    Network(*groups, stdp, homeostasis, counter).run(STEPS * ms)
    found = (np.array(synapses.w).reshape(-1, N_B) for synapses in (stdp, homeostasis))
    return (*found, int(counter.num_spikes))  # type: ignore[return-value]


def simulated(circuit: Circuit, copies: int, delivery: Delivery = "shared", **settings: Any) -> Simulation:
    chosen: dict[str, Any] = {"plasticity": both_rules(), "precision": "float64", **settings}
    simulation = Simulation(circuit, copies, [Phase("show", STEPS)], delivery=delivery, **chosen)
    for path, drive in DRIVES.items():
        factors = 1 + 0.05 * np.arange(copies)[:, None]  # each copy is driven otherwise
        simulation.set_variable(path, "drive", drive * factors)
    return simulation


def learn(simulation: Simulation) -> Simulation:
    simulation.present(iter([Round({}, np.ones(simulation.copies))]), 1)
    return simulation


@pytest.mark.parametrize("delivery", ["shared", "stock"])
def test_two_rules_change_weights_as_a_script_of_plain_brian2_does(circuit: Circuit, delivery: Delivery) -> None:
    excitation, inhibition, spikes = by_hand()
    simulation = learn(simulated(circuit, 1, delivery))
    assert spikes > 10
    assert np.abs(excitation - 0.1).min() > 1e-3
    assert np.abs(inhibition - 0.05).min() > 1e-3
    np.testing.assert_allclose(simulation.weights(E_TO_B), excitation, rtol=0, atol=1e-12)
    np.testing.assert_allclose(simulation.weights(I_TO_B), inhibition, rtol=0, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_both_deliveries_learn_alike_in_several_copies(circuit: Circuit, precision: str) -> None:
    shared, stock = (learn(simulated(circuit, 3, each, precision=precision)) for each in ("shared", "stock"))
    for name in (E_TO_B, I_TO_B):
        np.testing.assert_allclose(
            shared.weights(name), stock.weights(name), rtol=0, atol=1e-12 if precision == "float64" else 1e-5
        )


@pytest.mark.slow
def test_the_order_of_rules_is_of_no_consequence(circuit: Circuit) -> None:
    first, second = simulated(circuit, 2), simulated(circuit, 2, plasticity=both_rules()[::-1])
    for name in (E_TO_B, I_TO_B):
        np.testing.assert_array_equal(learn(first).weights(name), learn(second).weights(name))


@pytest.mark.slow
def test_a_tuple_of_one_is_the_rule_itself(circuit: Circuit) -> None:
    alone, several = (simulated(circuit, 2, plasticity=each) for each in (both_rules()[0], both_rules()[:1]))
    np.testing.assert_array_equal(learn(alone).weights(E_TO_B), learn(several).weights(E_TO_B))
    assert simulation_state(alone).keys() == simulation_state(several).keys()


def test_a_projection_has_one_rule(circuit: Circuit) -> None:
    twice = [*both_rules(), Plasticity(RULES["oja"], (E_TO_B,))]
    with pytest.raises(UserError, match=f"a projection .* only one rule, .* found {E_TO_B!r}".replace("'", '"')):
        simulated(circuit, 1, plasticity=twice)


# ---- what populations are told -------------------------------------------------------------------------------------


def told(name: str, level: str, rate: float, of: str) -> Rule:
    """Return a rule whose broadcast, modulator and memory are called as those of another such rule."""
    return Rule(
        name,
        "activity times a modulator that a slow average moves",
        "none",
        parameters=parameters(rate=rate),
        broadcasts={"level": level},
        modulators={"modulator": "level*polarity"},
        memories=(Memory("usual", of, "polarity > 0", "rate", "unit"),),
        changes=(Change("1", "modulator + usual"),),
    )


@pytest.mark.parametrize("delivery", ["shared", "stock"])
def test_broadcasts_and_memories_of_one_name_stay_apart(circuit: Circuit, delivery: Delivery) -> None:
    rules = told("first", "activity", 0.5, "activity"), told("second", "10*activity**2", 0.25, "1 + 2*activity")
    chain = (("step", {"size": 1.0}),)
    plasticity = [Plasticity(rule, (name,), updates=chain) for rule, name in zip(rules, (E_TO_B, I_TO_B), strict=True)]
    simulation = simulated(circuit, 2, delivery, plasticity=plasticity)
    x: list[np.ndarray] = []
    for _ in range(2):
        learn(simulation)
        x.append(simulation.activity("B/E"))
    expected, slow = {E_TO_B: 0.1, I_TO_B: 0.05}, {E_TO_B: np.zeros(N_B), I_TO_B: np.zeros(N_B)}
    means = {E_TO_B: lambda a: a.mean(1), I_TO_B: lambda a: (10 * a**2).mean(1)}
    for activity in x:
        for name, rate, of in ((E_TO_B, 0.5, activity), (I_TO_B, 0.25, 1 + 2 * activity)):
            expected[name] = expected[name] + means[name](activity).mean() + slow[name]
            slow[name] = slow[name] + rate * (of.mean(axis=0) - slow[name])
    for name in (E_TO_B, I_TO_B):
        found = simulation.weights(name)
        np.testing.assert_allclose(found, np.broadcast_to(expected[name], found.shape), rtol=1e-12)
    np.testing.assert_allclose(simulation.broadcast("B/E", "level"), x[-1].mean(1), rtol=1e-12)  # the first rule's


# ---- saving --------------------------------------------------------------------------------------------------------


def test_a_saved_state_holds_what_every_rule_remembers(circuit: Circuit) -> None:
    rules = told("first", "activity", 0.5, "activity"), told("second", "10*activity**2", 0.25, "1 + 2*activity")
    chain = (("adam", {"size": 0.01}),)

    def begun() -> Simulation:
        plasticity = [Plasticity(rule, (n,), updates=chain) for rule, n in zip(rules, (E_TO_B, I_TO_B), strict=True)]
        return simulated(circuit, 2, plasticity=plasticity)

    whole, stopped, resumed = begun(), begun(), begun()
    learn(learn(whole))
    restore_simulation(resumed, {name: np.array(value) for name, value in simulation_state(learn(stopped)).items()})
    learn(resumed)
    for name in (E_TO_B, I_TO_B):
        np.testing.assert_array_equal(resumed.weights(name), whole.weights(name))


def test_a_delay_shifts_one_rule_and_not_the_other(tmp_path: Path) -> None:
    clockwork(tmp_path, "clockwork", 1, 1, 0)
    path = tmp_path / "clockwork.toml"
    first = path.read_text(encoding="utf-8")
    later = first[first.index("[[projections]]") :].replace('"pair"', '"later"').replace("0 ms", "4 ms")
    path.write_text(first + later, encoding="utf-8")
    rules = [Plasticity(STDP, (name,), updates=(("step", {"size": 1.0}),)) for name in ("pair", "later")]
    simulation = Simulation(load_circuit(path), 1, [Phase("show", 40)], rules, precision="float64")
    simulation.set_variable("A/E", "due", np.full((1, 1), 10.0))
    simulation.set_variable("B/E", "due", np.full((1, 1), 18.0))
    learn(simulation)
    for name, gap in (("pair", 8), ("later", 4)):
        assert simulation.weights(name).item() == pytest.approx(0.02 * np.exp(-gap / 17), rel=1e-12)
