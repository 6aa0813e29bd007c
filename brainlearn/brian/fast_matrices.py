"""Fast weights: a second matrix in every copy, which decays and grows with the activity at both ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from brainlearn.brian.populations import GAIN, PopulationGroup
from brainlearn.brian.share import Share
from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.fast_weights import FastWeights
from brainlearn.compiled_loop import compiled_loop
from brainlearn.saved_state import Arrays, put_back


class FastMatrices:
    """The fast weights of one projection.

    In every step what arrives is first transmitted by the fast weights A as they are; then
    ``A = kept*A + growth*arriving*post`` with the postsynaptic activity as the step began. So A holds the past, and
    not what it is asked with.

    Source: Ba, Hinton, Mnih, Leibo & Ionescu 2016, arXiv 1610.06258, equation 1.

    Parameters
    ----------
    table : FastWeights
    dt : float
        Time step [s].
    post : callable
        Returns what the target passes on, (copy, post).
    mask : (pre, post) bool array
        Which pairs are connected.
    share : Share
        Which of the copies this process holds.
    copies : int
        Copies of all processes.
    dtype : numpy type

    Attributes
    ----------
    values : (copy, pre, post) array
        The fast weights [1]; of one copy, if all share them.
    """

    def __init__(
        self,
        table: FastWeights,
        dt: float,
        post: Callable[[], np.ndarray],
        mask: np.ndarray,
        share: Share,
        copies: int,
        dtype: Any,
    ) -> None:
        self._post, self._mask, self._share, self._copies = post, mask, share, copies
        self._kept, self._growth, self._shared = table.kept(dt), table.growth(dt), table.shared
        here = 1 if table.shared else len(share.own(np.arange(copies)))
        self.values = np.zeros((here, *mask.shape), dtype=dtype)

    def transmit(self, arriving: np.ndarray, target: np.ndarray) -> None:
        """Add to `target`, (copy, post), what `arriving`, (copy, pre), brings by the fast weights, and change them."""
        post = self._post()
        if not self._shared:
            _transmit_and_change(arriving, post, self._mask, self._kept, self._growth, self.values, target)
            return
        target += arriving @ self.values[0]
        change = self._share.total(arriving.T @ post) / self._copies
        self.values[0] = self._kept * self.values[0] + self._growth * change * self._mask

    def clear(self) -> None:
        """Forget everything."""
        self.values.fill(0)

    def restart(self, copies: np.ndarray) -> None:
        """Let some copies, (copy,) bool, forget everything, unless all share what they hold."""
        if not self._shared:
            self.values[copies] = 0

    def state(self) -> Arrays:
        """Return the fast weights; a view."""
        return {"values": self.values}

    def restore(self, saved: Arrays) -> None:
        """Put back what `state` returned; ForeignState if it is that of other synapses."""
        put_back(self.values, "values", saved)


def fast_matrices(
    circuit: Circuit,
    projection: Projection,
    target: PopulationGroup,
    mask: np.ndarray | None,
    share: Share,
    copies: int,
) -> FastMatrices:
    """Return the fast weights of a projection that has some; `mask` is None if all pairs are connected."""
    assert projection.fast_weights is not None
    shape = circuit.population(projection.source).size, target.population.size
    activity = target.array(target.model.output)
    gain = target.array(GAIN) if target.population.scaled else None
    return FastMatrices(
        projection.fast_weights,
        circuit.dt.value,
        lambda: activity if gain is None else activity * gain,
        np.ones(shape, dtype=bool) if mask is None else mask,
        share,
        copies,
        activity.dtype,
    )


@compiled_loop(nogil=True)
def _transmit_and_change(arriving, post, mask, kept, growth, values, target):  # type: ignore[no-untyped-def]
    """Go once through the fast weights of all copies: nothing of their size is made."""
    for copy in range(values.shape[0]):
        for pre in range(values.shape[1]):
            sent = arriving[copy, pre]
            by = growth * sent
            for unit in range(values.shape[2]):
                weight = values[copy, pre, unit]
                target[copy, unit] += sent * weight
                values[copy, pre, unit] = kept * weight + (by * post[copy, unit] if mask[pre, unit] else 0.0)
