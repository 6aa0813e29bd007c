"""Membranes, currents and traces against numbers worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from brian2 import Clock, Network, StateMonitor, ms

from brainlearn import load_circuit
from brainlearn.brian.learning.traces import trace_text, trace_variable
from brainlearn.brian.populations import PopulationGroup, to_brian
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.circuit import Area, Circuit, Population
from brainlearn.neurons import NEURONS
from brainlearn.rules import RULES
from brainlearn.units import parse_quantity
from tests.oracle.clockwork import clockwork

ONE_AREA = Path(__file__).parents[2] / "circuits" / "one_area.toml"

TWO_UNITS = """
name = "two_units"
dt = "1 ms"

[neurons.driven]
model = "lif"
parameters = { tau_membrane = "1000 s", tau_synapse = "5 ms", threshold_v = 10 }

[neurons.clock]
equations = "dclock/dt = 1/ms : 1"
threshold = "abs(clock - 3) < 0.5"
method = "exponential_euler"

[[areas]]
name = "A"
level = 0
populations = [{ name = "E", size = 1, neuron = "clock" }]

[[areas]]
name = "B"
level = 1
populations = [{ name = "E", size = 1, neuron = "driven" }]

[[projections]]
source = "A/E"
target = "B/E"
pathway = "bottom_up"
synapse = "current"
delay = "2 ms"
weights = { distribution = "constant", value = 2.5 }
"""


def record(simulation: Simulation, path: str, variable: str, rounds: list[Round]) -> np.ndarray:
    """Return the value of unit 0 at the end of every step."""
    monitor = StateMonitor(simulation.populations[path].group, variable, record=[0], when="end")
    simulation.network.add(monitor)
    simulation.present(iter(rounds), len(rounds))
    return np.array(monitor.variables[variable].get_value())[:, 0]


def test_a_membrane_gathers_leaks_and_is_reset_by_subtraction():
    """Each step keeps 0.8 of the membrane and adds the current of 0.3; above 1 it spikes and gives 1 away."""
    circuit = load_circuit(ONE_AREA, {"V1/E": 1, "retina/image": 1, "retina/label": 1})
    simulation = Simulation(circuit, 1, [Phase("show", 8)], seed=1, precision="float64")
    simulation.projections["retina/image->V1/E"].weights = [[0.2]]
    simulation.projections["retina/label->V1/E"].weights = [[0.1]]
    stimuli = {"retina/image": np.ones((1, 1)), "retina/label": np.ones((1, 1))}
    v = record(simulation, "V1/E", "v", [Round(stimuli, np.zeros(1))] * 2)
    presentation = [0.3, 0.54, 0.732, 0.8856, 0.00848, 0.306784, 0.5454272, 0.73634176]
    np.testing.assert_allclose(v, presentation * 2, rtol=0, atol=1e-4)  # the second begins from rest
    np.testing.assert_allclose(simulation.activity("V1/E"), [[1 / 8]])


def test_a_synaptic_current_arrives_after_the_delay_and_decays(tmp_path):
    """A spike in step 2 arrives in step 4 with a current of 2.5, which decays with 5 ms."""
    path = tmp_path / "two_units.toml"
    path.write_text(TWO_UNITS, encoding="utf-8")
    simulation = Simulation(load_circuit(path), 1, [Phase("show", 9)], precision="float64")
    synaptic = record(simulation, "B/E", "synaptic", [Round({}, np.zeros(1))])
    expected = [0, 0, 0, 0] + [2.5 * np.exp(-n / 5) for n in range(5)]
    np.testing.assert_allclose(synaptic, expected, rtol=0, atol=1e-12)


AT_RANDOM = {"stochastic_spiking", "lif_sampling"}  # spike without input


@pytest.mark.parametrize("name", [n for n, model in NEURONS.items() if model.threshold and n not in AT_RANDOM])
def test_traces_decay_exponentially_in_every_spiking_model(name):
    """Whatever method integrates the membrane: the window of a rule must not depend on it."""
    population = Population("E", "A", 1, None, name, "mixed", None)
    areas, dt = (Area("A", 0, (population,)),), parse_quantity("1 ms")
    circuit = Circuit("one", "", "", dt, areas, (), {name: NEURONS[name]}, {})
    rule, clock = RULES["pair_stdp"], Clock(dt=1 * ms)
    parameters = {name: to_brian(value) for name, value in rule.parameters.items()}
    traces = trace_text(rule.traces, parameters, NEURONS[name], 1e-3, "")
    group = PopulationGroup(circuit, population, 1, clock, traces=(traces,))
    group.array(trace_variable("trace_plus"))[:] = 1.0
    Network(group.group).run(30 * ms, namespace={})
    assert group.array(trace_variable("trace_plus")) == pytest.approx(np.exp(-30 / 20), rel=1e-12)


def test_a_trace_is_raised_by_a_spike_and_decays(tmp_path):
    circuit = clockwork(tmp_path, "clockwork", 1, 1, 0)
    plasticity = Plasticity(RULES["pair_stdp"], ("pair",))
    simulation = Simulation(circuit, 1, [Phase("show", 12)], plasticity, precision="float64")
    simulation.populations["A/E"].array("due")[:] = 4.0
    trace = record(simulation, "A/E", trace_variable("trace_plus"), [Round({}, np.ones(1))])
    np.testing.assert_allclose(trace, [0] * 4 + [np.exp(-n / 20) for n in range(8)], rtol=0, atol=1e-12)
