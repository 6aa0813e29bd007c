"""Projections that are carried together spike as they would alone, and as stock Brian2 does."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from brainlearn.brian import building
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Simulation
from brainlearn.brian.simulation_state import restore_simulation, simulation_state
from brainlearn.circuit import Circuit
from brainlearn.circuit.loading import read_tables

HEAD = """
name = "several"
dt = "0.1 ms"

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

[synapses.push_by_state]
on_pre = "current_post += w*v_pre"

[[areas]]
name = "V1"
level = 1
"""
POPULATION = """
  [[areas.populations]]
  name = "{name}"
  size = {size}
  neuron = "cell"
  poisson_input = [{{ variable = "current", number = 1000, rate = "8 Hz", weight = "1.4 mV" }}]
"""
PROJECTION = """
[[projections]]
source = "V1/{source}"
target = "V1/{target}"
pathway = "lateral"
synapse = "{synapse}"
weights = {{ distribution = "normal", sd = 2.0 }}
connectivity = {{ kind = "fixed_in_degree", in_degree = 10, multapses = true }}
delay = {delay}
"""
SPREAD = '{ distribution = "normal", mean = "1.5 ms", sd = "0.75 ms", low = "0.1 ms" }'


def several(alone: int = -1) -> Circuit:
    """Return three populations, all joined; the projection with the number `alone` reads a presynaptic state."""
    sizes = {"A": 30, "B": 20, "C": 25}
    pairs = [(source, target) for source in sizes for target in sizes]
    text = HEAD + "".join(POPULATION.format(name=name, size=size) for name, size in sizes.items())
    for k, (source, target) in enumerate(pairs):
        synapse = "push_by_state" if k == alone else "push"
        text += PROJECTION.format(source=source, target=target, synapse=synapse, delay=SPREAD)
    reading = read_tables(tomllib.loads(text), "several")
    assert not reading.mistakes
    assert reading.circuit is not None
    return reading.circuit


def spikes(simulation: Simulation, rounds: int = 2) -> np.ndarray:
    found: list[np.ndarray] = []
    again = iter([Round({}, np.zeros(simulation.copies))] * rounds)

    def keep(_: Round) -> None:
        found.append(np.hstack([simulation.activity(path) for path in simulation.populations]))
        found.append(np.hstack([simulation.state(path, "current") for path in simulation.populations]))

    simulation.present(again, rounds, keep)
    return np.array(found)


@pytest.mark.parametrize("copies", [1, 3])
@pytest.mark.parametrize("alone", [-1, 4])
@pytest.mark.parametrize("precision", ["float32", pytest.param("float64", marks=pytest.mark.slow)])
def test_together_they_spike_as_alone(copies: int, alone: int, precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    phases = [Phase("show", 500)]
    with Simulation(several(alone), copies, phases, precision=precision) as together:  # type: ignore[arg-type]
        found = spikes(together)
        joint = [len(each._projections) for each in together._circuit.joint]
    assert joint == ([9] if alone < 0 else [4, 4])
    monkeypatch.setattr(building, "joined", lambda _: ())
    with Simulation(several(alone), copies, phases, precision=precision) as apart:  # type: ignore[arg-type]
        np.testing.assert_array_equal(found, spikes(apart))
    assert found[0].sum() * 500 > 100 * copies


def test_together_they_spike_as_in_stock_brian() -> None:
    phases = [Phase("show", 500)]
    with (
        Simulation(several(), 2, phases, precision="float64") as copies,
        Simulation(several(), 2, phases, precision="float64", delivery="stock") as stock,
    ):
        np.testing.assert_array_equal(spikes(copies, 1), spikes(stock, 1))


def test_room_for_more_spikes_is_made() -> None:
    phases = [Phase("show", 300)]
    with Simulation(several(), 3, phases) as narrow, Simulation(several(), 3, phases) as wide:
        lines = [each.spread for each in narrow.projections.values()]
        for line in lines:
            line.flights, line.factors = line.flights[:, :1].copy(), line.factors[:, :1].copy()
        np.testing.assert_array_equal(spikes(narrow), spikes(wide))
    assert min(line.flights.shape[1] for line in lines) > 1


def test_a_saved_simulation_goes_on_with_the_spikes_under_way() -> None:
    phases = [Phase("show", 100, reset=False)]
    with Simulation(several(), 2, phases) as one, Simulation(several(), 2, phases) as other:
        spikes(one)
        restore_simulation(other, {name: np.array(each) for name, each in simulation_state(one).items()})
        np.testing.assert_array_equal(spikes(one), spikes(other))
