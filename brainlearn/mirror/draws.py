"""Random numbers of a mirror that learns by rules: those that Brian2 draws, in the same order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from brainlearn.brian.random_numbers import draw
from brainlearn.mirror.rendered import DRAWS, Rendered

DRAWN = ("rand", "randn")


class Draws:
    """Draws a number for every unit of a population, from the random numbers that the simulation has in use.

    Parameters
    ----------
    shape : (int, int)
        Copies and units.
    device : torch.device
    spiked : (copy, unit) bool Tensor, optional
        The units that are dealt with, as in a reset; default: all.
    """

    def __init__(self, shape: tuple[int, int], device: torch.device, spiked: Tensor | None = None) -> None:
        self._shape, self._device, self._spiked = shape, device, spiked

    def among(self, spiked: Tensor) -> Draws:
        """Return what draws for the units that spiked, (copy, unit) bool; others get 0."""
        return Draws(self._shape, self._device, spiked)

    def __call__(self, function: str) -> Tensor:
        """Return numbers of ``"rand"`` or ``"randn"``, (copy, unit) in double precision, as Brian2 has them."""
        if self._spiked is None:
            numbers = draw(function, self._shape[0] * self._shape[1]).reshape(self._shape)
        else:
            spiked = self._spiked.numpy(force=True)
            numbers = np.zeros(self._shape)
            numbers[spiked] = draw(function, int(spiked.sum()))
        return torch.from_numpy(numbers).to(self._device)


def drawn(function: str, number: int) -> Rendered:
    """Return the rendering of a call of ``"rand"`` or ``"randn"``; `number` tells it from other calls."""
    evaluate: Callable[[Mapping[str, Any]], Any] = lambda values: values[DRAWS](function)  # noqa: E731
    return Rendered(evaluate, frozenset({DRAWS}), f"{function}({number})")
