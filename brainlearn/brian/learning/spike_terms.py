"""The terms of a rule that act on spikes, where every spike reaches all synapses of its unit at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial, reduce
from typing import Any, Protocol

import numpy as np

from brainlearn.brian.learning.arriving import Arriving
from brainlearn.brian.learning.population_values import UnitNow, Values
from brainlearn.brian.learning.sides import Sides
from brainlearn.brian.learning.spike_sum import SpikeSum, spikes_of
from brainlearn.brian.learning.steps import PopulationNow
from brainlearn.brian.learning.term import Term
from brainlearn.saved_state import Arrays

SpikeChange = np.ndarray | SpikeSum


class OnSpikes(Protocol):
    """What terms on spikes propose, step by step; some of it is in transit from one step to the next.

    Attributes
    ----------
    terms : sequence of Term
    """

    terms: Sequence[Term]

    def before_spikes(self) -> None:
        """Take in what presynaptic units send in this step."""

    def change(self, now: PopulationNow, taking_part: np.ndarray) -> SpikeChange | None:
        """Return what the spikes of this step propose, a sum over the copies in `taking_part`; None without any."""

    def clear(self) -> None:
        """Discard what is in transit."""

    def restart(self, copies: np.ndarray) -> None:
        """Discard what is in transit in some copies, (copy,) bool."""

    def state(self) -> Arrays:
        """Return what is in transit."""

    def restore(self, saved: Arrays) -> None:
        """Restore what `state` returned."""


class SpikeTerms:
    """Terms on spikes of synapses that all have one delay, or none.

    Parameters
    ----------
    terms : sequence of Term
    sides : Sides
    synapses : SharedSynapses
    delay : int
        In steps.
    local : bool
        Whether what becomes of the changes deals with every weight alone.

    Attributes
    ----------
    few : SpikeSum or None
        What adds up the terms where few units spike; None if they are always taken for all synapses.
    arriving : Arriving or None
        What is in transit; None without a delay.
    """

    def __init__(self, terms: Sequence[Term], sides: Sides, synapses: Any, delay: int, local: bool) -> None:
        self.terms, self.sides, self.synapses = terms, sides, synapses
        self._now, self._silent = UnitNow(sides.pre), UnitNow(sides.pre, silent=True)
        shape = sides.pre.population.copies, sides.shape[0]
        differing = [k for k, term in enumerate(terms) if not sides.fixed(term.pre)]
        self.arriving = Arriving(delay, differing, shape, sides.weights.dtype) if delay else None
        few = local and bool(terms) and synapses.kernels is None and not any(term.synapse for term in terms)
        self.few = SpikeSum(sides.weights, synapses.mask, synapses.rows) if few else None

    def before_spikes(self) -> None:
        """Take in what presynaptic units send in this step, if it arrives later."""
        if self.arriving is not None:
            now, silent = partial(self._pre_side, self._now), partial(self._pre_side, self._silent)
            for k, arrived in self.arriving.exchange(now, silent).items():
                self.terms[k].arrived = arrived

    def clear(self) -> None:
        """Discard what is in transit."""
        if self.arriving is not None:
            self.arriving.clear()

    def restart(self, copies: np.ndarray) -> None:
        """Discard what is in transit in some copies, (copy,) bool."""
        if self.arriving is not None:
            self.arriving.restart(copies, partial(self._pre_side, self._silent))

    def _presynaptic(self, term: Term) -> Any:
        """Return the presynaptic side of a term as it arrives in this step."""
        at_once = self.arriving is None or self.sides.fixed(term.pre)
        return self.sides.of_pre(term.pre, self._now) if at_once else term.arrived

    def _pre_side(self, now: Values, k: int) -> np.ndarray:
        shape = self.sides.pre.population.copies, self.sides.shape[0]
        return self.sides.filled(self.sides.of_pre(self.terms[k].pre, now), shape)

    def change(self, now: PopulationNow, taking_part: np.ndarray) -> SpikeChange | None:
        """Return what the terms for the spikes of this step propose, or None without spikes.

        Parameters
        ----------
        now : PopulationNow
            What postsynaptic text is in this step.
        taking_part : (copy,) bool array
        """
        spikes = {"pre_spike": self.synapses.arriving(), "post_spike": now.population.spikes()}
        terms = [term for term in self.terms if len(spikes[term.when])]
        if not terms:
            return None
        waiting = {term.when: len(spikes[term.when]) for term in terms}
        few = self.few
        if few is None or not few.pays(waiting.get("pre_spike", 0), waiting.get("post_spike", 0)):
            return self._whole_change(terms, spikes, now, taking_part)
        for term in terms:
            from_pre = term.when == "pre_spike"
            chosen = spikes_of(spikes[term.when], self.sides.shape[0 if from_pre else 1], taking_part)
            if len(chosen[1]):
                sides = self.sides.everywhere(self._presynaptic(term), now.value(term.post), len(taking_part))
                weight = None if term.weight is None else partial(self.sides.of_weight, term)
                few.add(from_pre, chosen, *sides, weight)
        return few

    def _whole_change(
        self, terms: Sequence[Term], spikes: Mapping[str, np.ndarray], now: PopulationNow, taking_part: np.ndarray
    ) -> np.ndarray:
        """Return the sum over copies of the terms for spikes, as weights are, as products of matrices."""
        products = []
        for term in terms:
            from_pre = term.when == "pre_spike"
            spiked = np.zeros((len(taking_part), self.sides.shape[0 if from_pre else 1]), self.sides.weights.dtype)
            spiked.reshape(-1)[spikes[term.when]] = 1
            a, b = self._presynaptic(term), now.value(term.post)
            a, b = (a * spiked, b) if from_pre else (a, b * spiked)
            products.append(self.sides.weighted(term, self.sides.summed(term, a, b, taking_part)))
        total = reduce(np.add, products)
        if self.synapses.mask is not None:
            total[~self.synapses.mask] = 0
        return total

    def state(self) -> Arrays:
        """Return what is in transit."""
        return {} if self.arriving is None else self.arriving.state()

    def restore(self, saved: Arrays) -> None:
        """Restore what `state` returned."""
        if self.arriving is not None:
            self.arriving.restore(saved)
