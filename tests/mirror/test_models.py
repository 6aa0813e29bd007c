"""Whatever neuron model a file holds, the mirror does what stock Brian2 does."""

from __future__ import annotations

import pytest

from brainlearn.brian.text.text_check import find_mistakes
from brainlearn.circuit import Circuit
from brainlearn.verification.outcome import Verification
from brainlearn.verification.verify import verify
from tests.mirror.models import MODELS, cases

STEPS, COPIES = 300, 2

Verified = tuple[Circuit, Verification]


@pytest.fixture(scope="module", params=cases(MODELS))
def verified(request, tmp_path_factory) -> Verified:
    circuit = MODELS[request.param].circuit(tmp_path_factory.mktemp(request.param))
    assert not find_mistakes(circuit)
    return circuit, verify(circuit, STEPS, COPIES, machines=("mirror",))


def test_the_mirror_spikes_like_stock_brian(verified: Verified):
    mirror = verified[1].machines["mirror"]
    assert mirror.agreeing == mirror.all_spikes


def test_the_states_of_the_mirror_are_those_of_stock_brian(verified: Verified):
    mirror = verified[1].machines["mirror"]
    assert max(mirror.differences.values()) <= 1e-10
    assert not mirror.deviating(1e-10)


def test_every_population_spikes_and_none_all_the_time(verified: Verified):
    circuit, verification = verified
    assert not verification.inactive
    for path, spikes in verification.spikes.items():
        assert 5 <= spikes < 0.8 * STEPS * COPIES * circuit.population(path).size, path
