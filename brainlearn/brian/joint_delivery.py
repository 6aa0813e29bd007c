"""Many projections whose synapses have their own delays, carried by one compiled loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np
from brian2 import BrianObject

from brainlearn.brian.shared_synapses import SharedSynapses
from brainlearn.brian.spread_line import SpreadLine
from brainlearn.brian.stretch.part import Part

FEWEST = 4  # projections for which the loop is worth compiling


class JointDelivery(BrianObject):
    """Does what the projections would do one after the other, with the same sums in the same order.

    Between the loops of many small projections NumPy and Python take most of the time. The projections themselves are
    not run any more; what is in transit stays theirs, and so do their weights.

    Parameters
    ----------
    projections : sequence of SharedSynapses
        For all of which `joinable` is true, of the same types, in the order in which they would run.
    """

    add_to_magic_network = False

    def __init__(self, projections: Sequence[SharedSynapses]) -> None:
        first = projections[0]
        super().__init__(clock=first.clock, when=first.when, order=first.order, name=f"{first.name}_joint*")
        self._projections = tuple(projections)
        for each in projections:
            each.active = False

    def before_run(self, run_namespace: Mapping[str, Any] | None = None) -> None:
        """Look where the arrays are (called by `Network.run`)."""
        from brainlearn.brian.joint_loop import deliver

        self._deliver = deliver
        self._lines = [_line(each) for each in self._projections]
        self._spaces = [each.source.variables["_spikespace"].get_value() for each in self._projections]
        self._table = np.array([self._row(k) for k in range(len(self._lines))], dtype=np.int64)
        weights, delays = self._lines[0].ends[2:4]
        assert delays is not None
        self._scales = np.array([[each.constant_factor] for each in self._projections], dtype=np.float64)
        self._types = weights[:0], delays[:0]
        super().before_run(run_namespace)

    def _row(self, number: int) -> list[int]:
        """Return what the loop receives of a projection, in the order of its columns."""
        line, space = self._lines[number], self._spaces[number]
        starts, posts, weights, delays, (target,) = line.ends
        assert delays is not None  # as all that is spread
        arrays = (space, starts, posts, weights, delays, target, line.flights, line.factors, line.place)
        sizes = (line.flights.shape[1], len(space) - 1, len(starts) - 1, target.shape[1])
        return [*(each.ctypes.data for each in arrays), *sizes]

    def run(self) -> None:
        """Deliver the spikes of this step."""
        first = 0
        while (first := self._deliver(self._table, self._scales, first, *self._types)) >= 0:
            self._make_room(first)
            self._table[first] = self._row(first)

    def _make_room(self, number: int) -> None:
        self._lines[number].make_room(int(self._spaces[number][-1]))

    def parts(self) -> list[Part]:
        """Return its part of a step, by projection."""
        from brainlearn.brian.joint_loop import carry_one

        return [
            Part(
                carry_one,
                partial(self._row, k),
                (float(self._scales[k, 0]),),
                self._types,
                partial(self._make_room, k),
            )
            for k in range(len(self._lines))
        ]


def joinable(synapses: SharedSynapses) -> bool:
    """Return whether a projection may be carried together with others.

    Its synapses have their own delays, and add the weight times a constant to one variable, which refractory units
    take like all others.
    """
    alone = isinstance(synapses.spread, SpreadLine)
    return alone and synapses.constant_factor is not None and not synapses.guarded


def joined(projections: Iterable[Any]) -> Iterator[JointDelivery]:
    """Yield what carries neighbours among projections together; the order of all sums stays."""
    for key, group in groupby(projections, key=_types):
        alike = list(group)
        if key is not None and len(alike) >= FEWEST:
            yield JointDelivery(alike)


def _types(synapses: Any) -> tuple[Any, ...] | None:
    """Return what projections must share to be carried together; None for one that cannot be."""
    if not isinstance(synapses, SharedSynapses) or not joinable(synapses):
        return None
    _, _, weights, delays, (target,) = _line(synapses).ends
    assert delays is not None
    return (weights.dtype, delays.dtype, target.dtype) if weights.dtype == target.dtype else None


def _line(synapses: SharedSynapses) -> SpreadLine:
    assert isinstance(synapses.spread, SpreadLine)
    return synapses.spread
