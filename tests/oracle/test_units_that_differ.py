"""Units with constants and initial states of their own, beside a plain Brian2 script with the same arrays."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import ms, mV
from xarray import DataTree

from brainlearn import load_circuit, simulate
from brainlearn.brian.simulation import Delivery, Plasticity
from brainlearn.circuit import Circuit, Population
from brainlearn.circuit.distributions import PlaceQuantity
from brainlearn.circuit.plain_values import plain
from brainlearn.circuit.unit_values import unit_values
from brainlearn.circuit.wiring import wire
from brainlearn.rules import RULES
from brainlearn.verification.verify import verify
from tests.oracle.both_deliveries import SHIPPED, reads_feedback, shrunk
from tests.oracle.test_weight_changes import CHAINS, PLASTIC, drawn, learn_both_ways

CIRCUIT = """
name = "diverse"
dt = "0.1 ms"

[neurons.membrane]
equations = '''
    dv/dt = (rest - v + drive + g)/tau_membrane : volt (unless refractory)
    dg/dt = -g/tau_synapse : volt
    drive : volt
'''
threshold = "v > threshold"
reset = "v = rest; g += adaptation"
refractory = "rests"
method = "exact"

[neurons.membrane.parameters]
rest = "-65 mV"
threshold = { distribution = "normal", mean = "-50 mV", sd = "3 mV", low = "-58 mV", high = "-40 mV" }
tau_membrane = { distribution = "gamma", mean = "15 ms", sd = "5 ms", low = "3 ms" }
tau_synapse = "5 ms"
adaptation = { distribution = "exponential", mean = "-2 mV" }
rests = { distribution = "expression", value = "1*ms + 0.5*ms*row + 0.1*ms*column" }

[neurons.membrane.initial]
v = { distribution = "uniform", low = "-65 mV", high = "-50 mV" }

[neurons.quick]
model = "membrane"
parameters = { tau_synapse = { distribution = "lognormal", mean = "3 ms", sd = "1 ms" } }

[synapses.push]
on_pre = "g_post += w*mV"

[synapses.drive]
transmit = "drive_post = w*mV*activity_pre"

[[areas]]
name = "retina"
level = 0
populations = [{ name = "image", size = 5, neuron = "constant_current" }]

[[areas]]
name = "V1"
level = 1

  [[areas.populations]]
  name = "E"
  sheet = [3, 4]
  neuron = "membrane"

  [[areas.populations]]
  name = "I"
  sheet = [2, 3]
  neuron = "quick"
  sign = "inhibitory"
  parameters = { tau_membrane = "8 ms" }
  initial = { g = { distribution = "normal", mean = "0 mV", sd = "1 mV" }, v = "-60 mV" }

[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "drive"
weights = { distribution = "gamma", mean = 12.0, sd = 4.0 }

[[projections]]
source = "V1/E"
target = "V1/I"
pathway = "lateral"
synapse = "push"
delay = "1 ms"
weights = { distribution = "lognormal", mean = 8.0, sd = 4.0 }

[[projections]]
source = "V1/I"
target = "V1/E"
pathway = "lateral"
synapse = "push"
delay = "0.7 ms"
weights = { distribution = "normal", mean = -3.0, sd = 1.0, high = 0.0 }
"""
STEPS, SEED = 3000, 3
IMAGE = np.linspace(0.2, 0.8, 5)


@pytest.fixture(scope="module")
def circuit(tmp_path_factory: pytest.TempPathFactory) -> Circuit:
    path = tmp_path_factory.mktemp("diverse") / "diverse.toml"
    path.write_text(CIRCUIT, encoding="utf-8")
    return load_circuit(path)


def _simulate(circuit: Circuit, delivery: Delivery) -> DataTree:
    return simulate(
        circuit,
        f"{STEPS / 10} ms",
        inputs={"retina/image": IMAGE},
        record=["V1/E:v,spikes", "V1/I:spikes"],
        seed=SEED,
        delivery=delivery,
        precision="float64",
    )


def _plain(circuit: Circuit, result: DataTree) -> dict[str, Any]:
    """Simulate the same in Brian2, written by hand, with the values that the result holds."""
    brian2.start_scope()
    brian2.defaultclock.dt = 0.1 * ms
    wiring = wire(circuit, SEED)
    excited = result["unit_values/V1.E"]
    inhibitory = result["unit_values/V1.I"]
    text = {"threshold": "v > threshold", "reset": "v = -65*mV; g += adaptation", "refractory": "rests"}
    equations = """
        dv/dt = (-65*mV - v + drive + g)/tau : volt (unless refractory)
        dg/dt = -g/tau_g : volt
        drive : volt
        tau : second (constant)
        tau_g : second (constant)
        threshold : volt (constant)
        adaptation : volt (constant)
        rests : second (constant)
    """
    e = brian2.NeuronGroup(12, equations, method="exact", name="excited", **text)
    i = brian2.NeuronGroup(6, equations, method="exact", name="inhibited", **text)
    for group, values in ((e, excited), (i, inhibitory)):
        group.threshold_ = values["threshold"].values
        group.adaptation_ = values["adaptation"].values
        group.rests_ = values["rests"].values
    e.tau_, i.tau_ = excited["tau_membrane"].values, 0.008
    e.tau_g_, i.tau_g_ = 0.005, inhibitory["tau_synapse"].values
    e.v_, i.v_ = excited["v"].values, -0.06
    i.g_ = inhibitory["g"].values
    e.drive_ = IMAGE @ wiring["retina/image->V1/E"].weights * 1e-3
    projections = []
    for source, target, name, delay in ((e, i, "V1/E->V1/I", 1.0), (i, e, "V1/I->V1/E", 0.7)):
        synapses = brian2.Synapses(source, target, "w : 1", on_pre="g_post += w*mV", delay=delay * ms)
        synapses.connect()
        synapses.w = wiring[name].weights[synapses.i[:], synapses.j[:]]
        projections.append(synapses)
    spikes = {"V1/E": brian2.SpikeMonitor(e), "V1/I": brian2.SpikeMonitor(i)}
    states = brian2.StateMonitor(e, "v", record=True)
    network = brian2.Network(e, i, *projections, *spikes.values(), states)
    network.run(STEPS * 0.1 * ms, namespace={"mV": mV})
    return {
        **{path: (np.round(np.array(each.t_) * 1e4), np.array(each.i)) for path, each in spikes.items()},
        "v": np.array(states.v_).T,
    }


@pytest.mark.parametrize("delivery", ["shared", pytest.param("stock", marks=pytest.mark.slow)])
def test_units_that_differ_spike_as_in_plain_brian(circuit: Circuit, delivery: Delivery) -> None:
    result = _simulate(circuit, delivery)
    expected = _plain(circuit, result)
    for path in ("V1/E", "V1/I"):
        found = result[f"spikes/{path.replace('/', '.')}"]
        steps, units = np.round(found["spike_time"].values * 10), found["spike_unit"].values
        order, plain_order = np.lexsort((units, steps)), np.lexsort(expected[path][::-1])
        assert len(steps) > 50
        np.testing.assert_array_equal(steps[order], expected[path][0][plain_order])
        np.testing.assert_array_equal(units[order], expected[path][1][plain_order])
    np.testing.assert_allclose(result["states/V1.E"]["v"].values[:, 0], expected["v"], rtol=0, atol=1e-12)


def test_stock_brian_copies_and_mirror_agree(circuit: Circuit) -> None:
    found = verify(circuit, steps=600, copies=3, strength=2.0)
    assert found.holds
    assert all(count > 20 for count in found.spikes.values())


@pytest.mark.slow
def test_each_copy_may_have_its_own(circuit: Circuit, tmp_path: Path) -> None:
    path = tmp_path / "copies.toml"
    path.write_text(CIRCUIT.replace('low = "3 ms" }', 'low = "3 ms", each_copy = true }'), encoding="utf-8")
    own = load_circuit(path)
    values = unit_values(own, "V1/E", 4, SEED)
    assert len(np.unique(values["tau_membrane"])) == 4 * 12
    assert np.all(values["threshold"] == values["threshold"][0])
    assert verify(own, steps=600, copies=4, strength=2.0).holds


def test_the_order_and_number_of_what_is_asked_for_changes_nothing(circuit: Circuit) -> None:
    """As of copies, and of other populations and variables."""
    one, many = (unit_values(circuit, "V1/E", copies, SEED) for copies in (1, 5))
    others = unit_values(circuit, "V1/I", 2, SEED)
    for name, values in one.items():
        np.testing.assert_array_equal(many[name], np.tile(values, (5, 1)))
    assert not np.array_equal(one["threshold"][0, :6], others["threshold"][0])
    assert not np.array_equal(one["threshold"], unit_values(circuit, "V1/E", 1, SEED + 1)["threshold"])


def _differing(circuit: Circuit) -> Circuit:
    """Return a circuit in which every constant of every spiking population differs between units."""

    def one(population: Population) -> Population:
        model = circuit.models[population.path]
        factor = "(1+0.3*i/N)"
        own = {
            name: PlaceQuantity(distribution="expression", value=f"{plain(value)!s}*{factor}".replace(" ", "*"))
            for name, value in model.parameters.items()
            if model.threshold
        }
        return dataclasses.replace(population, parameters=own)

    areas = tuple(dataclasses.replace(a, populations=tuple(map(one, a.populations))) for a in circuit.areas)
    return circuit.with_parts(areas=areas)


@pytest.mark.parametrize("rule", ["pair_stdp", "e_prop", "forward_forward"])
def test_units_that_differ_learn_as_in_stock_brian(rule: str) -> None:
    """`e_prop` reads the threshold of the unit, which is a constant of its model."""
    fed_back = next(path for path in SHIPPED if path.stem == "temporal_difference")
    circuit = _differing(shrunk(fed_back) if reads_feedback(RULES[rule]) else load_circuit(PLASTIC))
    spiking = [path for path, model in circuit.models.items() if model.threshold]
    assert all(circuit.models[path].varied for path in spiking if circuit.models[path].kind == "spiking")
    learn_both_ways(circuit, Plasticity(RULES[rule], drawn(circuit), updates=CHAINS["plain step"]))
