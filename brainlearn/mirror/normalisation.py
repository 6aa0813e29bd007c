"""The gain with which a population with divisive normalisation passes its activity on."""

from __future__ import annotations

import torch
from torch import Tensor

SMALLEST = 1e-6  # activity below which nothing is passed on


def gain_of(activity: Tensor, rms: float) -> Tensor:
    """Return the gain, (copy, 1), that scales (copy, unit) activity to a root mean square."""
    square = activity.square().mean(dim=1, keepdim=True)
    silent = square < SMALLEST**2
    length = torch.where(silent, 1.0, square).sqrt()
    return torch.where(silent, 0.0, rms / length)
