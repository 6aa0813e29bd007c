"""`verify` notices a machine that is wrong, and a circuit in which nothing happens."""

from __future__ import annotations

from collections import deque

import pytest
import torch

from brainlearn.circuit import Circuit
from brainlearn.mirror import Mirror
from brainlearn.mirror.population import MirrorPopulation
from brainlearn.mirror.projection import MirrorProjection
from brainlearn.verification import verify as verification
from brainlearn.verification.verify import verify
from tests.mirror.models import TWO_REASONS

STEPS, COPIES = 100, 2


@pytest.fixture(scope="module")
def circuit(tmp_path_factory) -> Circuit:
    return TWO_REASONS.circuit(tmp_path_factory.mktemp("verification"))


def mirror_of(circuit: Circuit) -> verification.Comparison:
    found = verify(circuit, STEPS, COPIES, machines=("mirror",))
    assert not found.inactive
    comparison = found.machines["mirror"]
    assert found.agrees == (not comparison.misfiring() and not comparison.deviating(1e-10))
    return comparison


def test_all_machines_agree_on_a_circuit(circuit: Circuit):
    found = verify(circuit, STEPS, COPIES)
    assert set(found.machines) == {"copies", "mirror"}
    assert found.agrees
    assert found.holds
    assert found.spikes == {path: found.machines["mirror"].agreeing[path] for path in found.spikes}


def test_a_delay_that_is_a_step_too_long_is_noticed(circuit: Circuit, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        MirrorProjection, "under_way", lambda self: deque([None] * (self.code.delay + (self.code.delay == 3)))
    )
    assert mirror_of(circuit).misfiring()


def test_a_weight_that_is_a_billionth_too_large_is_noticed(circuit: Circuit, monkeypatch: pytest.MonkeyPatch):
    class Wrong(Mirror):
        def transmitted_weights(self) -> dict[str, torch.Tensor]:
            weights = super().transmitted_weights()
            return weights | {"V1/E->V1/I": weights["V1/E->V1/I"] * (1 + 1e-9)}

    monkeypatch.setattr(verification, "Mirror", Wrong)
    assert "V1/I.v" in mirror_of(circuit).deviating(1e-10)


def test_a_reset_that_does_not_happen_is_noticed(circuit: Circuit, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(MirrorPopulation, "reset", lambda self, state, spike: None)
    assert mirror_of(circuit).misfiring() == ["V1/E", "V1/I", "V2/E", "V2/I"]


def test_a_spike_too_many_is_noticed(circuit: Circuit, monkeypatch: pytest.MonkeyPatch):
    spikes = MirrorPopulation.spikes

    def one_more(self, state):
        found = spikes(self, state).clone()
        if self.size == 4 and state["t"] == 0.033:
            found[0, 0] = 1
        return found

    monkeypatch.setattr(MirrorPopulation, "spikes", one_more)
    assert mirror_of(circuit).misfiring()


def test_a_silent_circuit_is_said_to_be_inactive(circuit: Circuit):
    found = verify(circuit, 50, COPIES, strength=0.0, machines=("mirror",))
    assert found.agrees
    assert not found.holds
    assert set(found.inactive) == {"retina/image", "V1/E", "V1/I", "V2/E", "V2/I"}
