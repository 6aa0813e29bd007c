"""What one projection proposes by its rule, and the chain that turns proposals into weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial, reduce
from typing import Any

import numpy as np

from brainlearn.brian.learning.arriving import Arriving
from brainlearn.brian.learning.neuromodulation import Neuromodulation
from brainlearn.brian.learning.population_values import PopulationValues, UnitNow, Values
from brainlearn.brian.learning.spike_sum import SpikeSum, spikes_of
from brainlearn.brian.learning.steps import Gathered, PopulationNow
from brainlearn.brian.learning.synapse_list import SynapseList, list_of_rows, synapse_list
from brainlearn.brian.learning.synaptic_states import SynapticStates
from brainlearn.brian.learning.term import Term
from brainlearn.expression import Expression
from brainlearn.rules.rule import CONTINUOUS, ON_SPIKES, WEIGHT, Rule
from brainlearn.rules.updates import Normalise, Update, past, put_past_back
from brainlearn.saved_state import Arrays, below, under

SpikeChange = np.ndarray | SpikeSum


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
        self._now, self._silent = UnitNow(pre), UnitNow(pre, silent=True)
        self._shape: tuple[int, int] = synapses.shape
        self._rows = None if synapses.rows is None else list_of_rows(synapses.rows)
        self._list = self._rows or (synapse_list(self.mask) if self.listed else None)
        self._terms = [Term(change) for change in rule.changes]
        self._spike_terms = [term for term in self._terms if term.when in ON_SPIKES]
        self._rates = [term for term in self._terms if term.when == CONTINUOUS]
        self._at_spikes: SpikeSum | None = None
        self._bounded = False
        self._constant: dict[tuple[float, tuple[int, int]], np.ndarray] = {}  # sides of terms that read no unit
        delay = 0 if self.by_brian else synapses.delay_steps
        self._arriving = Arriving(delay, len(self.spike_terms())) if delay else None
        listed = not any(term.synapse for term in self.spike_terms())
        if self.spike_terms() and listed and not self.by_brian and all(update.local for update in updates):
            self._at_spikes = SpikeSum(self.weights, self.mask, synapses.rows)

    def learn(self, taking_part: np.ndarray) -> None:
        """Take what is proposed at a phase's end, by the copies in `taking_part`, (copy,) bool, into the weights."""
        others = any(term.when != "phase_end" or term.synapse for term in self._terms)
        if self._list is None or others:
            if (change := self.proposal(taking_part)) is not None:
                self.apply(change)
            return
        total = np.zeros((1, len(self._list.post)), dtype=self.weights.dtype)
        for term in self._terms:
            sides = self._sides(self.evaluate_pre(term.pre), self.post.evaluate(term.post), taking_part)
            total += self._weighted(term, self._list.products(*sides), self._list)
        self._apply_at_synapses(self._list, self._mean(total, taking_part))

    def proposal(self, taking_part: np.ndarray) -> np.ndarray | None:
        """Return the mean proposed change at a phase's end, as weights are, or None if the rule has no such term.

        Parameters
        ----------
        taking_part : (copy,) bool array
        """
        total = None if self.steps is None else self.steps.take(taking_part)
        for term in self._terms:
            if term.when != "phase_end":
                continue
            product = self._summed(term, self.evaluate_pre(term.pre), self.post.evaluate(term.post), taking_part)
            product = self._weighted(term, product)
            total = product if total is None else total + product
        return None if total is None else self._mean(total, taking_part)

    def _mean(self, total: np.ndarray, taking_part: np.ndarray) -> np.ndarray:
        """Return the mean over the copies that take part in all processes, of the sum over those here."""
        total = self.post.share.total(total)
        total /= max(self.post.share.total(int(taking_part.sum())), 1)
        return total

    def evaluate_pre(self, expression: Expression, now: Values | None = None) -> Any:
        """Evaluate presynaptic text, at the end of a phase or with what the population is `now`.

        The result broadcasts against (copy, pre).
        """
        values, parameters = self.pre if now is None else now, self.post.parameters
        return expression({n: parameters[n] if n in parameters else values[n] for n in expression.names})

    def of_weight(self, term: Term, weights: np.ndarray) -> Any:
        """Evaluate a term's factor of the weight, for an array of weights."""
        assert term.weight is not None
        parameters = self.post.parameters
        return term.weight({n: weights if n == WEIGHT else parameters[n] for n in term.weight.names})

    def _weighted(self, term: Term, product: np.ndarray, synapses: SynapseList | None = None) -> np.ndarray:
        """Return a product, (pre, post) or at listed `synapses`, times the term's factor of the weight."""
        if term.weight is None:
            return product
        weighted: np.ndarray = product * self.of_weight(
            term, self.weights if synapses is None else synapses.take(self.weights)
        )
        return weighted

    def _summed(self, term: Term, pre: Any, post: Any, taking_part: np.ndarray) -> np.ndarray:
        """Sum over copies the product of both sides and of what the synapse says, (pre, post)."""
        if term.synapse is None:
            return self._product(pre, post, taking_part)
        assert self.states is not None
        return self.states.summed(term.synapse, *self._everywhere(pre, post, len(taking_part)), taking_part)

    def _product(self, pre: Any, post: Any, taking_part: np.ndarray) -> np.ndarray:
        """Sum over copies of pre times post: (copy, pre).T @ (copy, post)."""
        a, b = self._sides(pre, post, taking_part)
        return a.T @ b if self._rows is None else self._rows.products(a, b)[0]

    def _sides(self, pre: Any, post: Any, taking_part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return both sides of a product in the copies that take part, (copy, pre) and (copy, post)."""
        a, b = self._everywhere(pre, post, len(taking_part))
        if not taking_part.all():
            a, b = a[taking_part], b[taking_part]
        return a, b

    def _everywhere(self, pre: Any, post: Any, copies: int) -> tuple[np.ndarray, np.ndarray]:
        """Return both sides of a product in all copies, (copy, pre) and (copy, post)."""
        n_pre, n_post = self._shape
        return self._filled(pre, (copies, n_pre)), self._filled(post, (copies, n_post))

    def _filled(self, value: Any, shape: tuple[int, int]) -> np.ndarray:
        """Return a value as an array of a shape, which nobody writes to."""
        array = np.asarray(value, dtype=self.weights.dtype)
        if array.shape == shape:
            return array
        if array.ndim:
            return np.broadcast_to(array, shape)
        key = float(array), shape
        if key not in self._constant:
            self._constant[key] = np.full(shape, array)
        return self._constant[key]

    def spike_terms(self) -> list[Term]:
        """Return the terms that act on spikes."""
        return self._spike_terms

    def acts_on_spikes(self) -> bool:
        """Tell whether anything is to be done for spikes: terms, or what Brian2 reads for states of its synapses."""
        return bool(self.spike_terms()) or (self.by_brian and bool(self.rule.states))

    def continuous_terms(self) -> list[Term]:
        """Return the terms that say how fast the weight changes."""
        return self._rates

    def rate_of_change(self, now: PopulationNow, taking_part: np.ndarray) -> np.ndarray:
        """Return the sum over copies of what the terms say of ``dw/dt`` now, (pre, post) [1/s]."""
        total = None
        for term in self._rates:
            post = now.value(term.post)
            if np.any(post):
                pre = self.evaluate_pre(term.pre, self._now)
                rate = self._weighted(term, self._summed(term, pre, post, taking_part))
                total = rate if total is None else total + rate
        return np.zeros_like(self.weights) if total is None else total

    def begin(self, taking_part: np.ndarray) -> None:
        """Start a phase in which the copies in `taking_part` learn, (copy,) bool array."""
        if self.steps is not None:
            self.steps.begin(taking_part)

    def before_spikes(self) -> None:
        """Take in what presynaptic units send in this step, if it arrives later."""
        if self._arriving is not None:
            for k, term in enumerate(self.spike_terms()):
                sent, before = self._pre_side(term, self._now), partial(self._pre_side, term, self._silent)
                term.arrived = self._arriving.exchange(k, sent, before)

    def clear(self) -> None:
        """Forget what is under way."""
        if self._arriving is not None:
            self._arriving.clear()
        if self.states is not None:
            self.states.clear()

    def _presynaptic(self, term: Term) -> Any:
        """Return the presynaptic side of a term on spikes as it arrives in this step."""
        return self.evaluate_pre(term.pre, self._now) if self._arriving is None else term.arrived

    def _pre_side(self, term: Term, now: Values) -> np.ndarray:
        value = np.asarray(self.evaluate_pre(term.pre, now), dtype=self.weights.dtype)
        shape = self.pre.population.copies, self._shape[0]
        return value if value.shape == shape else np.broadcast_to(value, shape)

    def spike_change(self, now: PopulationNow, taking_part: np.ndarray) -> SpikeChange | None:
        """Return what the terms for the spikes of this step propose, or None without spikes.

        Parameters
        ----------
        now : PopulationNow
            What postsynaptic text is in this step.
        taking_part : (copy,) bool array
        """
        spikes = {"pre_spike": self.synapses.arriving(), "post_spike": now.population.spikes()}
        terms = [term for term in self._spike_terms if len(spikes[term.when])]
        if not terms:
            return None
        waiting = {term.when: len(spikes[term.when]) for term in terms}
        few = self._at_spikes
        if few is None or not few.pays(waiting.get("pre_spike", 0), waiting.get("post_spike", 0)):
            return self._whole_change(terms, spikes, now, taking_part)
        for term in terms:
            from_pre = term.when == "pre_spike"
            chosen = spikes_of(spikes[term.when], self._shape[0 if from_pre else 1], taking_part)
            if len(chosen[1]):
                sides = self._everywhere(self._presynaptic(term), now.value(term.post), len(taking_part))
                weight = None if term.weight is None else partial(self.of_weight, term)
                few.add(from_pre, chosen, *sides, weight)
        return few

    def _whole_change(
        self, terms: Sequence[Term], spikes: Mapping[str, np.ndarray], now: PopulationNow, taking_part: np.ndarray
    ) -> np.ndarray:
        """Return the sum over copies of the terms for spikes, (pre, post), as products of matrices."""
        products = []
        for term in terms:
            from_pre = term.when == "pre_spike"
            spiked = np.zeros((len(taking_part), self._shape[0 if from_pre else 1]), dtype=self.weights.dtype)
            spiked.reshape(-1)[spikes[term.when]] = 1
            a, b = self._presynaptic(term), now.value(term.post)
            a, b = (a * spiked, b) if from_pre else (a, b * spiked)
            products.append(self._weighted(term, self._summed(term, a, b, taking_part)))
        total = reduce(np.add, products)
        if self.mask is not None:
            total[~self.mask] = 0
        return total

    def apply_on_spikes(self, change: SpikeChange, count: int) -> None:
        """Take a change on spikes, a sum over `count` copies, into the weights."""
        if isinstance(change, SpikeSum):
            if not self._bounded:  # weights that no spike touches are within their bounds, too
                change.bound(self._through_chain)
                if self.mask is not None:
                    self.weights[~self.mask] = 0
                self._bounded = True
            change.apply(self._through_chain, count)
            self.synapses.touch()
        elif change.any():
            self.apply(change / count)

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
        """Bring the weights to where the chain wants them at the end of a presentation; tell whether it says so."""
        normalising = [update for update in self.updates if isinstance(update, Normalise)]
        if not normalising:
            return False
        for update in normalising:
            update.settle(self.weights)
        for bounding in self.updates:
            bounding.bound(self.weights)
        if self.mask is not None:
            self.weights[~self.mask] = 0
        self.synapses.touch()
        return True

    def state(self) -> Arrays:
        """Return what the chain remembers, what is under way, and states of synapses."""
        saved: Arrays = {} if self._arriving is None else self._arriving.state()
        for k, update in enumerate(self.updates):
            saved |= under(str(k), past(update))
        return saved if self.states is None else saved | under("states", self.states.state())

    def restore(self, saved: Arrays) -> None:
        """Let the chain remember what was saved, and put the rest under way."""
        if self._arriving is not None:
            self._arriving.restore(saved)
        for k, update in enumerate(self.updates):
            put_past_back(update, below(str(k), saved))
        if self.states is not None:
            self.states.restore(below("states", saved))
