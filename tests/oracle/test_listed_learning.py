"""Listed synapses learn what `brian2.Synapses` learn, and what a matrix of the same weights learns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.brian.simulation_state import restore_simulation, simulation_state
from brainlearn.circuit import Circuit, Rows, Wiring, wire
from brainlearn.experiment.rule_loading import load_rule
from brainlearn.rules import RULES, Change, Rule, State, Trace
from brainlearn.rules.rule import parameters
from brainlearn.units import parse_quantity

TEXT = """
name = "listed"
dt = "1 ms"
[[areas]]
name = "retina"
level = 0
populations = [{ name = "image", size = 12, neuron = "constant_current" }]
[[areas]]
name = "V1"
level = 1
populations = [
  { name = "E", size = 30, neuron = "lif" },
  { name = "F", size = 20, neuron = "lif" },
]
[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "constant_current"
connectivity = { kind = "fixed_in_degree", in_degree = 6, multapses = MULTAPSES }
weights = { distribution = "normal", mean = 0.2, sd = 0.1 }
[[projections]]
source = "V1/E"
target = "V1/F"
pathway = "lateral"
synapse = "current"
connectivity = { kind = "fixed_total_number", number = 150, multapses = MULTAPSES }
weights = { distribution = "normal", mean = 0.2, sd = 0.1 }
delay = DELAY
"""
NAMES = ("retina/image->V1/E", "V1/E->V1/F")
PHASE_END = Rule("at_an_end", "a test", "here", changes=(Change("activity", "activity"),))
IN_STEPS = (Change("v", "synaptic", when="step"), Change("activity", "activity"))
STEPS = Rule("in_steps", "a test", "here", changes=IN_STEPS)
ALL_THE_TIME = (Change("v*speed", "synaptic", when="continuous"),)
CONTINUOUS = Rule("continuous", "a test", "here", changes=ALL_THE_TIME, parameters={"speed": parse_quantity("5 Hz")})
SOFT = Rule("soft", "a test", "here", changes=(Change("activity", "activity", weight="1 - w"),))
STATES = Rule(
    "states",
    "a test of states in every kind of term",
    "here",
    parameters=parameters(tau="20 ms", tau_eligibility="50 ms", size=0.1, latency="2.3 ms"),
    traces=(Trace("x", "dx/dt = -x/tau : 1", "x += 1"),),
    states=(
        State(
            "eligibility",
            "deligibility/dt = -eligibility/tau_eligibility : 1",
            on_pre="eligibility -= size*(1 + x_post)*x_pre",
            on_post="eligibility += x_pre + spiked_pre",
        ),
        State("late", "dlate/dt = (eligibility - late)/tau : 1", on_pre="late += size", delay="latency"),
        State("driven", "ddriven/dt = (x_pre*v_post - driven)/tau : 1", on_post="driven *= 0.5"),
    ),
    changes=(
        Change("1 + x", "polarity", "phase_end", synapse="late - eligibility"),
        Change("x", "v", "step", synapse="driven"),
        Change("1/tau", "x", "continuous", synapse="eligibility", weight="1 - w"),
        Change("x + spiked", "1", "post_spike", synapse="late", weight="0.5 + w"),
        Change("1 + x", "x", "pre_spike", synapse="eligibility + driven"),
    ),
)
CHAIN = (("adam", {"size": 0.01}), ("clip", {"low": -0.5, "high": 0.5}))
ON_SPIKES = (("step", {"size": 1.0}), ("clip", {"low": 0.0, "high": 0.4}))
PLAIN = {
    "polychronous_stdp": (("step", {"size": 1.0}),),
    "calcium": (("step", {"size": 1.0}),),
    "states": (("step", {"size": 1e-3}), ("clip", {"low": -0.5, "high": 0.5})),
}
OF_SPIKES = ("pair_stdp", "calcium", "states", "in_steps", "continuous", "polychronous_stdp")
EACH = '{ distribution = "uniform", low = "1 ms", high = "4 ms" }'


def circuit(folder: Path, delay: str, multapses: bool = False) -> Circuit:
    path = folder / "listed.toml"
    text = TEXT.replace("DELAY", delay).replace("MULTAPSES", str(multapses).lower())
    path.write_text(text, encoding="utf-8")
    return load_circuit(path)


def simulation(of: Circuit, rule: Rule, delivery="shared", wiring=None, chain=CHAIN, reset=True) -> Simulation:
    learning = NAMES[1:] if rule.name in OF_SPIKES else NAMES  # what has no spikes learns from none
    plasticity = Plasticity(rule, learning, dict(rule.parameters), chain)
    phases = [Phase("show", 60, reset=reset)]
    return Simulation(of, 4, phases, plasticity, delivery, seed=3, precision="float64", wiring=wiring)


def learn(simulated: Simulation, rounds: int = 3) -> list[np.ndarray]:
    rng = np.random.default_rng(5)
    shown = [Round({"retina/image": rng.random((4, 12))}, np.array([1.0, -1.0, 0.0, 1.0]), learn=True)] * rounds
    simulated.present(iter(shown), rounds)
    return [simulated.weights(name).copy() for name in NAMES]


def chain_of(rule: Rule) -> tuple:
    return ON_SPIKES if rule is RULES["pair_stdp"] else PLAIN.get(rule.name, CHAIN)


POLYCHRONOUS = load_rule(Path(__file__).parents[2] / "experiments" / "published" / "Izhikevich_2006" / "stdp.toml")
RULES_HERE = [
    PHASE_END,
    STEPS,
    CONTINUOUS,
    SOFT,
    RULES["forward_forward"],
    RULES["pair_stdp"],
    RULES["calcium"],
    STATES,
    POLYCHRONOUS,
]


@pytest.mark.parametrize("delay", ['"2 ms"', EACH])
@pytest.mark.parametrize("rule", RULES_HERE, ids=lambda rule: rule.name)
def test_listed_synapses_learn_what_stock_brian_learns(tmp_path: Path, rule: Rule, delay: str) -> None:
    of = circuit(tmp_path, delay, multapses=True)
    found, expected = (learn(simulation(of, rule, each, chain=chain_of(rule))) for each in ("shared", "stock"))
    before = wire(of, 3)
    for name, one, other in zip(NAMES, found, expected, strict=True):
        assert one == pytest.approx(other, rel=1e-10, abs=1e-12)
        if name == NAMES[1]:
            assert np.abs(one - before[name].weights).max() > 1e-3


@pytest.mark.parametrize("rule", RULES_HERE, ids=lambda rule: rule.name)
def test_listed_synapses_learn_what_a_matrix_learns(tmp_path: Path, rule: Rule) -> None:
    of = circuit(tmp_path, '"2 ms"')
    listed = wire(of, 3)
    matrices: dict[str, Rows | Wiring] = {}
    for name, rows in listed.items():
        assert isinstance(rows, Rows)
        matrices[name] = Wiring(rows.matrix(), rows.matrix(np.ones(len(rows.posts))) > 0)
    found, expected = (learn(simulation(of, rule, wiring=each, chain=chain_of(rule))) for each in (listed, matrices))
    for name, one, other in zip(NAMES, found, expected, strict=True):
        rows = listed[name]
        assert isinstance(rows, Rows)
        assert one == pytest.approx(other[rows.pres, rows.posts], rel=1e-10, abs=1e-12)
        if name == NAMES[1]:
            assert np.abs(one - rows.weights).max() > 1e-3


def test_spikes_of_many_units_and_of_few_teach_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of = circuit(tmp_path, '"2 ms"', multapses=True)
    found = []
    for pays in (True, False):
        monkeypatch.setattr("brainlearn.brian.learning.spike_sum.SpikeSum.pays", lambda *_, answer=pays: answer)
        found.append(learn(simulation(of, RULES["pair_stdp"], chain=ON_SPIKES))[1])
    assert found[0] == pytest.approx(found[1], rel=1e-10, abs=1e-12)
    assert np.abs(found[0] - wire(of, 3)[NAMES[1]].weights).max() > 1e-3


@pytest.mark.parametrize("delay", ['"2 ms"', EACH])
@pytest.mark.parametrize("rule", [PHASE_END, RULES["pair_stdp"], STATES], ids=lambda rule: rule.name)
def test_learning_goes_on_where_it_was(tmp_path: Path, rule: Rule, delay: str) -> None:
    of = circuit(tmp_path, delay)
    first, second = (simulation(of, rule, chain=chain_of(rule), reset=False) for _ in range(2))
    learn(first, 1)
    restore_simulation(second, {name: np.array(value) for name, value in simulation_state(first).items()})
    for one, other in zip(learn(first), learn(second), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("multapses", [False, True])
def test_weights_onto_a_unit_are_normalised(tmp_path: Path, multapses: bool) -> None:
    of, total = circuit(tmp_path, EACH, multapses), 0.7
    simulated = simulation(of, RULES["pair_stdp"], chain=(("step", {"size": 0.1}), ("normalise", {"sum": total})))
    learn(simulated)
    rows = wire(of, 3)[NAMES[1]]
    assert isinstance(rows, Rows)
    found = simulated.weights(NAMES[1])
    for unit in range(20):
        here = np.abs(found[rows.posts == unit])
        assert here.sum() == pytest.approx(total if len(here) else 0, rel=1e-12)
    assert np.abs(found - rows.weights).max() > 0.01
