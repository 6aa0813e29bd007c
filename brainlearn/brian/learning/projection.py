"""What one projection proposes by its rule, and the chain that turns proposals into weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from brainlearn.brian.learning.neuromodulation import Neuromodulation
from brainlearn.brian.learning.population_values import PopulationValues, UnitNow, Values
from brainlearn.brian.learning.steps import Gathered, PopulationNow
from brainlearn.brian.learning.synapse_list import SynapseList, synapse_list
from brainlearn.expression import Expression, parse_expression
from brainlearn.rules.rule import ON_SPIKES, Change, Rule
from brainlearn.rules.updates import Update, past, put_past_back
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
    ) -> None:
        self.rule, self.pre, self.post, self.steps = rule, pre, post, steps
        self.synapses, self.updates = synapses, updates
        self.weights: np.ndarray = synapses.weights
        self.mask: np.ndarray | None = synapses.mask
        self.factor = 1.0
        self._list = synapse_list(self.mask) if self.listed else None
        self._terms = [(c, parse_expression(c.pre), parse_expression(c.post)) for c in rule.changes]

    def learn(self, taking_part: np.ndarray) -> None:
        """Take what is proposed at a phase's end, by the copies in `taking_part`, (copy,) bool, into the weights."""
        if self._list is None or {change.when for change in self.rule.changes} != {"phase_end"}:
            change = self.proposal(taking_part)
            if change is not None:
                self.apply(change)
            return
        total = np.zeros((1, len(self._list.pre)), dtype=self.weights.dtype)
        for _, pre, post in self._terms:
            total += self._list.products(*self._sides(self.evaluate_pre(pre), self.post.evaluate(post), taking_part))
        self._apply_at_synapses(self._list, self._mean(total, taking_part))

    def proposal(self, taking_part: np.ndarray) -> np.ndarray | None:
        """Return the mean proposed change at a phase's end, (pre, post), or None if the rule has no such term.

        Parameters
        ----------
        taking_part : (copy,) bool array
        """
        total = None if self.steps is None else self.steps.take(taking_part)
        for change, pre, post in self._terms:
            if change.when != "phase_end":
                continue
            product = self._product(self.evaluate_pre(pre), self.post.evaluate(post), taking_part)
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

    def _product(self, pre: Any, post: Any, taking_part: np.ndarray) -> np.ndarray:
        """Sum over copies of pre times post: (copy, pre).T @ (copy, post)."""
        a, b = self._sides(pre, post, taking_part)
        return a.T @ b

    def _sides(self, pre: Any, post: Any, taking_part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return both sides of a product in the copies that take part, (copy, pre) and (copy, post)."""
        copies = len(taking_part)
        n_pre, n_post = self.weights.shape
        a = np.broadcast_to(np.asarray(pre, dtype=self.weights.dtype), (copies, n_pre))
        b = np.broadcast_to(np.asarray(post, dtype=self.weights.dtype), (copies, n_post))
        if not taking_part.all():
            a, b = a[taking_part], b[taking_part]
        return a, b

    def spike_terms(self) -> list[tuple[Change, Expression, Expression]]:
        """Return the terms that act on spikes."""
        return [term for term in self._terms if term[0].when in ON_SPIKES]

    def begin(self, taking_part: np.ndarray) -> None:
        """Start a phase in which the copies in `taking_part` learn, (copy,) bool array."""
        if self.steps is not None:
            self.steps.begin(taking_part)

    def before_spikes(self) -> None:
        """Prepare for the spikes of this step; nothing is to be done here."""

    def spike_change(self, now: PopulationNow, taking_part: np.ndarray) -> np.ndarray | None:
        """Return the sum over copies of the terms for the spikes of this step, (pre, post), or None without spikes.

        Parameters
        ----------
        now : PopulationNow
            What postsynaptic text is in this step.
        taking_part : (copy,) bool array
        """
        total: np.ndarray | None = None
        for change, pre, post in self.spike_terms() if taking_part.any() else ():
            from_pre = change.when == "pre_spike"
            spikes = self.synapses.arriving() if from_pre else now.population.spikes()
            if len(spikes):
                product = self._spike_product(from_pre, spikes, pre, now.value(post), taking_part)
                total = product if total is None else total + product
        if total is not None and self.mask is not None:
            total[~self.mask] = 0
        return total

    def _spike_product(
        self, from_pre: bool, spikes: np.ndarray, pre: Expression, post: Any, taking_part: np.ndarray
    ) -> np.ndarray:
        """Sum over copies of pre times post, for the units of one side that spiked."""
        size = self.weights.shape[0 if from_pre else 1]
        spiked = np.zeros((len(taking_part), size), dtype=self.weights.dtype)
        spiked.reshape(-1)[spikes] = 1
        a = self.evaluate_pre(pre, UnitNow(self.pre))
        return (
            self._product(a * spiked, post, taking_part) if from_pre else self._product(a, post * spiked, taking_part)
        )

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

    def state(self) -> Arrays:
        """Return what the chain remembers."""
        saved: Arrays = {}
        for k, update in enumerate(self.updates):
            saved |= under(str(k), past(update))
        return saved

    def restore(self, saved: Arrays) -> None:
        """Let the chain remember what was saved."""
        for k, update in enumerate(self.updates):
            put_past_back(update, below(str(k), saved))
