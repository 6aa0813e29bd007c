"""The synapses of a sparse projection as a list: learning computes nothing for pairs that are not connected.

A level of 16 × 16 × 3 units that each see 11 × 11 places of a colour image of 32 × 32 has a tenth of all synapses. One
change by 200 copies takes 6 ms at these, with Adam, and 16 ms for the whole matrix (``python -m benchmarks.masks``).
What is carried forward, `SharedSynapses` leaves to the whole matrix: 13 ms for 300 copies, and 15 ms with a sparse one.
"""

from __future__ import annotations

import numpy as np

from brainlearn.circuit.connecting import SPARSE_BELOW
from brainlearn.circuit.rows import Rows
from brainlearn.compiled_loop import compiled_loop


@compiled_loop(nogil=True, fastmath=True)
def _add_products(a, b, pre, post, total):  # type: ignore[no-untyped-def]
    """Add to ``total[k]`` the sum over copies of ``a[pre[k]] * b[post[k]]``; `a` and `b` are (unit, copy)."""
    for k in range(pre.shape[0]):
        x = a[pre[k]]
        y = b[post[k]]
        s = x[0] * y[0]
        for c in range(1, x.shape[0]):
            s += x[c] * y[c]
        total[k] += s


@compiled_loop(nogil=True, fastmath=True)
def _add_products_of_rows(a, b, starts, post, total):  # type: ignore[no-untyped-def]
    """Do what `_add_products` does, for synapses row by row."""
    for u in range(starts.shape[0] - 1):
        x = a[u]
        for k in range(starts[u], starts[u + 1]):
            y = b[post[k]]
            s = x[0] * y[0]
            for c in range(1, x.shape[0]):
                s += x[c] * y[c]
            total[k] += s


class SynapseList:
    """The synapses of a projection, row by row, and where their values are in arrays of weights.

    Parameters
    ----------
    pre, post : (synapse,) array of int32
        Units that each joins.
    flat : (synapse,) array of int, or slice
        Their places in the flattened array.
    """

    def __init__(self, pre: np.ndarray, post: np.ndarray, flat: np.ndarray | slice) -> None:
        self._pre, self.post, self._flat = pre, post, flat

    @property
    def pre(self) -> np.ndarray:
        """(synapse,) array of int32 : Presynaptic units."""
        return self._pre

    def products(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return ``a.T @ b`` at the synapses, (1, synapse), for (copy, pre) and (copy, post) arrays."""
        total = np.zeros((1, len(self.post)), dtype=a.dtype)
        self.add_products(a, b, total)
        return total

    def add_products(self, a: np.ndarray, b: np.ndarray, total: np.ndarray) -> None:
        """Add to `total` what `products` returns."""
        if len(a):
            self._add(np.ascontiguousarray(a.T), np.ascontiguousarray(b.T), total[0])

    def _add(self, a: np.ndarray, b: np.ndarray, total: np.ndarray) -> None:
        _add_products(a, b, self.pre, self.post, total)

    def take(self, values: np.ndarray) -> np.ndarray:
        """Return the values of a (pre, post) or (synapse,) array at the synapses, (1, synapse); perhaps a view."""
        return values.reshape(-1)[self._flat][None]

    def put(self, array: np.ndarray, values: np.ndarray) -> None:
        """Write (1, synapse) `values` into a contiguous (pre, post) or (synapse,) array."""
        array.reshape(-1)[self._flat] = values[0]


def list_of_mask(mask: np.ndarray) -> SynapseList:
    """Return the connected pairs of a (pre, post) bool `mask`."""
    pre, post = np.nonzero(mask)
    return SynapseList(pre.astype(np.int32), post.astype(np.int32), np.flatnonzero(mask))


class _ListOfRows(SynapseList):
    """Synapses that are listed already; who never asks for their presynaptic units needs no memory for them."""

    def __init__(self, rows: Rows) -> None:
        self._rows, self.post, self._flat = rows, rows.posts, slice(None)

    @property
    def pre(self) -> np.ndarray:
        """(synapse,) array of int32 : Presynaptic units."""
        return self._rows.pres

    def _add(self, a: np.ndarray, b: np.ndarray, total: np.ndarray) -> None:
        _add_products_of_rows(a, b, self._rows.starts, self.post, total)


def list_of_rows(rows: Rows) -> SynapseList:
    """Return synapses that are listed already: their values are (synapse,) arrays."""
    return _ListOfRows(rows)


def synapse_list(mask: np.ndarray | None) -> SynapseList | None:
    """Return the list of synapses if there are so few of them that it pays; None if the whole matrix is faster."""
    return None if mask is None or mask.mean() >= SPARSE_BELOW else list_of_mask(mask)
