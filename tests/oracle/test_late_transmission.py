"""Continuous transmission after delays, one for all synapses or one for each: rate equations in NumPy, both
deliveries, the mirror, saved and resumed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from brian2 import Network, NeuronGroup, StateMonitor, ms

from brainlearn import SharedSynapses, load_circuit, simulate
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Simulation
from brainlearn.brian.simulation_state import restore_simulation, simulation_state
from brainlearn.circuit import Circuit, Rows, wire
from brainlearn.circuit.wiring import AnyWiring
from brainlearn.mirror import Mirror
from brainlearn.saved_state import ForeignState
from brainlearn.verification.verify import verify

TEXT = """
name = "late"
dt = "0.5 ms"

[neurons.rate]
kind = "graded"
equations = '''
dr/dt = (tanh(input + drive) - r)/(8*ms) : 1
input : 1
drive : 1
'''
method = "euler"
output = "r"
input = "drive"
initial = { r = { distribution = "uniform", low = 0.1, high = 0.4 } }

[synapses.rates]
transmit = "input_post = 1.5*w*r_pre"

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 12, neuron = "rate" }]

[[areas]]
name = "V2"
level = 2
populations = [{ name = "E", size = 9, neuron = "rate" }]

[[projections]]
source = "V1/E"
target = "V1/E"
pathway = "lateral"
synapse = "rates"
connectivity = { kind = "fixed_in_degree", in_degree = 5, multapses = true }
weights = { distribution = "normal", mean = 0.1, sd = 0.4 }
delay = { distribution = "uniform", low = "0 ms", high = "6 ms" }

[[projections]]
source = "V1/E"
target = "V2/E"
pathway = "bottom_up"
synapse = "rates"
weights = { distribution = "normal", sd = 0.4 }
delay = "3 ms"

[[projections]]
source = "V2/E"
target = "V1/E"
pathway = "top_down"
synapse = "rates"
connectivity = { kind = "fixed_out_degree", out_degree = 4, multapses = false }
weights = { distribution = "normal", sd = 0.4 }
delay = "10 ms"
"""
SIZES, STEPS = {"V1/E": 12, "V2/E": 9}, 200


@pytest.fixture
def circuit(tmp_path: Path) -> Circuit:
    (tmp_path / "late.toml").write_text(TEXT, encoding="utf-8")
    return load_circuit(tmp_path / "late.toml")


def drives() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    return {f"{path}:drive": rng.uniform(-0.5, 0.8, size) for path, size in SIZES.items()}


def synapses_of(wiring: AnyWiring, delay: int) -> list[tuple[int, int, float, int]]:
    """Return source unit, target unit, weight and delay in steps of every synapse."""
    if isinstance(wiring, Rows):
        delays = np.full(len(wiring.posts), delay) if wiring.delays is None else wiring.delays.astype(int)
        return list(zip(wiring.pres, wiring.posts, wiring.weights, delays, strict=True))
    return [(i, j, w, delay) for (i, j), w in np.ndenumerate(wiring.weights)]


def by_hand(circuit: Circuit, start: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Go through the rate equations synapse by synapse; before the onset rates were as at the onset."""
    wiring, delays = wire(circuit, 0), {"V1/E->V1/E": 0, "V1/E->V2/E": 6, "V2/E->V1/E": 20}
    rates = {path: [values] for path, values in start.items()}
    for step in range(STEPS):
        sums = {path: np.zeros(size) for path, size in SIZES.items()}
        for projection in circuit.projections:
            past = rates[projection.source]
            for i, j, w, delay in synapses_of(wiring[projection.name], delays[projection.name]):
                sums[projection.target][j] += 1.5 * w * past[max(step - delay, 0)][i]
        for path, values in rates.items():
            now = values[-1]
            values.append(now + 0.5 / 8 * (np.tanh(sums[path] + drives()[f"{path}:drive"]) - now))
    return {path: np.array(values[1:]) for path, values in rates.items()}


@pytest.mark.parametrize("delivery", ["shared", "stock"])
def test_rates_follow_the_equations_with_delays(circuit: Circuit, delivery: str) -> None:
    record = [f"{path}:r" for path in SIZES]
    tree = simulate(circuit, f"{STEPS * 0.5} ms", drives(), record, delivery=delivery, precision="float64")
    found = {path: tree[f"states/{path.replace('/', '.')}"]["r"].values[:, 0] for path in SIZES}
    start = {path: tree[f"states/{path.replace('/', '.')}"]["r"].values[0, 0] for path in SIZES}
    expected = by_hand(circuit, start)
    for path in SIZES:
        assert found[path].std(axis=0).min() > 1e-3
        np.testing.assert_allclose(found[path][1:], expected[path][: len(found[path]) - 1], rtol=0, atol=1e-13)


def test_stock_brian_copies_and_the_mirror_agree(circuit: Circuit) -> None:
    found = verify(circuit, steps=120, copies=3, strength=1.0)
    assert all(each.holds(1e-12) for each in found.machines.values())


def test_gradients_pass_through_delays(circuit: Circuit) -> None:
    """The derivative by a weight is that of differences: a change arrives as late as the synapse is long."""
    name, k, small = "V1/E->V1/E", 7, 1e-5
    mirror = Mirror(circuit, dtype="float64")

    def outcome() -> torch.Tensor:
        shown = {path: torch.tensor(drives()[f"{path}:drive"])[None] for path in SIZES}
        return mirror.activity(mirror.present(shown, steps=60), "V2/E").sum()

    outcome().backward()
    gradient = float(mirror.weights[name].grad[k])
    values = []
    for sign in (1, -1):
        with torch.no_grad():
            mirror.weights[name][k] += sign * small
            values.append(float(outcome()))
            mirror.weights[name][k] -= sign * small
    assert abs(gradient) > 1e-4
    assert gradient == pytest.approx((values[0] - values[1]) / (2 * small), rel=1e-6)


def test_a_simulation_goes_on_with_what_is_under_way(circuit: Circuit) -> None:
    def started() -> Simulation:
        simulation = Simulation(circuit, 2, [Phase("show", 33, reset=False)], precision="float64")
        for name, values in drives().items():
            simulation.set_variable(*name.split(":"), values)
        return simulation

    def show(simulation: Simulation) -> np.ndarray:
        simulation.present(iter([Round({}, np.zeros(2))]), 1)
        return simulation.state("V1/E", "r").copy()

    first, second = started(), started()
    show(first)
    saved = {name: np.array(value) for name, value in simulation_state(first).items()}
    expected = show(first)
    restore_simulation(second, saved)
    assert np.array_equal(show(second), expected)
    with pytest.raises(ForeignState):
        restore_simulation(second, saved | {"line/V2/E->V1/E/sum_0/sent": np.zeros((3, 2, 9))})


def test_a_reset_forgets_what_is_under_way(circuit: Circuit) -> None:
    simulation = Simulation(circuit, 1, [Phase("show", 40)], precision="float64")
    for name, values in drives().items():
        simulation.set_variable(*name.split(":"), values)
    found = []
    for _ in range(2):
        simulation.present(iter([Round({}, np.zeros(1))]), 1)
        found.append(simulation.state("V2/E", "r").copy())
    assert np.array_equal(*found)


@pytest.mark.parametrize("delay", [0, 1, 7])
def test_synapses_in_a_script_of_brian_transmit_what_was(delay: int) -> None:
    rng = np.random.default_rng(1)
    weights = rng.normal(size=(4, 3))
    source = NeuronGroup(8, "dx/dt = (0.3 - x)*speed/ms : 1\nspeed : 1", method="euler", dt=0.5 * ms)
    source.speed = rng.uniform(0.2, 1.5, 8)
    target = NeuronGroup(6, "y : 1", dt=0.5 * ms)
    synapses = SharedSynapses(source, target, weights, 2, transmit="y_post = w*x_pre", delay=delay * 0.5 * ms)
    sent = StateMonitor(source, "x", record=True, when="start", dt=0.5 * ms)
    arrived = StateMonitor(target, "y", record=True, when="end", dt=0.5 * ms)
    network = Network(source, target, synapses, sent, arrived)
    network.run(6 * ms, namespace={})
    network.store()
    network.run(6 * ms, namespace={})
    whole = np.array(arrived.y)
    network.restore()
    network.run(6 * ms, namespace={})
    assert np.array_equal(np.array(arrived.y), whole)
    x = np.array(sent.x).reshape(2, 4, -1)
    for step in range(24):
        expected = x[:, :, max(step - delay, 0)] @ weights
        np.testing.assert_allclose(whole[:, step], expected.reshape(-1), rtol=1e-12)
