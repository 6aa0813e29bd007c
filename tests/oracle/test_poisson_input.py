"""Spikes from outside: their statistics, beside `brian2.PoissonInput`, the same in all deliveries, and saved."""

from __future__ import annotations

import tomllib

import brian2 as b2
import numpy as np
import pytest
from scipy import stats

from brainlearn.brian.loading import with_text_checked
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Simulation
from brainlearn.brian.simulation_state import restore_simulation, simulation_state
from brainlearn.circuit import Circuit
from brainlearn.circuit.loading import read_tables
from brainlearn.circuit.poisson_input import PoissonSpikes
from brainlearn.circuit.writing import circuit_text
from brainlearn.mirror import Mirror
from brainlearn.mistakes import UserError
from brainlearn.verification.verify import verify

TEXT = """
name = "driven"
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

[[areas]]
name = "V1"
level = 1

  [[areas.populations]]
  name = "E"
  size = 40
  neuron = "cell"
  poisson_input = [{ VARIABLE, number = 1000, rate = "8 Hz", weight = "WEIGHT" }]

[[projections]]
source = "V1/E"
target = "V1/E"
pathway = "lateral"
synapse = "push"
delay = "1.5 ms"
weights = { distribution = "normal", sd = 0.5 }
"""


def driven(variable: str = 'variable = "current"', weight: str = "1 mV") -> Circuit:
    reading = with_text_checked(
        read_tables(tomllib.loads(TEXT.replace("VARIABLE", variable).replace("WEIGHT", weight)), "driven")
    )
    if reading.mistakes or reading.circuit is None:
        raise UserError(*reading.mistakes)
    return reading.circuit


def test_each_unit_hears_a_poisson_train() -> None:
    spikes = PoissonSpikes(0.23, 500, 1, "V1/E 0")
    counts = np.stack([np.bincount(spikes.draw(), minlength=500) for _ in range(4000)])
    found = np.bincount(counts.reshape(-1), minlength=5)[:5]
    expected = counts.size * stats.poisson.pmf(np.arange(5), 0.23)
    expected[-1] = counts.size - expected[:-1].sum()
    found[-1] = counts.size - found[:-1].sum()
    assert stats.chisquare(found, expected).pvalue > 0.01
    assert abs(np.corrcoef(counts[:, 0], counts[:, 1])[0, 1]) < 4 / np.sqrt(4000)  # units are independent
    assert abs(np.corrcoef(counts[:-1, 0], counts[1:, 0])[0, 1]) < 4 / np.sqrt(4000)  # and steps


def test_membranes_are_driven_as_by_brian() -> None:
    """Mean and spread of a current, against shot noise in closed form and `brian2.PoissonInput`."""
    group = b2.NeuronGroup(400, "dcurrent/dt = -current/(2*ms) : volt", method="exact", dt=0.1 * b2.ms)
    b2.seed(1)
    network = b2.Network(group, b2.PoissonInput(group, "current", 1000, 8 * b2.Hz, 1 * b2.mV))
    samples = []
    for _ in range(20):
        network.run(10 * b2.ms, namespace={})
        samples.append(np.array(group.current_))
    there = np.concatenate(samples[2:])

    with Simulation(driven(weight="1 mV"), 10, [Phase("show", 2000)], precision="float64", seed=1) as simulation:
        current, found = simulation.populations["V1/E"].array("current"), []
        simulation.projections["V1/E->V1/E"].weights[:] = 0
        simulation.projections["V1/E->V1/E"].touch()
        record = b2.NetworkOperation(
            lambda: found.append(current.copy()), dt=10 * b2.ms, when="end", order=10, name="kept_currents"
        )
        simulation.network.add(record)
        simulation.present(iter([Round({}, np.zeros(10))]), 1)
    here = np.concatenate([each.reshape(-1) for each in found[2:]])

    decay = np.exp(-0.1 / 2)  # in a step; the spikes of a step are there whole at its end
    mean, variance = 0.8e-3 / (1 - decay), 0.8e-6 / (1 - decay**2)
    for values in (here, there):
        assert values.mean() == pytest.approx(mean, abs=4 * np.sqrt(variance / len(values)))
        assert values.var() == pytest.approx(variance, rel=4 * np.sqrt(2 / len(values)))


def test_all_deliveries_and_the_mirror_hear_the_same() -> None:
    verification = verify(driven(weight="1.3 mV"), steps=600, copies=3)
    assert sum(verification.spikes.values()) > 100
    assert verification.holds


@pytest.mark.slow
def test_spikes_at_membranes_are_lost_in_refractory_units() -> None:
    """As in `brian2.PoissonInput`: a variable `(unless refractory)` stays."""
    circuit = driven('variable = "v"', "3 mV")
    assert verify(circuit, steps=600, copies=2).holds
    with Simulation(circuit, 2, [Phase("show", 3000)], precision="float64") as simulation:
        population, broken = simulation.populations["V1/E"], []
        look = b2.NetworkOperation(
            lambda: broken.append(np.any(population.array("v")[~population.array("not_refractory")] != 0)),
            dt=0.1 * b2.ms,
            when="end",
            name="refractory_membranes",
        )
        simulation.network.add(look)
        simulation.present(iter([Round({}, np.zeros(2))]), 1)
        assert population.array("v").any()
    assert len(broken) == 3000
    assert not any(broken)


def test_a_saved_simulation_hears_what_the_other_would_have_heard() -> None:
    phases = [Phase("show", 200)]

    def spikes(simulation: Simulation, rounds: int) -> list[np.ndarray]:
        found: list[np.ndarray] = []
        again = iter([Round({}, np.zeros(2))] * rounds)
        simulation.present(again, rounds, lambda _: found.append(simulation.activity("V1/E").copy()))
        return found

    with Simulation(driven(), 2, phases) as one, Simulation(driven(), 2, phases) as other:
        spikes(one, 2)
        restore_simulation(other, {name: np.array(each) for name, each in simulation_state(one).items()})
        np.testing.assert_array_equal(spikes(one, 3), spikes(other, 3))


def test_presentations_hear_different_spikes() -> None:
    mirror = Mirror(driven(), dtype="float64")
    first, second = (mirror.present({}, 300).populations["V1/E"]["current"] for _ in range(2))
    assert not np.array_equal(first, second)


def test_steps_are_not_gone_through_twice() -> None:
    with pytest.raises(UserError, match="cannot be recomputed"):
        Mirror(driven()).present({}, 10, recompute_every=5)


@pytest.mark.parametrize(
    ("variable", "weight", "place", "wrong"),
    [
        ('variable = "curent"', "1 mV", "poisson_input[0].variable", 'no differential equation for "curent"'),
        ('variable = "current"', "1 pA", "poisson_input[0].weight", "wrong unit"),
        ('variable = "current"', "1", "poisson_input[0].weight", "missing unit"),
        ('variabel = "current"', "1 mV", "poisson_input[0]", "unknown key"),
    ],
)
def test_mistakes_are_named_in_place(variable: str, weight: str, place: str, wrong: str) -> None:
    with pytest.raises(UserError) as error:
        driven(variable, weight)
    assert any(place in mistake.where and wrong in mistake.wrong for mistake in error.value.mistakes)


def test_a_file_is_written_back() -> None:
    circuit = driven()
    assert read_tables(tomllib.loads(circuit_text(circuit)), "driven").circuit == circuit


def test_trains_are_described_and_drawn(tmp_path) -> None:
    from typer.testing import CliRunner

    from brainlearn.cli import app

    path = tmp_path / "driven.toml"
    path.write_text(circuit_text(driven()), encoding="utf-8")
    drawing = tmp_path / "driven.svg"
    said = CliRunner().invoke(app, ["describe", str(path), "-o", str(drawing)])
    assert said.exit_code == 0, said.output
    assert "1,000" in said.output
    assert "8 Hz" in said.output
    assert "Poisson 1,000 × 8 Hz" in drawing.read_text(encoding="utf-8")
