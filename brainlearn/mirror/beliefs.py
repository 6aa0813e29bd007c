"""Errors that travel back by weights that are believed to be there, and not by those that are."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


class _BackThrough(torch.autograd.Function):
    """``sent @ weights``, whose gradient to `sent` is taken with other weights."""

    @staticmethod
    def forward(ctx: Any, sent: Tensor, weights: Tensor, believed: Tensor) -> Tensor:
        ctx.save_for_backward(sent, believed)
        return sent @ weights

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        sent, believed = ctx.saved_tensors
        return gradient @ believed.T, sent.T @ gradient, None


def weighted_sum(sent: Tensor, weights: Tensor, believed: Tensor | None) -> Tensor:
    """Return ``sent @ weights``, (copy, post).

    Parameters
    ----------
    sent : (copy, pre) Tensor
    weights : (pre, post) Tensor
    believed : (pre, post) Tensor, or None
        What the way back takes the weights for; None: for what they are.
    """
    if believed is None:
        return sent @ weights
    total: Tensor = _BackThrough.apply(sent, weights, believed)
    return total
