"""Two sheets, one on top of the other: which units are connected, or how likely."""

from __future__ import annotations

import numpy as np

from brainlearn.circuit.circuit import Population
from brainlearn.circuit.schema import BY_DISTANCE, Gaussian, Local, Square


def fields(
    connectivity: Local | Square, source: Population, target: Population, units: np.ndarray | None = None
) -> np.ndarray:
    """Return which units of two populations with sheets are connected, (pre, post) bool.

    Connections depend on the places alone: all units at a place see all units at the places that it sees.

    Parameters
    ----------
    connectivity : Local or Square
    source, target : Population
    units : (pre,) array of int, optional
        Source units; default: all.
    """
    assert source.sheet is not None  # checked when the file was read
    assert target.sheet is not None
    number = source.sheet[0] * source.sheet[1]
    places = np.arange(number) if units is None else units % number
    if isinstance(connectivity, Local):
        inside = receptive_fields(source.sheet, target.sheet, connectivity.radius, places)
    else:
        inside = square_fields(source.sheet, target.sheet, connectivity.side, places)
    return np.tile(inside, (source.channels if units is None else 1, target.channels))


def receptive_fields(
    source: tuple[int, int], target: tuple[int, int], radius: float, places: np.ndarray | None = None
) -> np.ndarray:
    """Connect each target unit with the source units within `radius` of its own place.

    Both sheets cover the same area; distances are in units of the source sheet.

    Parameters
    ----------
    source, target : (int, int)
        Rows and columns of the sheets.
    radius : float
        In source units.
    places : (pre,) array of int, optional
        Places of the source sheet, row by row; default: all.

    Returns
    -------
    (pre, post) array of bool
    """
    rows, columns = _places(source, places)
    squared = (_distances(source[0], target[0]) ** 2)[rows][:, :, None]
    squared = squared + (_distances(source[1], target[1]) ** 2)[columns][:, None, :]  # (pre, row, column)
    inside = squared <= radius**2 * (1 + 1e-12)
    return inside.reshape(len(rows), target[0] * target[1])


def square_fields(
    source: tuple[int, int], target: tuple[int, int], side: int, places: np.ndarray | None = None
) -> np.ndarray:
    """Connect each target unit with the square of `side` by `side` source units around its own place.

    A place between source units has its field half a unit towards the first row or column where `side` asks for that.
    Sheets, places and returned array are as in `receptive_fields`.
    """
    rows, columns = (
        (distances >= -side / 2 - 1e-9) & (distances < side / 2 - 1e-9)
        for distances in (_distances(source[0], target[0]), _distances(source[1], target[1]))
    )
    row, column = _places(source, places)
    inside = rows[row][:, :, None] & columns[column][:, None, :]  # (pre, row, column)
    return inside.reshape(len(row), target[0] * target[1])


def chances(
    connectivity: BY_DISTANCE, source: Population, target: Population, units: np.ndarray | None = None
) -> np.ndarray:
    """Return how likely units of two populations with sheets are connected, (pre, post) float.

    Sheets lie as in `receptive_fields`; arguments are those of `fields`. With periodic edges a distance is the shortest
    way around.
    """
    assert source.sheet is not None  # checked when the file was read
    assert target.sheet is not None
    number = source.sheet[0] * source.sheet[1]
    rows, columns = _places(source.sheet, np.arange(number) if units is None else units % number)
    sides = [_distances(*pair) for pair in zip(source.sheet, target.sheet, strict=True)]
    if connectivity.periodic:
        sides = [
            np.minimum(np.abs(side), length - np.abs(side)) for side, length in zip(sides, source.sheet, strict=True)
        ]
    squared = (sides[0] ** 2)[rows][:, :, None] + (sides[1] ** 2)[columns][:, None, :]  # (pre, row, column)
    if isinstance(connectivity, Gaussian):
        nearness = np.exp(-squared / (2 * connectivity.sd**2))
    else:
        nearness = np.exp(-np.sqrt(squared) / connectivity.length)
    found = connectivity.probability * nearness.reshape(len(rows), -1)
    return np.tile(found, (source.channels if units is None else 1, target.channels))


def _places(sheet: tuple[int, int], places: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and columns of places of a sheet."""
    rows, columns = np.divmod(np.arange(sheet[0] * sheet[1]) if places is None else places, sheet[1])
    return rows, columns


def _distances(source: int, target: int) -> np.ndarray:
    """From the places of target units, along one side of the sheets, (source, target) [source units]."""
    centres = (np.arange(target) + 0.5) * (source / target) - 0.5
    return np.arange(source)[:, None] - centres
