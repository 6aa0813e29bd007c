"""The synapses of a convolution: weights stored once for all places."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from brainlearn.circuit.circuit import Circuit, Projection
from brainlearn.circuit.drawn_rows import signed
from brainlearn.circuit.draws import draw
from brainlearn.circuit.projection_rng import projection_rng
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.schema import CONVOLVED, AveragePooling, Stored, Tied
from brainlearn.circuit.stored import stored_weights
from brainlearn.circuit.windows import Ways, Windows, windows_of


@dataclass(frozen=True, eq=False)
class Kernels:
    """The synapses of one projection, in which all places of a sheet share the weights of kernels.

    Parameters
    ----------
    weights : (pre channel, post channel, kernel row, kernel column) array of float64
        Initial weights [1]; (1, 1, 1, 1) where channels stay apart.
    windows : Windows
    channels : (int, int)
        Source units and target units at a place.
    apart : bool
        Whether every channel reaches its own alone, all by one weight, as in pooling.
    transposed : bool
        Whether target places lie in the windows, and source places look: weights that are tied to a convolution.
    own : array of float64, or None
        As in `Wiring`, with the shape of the weights.
    """

    weights: np.ndarray
    windows: Windows
    channels: tuple[int, int]
    apart: bool = False
    transposed: bool = False
    own: np.ndarray | None = None

    @property
    def mask(self) -> None:
        """Nothing: every weight is that of synapses."""

    @property
    def sheets(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Rows and columns of the source and of the target."""
        seen, seeing = self.windows.seen, self.windows.seeing
        return (seeing, seen) if self.transposed else (seen, seeing)

    @property
    def shape(self) -> tuple[int, int]:
        """Source units and target units."""
        source, target = self.sheets
        return self.channels[0] * source[0] * source[1], self.channels[1] * target[0] * target[1]

    @cached_property
    def ways(self) -> Ways:
        """The ways from places of the source to places of the target; if channels stay apart, all by one weight."""
        ways = self.windows.backward if self.transposed else self.windows.forward
        return ways._replace(elements=np.zeros_like(ways.elements)) if self.apart else ways

    @cached_property
    def posts(self) -> np.ndarray:
        """(element,) array of int32 : The target channel of every weight."""
        channels = np.arange(self.weights.shape[1], dtype=np.int32)[None, :, None, None]
        return np.broadcast_to(channels, self.weights.shape).reshape(-1)

    def synapses(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """List the synapses, row by row: source units, target units, and places in the flattened weights."""
        ways, (source, target) = self.ways, self.sheets
        places = np.repeat(np.arange(len(ways.starts) - 1), np.diff(ways.starts))
        a, b = (np.arange(number, dtype=np.int64) for number in self.channels)
        pres = a[:, None, None] * (source[0] * source[1]) + places[:, None]  # (pre channel, way, 1)
        posts = b * (target[0] * target[1]) + ways.ends[:, None]  # (way, post channel)
        elements = self.weights.shape[2] * self.weights.shape[3]
        weights = (a[:, None, None] * self.channels[1] + b) * elements + ways.elements[:, None]
        if self.apart:
            joined = np.broadcast_to(a[:, None, None] == b, (len(a), len(places), len(b)))
            weights = np.zeros_like(weights)
        else:
            joined = np.ones((len(a), len(places), len(b)), dtype=bool)
        found = (np.broadcast_to(each, joined.shape)[joined] for each in (pres, posts, weights))
        i, j, k = found
        order = np.lexsort((j, i))
        return i[order].astype(np.int32), j[order].astype(np.int32), k[order]

    def rows(self) -> Rows:
        """Return the synapses as a list, each with its own weight."""
        i, j, k = self.synapses()
        starts = np.searchsorted(i, np.arange(self.shape[0] + 1))
        return Rows(starts, j, self.weights.reshape(-1)[k], self.shape[1])


def wire_kernels(circuit: Circuit, projection: Projection, seed: int) -> Kernels:
    """Draw the initial weights of a convolution, or of pooling."""
    source, target = circuit.population(projection.source), circuit.population(projection.target)
    connectivity, weights = projection.connectivity, projection.weights
    assert isinstance(connectivity, CONVOLVED)
    assert not isinstance(weights, Tied)
    assert source.sheet is not None  # checked when the file was read
    assert target.sheet is not None
    apart = isinstance(connectivity, AveragePooling)
    shape = (1, 1, 1, 1) if apart else (source.channels, target.channels, *connectivity.kernel)
    if isinstance(weights, Stored):
        drawn = stored_weights(circuit, projection)
    else:
        drawn = draw(weights, shape, projection_rng(seed, projection.name))
        if apart:
            drawn = drawn / (connectivity.kernel[0] * connectivity.kernel[1])
        elif weights.per_input:
            drawn = drawn / np.sqrt(shape[0] * shape[2] * shape[3])
    windows = windows_of(connectivity, source.sheet, target.sheet)
    return Kernels(signed(drawn, projection.sign), windows, (source.channels, target.channels), apart)


def turned_round(kernels: Kernels) -> Kernels:
    """Return the same synapses in the other direction."""
    weights = np.ascontiguousarray(kernels.weights.swapaxes(0, 1))
    return Kernels(weights, kernels.windows, kernels.channels[::-1], kernels.apart, not kernels.transposed)
