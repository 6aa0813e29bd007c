"""The threshold of a population: a condition in which every comparison has a surrogate gradient."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import torch
from torch import Tensor

from brainlearn.brian.populations import GAIN
from brainlearn.brian.text.abstract_code import PopulationCode
from brainlearn.mirror.linear import Evaluate, Values
from brainlearn.mirror.rendered import Rendered
from brainlearn.mirror.rendering import Renderer
from brainlearn.mirror.surrogates import Only, Spike, Surrogate

COMPARISONS: Mapping[type, Callable[..., Tensor]] = {
    ast.Gt: torch.gt,
    ast.GtE: torch.ge,
    ast.Lt: torch.lt,
    ast.LtE: torch.le,
}


class Threshold:
    """Finds the units that spike.

    ``left > right`` is a crossing: 1 or 0, with the surrogate's derivative. Conditions join crossings: ``a and b`` is
    ``a*b``, ``a or b`` is ``a + b*(1 - a)``, ``not a`` is ``1 - a``. What depends on no smooth variable is a flag,
    without a gradient.

    Parameters
    ----------
    code : PopulationCode
    size : int
    renderer : Renderer
        Of the population's text.
    surrogate : Surrogate or None
        None: the condition itself, without a gradient.
    slope : float
        Steepness of the surrogate; 1 means as wide as the way from rest to threshold.

    Raises
    ------
    UserError
        If the condition has no rendering.
    """

    def __init__(
        self, code: PopulationCode, size: int, renderer: Renderer, surrogate: Surrogate | None, slope: float
    ) -> None:
        self._code, self._size, self._renderer = code, size, renderer
        self._surrogate, self._slope = surrogate, slope
        self._smooth = set(code.initial) - code.boolean - code.integer - {"lastspike"}
        text = code.threshold.split("=", 1)[1]
        renderer.expression(text)  # refuses what has no rendering
        self._condition = self._plain(renderer.tree(text)) if surrogate is None else self._read(renderer.tree(text))

    def spikes(self, state: Values) -> Tensor:
        """Return 1 for every unit that spikes now, else 0, (copy, unit)."""
        return fitted(self._condition(state), state[GAIN].expand(-1, self._size))

    # ---- reading the condition -----------------------------------------------------------------------------------

    def _plain(self, node: ast.expr) -> Evaluate:
        """Return a function that gives 1 and 0 without a gradient, in one pass where the condition is a comparison."""
        node = self._renderer.looked_up(node)
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
                compare = COMPARISONS[type(op)]
                a, b = self._renderer.walk(left).evaluate, self._renderer.walk(right).evaluate
                return lambda state: _compared(compare, a(state), b(state), state[GAIN])
        return self._renderer.walk(node).evaluate

    def _read(self, node: ast.expr) -> Evaluate:
        """Return a function of the state that gives 1 and 0 in floating point; flags may be true and false."""
        node = self._renderer.looked_up(node)
        if not self._crosses(node):
            return self._renderer.walk(node).evaluate
        match node:
            case ast.BoolOp(op=op, values=values):
                parts = [self._read(value) for value in sorted(values, key=self._crosses, reverse=True)]
                return _joined(operator.mul if isinstance(op, ast.And) else _either, parts)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                inside = self._read(inner)
                return lambda state: 1 - inside(state)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                low, high = (left, right) if isinstance(op, ast.Lt | ast.LtE) else (right, left)
                return self._crossing(node, ast.BinOp(high, ast.Sub(), low))
        raise AssertionError(ast.dump(node))

    def _crosses(self, node: ast.expr) -> bool:
        """Return whether a condition has a comparison of smooth variables in it."""
        match self._renderer.looked_up(node):
            case ast.BoolOp(values=values):
                return any(self._crosses(value) for value in values)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return self._crosses(inner)
            case ast.Compare(ops=[ast.Gt() | ast.GtE() | ast.Lt() | ast.LtE()]) as comparison:
                return bool(self._renderer.walk(comparison).names & self._smooth)
        return False

    def _crossing(self, node: ast.expr, difference: ast.expr) -> Evaluate:
        """Return the spike function of one comparison, whose margin is positive where it holds."""
        condition, rendered = self._renderer.walk(node).evaluate, self._renderer.walk(difference)
        margin = _sheltered(rendered) if self._renderer.steep(difference) else rendered.evaluate
        assert self._surrogate is not None
        derivative, slope, scale = self._surrogate.derivative, self._slope, self._scale(rendered)
        return lambda state: Spike.apply(margin(state), condition(state), derivative, slope, scale)

    def _scale(self, margin: Rendered) -> float:
        """Return how far rest is from the threshold, in the unit of the margin."""
        values = {name: torch.tensor(value, dtype=torch.float64) for name, value in self._code.initial.items()}
        values |= {name: values[name].bool() for name in self._code.boolean}
        found = abs(float(margin.evaluate({"t": 0.0, **values})))
        return found if math.isfinite(found) and found > 0 else 1.0


def _compared(compare: Callable[..., Tensor], left: Any, right: Any, like: Tensor) -> Tensor:
    """Return 1 where a comparison holds and else 0, in the type of `like`."""
    if not isinstance(left, Tensor):
        left = torch.as_tensor(left, device=like.device)
    alike = not isinstance(right, Tensor) or left.shape == right.shape  # asking PyTorch takes as long as comparing
    shape = left.shape if alike else torch.broadcast_shapes(left.shape, right.shape)
    return compare(left, right, out=like.new_empty(shape))


def _joined(function: Callable[[Any, Any], Any], parts: list[Evaluate]) -> Evaluate:
    return lambda state: reduce(function, (part(state) for part in parts))


def _either(left: Any, right: Any) -> Any:
    return left + right * (1 - left)


def _sheltered(margin: Rendered) -> Evaluate:
    """Return the margin without a gradient where it is no finite number: on the way back, 0 times infinity is NaN."""

    def evaluate(state: Values) -> Any:
        with torch.no_grad():
            finite = torch.isfinite(margin.evaluate(state))
        return margin.evaluate({**state, **{name: Only.within(state[name], finite) for name in margin.names}})

    return evaluate


def fitted(value: Any, like: Tensor) -> Tensor:
    """Return a value with the shape and the type of a variable."""
    if not isinstance(value, Tensor):
        return torch.full_like(like, value)
    value = value if value.dtype == like.dtype else value.to(like.dtype)
    return value if value.shape == like.shape else value.expand_as(like)
