"""The terms of a rule that act on spikes, where every synapse has a delay of its own."""

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
from brainlearn.brian.learning.unit_synapses import UnitSynapses
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
    """

    def __init__(self, terms: Sequence[Term], sides: Sides, synapses: Any, delays: np.ndarray, local: bool) -> None:
        self.terms, self.sides, self._local = terms, sides, local
        self._source, self._rows = sides.pre.population, synapses.rows
        self._now, self._silent = UnitNow(sides.pre), UnitNow(sides.pre, silent=True)
        self._past = SpreadPast(self._rows, delays, len(terms))
        self._spikes = SpreadSpikes(self._rows, delays)
        self._of_post = UnitSynapses(self._rows.posts, sides.shape[1]) if terms else None
        self._sum = SpikeSum(sides.weights, None, self._rows)
        self._arrived: Places = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))

    def before_spikes(self) -> None:
        """Take in what presynaptic units send in this step, and see which synapses are reached in it."""
        for k, term in enumerate(self.terms):
            self._past.take_in(k, self._pre_side(term, self._now), partial(self._pre_side, term, self._silent))
        self._arrived = self._spikes.exchange(self._source.spikes())

    def _pre_side(self, term: Term, now: Values) -> np.ndarray:
        return self.sides.filled(self.sides.of_pre(term.pre, now), (self._source.copies, self.sides.shape[0]))

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
            value = self._past.at(k, (copies, synapses)) * post[copies, self._rows.posts[synapses]]
            if term.weight is not None:
                value = value * self.sides.of_weight(term, self.sides.weights[synapses])
            if term.synapse is not None:
                assert self.sides.states is not None
                value = value * self.sides.states.evaluate(term.synapse, (copies, synapses))
            self._sum.add_at(synapses, np.asarray(value, dtype=self.sides.weights.dtype))
        if not terms:
            return None
        return self._sum if self._local else self._sum.take()

    def _spiked(self, now: PopulationNow) -> Places:
        """Return the synapses of all postsynaptic units that spike in this step."""
        assert self._of_post is not None
        copies, units = np.divmod(now.population.spikes(), self.sides.shape[1])
        synapses, lengths = self._of_post.of(units)
        return np.repeat(copies, lengths), synapses

    def clear(self) -> None:
        """Forget what is under way."""
        self._past.clear()
        self._spikes.clear()

    def state(self) -> Arrays:
        """Return what is under way."""
        return under("spread", self._past.state() | self._spikes.state()) if self.terms else {}

    def restore(self, saved: Arrays) -> None:
        """Put under way what `state` returned."""
        if self.terms:
            self._past.restore(below("spread", saved))
            self._spikes.restore(below("spread", saved), self._source.group.N)


def _in_copies(places: Places, taking_part: np.ndarray) -> Places:
    """Return the events of copies that take part."""
    if taking_part.all():
        return places
    chosen = taking_part[places[0]]
    return places[0][chosen], places[1][chosen]
