"""No gradient is NaN or infinite: whatever the method, refractory or not, with spikes, and with quotients by 0."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from brainlearn.brian.text.abstract_code import CircuitCode, circuit_code
from brainlearn.circuit import Circuit
from brainlearn.mirror import Mirror
from tests.mirror.circuit_text import Model
from tests.mirror.models import MODELS, cases

DIVISIONS = Model(
    """
equations = '''
dv/dt = (current - v)/tau : 1 (unless refractory)
dtheta/dt = -theta/(20*ms) : 1
rate = v/theta : 1
excess = clip(v - 0.4, 0, inf) : 1  # 0 in many units, and never in one that spikes
current : 1
'''
threshold = "rate > 1 and v > 0.5"
reset = '''
theta += 1 + 0.01*log(excess) + 0.1*sqrt(excess)
v = 0.01*v/excess - 0.01/excess**2
'''
refractory = "2*ms"
method = "METHOD"
parameters = { tau = "10 ms" }
""",
    current=(0.3, 0.8),
    drive=0.8,
)


def divisions(method: str) -> Model:
    return Model(**{**vars(DIVISIONS), "neuron": DIVISIONS.neuron.replace("METHOD", method)})


CASES = {**MODELS, **{f"divisions_{method}": divisions(method) for method in ("exponential_euler", "rk2")}}


@pytest.fixture(scope="module", params=cases(CASES))
def built(request, tmp_path_factory) -> tuple[Circuit, CircuitCode]:
    circuit = CASES[request.param].circuit(tmp_path_factory.mktemp(request.param))
    return circuit, circuit_code(circuit)


@pytest.mark.parametrize("reset_gradient", [False, True])
def test_all_gradients_are_numbers(built, reset_gradient: bool, monkeypatch: pytest.MonkeyPatch):
    circuit, code = built
    monkeypatch.setattr("brainlearn.mirror.mirror.circuit_code", lambda circuit: code)
    mirror = Mirror(circuit, seed=1, dtype="float64", reset_gradient=reset_gradient)
    image = torch.linspace(0.5, 1.5, 48, dtype=torch.float64).reshape(3, 16).requires_grad_()
    state = mirror.present({"retina/image": image}, 60 if circuit.dt.value > 1e-4 else 400)
    spikes = {path: counts.sum() for path, counts in state.counts.items()}
    assert all(spikes.values())
    final = [state.populations[path][name] for path, p in mirror.populations.items() for name in p.code.differential]
    (sum(spikes.values()) + sum(x.square().sum() for x in final)).backward()
    for name, weights in mirror.weights.items():
        assert weights.grad.isfinite().all(), name
        assert weights.grad.any(), name
    assert image.grad.isfinite().all()


def test_a_unit_at_rest_with_nothing_to_divide_by_learns_nothing(tmp_path: Path):
    mirror = Mirror(divisions("euler").circuit(tmp_path), dtype="float64")
    image = torch.zeros(2, 16, dtype=torch.float64, requires_grad=True)  # v and theta stay 0
    state = mirror.present({"retina/image": image}, 20)
    sum(x["v"].sum() for path, x in state.populations.items() if path != "retina/image").backward()
    assert image.grad.isfinite().all()
    assert image.grad.any()
    assert not mirror.weights["V1/E->V2/E"].grad.any()
