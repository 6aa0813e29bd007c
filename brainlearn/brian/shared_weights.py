"""Weights that all copies share: those of all pairs, by synapse, or by kernel, behind the same methods."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from brainlearn.brian.delivery import (
    add_listed,
    add_rows,
    add_scaled_rows,
    add_sparse_rows,
    compressed_rows,
    sum_listed,
)
from brainlearn.brian.kernel_delivery import add_apart, add_kernels, sum_apart, sum_kernels
from brainlearn.circuit.connecting import SPARSE_BELOW
from brainlearn.circuit.kernels import Kernels
from brainlearn.circuit.rows import Rows


class SharedWeights(Protocol):
    """Weights that carry spikes from the copies of one population to those of another.

    Attributes
    ----------
    values : array
        The weights [1].
    shape : (int, int)
        Source units and target units.
    mask : (pre, post) bool array, or None
        Which pairs of a matrix are connected; None if all are, or weights are stored by synapse.
    rows : Rows or None
        The synapses, if weights are stored by them.
    kernels : Kernels or None
        If places of a sheet share weights.
    """

    values: np.ndarray
    shape: tuple[int, int]
    mask: np.ndarray | None
    rows: Rows | None
    kernels: Kernels | None

    def assign(self, values: Any) -> None:
        """Take over other values."""

    def add(self, spikes: np.ndarray, scale: Any, target: np.ndarray) -> None:
        """Add the weights of units that spiked, times `scale`, a number or (spike,), to `target`, (copy, post)."""

    def sum_into(self, values: np.ndarray, target: np.ndarray) -> None:
        """Set `target`, (copy, post), to the weighted sums of `values`, (copy, pre)."""


class MatrixWeights:
    """Weights of all pairs of units, (pre, post); those of pairs that `mask` leaves out are 0."""

    rows: Rows | None = None
    kernels: Kernels | None = None

    def __init__(self, weights: np.ndarray, mask: np.ndarray | None, dtype: Any) -> None:
        self.mask = None if mask is None else np.asarray(mask, dtype=bool)
        found = np.shape(weights)
        self.shape: tuple[int, int] = (found[0], found[1])
        if self.mask is not None and self.mask.shape != self.shape:
            raise ValueError(f"mask has shape {self.mask.shape}; the weights have {self.shape}")
        self.values = np.zeros(self.shape, dtype=dtype)
        self.assign(weights)
        sparse = self.mask is not None and self.mask.mean() < SPARSE_BELOW
        self._compressed = compressed_rows(self.mask) if sparse and self.mask is not None else None

    def assign(self, values: Any) -> None:
        """Take over other values."""
        self.values[:] = values
        if self.mask is not None:
            self.values[~self.mask] = 0

    def add(self, spikes: np.ndarray, scale: Any, target: np.ndarray) -> None:
        """Add rows of the matrix."""
        if self._compressed is not None:
            add_sparse_rows(spikes, self.values, *self._compressed, _for_each(scale, spikes, target), target)
        elif np.ndim(scale):
            add_scaled_rows(spikes, self.values, scale, target)
        else:
            add_rows(spikes, self.values, target.dtype.type(scale), target)

    def sum_into(self, values: np.ndarray, target: np.ndarray) -> None:
        """Multiply with the matrix."""
        np.matmul(values, self.values, out=target)


class RowWeights:
    """Weights of synapses, (synapse,); the arrays of `rows` but for the weights are used as they are."""

    mask: np.ndarray | None = None
    kernels: Kernels | None = None

    def __init__(self, rows: Rows, dtype: Any) -> None:
        self.rows: Rows | None = rows
        self._starts, self._posts, self.shape = rows.starts, rows.posts, rows.shape
        self.values = np.array(rows.weights, dtype=dtype)

    def assign(self, values: Any) -> None:
        """Take over other values."""
        self.values[:] = values

    def add(self, spikes: np.ndarray, scale: Any, target: np.ndarray) -> None:
        """Add the synapses of units that spiked."""
        add_listed(spikes, self._starts, self._posts, self.values, _for_each(scale, spikes, target), target)

    def sum_into(self, values: np.ndarray, target: np.ndarray) -> None:
        """Add up what every unit transmits."""
        sum_listed(np.ascontiguousarray(values), self._starts, self._posts, self.values, target)


class KernelWeights:
    """Weights of kernels that all places share, (pre channel, post channel, kernel row, kernel column)."""

    mask: np.ndarray | None = None
    rows: Rows | None = None

    def __init__(self, kernels: Kernels, dtype: Any) -> None:
        self.kernels: Kernels | None = kernels
        self.shape, self._ways, self._apart = kernels.shape, kernels.ways, kernels.apart
        rows, columns = kernels.sheets[1]
        self._planes = -1, kernels.channels[1], rows * columns
        self.values = np.array(kernels.weights, dtype=dtype)

    def assign(self, values: Any) -> None:
        """Take over other values."""
        self.values[:] = values

    def _by_element(self) -> np.ndarray:
        """Return weights as (pre channel, element, post channel)."""
        channels = self.values.shape[:2]
        return np.ascontiguousarray(self.values.reshape(*channels, -1).swapaxes(1, 2))

    def add(self, spikes: np.ndarray, scale: Any, target: np.ndarray) -> None:
        """Add the effect of units that spiked to the places that see them."""
        scales, planes = _for_each(scale, spikes, target), target.reshape(self._planes)
        if self._apart:
            add_apart(spikes, self.values.item(), *self._ways[:2], scales, planes)
        else:
            add_kernels(spikes, self._by_element(), *self._ways, scales, planes)

    def sum_into(self, values: np.ndarray, target: np.ndarray) -> None:
        """Add up what every place sees."""
        values, planes = np.ascontiguousarray(values), target.reshape(self._planes)
        if self._apart:
            sum_apart(values, self.values.item(), *self._ways[:2], planes)
        else:
            sum_kernels(values, self._by_element(), *self._ways, planes)


def shared_weights(wiring: np.ndarray | Rows | Kernels, mask: np.ndarray | None, dtype: Any) -> SharedWeights:
    """Return the weights of a projection, as they are stored."""
    if isinstance(wiring, Rows):
        return RowWeights(wiring, dtype)
    return KernelWeights(wiring, dtype) if isinstance(wiring, Kernels) else MatrixWeights(wiring, mask, dtype)


def _for_each(scale: Any, spikes: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return a factor for each spike."""
    return scale if np.ndim(scale) else np.full(len(spikes), scale, target.dtype)
