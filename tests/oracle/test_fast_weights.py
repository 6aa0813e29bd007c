"""Fast weights: NumPy by hand, stock Brian2, copies and the mirror alike; saved, restarted, refused, differentiated."""

from __future__ import annotations

import tomllib
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
import torch

from brainlearn.brian.loading import with_text_checked
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Simulation
from brainlearn.brian.simulation_state import restore_simulation, simulation_state
from brainlearn.circuit import Circuit, wire
from brainlearn.circuit.fast_memory import fast_weight_bytes
from brainlearn.circuit.loading import read_tables
from brainlearn.circuit.writing import circuit_text
from brainlearn.mirror import Mirror
from brainlearn.mirror.learning.circuit import MirrorCircuit
from brainlearn.mistakes import UserError
from brainlearn.verification.verify import verify

TEXT = """
name = "retrieving"
dt = "1 ms"

[[areas]]
name = "retina"
level = 0

  [[areas.populations]]
  name = "image"
  size = 4
  neuron = "graded_stimulus"

[[areas]]
name = "CA3"
level = 1

  [[areas.populations]]
  name = "E"
  size = 6
  neuron = "graded"
  NORMALISATION

[[projections]]
source = "retina/image"
target = "CA3/E"
pathway = "bottom_up"
synapse = "graded"
weights = { distribution = "uniform", low = 0.0, high = 1.0 }

[[projections]]
source = "CA3/E"
target = "CA3/E"
pathway = "lateral"
synapse = "SYNAPSE"
MORE
weights = WEIGHTS
fast_weights = { FAST }
"""
NAME, COPIES, STEPS = "CA3/E->CA3/E", 3, 7
FAST = 'rate = "30 Hz", tau_decay = "8 ms"'
WEIGHTS = '{ distribution = "normal", sd = 0.2 }'
LATE, SPARSE = 'delay = "1 ms"', 'connectivity = { kind = "probability", probability = 0.5 }'


def circuit_of(
    fast: str = FAST, more: str = "", normalisation: str = "", synapse: str = "graded", weights: str = WEIGHTS
) -> Circuit:
    parts = {"FAST": fast, "MORE": more, "NORMALISATION": normalisation, "SYNAPSE": synapse, "WEIGHTS": weights}
    text = TEXT
    for key, value in parts.items():
        text = text.replace(key, value)
    reading = with_text_checked(read_tables(tomllib.loads(text), "retrieving"))
    if reading.mistakes or reading.circuit is None:
        raise UserError(*reading.mistakes)
    return reading.circuit


def films() -> np.ndarray:
    return np.random.default_rng(1).random((COPIES, STEPS, 4))


def by_hand(circuit: Circuit, late: int, shared: bool = False, growth: float = 30 * 1e-3) -> np.ndarray:
    """Return the activity after the film, (copy, unit), from the equations alone."""
    wiring = wire(circuit, 0, "float64")
    into, slow = wiring["retina/image->CA3/E"].weights, wiring[NAME].weights
    mask = np.ones((6, 6)) if wiring[NAME].mask is None else wiring[NAME].mask
    fast, kept = np.zeros((COPIES, 6, 6)), np.exp(-1 / 8)
    activity = np.zeros((COPIES, 6))
    past = [activity] * (late + 1)
    for step in range(STEPS):
        past = [*past[1:], activity]
        sent = past[0]
        drive = films()[:, step] @ into + sent @ (slow * mask) + np.einsum("cp,cpq->cq", sent, fast)
        change = np.einsum("cp,cq->cpq", sent, activity)
        change = np.broadcast_to(change.mean(axis=0), change.shape) if shared else change
        fast = kept * fast + growth * change * mask
        activity = np.maximum(drive, 0)
    return activity


def shown(simulation: Simulation) -> np.ndarray:
    simulation.present(iter([Round({"retina/image": films()}, np.zeros(COPIES))]), 1)
    return simulation.activity("CA3/E").copy()


@pytest.mark.parametrize(("late", "more"), [(0, ""), (1, LATE), (0, SPARSE)])
@pytest.mark.parametrize("shared", [False, True])
def test_copies_do_what_the_equation_says(late: int, more: str, shared: bool) -> None:
    circuit = circuit_of(FAST + (", shared = true" if shared else ""), more)
    expected = by_hand(circuit, late, shared)
    with Simulation(circuit, COPIES, [Phase("show", STEPS)], precision="float64") as simulation:
        np.testing.assert_allclose(shown(simulation), expected, rtol=1e-12)
    state = Mirror(circuit, dtype="float64").present({"retina/image": films()}, STEPS)
    np.testing.assert_allclose(state.populations["CA3/E"]["activity"].detach().numpy(), expected, rtol=1e-12)
    assert np.abs(expected - by_hand(circuit, late, growth=0)).max() > 0.1  # the fast weights count


@pytest.mark.parametrize("more", ["", LATE + "\n" + SPARSE])
def test_stock_synapses_copies_and_the_mirror_agree(more: str) -> None:
    found = verify(circuit_of(more=more, normalisation="normalisation = { rms = 1.0 }"), steps=30, copies=2)
    assert found.agrees
    differences = [worst for each in found.machines.values() for worst in each.differences.values()]
    assert max(differences) < 1e-10


@pytest.mark.parametrize("build", [None, lambda *parts: MirrorCircuit(*parts, "float64")])
def test_a_saved_simulation_goes_on_as_the_other_did(build: object) -> None:
    circuit, phases = circuit_of(more=LATE), [Phase("show", STEPS, reset=False)]
    own = {} if build is None else {"build": build}
    with Simulation(circuit, COPIES, phases, precision="float64", **own) as one:
        shown(one)
        saved = {name: np.array(each) for name, each in simulation_state(one).items()}
        expected = shown(one)
        assert not np.array_equal(shown(one), expected)  # what was kept counts
    with Simulation(circuit, COPIES, phases, precision="float64", **own) as other:
        restore_simulation(other, saved)
        np.testing.assert_array_equal(shown(other), expected)


@pytest.mark.parametrize("delivery", ["shared", "stock", "mirror"])
def test_a_copy_that_begins_an_episode_forgets(delivery: str) -> None:
    own = {"build": lambda *parts: MirrorCircuit(*parts, "float64")} if delivery == "mirror" else {"delivery": delivery}
    phases, begin = [Phase("show", STEPS, reset=False)], np.array([False, True, False])
    with Simulation(circuit_of(), COPIES, phases, precision="float64", **own) as simulation:
        first = shown(simulation)
        again = Round({"retina/image": films()}, np.zeros(COPIES), restart=begin)
        simulation.present(iter([again]), 1)
        second = simulation.activity("CA3/E").copy()
    np.testing.assert_allclose(second[1], first[1], rtol=1e-12)
    assert not np.allclose(second[0], first[0])


def test_gradients_pass_through_fast_weights() -> None:
    mirror = Mirror(circuit_of(normalisation="normalisation = { rms = 1.0 }"), dtype="float64")
    weights = mirror.weights["retina/image->CA3/E"]

    def loss() -> torch.Tensor:
        return mirror.activity(mirror.present({"retina/image": films()}, STEPS), "CA3/E").square().sum()

    loss().backward()
    gradient = weights.grad[1, 2].item()
    with torch.no_grad():
        weights[1, 2] += 1e-6
        above = loss().item()
        weights[1, 2] -= 2e-6
        below = loss().item()
    assert gradient == pytest.approx((above - below) / 2e-6, rel=1e-5)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"synapse": "delta"}, "fast weights need continuous transmission"),
        (
            {"more": 'connectivity = { kind = "fixed_in_degree", in_degree = 2, multapses = false }'},
            "fast weights need a matrix",
        ),
        ({"fast": 'rate = "1 Hz", tau_decay = "0 ms"'}, "not above 0 ms"),
        ({"fast": 'rate = "1 ms", tau_decay = "1 ms"'}, "ms"),
        ({"weights": '{ distribution = "tied", to = "retina/image->CA3/E" }'}, "tied"),
    ],
)
def test_what_cannot_have_fast_weights_is_told(changed: dict[str, str], told: str) -> None:
    with pytest.raises(UserError, match=told):
        circuit_of(**changed)


def test_memory_that_is_not_there_is_told_before_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = circuit_of()
    assert fast_weight_bytes(circuit, 10, 8) == {NAME: 10 * 36 * 8}
    assert fast_weight_bytes(circuit_of(FAST + ", shared = true"), 10, 8) == {NAME: 36 * 8}
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1000))
    with pytest.raises(UserError, match=r"fast weights of 10 copies do not fit into memory \(36 weights"):
        Simulation(circuit, 10, [Phase("show", 1)])
    with pytest.raises(UserError, match="fast weights of 10 copies do not fit"):
        Simulation(circuit, 10, [Phase("show", 1)], build=lambda *parts: MirrorCircuit(*parts))
    with pytest.raises(UserError, match="kept over 5 steps"):
        Mirror(circuit).present({"retina/image": np.zeros((2, 4))}, 5)


def test_stock_synapses_share_no_fast_weights() -> None:
    with pytest.raises(UserError, match="cannot share fast weights"):
        Simulation(circuit_of(FAST + ", shared = true"), 2, [Phase("show", 1)], delivery="stock")


def test_a_circuit_is_written_with_its_fast_weights() -> None:
    circuit = circuit_of(FAST + ", shared = true")
    again = read_tables(tomllib.loads(circuit_text(circuit)), "again").circuit
    assert again == circuit
    assert again.projections[1].fast_weights.text == "rate 30 Hz, tau_decay 8 ms, shared"
