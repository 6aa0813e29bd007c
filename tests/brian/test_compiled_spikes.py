"""Loops that learn on spikes change weights as the terms do that Python takes step by step, to the last bit."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from brainlearn.brian.learning import spikes
from brainlearn.brian.learning.compiled_spikes import CompiledSpikes
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.brian.simulation_state import restore_simulation, simulation_state
from brainlearn.circuit import Circuit
from brainlearn.circuit.loading import read_tables
from brainlearn.rules import RULES
from brainlearn.rules.rule import Change, Rule, Trace, parameters

CIRCUIT = """
name = "two"
dt = "0.5 ms"
[neurons.cell]
equations = '''
dv/dt = (current - v)/(10*ms) : volt (unless refractory)
dcurrent/dt = -current/(2*ms) : volt
'''
threshold = "v > 15*mV"
reset = "v = 0*mV"
refractory = "2*ms"
method = "exact"
[synapses.push]
on_pre = "current_post += w*mV"
[[areas]]
name = "V1"
level = 1
populations = [
  { name = "E", size = 60, neuron = "cell", poisson_input = [DRIVE] },
  { name = "I", size = 25, neuron = "cell", poisson_input = [DRIVE] },
]
"""
DRIVE = '{ variable = "current", number = 1000, rate = "9 Hz", weight = "1.4 mV" }'
PROJECTION = """
[[projections]]
source = "V1/E"
target = "V1/{target}"
pathway = "lateral"
synapse = "push"
sign = "{sign}"
weights = {{ distribution = "uniform", low = 0.0, high = 0.6 }}
{storage}
{delay}
"""
LISTED = 'connectivity = { kind = "fixed_in_degree", in_degree = 8, multapses = true }'
MASKED = 'connectivity = { kind = "probability", probability = 0.5 }'
DELAYED = 'delay = "1 ms"'
SPREAD = 'delay = { distribution = "uniform", low = "0 ms", high = "5 ms" }'
CHAIN = (("step", {"size": 0.05}), ("clip", {"low": -0.2, "high": 0.5}))
SOFT = Rule(
    "soft",
    "pairs that soft bounds scale, the voltage of the target, and what comes at a lone spike",
    "",
    parameters=parameters(tau="20 ms", most=1.0, rate=0.5, scale="20 mV"),
    traces=(Trace("x", "dx/dt = -x/tau : 1", "x += 1"),),
    changes=(
        Change(pre="x + spiked", post="rate*exp(-rate)", when="post_spike", weight="most - w"),
        Change(pre="-rate", post="x*x", when="pre_spike", weight="w"),
        Change(pre="1", post="(v - scale)/scale - 0.1*spiked", when="pre_spike"),
    ),
)
RULES_ON_SPIKES = {"soft": SOFT, **{name: RULES[name] for name in ("pair_stdp", "triplet_stdp", "inhibitory_stdp")}}


def circuit_of(storage: str, delay: str, sign: str = "mixed") -> Circuit:
    """Return two populations, one of which projects to itself and to the other."""
    text = CIRCUIT.replace("DRIVE", DRIVE)
    text += "".join(PROJECTION.format(target=each, storage=storage, delay=delay, sign=sign) for each in "EI")
    reading = read_tables(tomllib.loads(text), "two")
    assert not reading.mistakes, reading.mistakes
    assert reading.circuit is not None
    return reading.circuit


class Learned:
    """What a simulation of two rounds came to, each with a phase that learns, one that does not, and another."""

    def __init__(
        self,
        circuit: Circuit,
        rule: Rule,
        copies: int = 1,
        taking_part: Sequence[int] = (),
        ready: bool = False,
        **options: Any,
    ) -> None:
        names = tuple(projection.name for projection in circuit.projections)
        plasticity = Plasticity(rule, names, updates=options.pop("chain", CHAIN))
        phases = [
            Phase("a", 90),
            Phase("b", 40, reset=False, learn=False),
            Phase("c", 70, reset=False, learn=names[:1]),
        ]
        polarity = np.ones(copies)
        polarity[list(taking_part)] = 0
        with Simulation(circuit, copies, phases, plasticity, **options) as simulation:
            self.first = {name: simulation.weights(name).copy() for name in names}
            simulation.learning[names[0]].factor = 0.7
            for each in (each for rule in simulation.rules for each in rule.spikes if ready):
                each.loops()  # as a stretch of an earlier run did
            simulation.present(iter([Round({}, polarity)] * 2), 2)
            self.weights = {name: simulation.weights(name).copy() for name in names}
            self.under_way = [simulation.learning[name].state() for name in names]
            self.states = [population.array("v").copy() for population in simulation.populations.values()]
            self.loops = [each._compiled for rule in simulation.rules for each in rule.spikes]

    def assert_same(self, other: Learned) -> None:
        for name, weights in self.weights.items():
            assert weights.tobytes() == other.weights[name].tobytes(), name
            assert np.mean(weights != self.first[name]) > 0.3, "nothing was learned"
        np.testing.assert_equal(self.states, other.states)
        np.testing.assert_equal(self.under_way, other.under_way)


def both(monkeypatch: pytest.MonkeyPatch, circuit: Circuit, rule: Rule, **options: Any) -> tuple[Learned, Learned]:
    """Learn by loops, and in Python."""
    monkeypatch.setattr(spikes, "MANY_STEPS", 10**9)
    return Learned(circuit, rule, ready=True, **options), Learned(circuit, rule, **options)


def slow(*values: Any) -> Any:
    """Return a case that takes too long to be tested every time."""
    return pytest.param(*values, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    ("rule", "storage", "delay", "options"),
    [
        ("soft", LISTED, DELAYED, {"copies": 3, "taking_part": [1]}),
        ("pair_stdp", "", DELAYED, {}),
        ("soft", LISTED, SPREAD, {}),
        slow("soft", LISTED, DELAYED, {}),
        slow("triplet_stdp", LISTED, "", {"precision": "float64"}),
        slow("inhibitory_stdp", MASKED, DELAYED, {}),
        slow("triplet_stdp", LISTED, SPREAD, {"copies": 3, "taking_part": [1], "precision": "float64"}),
    ],
)
def test_loops_learn_what_python_does(
    rule: str, storage: str, delay: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_loops, in_python = both(monkeypatch, circuit_of(storage, delay), RULES_ON_SPIKES[rule], **options)
    assert all(isinstance(each, CompiledSpikes) for each in by_loops.loops)
    assert in_python.loops == [None, None]
    by_loops.assert_same(in_python)


UNSAYABLE = {
    "a function of a trace": Change(pre="exp(x)", post="1", when="post_spike"),
    "the activity so far": Change(pre="activity", post="1", when="pre_spike"),
    "what the population tells": Change(pre="x", post="polarity", when="post_spike"),
}


@pytest.mark.parametrize("change", UNSAYABLE.values(), ids=UNSAYABLE.keys())
def test_python_does_what_cannot_be_said_as_a_loop(change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spikes, "MANY_STEPS", 0)
    rule = Rule("other", "", "", (change,), parameters=parameters(tau="20 ms"), traces=SOFT.traces)
    assert Learned(circuit_of(LISTED, DELAYED), rule).loops == [None, None]


def test_a_chain_that_remembers_is_left_to_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spikes, "MANY_STEPS", 0)
    chain = (("momentum", {"rate": 0.5}), ("step", {"size": 0.05}))
    assert Learned(circuit_of(LISTED, DELAYED), RULES["pair_stdp"], chain=chain).loops == [None, None]


@pytest.mark.slow
@pytest.mark.parametrize("delay", [DELAYED, SPREAD])
def test_python_goes_on_where_loops_have_stopped(delay: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is under way is the same in both, so a state that either saves is one that the other restores."""
    circuit, phases = circuit_of(LISTED, delay), [Phase("a", 60, reset=False)]
    names = tuple(projection.name for projection in circuit.projections)
    plasticity = Plasticity(SOFT, names, updates=CHAIN)
    rounds = [Round({}, np.ones(1))]

    def learn(steps: tuple[int, ...]) -> dict[str, np.ndarray]:
        state: dict[str, np.ndarray] = {}
        for many in steps:
            monkeypatch.setattr(spikes, "MANY_STEPS", many)
            with Simulation(circuit, 1, phases, plasticity) as simulation:
                if state:
                    restore_simulation(simulation, state)
                simulation.present(iter(rounds), 1)
                state = {name: np.array(each) for name, each in simulation_state(simulation).items()}
        return state

    np.testing.assert_equal(learn((0, 10**9)), learn((10**9, 0)))
    np.testing.assert_equal(learn((0, 10**9)), learn((10**9, 10**9)))
