"""What a population broadcasts to its synapses: broadcasts, modulators and memories of a rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from brainlearn.brian.learning.population_values import PopulationValues, UnitNow, Values
from brainlearn.brian.learning.stock_text import told_variable
from brainlearn.brian.populations import GAIN
from brainlearn.brian.share import ALONE, Share
from brainlearn.expression import Expression, parse_expression
from brainlearn.rules.rule import Rule
from brainlearn.saved_state import Arrays, below, put_back, under

NUDGES = ("nudge_strength", "nudge_strength_before")


class Neuromodulation:
    """Broadcasts, modulators and memories of one rule in one postsynaptic population.

    Parameters
    ----------
    rule : Rule
    values : PopulationValues
    parameters : mapping of str to float
        The rule's constants, in SI units.
    share : Share
        The copies that this process holds; averages are over all.
    broadcaster : PopulationValues, optional
        Of the population whose means are broadcast; default: the postsynaptic one.

    Attributes
    ----------
    outcomes : dict of str to (copy, 1) array
        What the environment reports in this presentation.
    """

    def __init__(
        self,
        rule: Rule,
        values: PopulationValues,
        parameters: Mapping[str, float],
        share: Share = ALONE,
        broadcaster: PopulationValues | None = None,
    ) -> None:
        self.rule, self.values, self.share = rule, values, share
        self._broadcaster, self.outcomes = broadcaster, dict[str, np.ndarray]()
        self.parameters = dict(parameters)
        self.dtype = values.population.array(GAIN).dtype
        size = values.population.population.size
        self.memories = {
            m.name: np.full(size if m.scope == "unit" else (), m.initial, dtype=self.dtype) for m in rule.memories
        }
        self.per_copy: dict[str, np.ndarray] = {}  # (copy, 1)
        self._broadcasts = {name: parse_expression(text) for name, text in rule.broadcasts.items()}
        self._modulators = {name: parse_expression(text) for name, text in rule.modulators.items()}
        self._memories = [(m, parse_expression(m.of), parse_expression(m.where)) for m in rule.memories]

    def update(
        self, polarity: np.ndarray, nudge: float = 0.0, nudge_before: float = 0.0, now: Values | None = None
    ) -> None:
        """Compute broadcasts and modulators from the population as it is now.

        Parameters
        ----------
        polarity : (copy,) array
            +1 positive, -1 negative, 0 not learning.
        nudge, nudge_before : float
            How outputs are nudged in this phase, and were in the one that was remembered.
        now : mapping of names to values, optional
            What text reads of the population in the middle of a phase, instead of what it reads at the end.
        """
        copies = self.values.population.copies
        self.per_copy = {"polarity": polarity[:, None], **self.outcomes}
        for name, strength in zip(NUDGES, (nudge, nudge_before), strict=True):
            self.per_copy[name] = np.full((copies, 1), strength, dtype=self.dtype)
        for name, expression in self._broadcasts.items():
            value = np.atleast_1d(self.evaluate(expression, self._told_of(now)))
            self.per_copy[name] = np.broadcast_to(value.mean(axis=-1, keepdims=True), (copies, 1))
        for name, expression in self._modulators.items():
            self.per_copy[name] = np.asarray(self.evaluate(expression, now))

    def _told_of(self, now: Values | None) -> Values | None:
        """Return what broadcasts read: the postsynaptic population, or the one that broadcasts for it."""
        if self._broadcaster is None:
            return now
        return self._broadcaster if now is None else UnitNow(self._broadcaster)

    def to_remember(self) -> list[np.ndarray]:
        """Return what each memory takes in: sums over the copies that count, and last how many values are in each."""
        found = []
        for memory, of, where in self._memories:
            chosen = np.broadcast_to(np.asarray(self.evaluate(where)), self.per_copy["polarity"].shape)[:, 0]
            value = np.atleast_2d(self.evaluate(of))
            value = np.broadcast_to(value, (len(chosen), value.shape[1]))[chosen]
            per_unit = memory.scope == "unit"
            sums = np.atleast_1d(value.sum(axis=0 if per_unit else None))
            found.append(np.append(sums, sums.dtype.type(len(value) if per_unit else value.size)))
        return found

    def remember(self, sums: Iterable[np.ndarray]) -> None:
        """Move the memories towards averages: of `to_remember`, over all processes."""
        for (memory, _, _), each in zip(self._memories, sums, strict=True):
            before, counted = self.memories[memory.name], each[-1]
            if counted:
                average = each[:-1].reshape(before.shape) / counted
                before += (self.parameters[memory.rate] * (average - before)).astype(before.dtype)

    def tell(self) -> None:
        """Write all this into variables of the population, if it has them: there stock synapses find it."""
        for name, value in {**self.per_copy, **self.memories}.items():
            variable = told_variable(name, self.values.number)
            if self.values.population.has(variable):
                self.values.population.array(variable)[:] = value

    def state(self) -> Arrays:
        """Return the memories, and what was broadcast last."""
        return {**under("memory", self.memories), **under("per_copy", self.per_copy)}

    def restore(self, saved: Arrays) -> None:
        """Remember what was saved."""
        for name, memory in self.memories.items():
            put_back(memory, name, below("memory", saved))
        self.per_copy = {name: np.array(value) for name, value in below("per_copy", saved).items()}

    def evaluate(self, expression: Expression, now: Values | None = None) -> Any:
        """Evaluate postsynaptic text, `now` as in `update`; the result broadcasts against (copy, unit)."""
        return expression({name: self.look_up(name, now) for name in expression.names})

    def look_up(self, name: str, now: Values | None = None) -> Any:
        """Return the value of an identifier of postsynaptic text, `now` as in `update`."""
        for place in (self.per_copy, self.memories, self.parameters):
            if name in place:
                return place[name]
        return (self.values if now is None else now)[name]
