"""Expressions and assignments, rendered and evaluated."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from brainlearn.expression import parse_expression
from brainlearn.mirror.rendering import Renderer

V = torch.tensor([[-1.5, -0.2, 0.0, 0.4, 2.0]], dtype=torch.float64)
U = torch.tensor([[3.0, 0.5, -2.0, 1.0, 0.25]], dtype=torch.float64)
VALUES = {"v": V, "u": U, "flag": V > 0, "t": 0.025}
CONSTANTS = {"tau": 0.01, "dt": 0.001, "count": 3.0, "inf": math.inf}


def renderer(**subexpressions: str) -> Renderer:
    return Renderer("file.toml: neurons.x", CONSTANTS, list(VALUES), subexpressions)


def value_of(text: str, **subexpressions: str) -> torch.Tensor:
    return torch.as_tensor(renderer(**subexpressions).expression(text).evaluate(VALUES))


@pytest.mark.parametrize(
    "text",
    [
        "v + u*2 - u/tau",
        "-(v - u)*(v + u)/2",
        "v*exp(-dt/tau) + (1 - exp(-dt/tau))*u",
        "2*(v - 3*(u - v/4)) - -v",
        "v**2 + abs(u)**0.5 + 2**v + v**count",
        "-v**2 + 2**-v",
        "v % 0.7 + u % -0.7",
        "(v - u)/(1 + abs(v))",
        "exp(v) - log(abs(u)) + tanh(u) + sqrt(abs(v))",
        "clip(v, -1, 1) + clip(u, 0, inf) + clip(v, -inf, u)",
        "sign(v) + floor(u) + ceil(v)",
        "int(v > 0) - int(u*3)/7",
        "v - v + u",
    ],
)
def test_arithmetic_is_that_of_numpy(text: str):
    arrays = {**{name: x.numpy() for name, x in VALUES.items() if name in "vu"}, **CONSTANTS}
    np.testing.assert_allclose(value_of(text), parse_expression(text)(arrays), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("dt/tau", 0.1),
        ("1 - exp(-dt/tau)", 1 - math.exp(-0.1)),
        ("-count**2", -9.0),
        ("7 % 4 + 7 // 4", 4.0),
        ("timestep(2.5*tau, dt)", 25),
        ("timestep(3*dt - 1e-9, dt)", 3),
        ("exprel(0)", 1.0),
        ("clip(5, -inf, count)", 3.0),
        ("int(2.7) + int(-2.7)", 0),
        ("count > 2 and not (tau > dt and False)", True),
        ("1/0", math.inf),
        ("log(0)", -math.inf),
    ],
)
def test_what_reads_no_variable_is_a_number(text: str, number: float):
    rendered = renderer().expression(text)
    assert not rendered.names
    assert rendered.constant == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize(("text", "number"), [("sin(2*pi*t)", 1.0), ("int(t > 0.01)", 1), ("clip(t, 0, 0.01)", 0.01)])
def test_functions_of_the_time_alone_are_numbers_in_every_step(text: str, number: float):
    rendered = Renderer("", {"pi": math.pi}, ["t"]).expression(text)
    assert rendered.evaluate({"t": 0.25}) == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v > 0 and u > 0.5", [0, 0, 0, 1, 0]),
        ("v > 0 or u > 1", [1, 0, 0, 1, 1]),
        ("not flag", [1, 1, 1, 0, 0]),
        ("flag and not (u < 0.5)", [0, 0, 0, 1, 0]),
        ("flag == (u > 0.5)", [0, 1, 1, 1, 0]),
        ("v >= 0", [0, 0, 1, 1, 1]),
        ("v != 0", [1, 1, 0, 1, 1]),
        ("flag or True", [1, 1, 1, 1, 1]),
    ],
)
def test_conditions_hold_where_they_should(text: str, expected: list[int]):
    found = value_of(text)
    assert found.dtype == torch.bool
    assert found.expand(1, 5).int().tolist() == [expected]


def test_flags_times_numbers_lose_no_digits():
    assert value_of("int(flag)*0.1 + int(flag)/3").max().item() == pytest.approx(0.1 + 1 / 3, rel=1e-15)


def test_a_subexpression_stands_for_its_text():
    torch.testing.assert_close(value_of("2*total", total="inner + v", inner="u*u"), 2 * (U * U + V))


def test_a_subexpression_is_evaluated_anew_after_its_variable_changed():
    first, second = renderer(double="2*v").assignments("v = double + 1\nu = double")
    values = dict(VALUES)
    values["v"] = first.value.evaluate(values)
    torch.testing.assert_close(second.value.evaluate(values), 4 * V + 2)


def test_a_subexpression_that_a_line_assigned_keeps_that_value():
    lines = renderer(double="2*v").assignments("double = 2*v\nv = 0*v\nu = double")
    values = dict(VALUES)
    for line in lines:
        values[line.target] = line.value.evaluate(values)
    torch.testing.assert_close(values["u"], 2 * V)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("v -= u", V - U), ("v += 1; ", V + 1), ("v *= 1 + u", V * (1 + U)), ("\n v /= 2 - u\n", V / (2 - U))],
)
def test_assignments_in_place_read_the_old_value(text: str, expected: torch.Tensor):
    (assignment,) = renderer().assignments(text)
    assert assignment.target == "v"
    torch.testing.assert_close(assignment.value.evaluate(VALUES), expected)


def test_auxiliary_lines_are_put_into_the_sums_that_read_them():
    lines = renderer().assignments("_a = v + 2*u\n_b = _a/4\n_c = 1\nv = _b - u/2\nu = _b + 1", kept=("v", "u"))
    values = dict(VALUES)
    for line in lines:
        values[line.target] = line.value.evaluate(values)
    assert "_c" not in values
    torch.testing.assert_close(values["v"], V / 4)
    torch.testing.assert_close(values["u"], (V + 2 * U) / 4 + 1)  # the old v


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_flag_becomes_a_number_of_the_type_that_it_compares(dtype: torch.dtype):
    v = torch.tensor([-1.0, 2.0], dtype=dtype)
    found = Renderer("", CONSTANTS, ["v", "w"]).expression("int(v > 0)*w").evaluate({"v": v, "w": v / 3})
    assert found.dtype == dtype
    assert found.tolist() == [0.0, (v / 3)[1].item()]
    flag = torch.tensor([True, False])
    kept = Renderer("", CONSTANTS, ["ready"]).expression("0.1*int(ready)").evaluate({"ready": flag})
    assert kept.tolist() == [0.1, 0.0]  # to the last digit of float64
