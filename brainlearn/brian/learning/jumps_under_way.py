"""Spikes on their way to states of synapses, and what they bring of their units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from brainlearn.brian.delay_line import DelayLine, Volley
from brainlearn.brian.learning.arriving import Arriving
from brainlearn.brian.learning.population_values import PopulationValues, UnitNow
from brainlearn.brian.learning.spread_past import Places, SpreadPast, SpreadSpikes
from brainlearn.brian.learning.state_equations import SpikeJump
from brainlearn.brian.learning.unit_synapses import UnitSynapses
from brainlearn.brian.spikes_of_copies import forget_copies
from brainlearn.circuit.rows import Rows
from brainlearn.saved_state import Arrays

Reached = tuple[Places, dict[str, np.ndarray]]
"""Synapses that a spike sets in this step, and what each sees of its presynaptic unit, (event,), by name."""


class UnitsNow:
    """What states read of the units of one side, as they are in this step.

    Parameters
    ----------
    values : PopulationValues
    size : int
        Units of a copy.
    dtype : numpy type

    Attributes
    ----------
    shape : (int, int)
        Copies and units.
    """

    def __init__(self, values: PopulationValues, size: int, dtype: Any) -> None:
        self.population, self.dtype = values.population, dtype
        self._now, self._silent = UnitNow(values), UnitNow(values, silent=True)
        self.shape = values.population.copies, size

    def value(self, name: str, silent: bool = False) -> np.ndarray:
        """Return a variable, (copy, unit); `silent`: as if no unit spiked."""
        found = np.asarray((self._silent if silent else self._now)[name], dtype=self.dtype)
        return np.broadcast_to(found, self.shape)

    def spikes(self) -> np.ndarray:
        """Return the spikes of this step, ``copy * units + unit``."""
        return self.population.spikes()

    def places(self, spikes: np.ndarray, synapses: UnitSynapses) -> tuple[Places, np.ndarray]:
        """Return the synapses of units that spiked, and how many each spike has."""
        copies, units = np.divmod(spikes, self.shape[1])
        found, lengths = synapses.of(units)
        return (np.repeat(copies, lengths), found), lengths


class JumpUnderWay(Protocol):
    """A jump of a state, and all that is on its way to it."""

    jump: SpikeJump

    def reached(self) -> Reached:
        """Take in what happens in this step, and return what is set in it."""

    def clear(self) -> None:
        """Discard what is in transit."""

    def restart(self, copies: np.ndarray) -> None:
        """Discard what is in transit in some copies, (copy,) bool."""

    def state(self) -> Arrays:
        """Return what is in transit."""

    def restore(self, saved: Arrays, dtype: Any) -> None:
        """Restore what `state` returned."""


class JumpOfOneDelay:
    """A jump of states whose synapses all have one delay.

    Parameters
    ----------
    jump : SpikeJump
    units : mapping of str to UnitsNow
        By side.
    of : mapping of str to UnitSynapses
        By side.
    pres : (synapse,) array of int
    delay : int
        In steps.
    """

    def __init__(
        self,
        jump: SpikeJump,
        units: Mapping[str, UnitsNow],
        of: Mapping[str, UnitSynapses],
        pres: np.ndarray,
        delay: int,
    ) -> None:
        self.jump, self._names = jump, jump.read("pre")
        self._units, self._of, self._pres = units, of, pres
        self._line = DelayLine(delay + jump.steps, len(self._names))
        pre = units["pre"]
        self._arriving = Arriving(delay, range(len(self._names)), pre.shape, pre.dtype)

    def reached(self) -> Reached:
        """Take in what happens in this step, and return what is set in it."""
        pre, post = self._units["pre"], self._units["post"]
        if self.jump.side == "pre":
            sent = pre.spikes()
            volley = self._line.exchange(Volley(sent, [pre.value(name).reshape(-1)[sent] for name in self._names]))
            spikes = np.asarray(volley.spikes)
            places, lengths = pre.places(spikes, self._of["pre"])
            brought = zip(self._names, (np.broadcast_to(each, spikes.shape) for each in volley.factors), strict=True)
            return places, {f"{name}_pre": np.repeat(value, lengths) for name, value in brought}
        arrived = self._arrived()
        places, _ = post.places(post.spikes(), self._of["post"])
        at = places[0], self._pres[places[1]]
        return places, {f"{name}_pre": value[at] for name, value in arrived.items()}

    def _arrived(self) -> dict[str, np.ndarray]:
        """Return variables of presynaptic units as they arrive in this step, (copy, pre), by name."""
        names, value = self._names, self._units["pre"].value
        if not self._arriving.steps:
            return {name: value(name) for name in names}
        found = self._arriving.exchange(lambda k: value(names[k]), lambda k: value(names[k], silent=True))
        return {name: found[k] for k, name in enumerate(names)}

    def clear(self) -> None:
        """Discard what is in transit."""
        self._line.clear()
        self._arriving.clear()

    def restart(self, copies: np.ndarray) -> None:
        """Discard what is in transit in some copies, (copy,) bool."""
        pre = self._units["pre"]
        if self._line.steps:
            forget_copies(self._line, copies, pre.shape[1], pre.population.group.N, pre.dtype)
        self._arriving.restart(copies, lambda k: pre.value(self._names[k], silent=True))

    def state(self) -> Arrays:
        """Return what is in transit."""
        return self._line.state() if self.jump.side == "pre" else self._arriving.state()

    def restore(self, saved: Arrays, dtype: Any) -> None:
        """Restore what `state` returned."""
        if self.jump.side == "pre":
            self._line.restore(saved, self._units["pre"].population.group.N, dtype)
        else:
            self._arriving.restore(saved)


class SpreadJump:
    """A jump of states whose synapses have their own delays.

    Parameters
    ----------
    jump : SpikeJump
    units, of
        As for `JumpOfOneDelay`.
    rows : Rows
    delays : (synapse,) array
        In steps, ascending within a row.
    """

    def __init__(
        self,
        jump: SpikeJump,
        units: Mapping[str, UnitsNow],
        of: Mapping[str, UnitSynapses],
        rows: Rows,
        delays: np.ndarray,
    ) -> None:
        self.jump, self._names = jump, jump.read("pre")
        self._units, self._of = units, of
        self._spikes = SpreadSpikes(rows, delays, jump.steps)
        pre = units["pre"]
        self._past = SpreadPast(rows, delays, range(len(self._names)), pre.shape, pre.dtype, jump.steps)

    def reached(self) -> Reached:
        """Take in what happens in this step, and return what is set in it."""
        pre, post = self._units["pre"], self._units["post"]
        names, value, spikes = self._names, pre.value, pre.spikes()
        self._past.take_in(lambda k: value(names[k]), lambda k: value(names[k], silent=True), spikes)
        if self.jump.side == "pre":
            places = self._spikes.exchange(spikes)
        else:
            places, _ = post.places(post.spikes(), self._of["post"])
        return places, {f"{name}_pre": self._past.at(k, places) for k, name in enumerate(self._names)}

    def clear(self) -> None:
        """Discard what is in transit."""
        self._spikes.clear()
        self._past.clear()

    def restart(self, copies: np.ndarray) -> None:
        """Discard what is in transit in some copies, (copy,) bool."""
        pre = self._units["pre"]
        forget_copies(self._spikes, copies, pre.shape[1], pre.population.group.N)
        self._past.restart(copies, lambda k: pre.value(self._names[k], silent=True))

    def state(self) -> Arrays:
        """Return what is in transit."""
        return self._past.state() | (self._spikes.state() if self.jump.side == "pre" else {})

    def restore(self, saved: Arrays, dtype: Any) -> None:
        """Restore what `state` returned."""
        self._past.restore(saved, {})
        if self.jump.side == "pre":
            self._spikes.restore(saved, self._units["pre"].population.group.N)
