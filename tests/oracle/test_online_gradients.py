"""Online rules and backpropagation through time agree where theory says so: one layer, no recurrent synapses.

Outputs spike, and are told in the same step what they should have done: the loss is half the squared distance of their
spikes from targets, summed over steps. The gradient is that of PyTorch, of the same equations written by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.circuit import Circuit
from brainlearn.rules import RULES
from brainlearn.units import parse_quantity
from tests.oracle.on_both_engines import MIRROR

STEPS, COPIES, INPUTS, OUTPUTS = 40, 6, 12, 5
SIZE = 1e-6  # of a step: so small that all rounds have the same spikes
MACHINES: dict[str, dict[str, Any]] = {"copies": {}, "stock": {"delivery": "stock"}, "mirror": {"build": MIRROR}}
KEPT = float(np.exp(-1 / 20))
INTO = "periphery/spikes->IT/class"
TOLD = f"""
name = "told"
dt = "1 ms"
[neurons.told]
kind = "spiking"
equations = '''
dv/dt = -v/tau_membrane : 1
error = nudging*(target - int(v > threshold_v)) : 1
target : 1
nudging : 1
'''
threshold = "v > threshold_v"
reset = "v -= threshold_v"
method = "exponential_euler"
parameters = {{ tau_membrane = "20 ms", threshold_v = 1 }}
input = "target"
feedback = "error"
[[areas]]
name = "periphery"
level = 0
populations = [{{ name = "spikes", size = {INPUTS}, neuron = "spike_train" }}]
[[areas]]
name = "IT"
level = 1
populations = [{{ name = "class", size = {OUTPUTS}, neuron = "told" }}]
[[projections]]
source = "periphery/spikes"
target = "IT/class"
pathway = "bottom_up"
synapse = "delta"
weights = {{ distribution = "normal", mean = 0.15, sd = 0.4 }}
"""


def triangle(v: Tensor) -> Tensor:
    return torch.clamp(1 - torch.abs(v - 1), min=0)


def sigmoid_derivative(v: Tensor) -> Tensor:
    share = torch.sigmoid((v - 1) / 0.25)
    return share * (1 - share) / 0.25


def tanh_derivative(v: Tensor) -> Tensor:
    return 1 - torch.tanh(v - 1) ** 2


class Spike(torch.autograd.Function):
    """A step, with another derivative."""

    @staticmethod
    def forward(context: Any, v: Tensor, derivative: Callable[[Tensor], Tensor]) -> Tensor:
        context.save_for_backward(v)
        context.derivative = derivative
        return (v > 1).to(v.dtype)

    @staticmethod
    def backward(context: Any, *gradient: Tensor) -> tuple[Tensor, None]:
        (v,) = context.saved_tensors
        return gradient[0] * context.derivative(v), None


def by_hand(
    trains: np.ndarray, weights: np.ndarray, derivative: Callable[[Tensor], Tensor], through_reset: bool = False
) -> tuple[Tensor, Tensor]:
    """Return the weights, with room for a gradient, and all spikes, (copy, step, unit)."""
    w = torch.tensor(weights, requires_grad=True)
    v = torch.zeros(len(trains), weights.shape[1]).double()
    spikes = []
    for t in range(trains.shape[1]):
        v = v * KEPT
        z = Spike.apply(v, derivative)
        v = v + torch.tensor(trains[:, t]) @ w - (z if through_reset else z.detach())
        spikes.append(z)
    return w, torch.stack(spikes, dim=1)


@pytest.fixture(scope="module")
def shown() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    trains = (rng.random((COPIES, STEPS, INPUTS)) < 0.15).astype(float)
    return trains, rng.random((COPIES, OUTPUTS))


@pytest.fixture(scope="module")
def circuit(tmp_path_factory: pytest.TempPathFactory) -> Circuit:
    path: Path = tmp_path_factory.mktemp("told") / "told.toml"
    path.write_text(TOLD, encoding="utf-8")
    return load_circuit(path)


def learned(
    circuit: Circuit,
    name: str,
    shown: tuple[np.ndarray, np.ndarray],
    machine: str = "copies",
    rounds: int = 1,
    nudge: float = 1.0,
    **values: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights before learning, and by how much the last of some equal rounds changed them."""
    rule = RULES[name]
    slow = {key: parse_quantity("20 ms") for key in ("tau_filter", "tau_tracked") if key in rule.parameters}
    slow |= {key: parse_quantity(value) for key, value in values.items()}
    plasticity = Plasticity(rule, (INTO,), slow, updates=(("step", {"size": SIZE}),))
    trains, targets = shown
    phases = [Phase("show", STEPS, nudge=nudge)]
    with Simulation(
        circuit, COPIES, phases, plasticity, seed=2, precision="float64", **MACHINES[machine]
    ) as simulation:
        for _ in range(rounds):
            before = np.array(simulation.weights(INTO))
            simulation.present(iter([Round({"periphery/spikes": trains, "IT/class": targets}, np.ones(COPIES))]), 1)
        return before, (simulation.weights(INTO) - before) / SIZE * COPIES


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("name", "derivative", "filter_gain", "through_reset"),
    [("ottt", sigmoid_derivative, 1, False), ("e_prop", triangle, 1 - KEPT, False), ("ostl", tanh_derivative, 1, True)],
)
def test_one_layer_follows_the_gradient_through_time(
    circuit, shown, name, derivative, filter_gain, through_reset, machine
):
    trains, targets = shown
    first, change = learned(circuit, name, shown, machine)
    w, spikes = by_hand(trains, first, derivative, through_reset)
    (0.5 * (torch.tensor(targets)[:, None] - spikes) ** 2).sum().backward()
    assert w.grad is not None
    assert 0.02 < float(spikes.detach().mean()) < 0.3
    np.testing.assert_allclose(change, -filter_gain * w.grad.numpy(), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_rate_cost_follows_the_gradient_of_the_squared_distance_from_the_rate(circuit, shown, machine):
    """Rates are means over copies and steps, as the memory has them of the round before."""
    values = {"target_activity": 0.05, "memory_rate": 1, "rate_cost": 3}
    first, change = learned(circuit, "e_prop_rate_cost", shown, machine, rounds=2, nudge=0.0, **values)
    w, spikes = by_hand(shown[0], first, triangle)
    rates = spikes.mean(dim=(0, 1))
    (0.5 * 3 * (rates - 0.05) ** 2).sum().backward()
    assert w.grad is not None
    assert np.abs(rates.detach().numpy() - 0.05).min() > 0.001
    np.testing.assert_allclose(change, -(1 - KEPT) * COPIES * STEPS * w.grad.numpy(), rtol=1e-7, atol=1e-7)


def test_the_rate_cost_is_added_to_what_errors_teach(circuit, shown):
    values = {"target_activity": 0.05, "memory_rate": 1, "rate_cost": 3}
    both = learned(circuit, "e_prop_rate_cost", shown, rounds=2, **values)[1]
    cost = learned(circuit, "e_prop_rate_cost", shown, rounds=2, nudge=0.0, **values)[1]
    errors = learned(circuit, "e_prop_filtered", shown, rounds=2)[1]
    assert min(np.abs(each).max() for each in (cost, errors)) > 0.01
    np.testing.assert_allclose(both, cost + errors, rtol=1e-5, atol=1e-4)  # after different first rounds
