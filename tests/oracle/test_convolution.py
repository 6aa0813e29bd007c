"""Kernels that places share learn what `brian2.Synapses` with equal weights learn, in Brian2 and in the mirror."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from brainlearn import load_circuit
from brainlearn.brian.building import BuiltCircuit
from brainlearn.brian.learning.kernel_list import KernelList
from brainlearn.brian.presenter import Phase
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.brian.simulation_state import restore_simulation, simulation_state
from brainlearn.circuit import wire
from brainlearn.circuit.kernels import Kernels
from brainlearn.mirror import Mirror
from brainlearn.mirror.event_prop import EventMirror
from brainlearn.mistakes import UserError
from brainlearn.rules import RULES, Change, Rule, Trace
from brainlearn.rules.rule import parameters
from brainlearn.verification.verify import verify
from tests.oracle.both_deliveries import random_rounds
from tests.oracle.on_both_engines import MIRROR, TOLERANCE, simulate

FILE = Path(__file__).parents[1] / "circuit" / "convolving.toml"
FIRST, SECOND, POOLING, BACK = "retina/image->V1/E", "V1/E->V2/E", "V1/E->V2/pool", "V2/E->V1/E"
ALL_KINDS = Rule(
    "all_kinds",
    "a test of every kind of term",
    "here",
    parameters=parameters(tau="20 ms", speed="5 Hz"),
    traces=(Trace("x", "dx/dt = -x/tau : 1", "x += 1"),),
    changes=(
        Change("activity", "activity", "phase_end"),
        Change("x", "v", "step"),
        Change("x*speed", "v", "continuous", weight="1 - w"),
        Change("1", "x", "pre_spike"),
        Change("x", "1", "post_spike", weight="0.5 + w"),
    ),
)
FREE_AND_NUDGED = (Phase("free", 30, learn=False, remember=True), Phase("nudged", 20, reset=False, nudge=1.0))
STEPS = (("step", {"size": 1e-3}), ("clip", {"low": -1.0, "high": 1.0}))
LEARNED = {
    "forward_forward": ((FIRST, SECOND), (("adam", {"size": 0.01}), ("decay", {"rate": 0.01}))),
    "forward_forward_running": ((FIRST, SECOND), (("step", {"size": 0.01}), ("normalise", {"sum": 3.0}))),
    "temporal_difference": ((FIRST,), (("step", {"size": 0.01}), ("dale_sign", {"sign": "excitatory"}))),
    "pair_stdp": ((SECOND,), (("step", {"size": 0.1}), ("clip", {"low": -1.0, "high": 1.0}))),
    "all_kinds": ((SECOND,), STEPS),
}


def learning(name: str, build=BuiltCircuit, delivery="shared", reset: bool = True) -> Simulation:
    rule, (projections, updates) = {**RULES, "all_kinds": ALL_KINDS}[name], LEARNED[name]
    plasticity = Plasticity(rule, projections, dict(rule.parameters), updates)
    phases = FREE_AND_NUDGED if rule.reads("feedback") else (Phase("show", 40, reset=reset),)
    circuit = load_circuit(FILE)
    if delivery == "stock":
        return Simulation(circuit, 8, phases, plasticity, "stock", 3, "float64")
    return simulate(circuit, plasticity, phases, build)


@pytest.mark.parametrize("name", LEARNED)
def test_kernels_learn_what_stock_brian_learns_in_both_engines(name):
    stock = learning(name, delivery="stock")
    for simulated in (stock, shared := learning(name), mirrored := learning(name, MIRROR)):
        simulated.present(random_rounds(simulated), 2)
    for projection in (FIRST, SECOND, POOLING, BACK):
        expected = stock.weights(projection)
        assert np.abs(shared.weights(projection) - expected).max() <= TOLERANCE
        assert np.abs(mirrored.weights(projection) - expected).max() <= TOLERANCE
    for path in ("V1/E", "V2/E", "V2/pool"):
        assert stock.activity(path).mean() > 0.01
        np.testing.assert_array_equal(shared.activity(path), stock.activity(path))
        np.testing.assert_array_equal(mirrored.activity(path), stock.activity(path))
    for projection in LEARNED[name][0]:
        assert np.abs(shared.weights(projection) - shared.wiring[projection].weights).max() > 1e-4


def test_stock_brian_copies_and_mirror_agree():
    found = verify(load_circuit(FILE), steps=100, copies=2)
    assert min(found.spikes.values()) > 20
    assert all(each.holds(1e-10) for each in found.machines.values())


def test_a_product_is_summed_over_all_places_that_share_a_weight():
    kernels, rng = wire(load_circuit(FILE), 1)[SECOND], np.random.default_rng(4)
    assert isinstance(kernels, Kernels)
    a, b = rng.normal(size=(3, kernels.shape[0])), rng.normal(size=(3, kernels.shape[1]))
    pres, posts, weights = kernels.synapses()
    expected = np.bincount(weights, (a[:, pres] * b[:, posts]).sum(axis=0), kernels.weights.size)
    np.testing.assert_allclose(KernelList(kernels).products(a, b)[0], expected, rtol=1e-12, atol=1e-12)


def test_many_copies_are_multiplied_some_at_a_time(monkeypatch):
    kernels, rng = wire(load_circuit(FILE), 1)[FIRST], np.random.default_rng(4)
    assert isinstance(kernels, Kernels)
    a, b = rng.normal(size=(7, kernels.shape[0])), rng.normal(size=(7, kernels.shape[1]))
    whole = KernelList(kernels).products(a, b)
    monkeypatch.setattr("brainlearn.brian.learning.kernel_list.AT_ONCE", 1000)
    np.testing.assert_allclose(KernelList(kernels).products(a, b), whole, rtol=1e-12)


def gradients(believed: bool, listed: bool) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return gradients to the image and to all weights: of kernels, or of a list with a weight for each synapse."""
    circuit = load_circuit(FILE)
    wiring = {name: each.rows() if listed else each for name, each in wire(circuit, 1).items() if name != BACK}  # type: ignore[union-attr]
    circuit = circuit.with_parts(projections=circuit.projections[:-1])
    mirror = Mirror(circuit, dtype="float64", wiring=wiring)
    if believed:
        other = wire(circuit, 2)[SECOND]
        assert isinstance(other, Kernels)
        mirror.believe({SECOND: other.rows().weights if listed else other.weights})
    image = torch.as_tensor(np.random.default_rng(2).random((3, 112))).requires_grad_()
    state = mirror.present({"retina/image": image}, steps=30)
    weighing = torch.as_tensor(np.random.default_rng(3).random((3, 12)))
    (mirror.activity(state, "V2/E") * weighing).sum().backward()
    assert image.grad is not None
    return image.grad.numpy(), {n: w.grad.numpy() for n, w in mirror.weights.items() if w.grad is not None}


@pytest.mark.parametrize("believed", [False, True])
def test_a_kernel_has_the_sum_of_the_gradients_of_its_synapses(believed):
    (image, found), (expected, of_synapses) = (gradients(believed, listed) for listed in (False, True))
    assert np.abs(expected).max() > 1e-4
    np.testing.assert_allclose(image, expected, rtol=1e-9, atol=1e-12)
    for name, kernels in wire(load_circuit(FILE), 1).items():
        if name in (FIRST, SECOND):
            assert isinstance(kernels, Kernels)
            summed = np.bincount(kernels.synapses()[2], of_synapses[name], kernels.weights.size)
            np.testing.assert_allclose(found[name].reshape(-1), summed, rtol=1e-9, atol=1e-12)
    assert POOLING not in found


@pytest.mark.parametrize("build", [BuiltCircuit, MIRROR], ids=["brian", "mirror"])
def test_learning_goes_on_where_it_was(build):
    first, second = (learning("all_kinds", build, reset=False) for _ in range(2))
    first.present(random_rounds(first), 1)
    restore_simulation(second, {name: np.array(value) for name, value in simulation_state(first).items()})
    for each in (first, second):
        each.present(random_rounds(each), 1)
    assert np.array_equal(first.weights(SECOND), second.weights(SECOND))


@pytest.mark.parametrize(("name", "projection", "said"), [("calcium", SECOND, "states"), ("oja", POOLING, "averages")])
def test_what_cannot_learn_is_refused(name, projection, said):
    plasticity = Plasticity(RULES[name], (projection,))
    with pytest.raises(UserError, match=said):
        simulate(load_circuit(FILE), plasticity, (Phase("show", 10),), BuiltCircuit)


def test_kernels_are_not_followed_event_by_event():
    with pytest.raises(UserError, match="kernels are not followed event by event"):
        EventMirror(load_circuit(FILE), 0.1)
