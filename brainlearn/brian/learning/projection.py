"""What one projection proposes by its rule, and the chain that turns proposals into weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from brainlearn.brian.learning.neuromodulation import Neuromodulation
from brainlearn.brian.learning.population_values import PopulationValues, UnitNow
from brainlearn.brian.learning.sides import Sides
from brainlearn.brian.learning.spike_sum import SpikeSum, bound_all
from brainlearn.brian.learning.spike_terms import OnSpikes, SpikeChange, SpikeTerms
from brainlearn.brian.learning.spread_past import spread_delays
from brainlearn.brian.learning.spread_terms import SpreadTerms
from brainlearn.brian.learning.steps import Gathered, PopulationNow
from brainlearn.brian.learning.synapse_list import SynapseList, synapse_list
from brainlearn.brian.learning.synaptic_states import SynapticStates
from brainlearn.brian.learning.term import Term
from brainlearn.rules.rule import CONTINUOUS, ON_SPIKES, Rule
from brainlearn.rules.updates import Normalise, Update, past, put_past_back
from brainlearn.saved_state import Arrays, below, under


class ProjectionLearning:
    """What one projection proposes, and the chain that turns proposals into weights.

    Parameters
    ----------
    rule : Rule
    pre : PopulationValues
    post : Neuromodulation
    synapses : SharedSynapses or StockSynapses
        Its weights are changed in place.
    updates : sequence of Update
    steps : Gathered, optional
        What adds up the terms that act in every step.
    states : SynapticStates, optional
        States of the synapses that terms read.

    Attributes
    ----------
    on_spikes : OnSpikes
        The terms that act on spikes.
    bounded : bool
        Whether all weights were brought within their bounds.
    """

    listed = True  # whether few synapses among many pairs are dealt with as a list
    by_brian = False  # whether Brian2 runs the terms on spikes, in its own slot

    def __init__(
        self,
        rule: Rule,
        pre: PopulationValues,
        post: Neuromodulation,
        synapses: Any,
        updates: Sequence[Update],
        steps: Gathered | None = None,
        states: SynapticStates | None = None,
    ) -> None:
        self.rule, self.pre, self.post, self.steps, self.states = rule, pre, post, steps, states
        self.synapses, self.updates = synapses, updates
        self.weights: np.ndarray = synapses.weights
        self.mask: np.ndarray | None = synapses.mask
        self.factor = 1.0
        self.sides = Sides(pre, post, synapses, states)
        self._now = UnitNow(pre)
        self._list = self.sides.weight_list or (synapse_list(self.mask) if self.listed else None)
        self._terms = [Term(change) for change in rule.changes]
        self._spike_terms = [term for term in self._terms if term.when in ON_SPIKES]
        self._rates = [term for term in self._terms if term.when == CONTINUOUS]
        self.on_spikes = self._terms_on_spikes()
        self.bounded = False

    def _terms_on_spikes(self) -> OnSpikes:
        local = all(update.local for update in self.updates)
        if self.by_brian:
            return SpikeTerms((), self.sides, self.synapses, 0, local)
        if (delays := spread_delays(self.synapses)) is not None:
            return SpreadTerms(self._spike_terms, self.sides, self.synapses, delays, local)
        return SpikeTerms(self._spike_terms, self.sides, self.synapses, self.synapses.delay_steps, local)

    def learn(self, taking_part: np.ndarray) -> None:
        """Take what is proposed at a phase's end, by the copies in `taking_part`, (copy,) bool, into the weights."""
        if (total := self.summed(taking_part)) is not None:
            self.take_in(self._mean(total, taking_part))

    def summed(self, taking_part: np.ndarray) -> np.ndarray | None:
        """Return the sum of what copies of this process propose at a phase's end, or None if the rule has no such term.

        It has a value for each entry of the weights or, where synapses are listed, (1, synapse).
        """
        others = any(term.when != "phase_end" or term.synapse for term in self._terms)
        if self._list is None or self.by_brian or others:
            total = self._over_copies(taking_part)
            return total if self._list is None or total is None else self._list.take(total)
        total = np.zeros((1, len(self._list.post)), dtype=self.weights.dtype)
        for term in self._terms:
            sides = self.sides.in_copies(self.sides.of_pre(term.pre), self.post.evaluate(term.post), taking_part)
            if term.weight is None:
                self._list.add_products(*sides, total)
            else:
                total += self.sides.weighted(term, self._list.products(*sides), self._list)
        return total

    def take_in(self, change: np.ndarray) -> None:
        """Take a mean over copies, as from `summed`, through the chain, and add it to the weights."""
        if self._list is None:
            self.apply(change)
        else:
            self._apply_at_synapses(self._list, change)

    def proposal(self, taking_part: np.ndarray) -> np.ndarray | None:
        """Return the mean proposed change at a phase's end, as weights are, or None if the rule has no such term.

        Parameters
        ----------
        taking_part : (copy,) bool array
        """
        total = self._over_copies(taking_part)
        return None if total is None else self._mean(total, taking_part)

    def _over_copies(self, taking_part: np.ndarray) -> np.ndarray | None:
        total = None if self.steps is None else self.steps.take(taking_part)
        for term in self._terms:
            if term.when != "phase_end":
                continue
            product = self.sides.summed(term, self.sides.of_pre(term.pre), self.post.evaluate(term.post), taking_part)
            product = self.sides.weighted(term, product)
            total = product if total is None else total + product
        return total

    def _mean(self, total: np.ndarray, taking_part: np.ndarray) -> np.ndarray:
        """Return the mean over the copies that take part in all processes, of the sum over those here."""
        total = self.post.share.total(total)
        total /= max(self.post.share.total(int(taking_part.sum())), 1)
        return total

    def spike_terms(self) -> list[Term]:
        """Return the terms that act on spikes."""
        return self._spike_terms

    def acts_on_spikes(self) -> bool:
        """Return whether anything is to be done for spikes: terms, or what Brian2 reads for states of its synapses."""
        return bool(self.spike_terms()) or (self.by_brian and bool(self.rule.states))

    def continuous_terms(self) -> list[Term]:
        """Return the terms that say how fast the weight changes."""
        return self._rates

    def rate_of_change(self, now: PopulationNow, taking_part: np.ndarray) -> np.ndarray:
        """Return the sum over copies of what the terms say of ``dw/dt`` now, as weights are [1/s]."""
        total = None
        for term in self._rates:
            post = now.value(term.post)
            if np.any(post):
                pre = self.sides.of_pre(term.pre, self._now)
                rate = self.sides.weighted(term, self.sides.summed(term, pre, post, taking_part))
                total = rate if total is None else total + rate
        return np.zeros_like(self.weights) if total is None else total

    def begin(self, taking_part: np.ndarray) -> None:
        """Start a phase in which the copies in `taking_part` learn, (copy,) bool array."""
        if self.steps is not None:
            self.steps.begin(taking_part)

    def before_spikes(self) -> None:
        """Take in what presynaptic units send in this step."""
        self.on_spikes.before_spikes()

    def clear(self) -> None:
        """Discard what is in transit."""
        self.on_spikes.clear()
        if self.states is not None:
            self.states.clear()

    def restart(self, copies: np.ndarray) -> None:
        """Discard what is in transit in some copies, (copy,) bool, and put their states of synapses back."""
        self.on_spikes.restart(copies)
        if self.states is not None:
            self.states.restart(copies)

    def spike_change(self, now: PopulationNow, taking_part: np.ndarray) -> SpikeChange | None:
        """Return what the terms for the spikes of this step propose, or None without spikes.

        Parameters
        ----------
        now : PopulationNow
            What postsynaptic text is in this step.
        taking_part : (copy,) bool array
        """
        return self.on_spikes.change(now, taking_part)

    def apply_on_spikes(self, change: SpikeChange, count: int) -> None:
        """Take a change on spikes, a sum over `count` copies, into the weights."""
        if isinstance(change, SpikeSum):
            self.bound()
            change.apply(self._through_chain, count)
            self.synapses.touch()
        elif change.any():
            self.apply(change / count)

    def bound(self) -> None:
        """Bring weights within their bounds that no spike has touched yet, before the first change on spikes."""
        if self.bounded:
            return
        bound_all(self.weights, self._through_chain)
        if self.mask is not None:
            self.weights[~self.mask] = 0
        self.bounded = True

    def apply(self, change: np.ndarray) -> None:
        """Take the change through the chain and add it to the weights."""
        if self._list is not None:
            self._apply_at_synapses(self._list, self._list.take(change))
            return
        self._through_chain(change, self.weights)
        if self.mask is not None:
            self.weights[~self.mask] = 0
        self.synapses.touch()

    def _apply_at_synapses(self, synapses: SynapseList, change: np.ndarray) -> None:
        weights = synapses.take(self.weights)
        self._through_chain(change, weights)
        synapses.put(self.weights, weights)
        self.synapses.touch()

    def _through_chain(self, change: np.ndarray, weights: np.ndarray) -> None:
        for update in self.updates:
            change = update.change(change, weights, self.factor)
        weights += change
        for update in self.updates:
            update.bound(weights)

    def settle(self) -> bool:
        """Bring the weights to where the chain wants them at the end of a presentation; return whether it says so."""
        normalising = [update for update in self.updates if isinstance(update, Normalise)]
        if not normalising:
            return False
        for update in normalising:
            update.settle(self.weights, None if self.sides.weight_list is None else self.sides.weight_list.post)
        for bounding in self.updates:
            bounding.bound(self.weights)
        if self.mask is not None:
            self.weights[~self.mask] = 0
        self.synapses.touch()
        return True

    def state(self) -> Arrays:
        """Return what the chain remembers, what is in transit, and states of synapses."""
        saved: Arrays = dict(self.on_spikes.state())
        for k, update in enumerate(self.updates):
            saved |= under(str(k), past(update))
        return saved if self.states is None else saved | under("states", self.states.state())

    def restore(self, saved: Arrays) -> None:
        """Restore the memory of the chain, and the rest."""
        self.on_spikes.restore(saved)
        for k, update in enumerate(self.updates):
            put_past_back(update, below(str(k), saved))
        if self.states is not None:
            self.states.restore(below("states", saved))
