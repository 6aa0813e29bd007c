"""Surrogate gradients, in place of the derivative of a spike."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class Surrogate:
    """The derivative that a spike is given on the way back.

    Parameters
    ----------
    name : str
    derivative : callable
        From the distance to the threshold, 1 at rest, and the slope, to the derivative; same shape.
    slope : float
        Default steepness [1].
    description, source : str
        One line for people, and the paper.
    """

    name: str
    derivative: Callable[[Tensor, float], Tensor]
    slope: float
    description: str
    source: str


def _super_spike(x: Tensor, slope: float) -> Tensor:
    return x.abs().mul_(slope).add_(1.0).reciprocal_().square_()


def _arctan(x: Tensor, slope: float) -> Tensor:
    return x.square().mul_(0.5 * math.pi**2 * slope).add_(2.0 / slope).reciprocal_()


def _triangular(x: Tensor, slope: float) -> Tensor:
    return x.abs().mul_(-slope).add_(1.0).clamp_(min=0.0)


SURROGATES: Mapping[str, Surrogate] = MappingProxyType(
    {
        "super_spike": Surrogate(
            "super_spike",
            _super_spike,
            10.0,
            "1/(1 + slope |x|)^2, the derivative of a fast sigmoid",
            "Zenke & Ganguli 2018, Neural Computation 30, 1514, eq. 2.1",
        ),
        "arctan": Surrogate(
            "arctan",
            _arctan,
            2.0,
            "slope/2 / (1 + (pi/2 slope x)^2), the derivative of an arctangent",
            "Fang et al. 2021, ICCV, arXiv 2007.05785",
        ),
        "triangular": Surrogate(
            "triangular",
            _triangular,
            1.0,
            "max(0, 1 - slope |x|)",
            "Bellec, Salaj, Subramoney, Legenstein & Maass 2018, NeurIPS, arXiv 1803.09574 (there times 0.3)",
        ),
    }
)
"""Name in an experiment file -> surrogate."""


class Spike(torch.autograd.Function):
    """A spike where a condition holds; on the way back, the surrogate's derivative.

    `margin` is how far the condition is from failing, in multiples of `scale`; `spiked` is what the condition says.
    """

    @staticmethod
    def forward(ctx, margin: Tensor, spiked: Tensor, derivative, slope: float, scale: float) -> Tensor:  # type: ignore[no-untyped-def]
        """Return 1 where `spiked`, else 0, in the type of `margin`."""
        ctx.save_for_backward(margin)
        ctx.settings = derivative, slope, scale
        return spiked.to(margin.dtype)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[no-untyped-def]
        """Multiply by the derivative."""
        (margin,) = ctx.saved_tensors
        derivative, slope, scale = ctx.settings
        if scale != 1.0:
            return derivative(margin / scale, slope).mul_(gradient).div_(scale), None, None, None, None
        return derivative(margin, slope).mul_(gradient), None, None, None, None


class Only(torch.autograd.Function):
    """A tensor as it is; on the way back, 0 where its value does not count, whatever arrives there."""

    @staticmethod
    def forward(ctx, x: Tensor, counts: Tensor) -> Tensor:  # type: ignore[no-untyped-def]
        """Return `x`."""
        ctx.save_for_backward(counts)
        return x.view_as(x)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[no-untyped-def]
        """Pass the gradient where `counts`."""
        return torch.where(ctx.saved_tensors[0], gradient, 0.0), None

    @classmethod
    def within(cls, x: Any, counts: Tensor) -> Any:
        """Apply this to a tensor that has a gradient; return anything else as it is."""
        return cls.apply(x, counts) if isinstance(x, Tensor) and x.requires_grad else x


class Choose(torch.autograd.Function):
    """``spike ? spiked : quiet``, differentiable in all three, with the very values of both sides."""

    @staticmethod
    def forward(ctx, spike: Tensor, spiked: Tensor, quiet: Tensor) -> Tensor:  # type: ignore[no-untyped-def]
        """Choose unit by unit."""
        ctx.save_for_backward(spike, spiked, quiet)
        return torch.where(spike > 0, spiked, quiet)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[no-untyped-def]
        """Pass the gradient to the side that was chosen, and its product with the difference to the spike."""
        spike, spiked, quiet = ctx.saved_tensors
        kept = torch.where(spike > 0, 0.0, gradient)
        difference = spiked - quiet
        difference.masked_fill_(~torch.isfinite(difference), 0.0)  # a reset that a quiet unit cannot compute
        return gradient * difference, gradient - kept, kept
