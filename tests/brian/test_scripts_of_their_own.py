"""What Brian2 scripts with `SharedSynapses`, or with a `Simulation`, may rely on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from brian2 import Clock, Network, NeuronGroup, SpikeGeneratorGroup, SpikeMonitor, Synapses, ms, prefs

from brainlearn import SharedSynapses, load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Simulation

CIRCUITS = Path(__file__).parents[2] / "circuits"


def test_two_continuous_projections_onto_one_variable_add_up():
    one = NeuronGroup(4, "x : 1", name="one")
    other = NeuronGroup(6, "y : 1", name="other")
    target = NeuronGroup(4, "drive : 1\nseen : 1")
    one.x, other.y = np.arange(4.0), np.arange(6.0) + 1
    first, second = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.5, 0.25], [0.125, 8.0], [16.0, 32.0]])
    a = SharedSynapses(one, target, first, 2, transmit="drive_post = w*x_pre")
    b = SharedSynapses(other, target, second, 2, transmit="drive_post = w*y_pre")
    network = Network(one, other, target, a, b)
    network.run(0.1 * ms, namespace={})
    expected = np.arange(4.0).reshape(2, 2) @ first + (np.arange(6.0) + 1).reshape(2, 3) @ second
    np.testing.assert_allclose(np.array(target.drive).reshape(2, 2), expected, rtol=1e-12)
    target.drive = 7.0  # whoever writes to it: the next step sets it again
    network.run(0.1 * ms, namespace={})
    np.testing.assert_allclose(np.array(target.drive).reshape(2, 2), expected, rtol=1e-12)


@pytest.mark.parametrize(("delay", "arrival"), [(0.4, 2), (0.5, 3), (1.4, 3), (1.5, 4), (2.5, 5), (3.5, 6)])
def test_delays_of_half_a_step_round_up_as_in_stock_brian(delay, arrival):
    """The spike is in step 2 of 1 ms; Brian2 itself, beside it, says when it arrives."""
    found = []
    for shared in (True, False):
        clock = Clock(dt=1 * ms)
        source = SpikeGeneratorGroup(1, [0], [2] * ms, clock=clock)
        target = NeuronGroup(1, "v : 1", threshold="v > 0.5", reset="v = 0", clock=clock)
        if shared:
            synapses = SharedSynapses(source, target, np.ones((1, 1)), 1, "v_post += w", delay=delay * ms)
        else:
            synapses = Synapses(source, target, on_pre="v_post += 1", delay=delay * ms, clock=clock)
            synapses.connect()
        monitor = SpikeMonitor(target)
        Network(source, target, synapses, monitor).run(10 * ms, namespace={})
        found.append([round(float(t / (1 * ms))) for t in monitor.t])
    assert found[0] == found[1] == [arrival + 1]  # what arrives after the threshold of a step crosses that of the next


def stored_and_restored(make: Callable[[NeuronGroup, NeuronGroup], object]) -> np.ndarray:
    source = NeuronGroup(2, "v : 1", threshold="v > 0.5", reset="v = 0")
    target = NeuronGroup(2, "v : 1")
    synapses = make(source, target)
    network = Network(source, target, synapses)
    source.v = [1.0, 0.0]
    network.run(0.3 * ms, namespace={})  # the spike is under way
    network.store()
    network.run(1 * ms, namespace={})
    network.restore()
    network.run(1 * ms, namespace={})
    return np.array(target.v)


def test_spikes_under_way_survive_store_and_restore():
    def shared(source, target):
        return SharedSynapses(source, target, np.array([[2.0, 3.0], [5.0, 7.0]]), 1, "v_post += w", delay=0.5 * ms)

    def stock(source, target):
        synapses = Synapses(source, target, "w : 1", on_pre="v_post += w", delay=0.5 * ms)
        synapses.connect()
        synapses.w = [2.0, 3.0, 5.0, 7.0]
        return synapses

    np.testing.assert_array_equal(stored_and_restored(shared), [2.0, 3.0])
    np.testing.assert_array_equal(stored_and_restored(stock), [2.0, 3.0])


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_simulation_leaves_the_settings_of_its_caller_alone(precision):
    names = ("core.default_float_dtype", "codegen.target", "core.stop_on_keyboard_interrupt")
    before = {name: prefs[name] for name in names}
    with Simulation(load_circuit(CIRCUITS / "one_area.toml"), 2, [Phase("show", 2)], precision=precision) as simulation:
        assert {name: prefs[name] for name in names} == before
        stimuli = {path: np.ones((2, p.population.size)) for path, p in simulation.populations.items() if p.model.input}
        simulation.present(iter([Round(stimuli, np.zeros(2))]), 1)
        assert simulation.populations["V1/E"].array("v").dtype == np.dtype(precision)
    assert {name: prefs[name] for name in names} == before
