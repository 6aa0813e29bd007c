"""Contract of the tables, and what single neurons do in Brian2."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import Clock, Network, NeuronGroup, Quantity, SpikeMonitor, StateMonitor, ms, prefs
from brian2.units.fundamentalunits import get_or_create_dimension

from brainlearn.brian.text.neuron_check import NeuronCheck
from brainlearn.brian.text.text_parsing import known_names
from brainlearn.neurons import NEURONS, NeuronModel
from brainlearn.synapses import SYNAPSES
from brainlearn.units import parse_quantity


@pytest.mark.parametrize("name", NEURONS)
def test_a_built_in_neuron_has_no_mistakes(name: str) -> None:
    model = NEURONS[name]
    check = NeuronCheck(name, model, known_names(parse_quantity("1 ms")))
    assert list(check.all_mistakes()) == []
    assert (model.name, bool(model.description), bool(model.source)) == (name, True, True)


@pytest.mark.parametrize("name", [name for name, model in NEURONS.items() if model.kind == "spiking"])
def test_a_spiking_neuron_can_be_driven_by_a_current(name: str) -> None:
    assert "current : 1" in NEURONS[name].equations


@pytest.mark.parametrize("name", SYNAPSES)
def test_a_built_in_synapse_has_one_text_and_a_source(name: str) -> None:
    synapse = SYNAPSES[name]
    assert synapse.name == name
    assert bool(synapse.on_pre) != bool(synapse.transmit)
    assert synapse.description
    assert synapse.source


def _run(model: NeuronModel, variable: str, steps: int, **values: Any) -> tuple[np.ndarray, int]:
    """Run one unit and return `variable` after each step, and the number of spikes."""
    prefs.codegen.target = "numpy"
    namespace = {
        name: Quantity(q.value, dim=get_or_create_dimension(list(q.dimension)))
        for name, q in {
            **model.parameters,
            **{k: v for k, v in values.items() if k in model.parameters},
        }.items()
    }
    spikes = {"threshold": model.threshold, "reset": model.reset} if model.threshold else {}
    if model.refractory:
        spikes["refractory"] = model.refractory
    group = NeuronGroup(1, model.equations, method=model.method, namespace=namespace, clock=Clock(dt=1 * ms), **spikes)
    initial = {name: quantity.value for name, quantity in model.initial.items()}
    for name, value in {**initial, **values}.items():
        if name not in model.parameters:
            group.variables[name].set_value(value)
    states = StateMonitor(group, variable, record=True, when="end")
    counts = SpikeMonitor(group, record=False) if model.threshold else None
    Network(group, states, *([] if counts is None else [counts])).run(steps * ms, namespace={})
    return np.asarray(getattr(states, variable + "_"))[0], 0 if counts is None else int(counts.num_spikes)


def test_lif_delta_follows_its_closed_form() -> None:
    tau = parse_quantity("4.4814 ms")
    trace, _ = _run(NEURONS["lif_delta"], "v", 3, current=0.1, tau_membrane=tau)
    assert trace == pytest.approx([0.1, 0.18, 0.244], abs=1e-5)


def test_lif_delta_keeps_what_is_above_the_threshold() -> None:
    tau = parse_quantity("4.4814 ms")
    trace, count = _run(NEURONS["lif_delta"], "v", 1, current=1.25, tau_membrane=tau)
    assert count == 1
    assert trace == pytest.approx([0.25], abs=1e-4)


def test_lif_takes_equal_time_constants() -> None:
    tau = parse_quantity("5 ms")
    trace, _ = _run(NEURONS["lif"], "v", 3, tau_membrane=tau, tau_synapse=tau, synaptic=0.5)
    assert np.isfinite(trace).all()
    assert trace[0] == pytest.approx(0.5 * (1 - np.exp(-0.2)))


def test_a_conductance_unit_rests_at_its_leak_and_fires_when_excited() -> None:
    trace, count = _run(NEURONS["lif_conductance"], "v", 3)
    assert (trace == pytest.approx([-0.06] * 3), count) == (True, 0)
    trace, count = _run(NEURONS["lif_conductance"], "v", 5, g_excitatory=5.0)
    assert count == 1
    assert trace == pytest.approx([-0.06] * 5)  # it spikes in the first step, and is refractory for 5 ms


def test_an_adapting_unit_slows_down() -> None:
    early = _run(NEURONS["lif_adaptive"], "v", 100, current=1.0)[1]
    both = _run(NEURONS["lif_adaptive"], "v", 200, current=1.0)[1]
    assert both - early < early


def test_an_apical_dendrite_pulls_the_soma_and_is_not_pulled() -> None:
    soma, _ = _run(NEURONS["two_compartment"], "v", 10, apical_synaptic=1.0)
    assert soma[-1] > 0.01
    apical, _ = _run(NEURONS["two_compartment"], "apical", 10, v=0.9)
    assert apical == pytest.approx(np.zeros(10))


@pytest.mark.parametrize(("drive", "activity"), [(0.7, 0.7), (-0.7, 0.0)])
def test_a_graded_unit_is_a_relu_after_one_step(drive: float, activity: float) -> None:
    trace, _ = _run(NEURONS["graded"], "activity", 1, drive=drive)
    assert trace == pytest.approx([activity], abs=1e-12)
