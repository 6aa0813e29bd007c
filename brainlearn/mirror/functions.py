"""The functions of Brian2's syntax in PyTorch, with gradients that stay finite where the value does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from brainlearn.expression import FUNCTIONS as NUMPY_FUNCTIONS

RANDOM = frozenset({"rand", "randn", "poisson", "binomial", "xi"})


NEAR_ZERO = 1e-3


def exprel(x: Tensor) -> Tensor:
    """Return ``(exp(x) - 1)/x``, 1 at 0; the gradient there is 1/2.

    Close to 0 it is the series: on the way back the quotient would be the difference of two huge numbers.
    """
    small = x.abs() < NEAR_ZERO
    near, far = torch.where(small, x, 0.0), torch.where(small, 1.0, x)
    series = 1 + near / 2 * (1 + near / 3 * (1 + near / 4 * (1 + near / 5)))
    return torch.where(small, series, torch.expm1(far) / far)


def clip(x: Any, low: Any, high: Any) -> Tensor:
    """Return `x` between `low` and `high`, which may be infinite; at least one of the three is a tensor."""
    if not isinstance(low, Tensor) and not isinstance(high, Tensor) and low == 0 and high == math.inf:
        return torch.relu(x)  # its derivative at 0 is 0: a unit without input does not learn
    if not isinstance(low, Tensor) and not isinstance(high, Tensor):
        return torch.clamp(x, low, high)
    like = next(part for part in (x, low, high) if isinstance(part, Tensor))
    x, low, high = (part if isinstance(part, Tensor) else torch.full_like(like, part) for part in (x, low, high))
    return torch.minimum(torch.maximum(x, low), high)


def timestep(t: Any, dt: Any) -> Any:
    """Return the number of whole time steps in `t`, with Brian2's allowance for rounding."""
    steps = (t + 1e-3 * dt) / dt
    return torch.trunc(steps) if isinstance(steps, Tensor) else math.trunc(steps)


def integer(x: Any) -> Any:
    """Truncate towards 0; a flag stays one, until it is known which type of number it becomes. The gradient is 0."""
    if not isinstance(x, Tensor):
        return int(x)
    return torch.trunc(x) if x.is_floating_point() else x


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": torch.abs,
    "arccos": torch.arccos,
    "arcsin": torch.arcsin,
    "arctan": torch.arctan,
    "ceil": torch.ceil,
    "clip": clip,
    "cos": torch.cos,
    "cosh": torch.cosh,
    "exp": torch.exp,
    "expm1": torch.expm1,
    "exprel": exprel,
    "floor": torch.floor,
    "int": integer,
    "log": torch.log,
    "log10": torch.log10,
    "log1p": torch.log1p,
    "sign": torch.sign,
    "sin": torch.sin,
    "sinh": torch.sinh,
    "sqrt": torch.sqrt,
    "tan": torch.tan,
    "tanh": torch.tanh,
    "timestep": timestep,
}
"""Name in a model's text -> function of tensors."""

CONSTANT_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in FUNCTIONS if hasattr(np, name)},
    **NUMPY_FUNCTIONS,
    "exprel": lambda x: np.expm1(x) / x if abs(x) >= 1e-16 else 1.0 + 0.5 * x,
    "int": int,
    "timestep": timestep,
}
"""The same, of numbers: parts of an expression without variables are computed once, as Brian2 does with NumPy."""
