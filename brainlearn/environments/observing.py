"""Encoders: from the observation of a copy to the values of its stimulus populations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from brainlearn.environments.spaces import Box


@dataclass(frozen=True)
class Encoding:
    """How some numbers of an observation become activities from 0 to 1.

    Parameters
    ----------
    kind : str
        One of `ENCODERS`.
    dimensions : tuple of int
        Which numbers of the observation.
    low, high : tuple of float
        The range of each that is encoded.
    cells : tuple of int
        Units along each of them (place cells, population codes), or values (one hot).
    width : float
        Standard deviation of a unit's bump, in distances between neighbours.
    repeat : int
        Units that show each activity, next to each other.
    """

    kind: str
    dimensions: tuple[int, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    cells: tuple[int, ...] = ()
    width: float = 1.0
    repeat: int = 1

    @property
    def units(self) -> int:
        """Units of the population."""
        return self.repeat * UNITS[self.kind](self)

    def encode(self, observations: np.ndarray) -> np.ndarray:
        """Return activities, (copy, unit), of (copy, dimension) observations."""
        chosen = np.asarray(observations, dtype=float)[:, list(self.dimensions)]
        return np.repeat(ENCODERS[self.kind](self, chosen), self.repeat, axis=1)

    def places(self, chosen: np.ndarray) -> np.ndarray:
        """Return where observations are in their ranges, cut off at the ends, (copy, dimension) from 0 to 1."""
        low, high = np.asarray(self.low), np.asarray(self.high)
        return np.clip((chosen - low) / (high - low), 0.0, 1.0)


def one_hot(encoding: Encoding, chosen: np.ndarray) -> np.ndarray:
    """Return 1 for the unit of the value, 0 for the others."""
    return np.eye(encoding.cells[0])[chosen[:, 0].astype(int)]


def values(encoding: Encoding, chosen: np.ndarray) -> np.ndarray:
    """Return one unit for each number: its place in its range."""
    return encoding.places(chosen)


def opposed(encoding: Encoding, chosen: np.ndarray) -> np.ndarray:
    """Return two units for each number: how far it is above the middle of its range, and how far below."""
    signed = 2 * encoding.places(chosen) - 1
    return np.concatenate([np.maximum(signed, 0), np.maximum(-signed, 0)], axis=1)


def population_code(encoding: Encoding, chosen: np.ndarray) -> np.ndarray:
    """Return a row of Gaussian bumps for each number."""
    return np.concatenate(_bumps(encoding, chosen), axis=1)


def place_cells(encoding: Encoding, chosen: np.ndarray) -> np.ndarray:
    """Return Gaussian bumps on the grid of all numbers, the last number fastest."""
    grid = np.ones((len(chosen), 1))
    for bumps in _bumps(encoding, chosen):
        grid = (grid[:, :, None] * bumps[:, None, :]).reshape(len(chosen), -1)
    return grid


def _bumps(encoding: Encoding, chosen: np.ndarray) -> list[np.ndarray]:
    """Return, for each number, its proximity to each of its units, (copy, unit)."""
    found = []
    for places, cells in zip(encoding.places(chosen).T, encoding.cells, strict=True):
        centres = np.arange(cells)
        distance = (places[:, None] * (cells - 1) - centres) / encoding.width
        found.append(np.exp(-0.5 * distance**2))
    return found


ENCODERS: Mapping[str, Callable[[Encoding, np.ndarray], np.ndarray]] = {
    "one_hot": one_hot,
    "opposed": opposed,
    "place_cells": place_cells,
    "population_code": population_code,
    "values": values,
}
UNITS: Mapping[str, Callable[[Encoding], int]] = {
    "one_hot": lambda encoding: encoding.cells[0],
    "opposed": lambda encoding: 2 * len(encoding.dimensions),
    "place_cells": lambda encoding: int(np.prod(encoding.cells)),
    "population_code": lambda encoding: sum(encoding.cells),
    "values": lambda encoding: len(encoding.dimensions),
}
WITH_CELLS = ("place_cells", "population_code")


def bounded(space: Box, dimensions: Sequence[int]) -> bool:
    """Return whether numbers of a box have finite bounds."""
    return bool(np.isfinite([(space.low[k], space.high[k]) for k in dimensions]).all())
