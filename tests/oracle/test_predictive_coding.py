"""Predictive coding in Brian2 with the Z-IL schedule changes weights by the gradient itself.

Song, Lukasiewicz, Xu & Bogacz 2020, NeurIPS: start from the feed-forward state, move values by all that errors ask
for, and change the weights at distance t from the output at step t of inference, and only then.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.circuit import Circuit
from brainlearn.circuit.wiring import wire
from brainlearn.mistakes import UserError
from brainlearn.rules import RULES

COPIES = 7
SIZES = {1: (9, 4), 2: (9, 12, 4), 3: (9, 12, 8, 4), 4: (9, 12, 8, 10, 4), 6: (9, 12, 8, 10, 11, 7, 4)}

SLOW = """
[neurons.pair]
model = "predictive"
parameters = {{ tau = "{tau}" }}
"""
AREA = """
[[areas]]
name = "A{level}"
level = {level}
populations = [{{ name = "E", size = {size}, neuron = "{neuron}" }}]
"""
UP = """
[[projections]]
source = "A{below}/E"
target = "A{level}/E"
pathway = "bottom_up"
synapse = "graded"
weights = {{ distribution = "normal", sd = 1.5, per_input = true }}
"""
DOWN = """
[[projections]]
source = "A{level}/E"
target = "A{below}/E"
pathway = "top_down"
synapse = "error"
weights = {{ distribution = "tied", to = "A{below}/E->A{level}/E" }}
"""


@pytest.fixture(params=SIZES)
def circuit(request, tmp_path) -> Circuit:
    """Return a chain of areas with random weights."""
    return chain(SIZES[request.param], tmp_path)


def chain(sizes: tuple[int, ...], folder: Path, tau: str = "1 ms") -> Circuit:
    """Return a chain of areas whose values follow with the time constant `tau`."""
    top = len(sizes) - 1
    neurons = {0: "graded_stimulus", top: "predictive_taught"}
    parts = [f'name = "chain"\ndt = "1 ms"\n{SLOW.format(tau=tau)}']
    for level, size in enumerate(sizes):
        parts.append(AREA.format(level=level, size=size, neuron=neurons.get(level, "pair")))
        parts.append(UP.format(level=level, below=level - 1) if level else "")
        parts.append(DOWN.format(level=level, below=level - 1) if level > 1 else "")
    path = folder / "chain.toml"
    path.write_text("".join(parts))
    return load_circuit(path)


def upwards(circuit: Circuit) -> list[str]:
    """Return the names of the projections that learn, from the lowest to the highest."""
    return [f"A{level - 1}/E->A{level}/E" for level in range(1, len(circuit.areas))]


def schedule(circuit: Circuit) -> list[Phase]:
    """Return the phases of the Z-IL schedule: a sweep up, then two steps for each area on the way down."""
    names = upwards(circuit)
    phases = [
        Phase("free", len(names) + 2, learn=False),
        Phase("taught", 1, reset=False, learn=False, nudge=1.0),
    ]
    for name in reversed(names):
        phases.append(Phase("errors", 1, reset=False, learn=False, nudge=1.0, remember=True))
        phases.append(Phase("values", 1, reset=False, learn=(name,), nudge=1.0))
    return phases


def stimuli(circuit: Circuit, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    sizes = [p.size for p in circuit.populations]
    return {"A0/E": rng.normal(size=(COPIES, sizes[0])), f"A{len(sizes) - 1}/E": rng.normal(size=(COPIES, sizes[-1]))}


def changes(circuit: Circuit, phases: list[Phase], seed: int, size: float = 1.0) -> dict[str, np.ndarray]:
    """Return by how much a presentation changes the weights in Brian2, divided by the step size, (pre, post)."""
    names = tuple(upwards(circuit))
    plasticity = Plasticity(RULES["predictive_coding"], names, updates=(("step", {"size": size}),))
    simulation = Simulation(circuit, COPIES, phases, plasticity, seed=seed, precision="float64")
    simulation.present(iter([Round(stimuli(circuit, seed), np.ones(COPIES))]), 1)
    return {name: (simulation.weights(name) - simulation.wiring[name].weights) / size for name in names}


def gradients(circuit: Circuit, seed: int) -> dict[str, np.ndarray]:
    """Return the gradient of half the squared distance to the target, the mean over copies, by autograd."""
    wiring, shown = wire(circuit, seed), stimuli(circuit, seed)
    image, target = (torch.as_tensor(values) for values in shown.values())
    weights = {name: torch.tensor(wiring[name].weights, requires_grad=True) for name in upwards(circuit)}
    activity = image
    for level, matrix in enumerate(weights.values(), start=1):
        activity = activity @ matrix
        activity = activity if level == len(weights) else activity.relu()
    loss = (target - activity).square().sum() / 2 / COPIES
    found = torch.autograd.grad(loss, list(weights.values()))
    return {name: gradient.numpy() for name, gradient in zip(weights, found, strict=True)}


def largest_difference(found: dict[str, np.ndarray], gradient: dict[str, np.ndarray]) -> float:
    """Return the largest distance of a change from the negative gradient, relative to the layer's largest gradient."""
    return max(float(abs(found[name] + g).max() / abs(g).max()) for name, g in gradient.items())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_layer_changes_by_the_gradient(circuit, seed):
    gradient = gradients(circuit, seed)
    assert all(abs(g).max() > 1e-3 for g in gradient.values())
    assert largest_difference(changes(circuit, schedule(circuit), seed), gradient) < 1e-12


def test_weights_that_change_a_step_early_spoil_the_layers_below(tmp_path):
    circuit = chain(SIZES[3], tmp_path)
    early = [replace(p, learn=tuple(upwards(circuit))) if p.name == "values" else p for p in schedule(circuit)]
    assert largest_difference(changes(circuit, early, 1), gradients(circuit, 1)) > 0.1


def test_relaxed_values_are_those_of_least_error_and_weights_change_so_that_it_falls(tmp_path):
    """Whittington & Bogacz 2017: all squared errors together are the energy that values and weights lower."""
    circuit = chain(SIZES[3], tmp_path, tau="10 ms")
    phases = [
        Phase("free", 150, learn=False),
        Phase("relaxing", 2000, reset=False, learn=False, nudge=1.0),
        Phase("relaxed", 1, reset=False, learn=False, nudge=1.0, remember=True),
        Phase("learning", 1, reset=False, nudge=1.0),
    ]
    seed = 4  # no prediction comes to rest where it is just cut off, where the energy has a kink and no gradient
    assert largest_difference(changes(circuit, phases, seed), relaxed_gradients(circuit, seed)) < 1e-9


def relaxed_gradients(circuit: Circuit, seed: int) -> dict[str, np.ndarray]:
    """Return the gradient of half the squared errors with respect to the weights, at the values of least error."""
    wiring, shown = wire(circuit, seed), stimuli(circuit, seed)
    image, target = (torch.as_tensor(values) for values in shown.values())
    weights = [torch.tensor(wiring[name].weights, requires_grad=True) for name in upwards(circuit)]

    def predictions(values):
        found = [v @ w for v, w in zip([image, *values], weights, strict=True)]
        return [*(each.relu() for each in found[:-1]), found[-1]]

    def energy(values):
        pairs = zip([*values, target], predictions(values), strict=True)
        return sum(((value - prediction) ** 2).sum() for value, prediction in pairs) / 2 / COPIES

    values: list[torch.Tensor] = []
    for matrix in weights[:-1]:
        values.append(((values or [image])[-1] @ matrix).relu().detach().requires_grad_())
    for _ in range(3000):
        slopes = torch.autograd.grad(energy(values), values)
        values = [(v - 0.1 * COPIES * g).detach().requires_grad_() for v, g in zip(values, slopes, strict=True)]
    found = torch.autograd.grad(energy(values), weights)
    return {name: gradient.numpy() for name, gradient in zip(upwards(circuit), found, strict=True)}


def test_a_phase_cannot_teach_what_does_not_learn(tmp_path):
    circuit = chain(SIZES[2], tmp_path)
    phases = [Phase("show", 5, learn=("A0/E->A1/E", "A1/E->A3/E"))]
    plasticity = Plasticity(RULES["predictive_coding"], tuple(upwards(circuit)))
    with pytest.raises(UserError, match="phase show: learn: no projection of this name learns") as caught:
        Simulation(circuit, COPIES, phases, plasticity)
    assert '"A1/E->A3/E"' in str(caught.value)
