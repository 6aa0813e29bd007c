"""Divisive normalisation in the mirror: the same gain as in Brian2, and gradients that are numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from brainlearn.brian.populations import GAIN
from brainlearn.circuit import Circuit
from brainlearn.mirror import Mirror
from brainlearn.verification.verify import verify
from tests.mirror.circuit_text import Model, read
from tests.mirror.models import TWO_REASONS

GRADED = """
equations = '''
dactivity/dt = (clip(drive + current, 0, inf) - activity)/tau : 1
drive : 1
current : 1
'''
output = "activity"
method = "euler"
parameters = { tau = "2 ms" }
"""
MODELS = {
    "spiking": Model(TWO_REASONS.neuron, areas=1, current=(0.5, 0.9), drive=0.9),
    "graded": Model(GRADED, excite="drive_post = w*activity_pre", inhibit="drive_post = w*activity_pre", areas=1),
}


@pytest.fixture(params=MODELS)
def circuit(request, tmp_path: Path) -> Circuit:
    text = MODELS[request.param].text().replace('sign = "', 'normalisation = { rms = 0.5 }\nsign = "')
    image = 'neuron = "constant_current"'
    return read(tmp_path, text.replace(image, f"{image}\nnormalisation = {{ rms = 0.8 }}"))


def test_the_gain_is_that_of_stock_brian(circuit: Circuit):
    verification = verify(circuit, 100, 2, machines=("mirror",))
    assert verification.holds
    assert verification.machines["mirror"].sizes[f"V1/E.{GAIN}"] > 0.1


def test_what_is_passed_on_has_the_root_mean_square_asked_for(circuit: Circuit):
    mirror = Mirror(circuit, dtype="float64")
    state = mirror.present({"retina/image": torch.rand(3, 16, dtype=torch.float64)}, 40)
    square = mirror.passed_on(state, "V1/E").square().mean(dim=1)
    torch.testing.assert_close(square.sqrt(), torch.full((3,), 0.5, dtype=torch.float64))


def test_silent_copies_pass_nothing_on_and_have_gradients_that_are_numbers(circuit: Circuit):
    mirror = Mirror(circuit, dtype="float64")
    image = torch.rand(3, 16, dtype=torch.float64)
    image[1] = 0
    image.requires_grad_()
    state = mirror.present({"retina/image": image}, 40)
    assert not mirror.passed_on(state, "V1/E")[1].any()
    assert not mirror.passed_on(state, "retina/image")[1].any()
    (mirror.passed_on(state, "V1/E").sum() + mirror.activity(state, "V1/I").square().sum()).backward()
    assert image.grad.isfinite().all()
    assert image.grad[[0, 2]].any()
    for weights in mirror.weights.values():
        assert weights.grad.isfinite().all()
        assert weights.grad.any()
