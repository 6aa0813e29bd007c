"""Thresholds: who spikes, and the surrogate gradient of conditions that are joined."""

from __future__ import annotations

import pytest
import torch

from brainlearn.brian.populations import GAIN
from brainlearn.brian.text.abstract_code import PopulationCode
from brainlearn.mirror.rendering import Renderer
from brainlearn.mirror.surrogates import SURROGATES
from brainlearn.mirror.threshold import Threshold

INITIAL = {"v": 0.0, "u": 0.0, "lastspike": -1e9, "not_refractory": 1.0, "n": 0.0, GAIN: 0.0}
V = [[0.2, 1.3, 0.8, 2.0]]
U = [[0.9, 0.1, 0.7, 1.5]]
SLOPE = 3.0


def threshold(condition: str, **subexpressions: str) -> Threshold:
    code = PopulationCode(
        "file.toml: neurons.x", "", f"_cond = {condition}", "", INITIAL, ("v", "u"), frozenset({"not_refractory"}),
        frozenset({"n"}), (), subexpressions, {"limit": 2.0}, frozenset(),
    )  # fmt: skip
    renderer = Renderer(code.where, code.constants, ["t", *INITIAL], subexpressions)
    return Threshold(code, 4, renderer, SURROGATES["super_spike"], SLOPE)


def state(dtype: torch.dtype = torch.float64) -> dict:
    return {
        "t": 0.03,
        "v": torch.tensor(V, dtype=dtype, requires_grad=True),
        "u": torch.tensor(U, dtype=dtype, requires_grad=True),
        "lastspike": torch.tensor([[0.0, 0.029, 0.0, 0.0]], dtype=torch.float64),
        "not_refractory": torch.tensor([[True, True, True, False]]),
        "n": torch.tensor([[0.0, 1.0, 2.0, 3.0]], dtype=dtype),
        GAIN: torch.ones(1, 1, dtype=dtype),
    }


def bump(distance: torch.Tensor, scale: float) -> torch.Tensor:
    return (1 + SLOPE * (distance / scale).abs()) ** -2 / scale


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("v > 1", [0, 1, 0, 1]),
        ("1 < v", [0, 1, 0, 1]),
        ("(v > 1) and not_refractory", [0, 1, 0, 0]),
        ("v > 1 or u > 0.6", [1, 1, 1, 1]),
        ("v > 1 or n == 2", [0, 1, 1, 1]),
        ("not (v < 1)", [0, 1, 0, 1]),
        ("not (v < 1 or u > 1)", [0, 1, 0, 0]),
        ("v > 0.5 and t - lastspike > 0.005", [0, 0, 1, 1]),
        ("t > 0.02", [1, 1, 1, 1]),
        ("True", [1, 1, 1, 1]),
        ("n > limit or n == 1", [0, 1, 0, 1]),
        ("high", [0, 1, 0, 1]),
        ("high and not low", [0, 1, 0, 1]),
        ("int(v > 0.5) + int(u > 0.8) > 1", [0, 0, 0, 1]),
    ],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_units_spike_where_the_condition_holds(condition: str, expected: list[int], dtype: torch.dtype):
    spikes = threshold(condition, high="v > 1", low="high and u > 1.4 and v < 1").spikes(state(dtype))
    assert spikes.dtype == dtype
    assert spikes.tolist() == [expected]


def gradients(condition: str, **subexpressions: str) -> tuple[torch.Tensor, torch.Tensor]:
    values = state()
    threshold(condition, **subexpressions).spikes(values).sum().backward()
    zero = torch.zeros_like(values["v"])
    return tuple(zero if values[name].grad is None else values[name].grad for name in ("v", "u"))


v, u = torch.tensor(V, dtype=torch.float64), torch.tensor(U, dtype=torch.float64)


def above(x: torch.Tensor, limit: float) -> torch.Tensor:
    return (x > limit).double()


@pytest.mark.parametrize("condition", ["v > 0.5", "v >= 0.5", "0.5 < v", "not (v < 0.5)", "high", "v + 1 > 1.5"])
def test_a_comparison_has_the_derivative_of_its_surrogate(condition: str):
    dv, du = gradients(condition, high="v > 0.5")
    torch.testing.assert_close(dv, bump(v - 0.5, 0.5))
    assert not du.any()


def test_both_conditions_learn_where_the_other_holds():
    dv, du = gradients("v > 1 and u > 0.5")
    torch.testing.assert_close(dv, bump(v - 1, 1.0) * above(u, 0.5))
    torch.testing.assert_close(du, bump(u - 0.5, 0.5) * above(v, 1))


def test_either_condition_learns_where_the_other_fails():
    dv, du = gradients("v > 1 or u > 0.5")
    torch.testing.assert_close(dv, bump(v - 1, 1.0) * (1 - above(u, 0.5)))
    torch.testing.assert_close(du, bump(u - 0.5, 0.5) * (1 - above(v, 1)))


def test_the_slope_refers_to_the_way_from_rest_to_threshold():
    dv, _ = gradients("v > limit")
    torch.testing.assert_close(dv, bump(v - 2, 2.0))


def test_flags_have_no_gradient_and_switch_that_of_others_off():
    dv, _ = gradients("v > 1 and n < 2 and not_refractory")
    torch.testing.assert_close(dv, bump(v - 1, 1.0) * torch.tensor([1.0, 1.0, 0.0, 0.0]))


def test_a_quotient_by_0_in_the_condition_gives_no_nan():
    values = state()
    values["u"] = torch.tensor([[0.0, 0.1, 0.0, 1.5]], dtype=torch.float64, requires_grad=True)
    values["v"] = torch.tensor([[0.0, 1.3, 0.8, 2.0]], dtype=torch.float64, requires_grad=True)
    spikes = threshold("v/u > 1").spikes(values)
    assert spikes.tolist() == [[0, 1, 1, 1]]
    spikes.sum().backward()
    for name in ("v", "u"):
        assert values[name].grad.isfinite().all()
        assert values[name].grad[0, [1, 3]].all()
