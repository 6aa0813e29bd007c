"""The terms of a rule that act on spikes, where every synapse has its own delay."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from brainlearn.brian.learning.population_values import UnitNow, Values
from brainlearn.brian.learning.sides import Sides
from brainlearn.brian.learning.spike_sum import SpikeSum
from brainlearn.brian.learning.spike_terms import SpikeChange
from brainlearn.brian.learning.spread_past import Places, SpreadPast, SpreadSpikes
from brainlearn.brian.learning.steps import PopulationNow
from brainlearn.brian.learning.term import Term
from brainlearn.brian.learning.unit_synapses import synapses_of
from brainlearn.brian.spikes_of_copies import forget_copies
from brainlearn.saved_state import Arrays, below, under


class SpreadTerms:
    """Terms on spikes that reach one synapse after the other.

    Each synapse sees its presynaptic unit as late as its delay: when a spike arrives there, and when the postsynaptic
    unit spikes.

    Parameters
    ----------
    terms : sequence of Term
    sides : Sides
    synapses : SharedSynapses
        Listed.
    delays : (synapse,) array
        In steps, ascending within a row.
    local : bool
        Whether what becomes of the changes deals with every weight alone.

    Attributes
    ----------
    past : SpreadPast
    spikes : SpreadSpikes
    sum : SpikeSum
    """

    def __init__(self, terms: Sequence[Term], sides: Sides, synapses: Any, delays: np.ndarray, local: bool) -> None:
        self.terms, self.sides, self.local = terms, sides, local
        self._source, self._rows = sides.pre.population, synapses.rows
        self._now, self._silent = UnitNow(sides.pre), UnitNow(sides.pre, silent=True)
        differing = [k for k, term in enumerate(terms) if not sides.fixed(term.pre)]
        shape = self._source.copies, sides.shape[0]
        self.past = SpreadPast(self._rows, delays, differing, shape, sides.weights.dtype)
        self.spikes = SpreadSpikes(self._rows, delays)
        self.delays, self.sum = delays, SpikeSum(sides.weights, None, self._rows)
        self._arrived: Places = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))

    def before_spikes(self) -> None:
        """Take in what presynaptic units send in this step, and see which synapses are reached in it."""
        sent = self._source.spikes()
        self.past.take_in(partial(self._pre_side, self._now), partial(self._pre_side, self._silent), sent)
        self._arrived = self.spikes.exchange(sent)

    def _pre_side(self, now: Values, k: int) -> np.ndarray:
        shape = self._source.copies, self.sides.shape[0]
        return self.sides.filled(self.sides.of_pre(self.terms[k].pre, now), shape)

    def _seen(self, k: int, places: Places) -> Any:
        """Return the presynaptic side of a term as synapses see it in this step, (event,) or one for all."""
        pre = self.terms[k].pre
        if self.sides.fixed(pre):
            return self.sides.weights.dtype.type(self.sides.of_pre(pre, self._now))
        return self.past.at(k, places)

    def change(self, now: PopulationNow, taking_part: np.ndarray) -> SpikeChange | None:
        """Return what the terms for the spikes of this step propose, or None if none reaches a synapse.

        Parameters
        ----------
        now : PopulationNow
            What postsynaptic text is in this step.
        taking_part : (copy,) bool array
        """
        events = {"pre_spike": self._arrived, "post_spike": self._spiked(now)}
        events = {when: _in_copies(places, taking_part) for when, places in events.items()}
        terms = [(k, term) for k, term in enumerate(self.terms) if len(events[term.when][0])]
        for k, term in terms:
            copies, synapses = events[term.when]
            post = self.sides.filled(now.value(term.post), (len(taking_part), self.sides.shape[1]))
            value = self._seen(k, (copies, synapses)) * post[copies, self._rows.posts[synapses]]
            if term.weight is not None:
                value = value * self.sides.of_weight(term, self.sides.weights[synapses])
            if term.synapse is not None:
                assert self.sides.states is not None
                value = value * self.sides.states.evaluate(term.synapse, (copies, synapses))
            self.sum.add_at(synapses, np.asarray(value, dtype=self.sides.weights.dtype))
        if not terms:
            return None
        return self.sum if self.local else self.sum.take()

    def _spiked(self, now: PopulationNow) -> Places:
        """Return the synapses of all postsynaptic units that spike in this step."""
        copies, units = np.divmod(now.population.spikes(), self.sides.shape[1])
        synapses, lengths = synapses_of(units, self.sum.columns.starts, self.sum.columns.flat)
        return np.repeat(copies, lengths), synapses

    def clear(self) -> None:
        """Discard what is in transit."""
        self.past.clear()
        self.spikes.clear()

    def restart(self, copies: np.ndarray) -> None:
        """Discard what is in transit in some copies, (copy,) bool."""
        self.past.restart(copies, partial(self._pre_side, self._silent))
        forget_copies(self.spikes, copies, self.sides.shape[0], self._source.group.N)

    def state(self) -> Arrays:
        """Return what is in transit."""
        return under("spread", self.past.state() | self.spikes.state()) if self.terms else {}

    def restore(self, saved: Arrays) -> None:
        """Restore what `state` returned."""
        if self.terms:
            own = below("spread", saved)
            self.spikes.restore(own, self._source.group.N)
            self.past.restore(own, own)


def _in_copies(places: Places, taking_part: np.ndarray) -> Places:
    """Return the events of copies that take part."""
    if taking_part.all():
        return places
    chosen = taking_part[places[0]]
    return places[0][chosen], places[1][chosen]
