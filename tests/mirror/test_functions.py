"""The functions of Brian2's syntax: values of NumPy and SciPy, gradients that stay finite."""

from __future__ import annotations

import pytest
import torch
from scipy.special import exprel as scipy_exprel

from brainlearn.mirror.functions import FUNCTIONS, clip, exprel, integer, timestep

TINY = [0.0, 1e-300, -1e-17, 1e-16, 1e-12, -1e-9, 1e-7, 1e-5, 9.99e-4, 1.01e-3, -1e-2, 0.5, -30.0, 40.0]


def gradient(function, x: torch.Tensor) -> torch.Tensor:
    x = x.clone().requires_grad_()
    return torch.autograd.grad(function(x).sum(), x)[0]


def slope_of_exprel(x: torch.Tensor) -> torch.Tensor:
    near = 0.5 + x / 3 + x**2 / 8 + x**3 / 30 + x**4 / 144
    return torch.where(x.abs() < 1e-2, near, (x.exp() * (x - 1) + 1) / x.square())


def test_exprel_is_that_of_scipy():
    x = torch.tensor(TINY, dtype=torch.float64)
    torch.testing.assert_close(exprel(x), torch.as_tensor(scipy_exprel(x.numpy())), rtol=4e-16, atol=0)


@pytest.mark.parametrize(("dtype", "accuracy"), [(torch.float64, 1e-9), (torch.float32, 1e-3)])
def test_the_gradient_of_exprel_is_right_close_to_0(dtype: torch.dtype, accuracy: float):
    x = torch.tensor(TINY, dtype=dtype)
    expected = slope_of_exprel(x.double())
    torch.testing.assert_close(gradient(exprel, x).double(), expected, rtol=accuracy, atol=accuracy)


def test_a_unit_without_input_does_not_learn_through_rectification():
    x = torch.tensor([-1.0, 0.0, 2.0])
    assert gradient(lambda x: clip(x, 0, float("inf")), x).tolist() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize("low", [-1.0, torch.tensor([-1.0, 0.0, -3.0], dtype=torch.float64)])
@pytest.mark.parametrize("high", [0.1, float("inf"), torch.tensor([0.1, 5.0, 0.3], dtype=torch.float64)])
def test_clip_takes_numbers_and_variables_as_bounds(low, high):
    x = torch.tensor([-2.0, 3.0, 0.2], dtype=torch.float64)
    expected = torch.minimum(torch.maximum(x, torch.as_tensor(low)), torch.as_tensor(high, dtype=torch.float64))
    torch.testing.assert_close(clip(x, low, high), expected, rtol=0, atol=0)


def test_a_number_between_variables_keeps_its_digits():
    bound = torch.tensor([0.0, 1.0], dtype=torch.float64)
    assert clip(0.1, bound, 2.0).tolist() == [0.1, 1.0]


def test_int_cuts_towards_0_and_counts_flags():
    assert integer(torch.tensor([-2.7, 2.7])).tolist() == [-2.0, 2.0]
    assert integer(torch.tensor([True, False])).tolist() == [True, False]
    assert (integer(-2.7), integer(True)) == (-2, 1)


def test_time_steps_allow_for_rounding():
    t = torch.tensor([3e-3 - 1e-12, 3e-3, 3e-3 + 1e-12, 3.5e-3], dtype=torch.float64)
    assert timestep(t, 1e-3).tolist() == [3.0, 3.0, 3.0, 3.0]


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {"clip", "timestep", "int"}))
def test_gradients_are_those_of_finite_differences(name: str):
    x = torch.tensor([0.11, 0.37, 0.83], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(FUNCTIONS[name], x)
