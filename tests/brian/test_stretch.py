"""Steps that one compiled call does are those that the objects of the network do one after the other."""

from __future__ import annotations

import tomllib
from typing import Any

import numpy as np
import pytest

from brainlearn.brian.calling import CalledEachStep
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.brian.spike_recorder import SpikeRecorder
from brainlearn.brian.stretch import section
from brainlearn.brian.stretch.driver import Driver
from brainlearn.circuit import Circuit, wire
from brainlearn.circuit.loading import read_tables
from brainlearn.rules import RULES

CIRCUIT = """
name = "two"
dt = "0.1 ms"

[neurons.cell]
equations = '''
dv/dt = (current + {extra} - v)/(10*ms) : volt (unless refractory)
dcurrent/dt = -current/(2*ms) : volt {guard}
'''
threshold = "v > 15*mV"
reset = "v = 0*mV; current *= 0.5"
refractory = "2*ms"
method = "euler"

[synapses.push]
on_pre = "current_post += w*mV"

[[areas]]
name = "V1"
level = 1
populations = [
  {{ name = "E", size = 150, neuron = "cell", poisson_input = [{drive}] }},
  {{ name = "I", size = 40, neuron = "cell", poisson_input = [{drive}] }},
]
"""
DRIVE = '{ variable = "current", number = 1000, rate = "8 Hz", weight = "1.4 mV" }'
PROJECTION = """
[[projections]]
source = "V1/{source}"
target = "V1/{target}"
pathway = "lateral"
synapse = "push"
weights = {{ distribution = "normal", sd = 2.0 }}
connectivity = {{ kind = "fixed_in_degree", in_degree = 10, multapses = true }}
delay = {delay}
"""
SPREAD = '{ distribution = "normal", mean = "1.5 ms", sd = "0.75 ms", low = "0.1 ms" }'
NEVER = 10**15


def circuit_of(delay: str = SPREAD, extra: str = "0*mV", guard: str = "") -> Circuit:
    """Return two populations, joined in all four ways."""
    text = CIRCUIT.format(extra=extra, guard=guard, drive=DRIVE)
    for source in "EI":
        text += "".join(PROJECTION.format(source=source, target=target, delay=delay) for target in "EI")
    reading = read_tables(tomllib.loads(text), "two")
    assert not reading.mistakes, reading.mistakes
    assert reading.circuit is not None
    return reading.circuit


class Found:
    """What a simulation of two rounds came to, and how many steps were run by how many calls."""

    def __init__(
        self,
        circuit: Circuit,
        monkeypatch: pytest.MonkeyPatch,
        worth: int,
        busy: bool = False,
        learn: bool = False,
        **options: Any,
    ) -> None:
        monkeypatch.setattr(section, "WORTH", worth)
        self.calls: list[int] = []
        run = Driver.run

        def counted(driver: Driver, steps: int, times: tuple[Any, ...]) -> None:
            self.calls.append(steps)
            run(driver, steps, times)

        monkeypatch.setattr(Driver, "run", counted)
        phases = [Phase("show", 370), Phase("go on", 130, reset=False)]
        with Simulation(circuit, options.pop("copies", 1), phases, **options) as simulation:
            recorder, self.seen = SpikeRecorder(simulation), 0
            if busy:
                CalledEachStep(simulation, self._look, "end")
            polarity = np.full(simulation.copies, float(learn))
            simulation.present(iter([Round({}, polarity)] * 2), 2)
            self.spikes = [recorder.spikes(path) for path in simulation.populations]
            self.states = {
                f"{path} {name}": np.array(values)
                for path, population in simulation.populations.items()
                for name, values in population.state().items()
                if name != "_spikespace"  # beyond the spikes of a step it holds those of older ones
            }
            self.under_way = [projection.state() for projection in simulation.projections.values()]
            self.under_way += [learning.state() for learning in simulation.learning.values()]
            self.weights = {name: simulation.weights(name).copy() for name in simulation.projections}
            self.activity = [simulation.activity(path) for path in simulation.populations]
            self.time = simulation.onset_steps, simulation.next_step, float(simulation.network.t_)
        monkeypatch.setattr(Driver, "run", run)

    def _look(self) -> None:
        self.seen += 1

    def assert_same(self, other: Found) -> None:
        np.testing.assert_equal(self.spikes, other.spikes)
        np.testing.assert_equal(self.states, other.states)
        np.testing.assert_equal(self.under_way, other.under_way)
        np.testing.assert_equal(self.weights, other.weights)
        np.testing.assert_equal(self.activity, other.activity)
        assert self.time == other.time
        assert sum(len(steps) for steps, _ in self.spikes) > 500


@pytest.mark.parametrize(
    ("copies", "precision"),
    [
        (1, "float64"),
        (3, "float32"),
        *(pytest.param(*each, marks=pytest.mark.slow) for each in ((1, "float32"), (3, "float64"))),
    ],
)
@pytest.mark.parametrize("delay", [SPREAD, '"1.5 ms"', '"0 ms"'])
def test_many_steps_at_once_are_the_steps_one_by_one(
    delay: str, copies: int, precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    circuit = circuit_of(delay)
    options = {"copies": copies, "precision": precision}
    together = Found(circuit, monkeypatch, 0, **options)
    assert sum(together.calls) == 1000
    assert together.calls == [100, 100, 100, 70, 100, 30] * 2, "phases end where they did"
    apart = Found(circuit, monkeypatch, NEVER, **options)
    assert not apart.calls
    together.assert_same(apart)


@pytest.mark.parametrize("copies", [pytest.param(1, marks=pytest.mark.slow), 3])
def test_a_circuit_that_learns_on_spikes_does_many_steps_at_once(copies: int, monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = circuit_of('"1.5 ms"')
    chain = (("step", {"size": 0.2}), ("clip", {"low": -2.0, "high": 2.0}))
    names = ("V1/E->V1/E", "V1/I->V1/E")
    options = {"copies": copies, "plasticity": Plasticity(RULES["pair_stdp"], names, updates=chain)}
    together = Found(circuit, monkeypatch, 0, learn=True, **options)
    assert together.calls == [100, 100, 100, 70, 100, 30] * 2
    apart = Found(circuit, monkeypatch, NEVER, learn=True, **options)
    together.assert_same(apart)
    first = wire(circuit, 0)
    for name in names:
        assert np.mean(together.weights[name] != first[name].weights.astype(np.float32)) > 0.9


@pytest.mark.parametrize("connectivity", ["", 'connectivity = {{ kind = "probability", probability = 0.3 }}'])
def test_matrices_of_weights_are_part_of_it(connectivity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line for line in PROJECTION.splitlines() if not line.startswith("connectivity")]
    text = "\n".join([*lines, connectivity, ""]).replace("sd = 2.0", "sd = 0.4")
    monkeypatch.setattr("tests.brian.test_stretch.PROJECTION", text)
    circuit = circuit_of('"1.5 ms"' if connectivity else '"0 ms"')
    together = Found(circuit, monkeypatch, 0, copies=2)
    assert together.calls == [100, 100, 100, 70, 100, 30] * 2
    assert all(weights.ndim == 2 for weights in together.weights.values())
    together.assert_same(Found(circuit, monkeypatch, NEVER, copies=2))


def test_they_are_those_of_stock_brian(monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = circuit_of()
    together = Found(circuit, monkeypatch, 0, precision="float64")
    stock = Found(circuit, monkeypatch, NEVER, precision="float64", delivery="stock")
    np.testing.assert_equal(together.spikes, stock.spikes)
    np.testing.assert_equal(together.activity, stock.activity)


def test_refractory_units_may_be_closed_to_spikes_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = circuit_of('"1 ms"', guard="(unless refractory)")
    together = Found(circuit, monkeypatch, 0)
    assert together.calls, "what projections do waits for the network, the rest does not"
    together.assert_same(Found(circuit, monkeypatch, NEVER))


def test_who_looks_at_every_step_sees_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = circuit_of()
    together = Found(circuit, monkeypatch, 0, busy=True)
    assert together.calls == [1] * 1000
    assert together.seen == 1000
    together.assert_same(Found(circuit, monkeypatch, NEVER))


@pytest.mark.parametrize("extra", ["5*mV*sin(2*pi*50*Hz*t)", "rand()*mV"])
def test_what_changes_from_step_to_step_is_left_to_the_network(extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = circuit_of(extra=extra)
    together = Found(circuit, monkeypatch, 0)
    assert set(together.calls) <= {1}
    together.assert_same(Found(circuit, monkeypatch, NEVER))


def test_the_time_since_the_onset_may_stand_in_a_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    text = CIRCUIT.replace("v > 15*mV", "v > 15*mV and t > 10*ms")
    monkeypatch.setattr("tests.brian.test_stretch.CIRCUIT", text)
    circuit = circuit_of()
    together = Found(circuit, monkeypatch, 0)
    together.assert_same(Found(circuit, monkeypatch, NEVER))
    early = [step % 500 for steps, _ in together.spikes for step in steps.tolist()]
    assert min(early) == pytest.approx(101, abs=3)


def test_few_steps_are_not_worth_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Found(circuit_of(), monkeypatch, section.WORTH).calls


def test_room_is_made_for_spikes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brainlearn.brian.spike_recorder.ROOM", 1)
    found = [Found(circuit_of('"40 ms"'), monkeypatch, worth, copies=20) for worth in (0, NEVER)]
    found[0].assert_same(found[1])
    assert max(len(each["spikes"]) for each in found[0].under_way) > 64
