"""How many synapses every unit has, and how many of them have a weight that is not 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
    """

    outgoing: np.ndarray
    incoming: np.ndarray
    nonzero: np.ndarray
    listed: bool

    @property
    def pairs(self) -> float:
        """Source units times target units."""
        return float(len(self.outgoing) * len(self.incoming))

    @property
    def synapses(self) -> float:
        """How many there are."""
        return float(self.outgoing.sum())


def fan_of(weights: np.ndarray, mask: np.ndarray | None, rows: Rows | None) -> Fan:
    """Count the synapses of a projection.

    Parameters
    ----------
    weights : (pre, post) or (synapse,) array
    mask : (pre, post) bool array, optional
        Where synapses are; None: everywhere, or they are listed.
    rows : Rows, optional
        If they are listed.
    """
    if rows is not None:
        pres, posts = rows.shape
        outgoing = np.diff(rows.starts)
        incoming = np.bincount(rows.posts, minlength=posts)
        return Fan(outgoing, incoming, np.bincount(rows.pres[weights != 0], minlength=pres), listed=True)
    pres, posts = weights.shape
    there = weights != 0 if mask is None else (weights != 0) & mask
    outgoing = np.full(pres, posts) if mask is None else np.count_nonzero(mask, axis=1)
    incoming = np.full(posts, pres) if mask is None else np.count_nonzero(mask, axis=0)
    return Fan(outgoing, incoming, np.count_nonzero(there, axis=1), listed=False)
