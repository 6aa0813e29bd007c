"""Difference target propagation in Brian2 beside its equations in NumPy (Lee et al. 2015, algorithm 1)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from brainlearn import Phase, Plasticity, Round, Simulation, load_circuit
from brainlearn.brian.simulation import Delivery
from brainlearn.circuit import Circuit
from brainlearn.circuit.wiring import wire
from brainlearn.rules import RULES

COPIES, NUDGE = 5, 0.4
Function = Callable[[np.ndarray], np.ndarray]
FUNCTIONS: dict[str, tuple[Function, Function]] = {  # forward and, by itself, downward; each with its derivative
    "linear": (lambda a: a, np.ones_like),
    "tanh": (np.tanh, lambda a: 1 / np.cosh(a) ** 2),
}
LINEAR = """
[neurons.linear]
kind = "graded"
output = "activity"
feedback = "inverse"
method = "euler"
parameters = { tau = "1 ms" }
equations = '''
dactivity/dt = ((1 - taught)*drive + taught*(forward + inverse - expected) - activity)/tau : 1
dforward/dt = (1 - taught)*(drive - forward)/tau : 1
dexpected/dt = (1 - taught)*(inverse - expected)/tau : 1
inverse = apical : 1
taught = int(abs(nudging) > 0) : 1
slope = 1 : 1
top_down_slope = 1 : 1
drive : 1
apical : 1
nudging : 1
'''
"""
AREA = '[[areas]]\nname = "A{level}"\nlevel = {level}\n'
POPULATION = 'populations = [{{ name = "E", size = {size}, neuron = "{neuron}" }}]\n'
PROJECTION = """
[[projections]]
source = "A{source}/E"
target = "A{target}/E"
pathway = "{pathway}"
synapse = "{synapse}"
weights = {{ distribution = "normal", sd = 0.8, per_input = true }}
"""


def chain(sizes: tuple[int, ...], kind: str, folder: Path) -> Circuit:
    """Return areas one above the other: a stimulus, hidden ones of one kind, and a linear output."""
    top = len(sizes) - 1
    neurons = {0: "graded_stimulus", top: "targeted_taught"}
    parts = ['name = "chain"\ndt = "1 ms"\n', LINEAR]
    for level, size in enumerate(sizes):
        neuron = neurons.get(level, "targeted" if kind == "tanh" else "linear")
        parts.append(AREA.format(level=level) + POPULATION.format(size=size, neuron=neuron))
    for level in range(1, top + 1):
        parts.append(PROJECTION.format(source=level - 1, target=level, pathway="bottom_up", synapse="graded"))
        if level > 1:
            down = {"source": level, "target": level - 1, "pathway": "top_down", "synapse": "onto_apical"}
            parts.append(PROJECTION.format(**down))
    path = folder / "chain.toml"
    path.write_text("".join(parts), encoding="utf-8")
    return load_circuit(path)


def shown(circuit: Circuit) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    sizes = [p.size for p in circuit.populations]
    return rng.normal(size=(COPIES, sizes[0])), rng.normal(size=(COPIES, sizes[-1]))


def by_hand(circuit: Circuit, kind: str) -> dict[str, np.ndarray]:
    """Return the changes of all weights by algorithm 1, by name, the mean over copies, for a step size of 1.

    The top target is a part of the way to the teacher's; an area's inverse is f(V h) of the area above.
    """
    function, derivative = FUNCTIONS[kind]
    wiring, (image, teacher) = wire(circuit, 1), shown(circuit)
    top = len(circuit.populations) - 1
    up = [wiring[f"A{k}/E->A{k + 1}/E"].weights for k in range(top)]
    down = {k: wiring[f"A{k + 1}/E->A{k}/E"].weights for k in range(1, top)}
    does, drives = [image], [image]
    for k, weights in enumerate(up):
        drives.append(does[k] @ weights)
        does.append(drives[-1] if k + 1 == top else function(drives[-1]))
    target = {top: does[top] + NUDGE * (teacher - does[top])}
    for k in range(top - 1, 0, -1):
        target[k] = does[k] + function(target[k + 1] @ down[k]) - function(does[k + 1] @ down[k])
    found = {}
    for k in range(top):
        slope = np.ones_like(drives[k + 1]) if k + 1 == top else derivative(drives[k + 1])
        found[f"A{k}/E->A{k + 1}/E"] = does[k].T @ (slope * (target[k + 1] - does[k + 1])) / COPIES
    for k, weights in down.items():
        apical = does[k + 1] @ weights
        found[f"A{k + 1}/E->A{k}/E"] = does[k + 1].T @ (derivative(apical) * (does[k] - function(apical))) / COPIES
    return found


def learned(circuit: Circuit, delivery: Delivery = "shared") -> dict[str, np.ndarray]:
    """Return by how much a presentation changes all weights in Brian2, by name."""
    areas = len(circuit.areas) - 1
    phases = (
        Phase("settle", 2 * areas, learn=False),
        Phase("free", 1, reset=False, learn=False, remember=True),
        Phase("taught", areas, reset=False, nudge=NUDGE),
    )
    names = tuple(p.name for p in circuit.projections)
    plasticity = Plasticity(RULES["target_propagation"], names, updates=(("step", {"size": 1.0}),))
    simulation = Simulation(circuit, COPIES, phases, plasticity, delivery, seed=1, precision="float64")
    image, teacher = shown(circuit)
    stimuli = {"A0/E": image, f"A{areas}/E": teacher}
    simulation.present(iter([Round(stimuli, np.ones(COPIES))]), 1)
    return {name: simulation.weights(name) - simulation.wiring[name].weights for name in names}


@pytest.mark.parametrize("delivery", ["shared", pytest.param("stock", marks=pytest.mark.slow)])
@pytest.mark.parametrize("sizes", [(6, 5, 3), (6, 5, 4, 3), (6, 5, 4, 5, 3)], ids="{}".format)
@pytest.mark.parametrize("kind", FUNCTIONS)
def test_all_weights_change_as_the_algorithm_says(
    kind: str, sizes: tuple[int, ...], delivery: Delivery, tmp_path: Path
) -> None:
    circuit = chain(sizes, kind, tmp_path)
    expected, found = by_hand(circuit, kind), learned(circuit, delivery)
    assert found.keys() == expected.keys()
    for name, change in expected.items():
        assert np.abs(change).max() > 1e-3, name
        np.testing.assert_allclose(found[name], change, rtol=0, atol=1e-10, err_msg=name)


def test_an_inverse_that_guesses_badly_moves_nothing_where_nothing_is_wrong(tmp_path: Path) -> None:
    """The difference correction: outputs that are right leave bottom-up weights as they are, whatever top-down ones."""
    circuit = chain((6, 5, 4, 3), "tanh", tmp_path)
    phases = (
        Phase("settle", 6, learn=False),
        Phase("free", 1, reset=False, learn=False, remember=True),
        Phase("taught", 3, reset=False, nudge=NUDGE),
    )
    ups = tuple(p.name for p in circuit.projections if p.pathway == "bottom_up")
    plasticity = Plasticity(RULES["target_propagation"], ups, updates=(("step", {"size": 1.0}),))
    simulation = Simulation(circuit, COPIES, phases, plasticity, seed=1, precision="float64")
    activity = image = shown(circuit)[0]
    for name in ups:
        activity = activity @ simulation.wiring[name].weights
        activity = activity if name == ups[-1] else np.tanh(activity)
    simulation.present(iter([Round({"A0/E": image, "A3/E": activity}, np.ones(COPIES))]), 1)
    for name in ups:
        assert np.abs(simulation.weights(name) - simulation.wiring[name].weights).max() < 1e-14, name


def test_top_down_weights_learn_to_invert_what_they_see(tmp_path: Path) -> None:
    """In the linear chain the guess from above becomes the regression of an area on the area above it."""
    circuit = chain((3, 4, 6), "linear", tmp_path)
    phases = (
        Phase("settle", 4, learn=False),
        Phase("free", 1, reset=False, learn=False, remember=True),
        Phase("later", 1, reset=False),
    )
    plasticity = Plasticity(RULES["target_propagation"], ("A2/E->A1/E",), updates=(("step", {"size": 0.2}),))
    simulation = Simulation(circuit, COPIES, phases, plasticity, seed=1, precision="float64")
    image, teacher = shown(circuit)
    simulation.present((Round({"A0/E": image, "A2/E": teacher}, np.ones(COPIES)) for _ in range(3000)), 3000)
    hidden = image @ simulation.wiring["A0/E->A1/E"].weights
    guess = hidden @ simulation.wiring["A1/E->A2/E"].weights @ simulation.weights("A2/E->A1/E")
    np.testing.assert_allclose(guess, hidden, rtol=0, atol=1e-6)
