"""How many synapses every unit has, and how many of them have a weight that is not 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from brainlearn.circuit.kernels import Kernels
from brainlearn.circuit.rows import Rows


@dataclass(frozen=True)
class Fan:
    """The synapses of a projection, counted by unit.

    Parameters
    ----------
    outgoing : (pre,) array
        Synapses of every source unit.
    incoming : (post,) array
        Synapses onto every target unit.
    nonzero : (pre,) array
        Synapses of every source unit whose weight is not 0.
    listed : bool
        Whether they are stored by synapse.
    shared : int
        Weights that all places of a sheet share; 0 if every synapse has its own.
    """

    outgoing: np.ndarray
    incoming: np.ndarray
    nonzero: np.ndarray
    listed: bool
    shared: int = 0

    @property
    def pairs(self) -> float:
        """Source units times target units; of a convolution its synapses, as in NeuroBench."""
        return self.synapses if self.shared else float(len(self.outgoing) * len(self.incoming))

    @property
    def numbers(self) -> float:
        """How many weights are stored."""
        return float(self.shared) or (self.synapses if self.listed else self.pairs)

    @property
    def written(self) -> float:
        """How many weights are written if all change: as many as there are synapses, if none are shared."""
        return float(self.shared) or self.synapses

    @property
    def synapses(self) -> float:
        """How many there are."""
        return float(self.outgoing.sum())


def fan_of(weights: np.ndarray, mask: np.ndarray | None, stored: Rows | Kernels | None) -> Fan:
    """Count the synapses of a projection.

    Parameters
    ----------
    weights : (pre, post) or (synapse,) array, or that of kernels
    mask : (pre, post) bool array, optional
        Where synapses are; None: everywhere, or there is no matrix.
    stored : Rows or Kernels, optional
        If they are listed, or places of a sheet share weights.
    """
    if isinstance(stored, Kernels):
        return _of_kernels(weights, stored)
    if stored is not None:
        pres, posts = stored.shape
        outgoing = np.diff(stored.starts)
        incoming = np.bincount(stored.posts, minlength=posts)
        return Fan(outgoing, incoming, np.bincount(stored.pres[weights != 0], minlength=pres), listed=True)
    pres, posts = weights.shape
    there = weights != 0 if mask is None else (weights != 0) & mask
    outgoing = np.full(pres, posts) if mask is None else np.count_nonzero(mask, axis=1)
    incoming = np.full(posts, pres) if mask is None else np.count_nonzero(mask, axis=0)
    return Fan(outgoing, incoming, np.count_nonzero(there, axis=1), listed=False)


def _of_kernels(weights: np.ndarray, kernels: Kernels) -> Fan:
    ways, (channels, others) = kernels.ways, kernels.channels
    reached, heard = np.diff(ways.starts), np.bincount(ways.ends, minlength=kernels.shape[1] // others)
    if kernels.apart:
        outgoing = np.tile(reached, channels)
        nonzero = outgoing * (weights.item() != 0)
        return Fan(outgoing, np.tile(heard, others), nonzero, listed=False, shared=weights.size)
    elements = weights.shape[2] * weights.shape[3]
    places = np.repeat(np.arange(len(reached)), reached)
    by_element = np.bincount(places * elements + ways.elements, minlength=len(reached) * elements)
    there = np.count_nonzero(weights.reshape(channels, others, elements), axis=1)  # (pre channel, element)
    nonzero = there @ by_element.reshape(len(reached), elements).T  # (pre channel, place)
    outgoing, incoming = np.tile(reached * others, channels), np.tile(heard * channels, others)
    return Fan(outgoing, incoming, nonzero.reshape(-1), listed=False, shared=weights.size)
