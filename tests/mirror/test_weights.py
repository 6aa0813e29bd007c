"""Weights: where there is a synapse, of which sign, and under which name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from brainlearn.circuit import Circuit
from brainlearn.circuit.wiring import Wiring, wire
from brainlearn.mirror import Mirror
from tests.mirror.circuit_text import Model, read
from tests.mirror.models import TWO_REASONS

IMAGE = {"retina/image": torch.rand(4, 16, generator=torch.Generator().manual_seed(3), dtype=torch.float64)}


@pytest.fixture(scope="module")
def circuit(tmp_path_factory) -> Circuit:
    return TWO_REASONS.circuit(tmp_path_factory.mktemp("weights"))


def learned(mirror: Mirror) -> Mirror:
    state = mirror.present(IMAGE, 60)
    sum(counts.sum() for counts in state.counts.values()).backward()
    return mirror


def test_weights_and_masks_are_those_that_a_simulation_draws(circuit: Circuit):
    mirror = Mirror(circuit, seed=6, dtype="float64")
    for name, wiring in wire(circuit, 6).items():
        assert np.array_equal(mirror.weights[name].detach().numpy(), wiring.weights)
        mask = mirror.mask(name)
        assert (mask is None) == (wiring.mask is None)
        assert mask is None or np.array_equal(mask.numpy(), wiring.mask)


def test_there_is_no_gradient_where_there_is_no_synapse(circuit: Circuit):
    mirror = learned(Mirror(circuit, dtype="float64"))
    partial = [name for name in mirror.weights if mirror.mask(name) is not None]
    assert {"retina/image->V1/E", "V1/E->V2/E", "V2/E->V1/E", "V1/E->V1/E"} <= set(partial)
    for name in partial:
        gradient, mask = mirror.weights[name].grad, mirror.mask(name)
        assert not gradient[~mask].any(), name
        assert gradient[mask].any(), name


def test_weights_where_there_is_no_synapse_transmit_nothing(circuit: Circuit):
    wiring = wire(circuit, 0)
    filled = {
        name: w if w.mask is None else Wiring(np.where(w.mask, w.weights, 99.0), w.mask) for name, w in wiring.items()
    }
    states = [Mirror(circuit, dtype="float64", wiring=each).present(IMAGE, 40) for each in (wiring, filled)]
    for path in states[0].counts:
        assert torch.equal(states[0].populations[path]["v"], states[1].populations[path]["v"])


def test_an_optimiser_cannot_leave_the_signs_of_dale_nor_add_synapses(circuit: Circuit):
    mirror = learned(Mirror(circuit, dtype="float64"))
    for k, weights in enumerate(mirror.weights.values()):  # up and down, like a loss that changes its mind
        weights.grad[::2] *= -1.0 - k
    torch.optim.SGD(mirror.parameters(), lr=100.0).step()
    with torch.no_grad():
        mirror.weights["V1/E->V2/E"][~mirror.mask("V1/E->V2/E")] = 0.3
    broken = {name: weights.detach().clone() for name, weights in mirror.weights.items()}
    assert (broken["V1/E->V2/E"] < 0).any()
    assert (broken["V1/I->V1/E"] > 0).any()
    mirror.constrain()
    for projection in circuit.projections:
        weights, mask = mirror.weights[projection.name].detach(), mirror.mask(projection.name)
        sign = {"excitatory": 1, "inhibitory": -1, "mixed": 0}[projection.sign]
        assert sign == 0 or (sign * weights >= 0).all()
        kept = (broken[projection.name] * sign >= 0) | (sign == 0)
        expected = torch.where(kept, broken[projection.name], 0.0)
        assert torch.equal(weights, expected if mask is None else expected * mask)


def test_weights_are_set_by_name(circuit: Circuit):
    mirror = Mirror(circuit, dtype="float64")
    other = {name: wiring.weights for name, wiring in wire(circuit, 8).items()}
    mirror.set_weights({"V1/E->V2/E": other["V1/E->V2/E"]})
    assert np.array_equal(mirror.weights["V1/E->V2/E"].detach(), other["V1/E->V2/E"])
    assert not np.array_equal(mirror.weights["V2/E->V1/E"].detach(), other["V2/E->V1/E"])


def test_weights_are_saved_and_loaded_as_those_of_any_module(circuit: Circuit):
    one, other = Mirror(circuit, seed=0), Mirror(circuit, seed=1)
    other.load_state_dict(one.state_dict())
    assert all(torch.equal(other.weights[name], weights) for name, weights in one.weights.items())


@pytest.mark.parametrize("name", ["forward", "keys", "training", "copy"])
def test_a_projection_may_be_called_like_an_attribute_of_torch(tmp_path: Path, name: str):
    small = Model(TWO_REASONS.neuron, areas=1)
    before = 'source = "V1/E"\ntarget = "V1/I"'
    text = small.text().replace(before, f'name = "{name}"\n{before}')
    mirror = Mirror(read(tmp_path, text))
    assert mirror.weights[name].shape == (9, 4)
    assert name in dict(mirror.weights.items())
