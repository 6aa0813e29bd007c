"""Events and bursts, and what a teacher at the apical dendrite teaches, beside NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import Phase, Plasticity, Recorder, Round, Simulation
from brainlearn.brian.simulation import Delivery
from brainlearn.circuit import Circuit
from brainlearn.rules import RULES
from tests.oracle.both_deliveries import shrunk

CIRCUIT = Path(__file__).parents[2] / "circuits" / "burst.toml"
STEPS, COPIES = 20, 3
PHASES = (
    Phase("baseline", STEPS, learn=False, remember=True),
    Phase("taught", STEPS, reset=False, nudge=1.0),
)
UP, DOWN, IMAGE = "V1/E->IT/class", "IT/class->V1/E", "retina/image->V1/E"


@pytest.fixture(scope="module")
def circuit() -> Circuit:
    return shrunk(CIRCUIT)


Taught = tuple[Simulation, Recorder, dict[str, np.ndarray]]


def shown(circuit: Circuit, delivery: Delivery = "shared") -> Taught:
    """Return a simulation that has learned from one round, all its states and spikes, and its first weights."""
    rng = np.random.default_rng(5)
    plasticity = Plasticity(RULES["burst"], (IMAGE, UP), updates=(("step", {"size": 1.0}),))
    simulation = Simulation(circuit, COPIES, PHASES, plasticity, delivery, seed=2, precision="float64")
    recorder = Recorder(simulation)
    before = {name: simulation.weights(name).copy() for name in (IMAGE, UP, DOWN)}
    classes = circuit.population("IT/class").size
    target = 0.7 * np.eye(classes)[np.arange(COPIES) % classes]
    image = rng.uniform(0, 1, (COPIES, circuit.population("retina/image").size))
    simulation.present(iter([Round({"retina/image": image, "IT/class": target}, np.ones(COPIES))]), 1)
    return simulation, recorder, before | {"image": image}


@pytest.fixture(scope="module")
def taught(circuit: Circuit) -> Taught:
    return shown(circuit)


def probability(recorder: Recorder, path: str, slope: float) -> np.ndarray:
    """Return the burst probability of every unit at the end of every step, (step, copy, unit)."""
    return 1 / (1 + np.exp(-slope * np.array(recorder.states[f"{path}.apical"])))


def test_as_many_events_are_bursts_as_the_probability_says(taught: Taught) -> None:
    _, recorder, _ = taught
    events = np.array(recorder.spikes["IT/class"])
    chance, plateau = probability(recorder, "IT/class", 4.0), np.array(recorder.states["IT/class.plateau"])
    expected = np.where(events, chance, 0.0).cumsum(axis=0)
    bursts = expected - plateau
    np.testing.assert_allclose(bursts, np.rint(bursts), atol=1e-9)
    assert (np.abs(bursts - expected) < 1 + 1e-9).all()
    assert bursts[-1].max() >= 2
    assert np.ptp(chance[STEPS:]) > 0.3  # the teacher moves it


def test_bursts_and_no_single_spikes_reach_the_dendrites_below(taught: Taught) -> None:
    _, recorder, before = taught
    events, chance = np.array(recorder.spikes["IT/class"]), probability(recorder, "IT/class", 4.0)
    plateau, apical = np.zeros(events.shape[1:]), np.zeros_like(recorder.states["V1/E.apical"][0])
    due, sent = np.zeros_like(plateau), np.zeros_like(plateau)
    for step in range(2 * STEPS):
        apical = apical * np.exp(-1) + (due - 0.5 * sent) @ before[DOWN]  # half a burst is taken away by every event
        np.testing.assert_allclose(recorder.states["V1/E.apical"][step], apical, rtol=0, atol=1e-12)
        sent = events[step]
        due = sent & (plateau + chance[step] > 1)
        plateau = plateau + np.where(events[step], chance[step] - due, 0)
    assert np.abs(apical).max() > 0


def test_a_teacher_changes_bursts_and_no_event(circuit: Circuit, taught: Taught) -> None:
    _, recorder, before = taught
    simulation = Simulation(circuit, COPIES, [Phase("free", 2 * STEPS)], seed=2, precision="float64")
    alone = Recorder(simulation)
    simulation.present(iter([Round({"retina/image": before["image"]}, np.zeros(COPIES))]), 1)
    for path in ("V1/E", "IT/class"):
        np.testing.assert_array_equal(np.array(recorder.spikes[path]), np.array(alone.spikes[path]))
    assert not np.array_equal(recorder.states["V1/E.apical"], alone.states["V1/E.apical"])


def check_changes(simulation: Simulation, recorder: Recorder, before: dict[str, np.ndarray]) -> None:
    """See that weights changed by events times the change of the burst probability, in the mean over copies."""
    later = slice(STEPS, 2 * STEPS)
    rate = {path: np.array(recorder.spikes[path])[later].mean(axis=0) for path in ("V1/E", "IT/class")}
    moved = {}
    for path, slope in (("V1/E", 1.0), ("IT/class", 4.0)):
        chance = probability(recorder, path, slope)
        moved[path] = (rate[path] > 0) * (chance[later].mean(axis=0) - chance[:STEPS].mean(axis=0))
    for name, pre, post in ((IMAGE, before["image"], moved["V1/E"]), (UP, rate["V1/E"], moved["IT/class"])):
        change = np.einsum("ci,cj->ij", pre, post) / COPIES
        assert np.abs(change).max() > 1e-3
        np.testing.assert_allclose(simulation.weights(name) - before[name], change, rtol=0, atol=1e-12)


def test_weights_change_by_events_times_the_change_of_the_burst_probability(taught: Taught) -> None:
    check_changes(*taught)


@pytest.mark.slow
def test_the_same_where_brian_runs_the_text(circuit: Circuit) -> None:
    check_changes(*shown(circuit, "stock"))
