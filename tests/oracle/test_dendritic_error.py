"""A dendritic microcircuit that learns by two rules at once, beside its equations in NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import Phase, Plasticity, Round, Simulation, load_circuit
from brainlearn.brian.simulation import Delivery
from brainlearn.rules import RULES

COPIES, STEPS, N_IN, N_P, N_OUT = 3, 60, 4, 5, 2
BASAL, APICAL, TEACHING, NUDGE, TAU = 10.0, 8.0, 8.0, 0.8, 100.0
UP, OUT, TO_I, FROM_I, DOWN, TEACH = "in->P", "P->out", "P->I", "I->P", "out->P", "out->I"

SIZES = {UP: 0.003, OUT: 0.002, TO_I: 0.004, FROM_I: 0.005}

TEXT = """
name = "microcircuit"
dt = "0.1 ms"

[[areas]]
name = "retina"
level = 0
populations = [{ name = "image", size = 4, neuron = "graded_stimulus" }]

[[areas]]
name = "V1"
level = 1
populations = [
  { name = "P", size = 5, neuron = "dendritic" },
  { name = "I", sheet = [1, 2], neuron = "dendritic_interneuron" },
]

[[areas]]
name = "IT"
level = 2
populations = [{ name = "class", sheet = [1, 2], neuron = "dendritic_taught" }]
"""
ENDS = {  # name: source, target, pathway, synapse
    UP: ("retina/image", "V1/P", "bottom_up", "onto_basal"),
    OUT: ("V1/P", "IT/class", "bottom_up", "onto_basal"),
    TO_I: ("V1/P", "V1/I", "lateral", "onto_basal"),
    FROM_I: ("V1/I", "V1/P", "lateral", "onto_apical"),
    DOWN: ("IT/class", "V1/P", "top_down", "onto_apical"),
}


def circuit_file(folder: Path) -> Path:
    text = TEXT
    for name, (source, target, pathway, synapse) in ENDS.items():
        text += f'\n[[projections]]\nname = "{name}"\nsource = "{source}"\ntarget = "{target}"\n'
        text += f'pathway = "{pathway}"\nsynapse = "{synapse}"\n'
        text += 'weights = { distribution = "normal", sd = 0.5 }\n'
    text += f'\n[[projections]]\nname = "{TEACH}"\nsource = "IT/class"\ntarget = "V1/I"\npathway = "top_down"\n'
    text += 'synapse = "onto_interneuron"\nconnectivity = { kind = "local", radius = 0.5 }\n'
    text += 'weights = { distribution = "constant", value = 1.0 }\n'
    path = folder / "circuit.toml"
    path.write_text(text, encoding="utf-8")
    return path


def softplus(x: np.ndarray) -> np.ndarray:
    return np.log1p(np.exp(x))


def by_hand(weights: dict[str, np.ndarray], image: np.ndarray, target: np.ndarray) -> dict[str, np.ndarray]:
    """Return the sums over steps and means over copies of Sacramento et al. 2018, equations 7 to 9, by Euler's method.

    A rate is the softplus of its soma, a step late.
    """
    somata = {"P": np.zeros((COPIES, N_P)), "I": np.zeros((COPIES, N_OUT)), "out": np.zeros((COPIES, N_OUT))}
    rates = {name: np.zeros_like(soma) for name, soma in somata.items()}
    total = {name: np.zeros_like(weights[name]) for name in SIZES}
    for _ in range(STEPS):
        sent, soma = rates, somata
        basal = {"P": image @ weights[UP], "I": sent["P"] @ weights[TO_I], "out": sent["P"] @ weights[OUT]}
        apical = sent["I"] @ weights[FROM_I] + sent["out"] @ weights[DOWN]
        beside = {"P": (APICAL, apical), "I": (TEACHING, soma["out"]), "out": (NUDGE, target)}
        rates = {name: softplus(each) for name, each in soma.items()}
        somata = {
            name: u + (BASAL * (basal[name] - u) + beside[name][0] * (beside[name][1] - u) - u) / TAU
            for name, u in soma.items()
        }
        coupled = {"P": 1 + BASAL + APICAL, "I": 1 + BASAL, "out": 1 + BASAL}
        error = {n: softplus(u) - softplus(BASAL * basal[n] / coupled[n]) for n, u in somata.items()}
        total[UP] += image.T @ error["P"] / COPIES
        total[OUT] += sent["P"].T @ error["out"] / COPIES
        total[TO_I] += sent["P"].T @ error["I"] / COPIES
        total[FROM_I] -= sent["I"].T @ apical / COPIES
    return total


@pytest.mark.parametrize("delivery", ["shared", "stock"])
def test_the_microcircuit_learns_by_its_equations(tmp_path: Path, delivery: Delivery) -> None:
    errors = [
        Plasticity(RULES["dendritic_error"], (name,), updates=(("step", {"size": size}),))
        for name, size in SIZES.items()
        if name != FROM_I
    ]
    balance = Plasticity(RULES["dendritic_balance"], (FROM_I,), updates=(("step", {"size": SIZES[FROM_I]}),))
    phases, settings = [Phase("taught", STEPS, nudge=NUDGE)], {"delivery": delivery, "precision": "float64"}
    circuit = load_circuit(circuit_file(tmp_path))
    simulation = Simulation(circuit, COPIES, phases, [*errors, balance], seed=4, **settings)
    weights = {name: simulation.weights(name).copy() for name in ENDS}
    rng = np.random.default_rng(7)
    image, target = rng.uniform(0, 1, (COPIES, N_IN)), rng.uniform(0, 2, (COPIES, N_OUT))
    simulation.present(iter([Round({"retina/image": image, "IT/class": target}, np.ones(COPIES))]), 1)
    for name, change in by_hand(weights, image, target).items():
        assert np.abs(change).max() > 0.1
        np.testing.assert_allclose(
            simulation.weights(name), weights[name] + SIZES[name] * change, rtol=0, atol=1e-12, err_msg=name
        )


@pytest.mark.slow
def test_interneurons_learn_to_cancel_what_comes_from_above(tmp_path: Path) -> None:
    circuit = load_circuit(circuit_file(tmp_path))
    chains = {TO_I: 1e-3, FROM_I: 2e-3}
    rules = [
        Plasticity(RULES["dendritic_error" if name == TO_I else "dendritic_balance"], (name,), updates=chain)
        for name, chain in ((name, (("step", {"size": size}),)) for name, size in chains.items())
    ]
    simulation = Simulation(circuit, 20, [Phase("free", 50, reset=False)], rules, seed=4)
    rng = np.random.default_rng(7)
    rounds = [Round({"retina/image": rng.uniform(0, 1, (20, N_IN))}, np.ones(20)) for _ in range(150)]
    left: list[float] = []
    cells = simulation.populations["V1/P"]
    simulation.present(iter(rounds), len(rounds), lambda _: left.append(float(np.abs(cells.value("apical")).mean())))
    assert np.mean(left[-10:]) < 0.1 * np.mean(left[:3])
