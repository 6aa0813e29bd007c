"""The weights of kernels as a list: what a rule proposes is summed over the places that share a weight."""

from __future__ import annotations

from typing import Any

import numpy as np

from brainlearn.brian.learning.synapse_list import SynapseList, list_of_rows
from brainlearn.circuit.kernels import Kernels

AT_ONCE = 4_000_000  # numbers in the windows of some copies


def weight_list(synapses: Any) -> SynapseList | None:
    """Return the weights of synapses as a list; None if they are a matrix of all pairs."""
    if synapses.kernels is not None:
        return KernelList(synapses.kernels)
    return None if synapses.rows is None else list_of_rows(synapses.rows)


class KernelList(SynapseList):
    """The weights of a convolution, one after the other.

    Parameters
    ----------
    kernels : Kernels
        Whose channels do not stay apart.
    """

    def __init__(self, kernels: Kernels) -> None:
        self._kernels, self._flat = kernels, slice(None)
        self.post = kernels.posts

    @property
    def pre(self) -> np.ndarray:
        """Nothing: a weight is that of many units."""
        raise NotImplementedError("weights of kernels have no presynaptic units of their own")

    def add_products(self, a: np.ndarray, b: np.ndarray, total: np.ndarray) -> None:
        """Add to `total` what `products` returns."""
        total += self.products(a, b)

    def products(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return the sum over copies and places of ``a * b`` at the weights, (1, weight).

        Parameters
        ----------
        a, b : (copy, pre) and (copy, post) array
        """
        kernels, (channels, others) = self._kernels, self._kernels.channels
        rows, columns = kernels.windows.kernel
        total = np.zeros((others, channels * rows * columns), dtype=a.dtype)
        step = max(AT_ONCE // (total.shape[1] * max(b.shape[1] // others, 1)), 1)
        for first in range(0, len(a), step):
            seen = windows_seen(a[first : first + step], kernels)  # (element, copy and place)
            post = b[first : first + step].reshape(-1, others, seen.shape[1] // len(a[first : first + step]))
            total += post.swapaxes(0, 1).reshape(others, -1) @ seen.T
        by_weight = total.reshape(others, channels, rows, columns).swapaxes(0, 1)
        return np.ascontiguousarray(by_weight).reshape(1, -1)


def windows_seen(values: np.ndarray, kernels: Kernels) -> np.ndarray:
    """Return what is seen in every window, element by element.

    Parameters
    ----------
    values : (copy, pre) array
    kernels : Kernels
        Whose windows are on the source.

    Returns
    -------
    (channel * kernel row * kernel column, copy * place) array
    """
    windows, channels = kernels.windows, kernels.channels[0]
    (rows, columns), (up, left) = windows.seen, windows.padding
    sheets = values.reshape(-1, channels, rows, columns)
    padded = np.pad(sheets, ((0, 0), (0, 0), (up, up), (left, left)))
    views: np.ndarray = np.lib.stride_tricks.sliding_window_view(padded, windows.kernel, (2, 3))  # type: ignore[call-overload]
    views = views[:, :, :: windows.stride[0], :: windows.stride[1]]  # (copy, channel, row, column, element row, column)
    return views.transpose(1, 4, 5, 0, 2, 3).reshape(channels * windows.kernel[0] * windows.kernel[1], -1)
