"""Rules at work: what a population broadcasts, what a projection proposes, what becomes of its weights."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from brian2 import BrianObject

from brainlearn.brian.phase_mean import PhaseMean
from brainlearn.brian.populations import GAIN, PopulationGroup
from brainlearn.brian.share import ALONE, Share
from brainlearn.brian.step_plasticity import Gathered, Values
from brainlearn.brian.step_text import FEEDBACK
from brainlearn.brian.synapse_list import SynapseList, synapse_list
from brainlearn.expression import Expression, parse_expression
from brainlearn.rules.constraints import Constraint, past, put_past_back
from brainlearn.rules.rule import ON_SPIKES, Change, Rule
from brainlearn.saved_state import Arrays, below, put_back, under

BEFORE = ("activity_before", "feedback_before")
NUDGES = ("nudge_strength", "nudge_strength_before")


class PopulationValues:
    """What rule text may read of a population: its state variables, ``activity``, ``gain``, ``feedback``.

    Values are looked up when asked for, and ``activity`` is computed once per phase end. ``feedback`` is the mean over
    the phase of what the neuron model calls its feedback. ``activity_before`` and ``feedback_before`` are those of the
    last phase that was to be remembered, 0 before the first.

    Parameters
    ----------
    population : PopulationGroup
    normalised : bool
    feedback : PhaseMean, optional
        Kept only if a rule reads it.
    """

    def __init__(self, population: PopulationGroup, normalised: bool, feedback: PhaseMean | None = None) -> None:
        self.population, self.normalised, self.feedback = population, normalised, feedback
        self._activity: np.ndarray | None = None
        self.before: dict[str, np.ndarray] = {}

    def forget(self) -> None:
        """Drop values of the last phase."""
        self._activity = None

    def remember(self) -> None:
        """Keep the values of the phase that just ended for the phases that follow."""
        self.before = {f"{name}_before": np.array(self[name]) for name in ("activity", FEEDBACK) if name in self}

    def state(self) -> Arrays:
        """Return what is kept from one phase to the next."""
        return {**self.before, **({} if self._activity is None else {"activity": self._activity})}

    def restore(self, saved: Arrays) -> None:
        """Keep what was saved."""
        self.before = {name: np.array(value) for name, value in saved.items() if name in BEFORE}
        self._activity = None
        if "activity" in saved:  # of graded units it is a view, which goes on with them
            self._activity = np.array(saved["activity"]) if self.population.spiking else self.population.activity()

    def __getitem__(self, name: str) -> Any:
        if name == "activity":
            if self._activity is None:
                self._activity = self.population.activity()
            return self._activity
        if name == FEEDBACK and self.feedback is not None:
            return self.feedback.mean()
        if name in BEFORE:
            return self.before.get(name, np.float32(0.0))
        if name == GAIN:
            return self.population.array(GAIN) if self.normalised else np.float32(1.0)
        return self.population.value(name)

    def __contains__(self, name: str) -> bool:
        if name == FEEDBACK:
            return self.feedback is not None
        return (
            name in ("activity", GAIN, *BEFORE) or self.population.has(name) or name in self.population.group.equations
        )


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
    """

    def __init__(
        self, rule: Rule, values: PopulationValues, parameters: Mapping[str, float], share: Share = ALONE
    ) -> None:
        self.rule, self.values, self.share = rule, values, share
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
            What text reads of the population in the middle of a phase, in the place of what it reads at the end.
        """
        copies = self.values.population.copies
        self.per_copy = {"polarity": polarity[:, None]}
        for name, strength in zip(NUDGES, (nudge, nudge_before), strict=True):
            self.per_copy[name] = np.full((copies, 1), strength, dtype=self.dtype)
        for name, expression in self._broadcasts.items():
            value = np.asarray(self.evaluate(expression, now))
            self.per_copy[name] = np.broadcast_to(value.mean(axis=-1, keepdims=True), (copies, 1))
        for name, expression in self._modulators.items():
            self.per_copy[name] = np.asarray(self.evaluate(expression, now))

    def remember(self) -> None:
        """Move the memories towards the averages over the copies that count."""
        for memory, of, where in self._memories:
            chosen = np.broadcast_to(np.asarray(self.evaluate(where)), self.per_copy["polarity"].shape)[:, 0]
            counted = self.share.total(int(chosen.sum()))
            if not counted:
                continue
            value = np.atleast_2d(self.evaluate(of))[chosen]
            per_unit = memory.scope == "unit"
            total = self.share.total(np.asarray(value.sum(axis=0 if per_unit else None)))
            average = total / (counted if per_unit else counted * value.shape[1])
            rate = self.parameters[memory.rate]
            self.memories[memory.name] += (rate * (average - self.memories[memory.name])).astype(
                self.memories[memory.name].dtype
            )

    def tell(self) -> None:
        """Write all this into variables of the population, if it has them: there stock synapses find it."""
        for name, value in {**self.per_copy, **self.memories}.items():
            if self.values.population.has(name):
                self.values.population.array(name)[:] = value

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


class ProjectionLearning:
    """What one projection proposes, and the chain that turns proposals into weights.

    Parameters
    ----------
    rule : Rule
    pre : PopulationValues
    post : Neuromodulation
    synapses : SharedSynapses or StockSynapses
        Its weights are changed in place.
    constraints : sequence of Constraint
    steps : Gathered, optional
        What adds up the terms that act in every step.
    """

    listed = True  # whether few synapses among many pairs are dealt with as a list

    def __init__(
        self,
        rule: Rule,
        pre: PopulationValues,
        post: Neuromodulation,
        synapses: Any,
        constraints: Sequence[Constraint],
        steps: Gathered | None = None,
    ) -> None:
        self.rule, self.pre, self.post, self.steps = rule, pre, post, steps
        self.synapses, self.constraints = synapses, constraints
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

    def evaluate_pre(self, expression: Expression) -> Any:
        """Evaluate presynaptic text; the result broadcasts against (copy, pre)."""
        parameters = self.post.parameters
        return expression({n: self.pre[n] if n in self.pre else parameters[n] for n in expression.names})

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

    def spike_change(self, post: PopulationGroup, taking_part: np.ndarray) -> np.ndarray | None:
        """Return the sum over copies of the terms for the spikes of this step, (pre, post), or None without spikes."""
        total: np.ndarray | None = None
        for change, pre, factor in self.spike_terms():
            spikes = self.synapses.arrived if change.when == "pre_spike" else post.spikes()
            if len(spikes):
                product = self._spike_product(change.when == "pre_spike", spikes, pre, factor, taking_part)
                total = product if total is None else total + product
        if total is not None and self.mask is not None:
            total[~self.mask] = 0
        return total

    def _spike_product(
        self, from_pre: bool, spikes: np.ndarray, pre: Expression, post: Expression, taking_part: np.ndarray
    ) -> np.ndarray:
        """Sum over copies of pre times post, for the units of one side that spiked."""
        size = self.weights.shape[0 if from_pre else 1]
        spiked = np.zeros((len(taking_part), size), dtype=self.weights.dtype)
        spiked.reshape(-1)[spikes] = 1
        a, b = self.evaluate_pre(pre), self.post.evaluate(post)
        return self._product(a * spiked, b, taking_part) if from_pre else self._product(a, b * spiked, taking_part)

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
        for constraint in self.constraints:
            change = constraint.change(change, weights, self.factor)
        weights += change
        for constraint in self.constraints:
            constraint.bound(weights)

    def state(self) -> Arrays:
        """Return what the chain remembers."""
        saved: Arrays = {}
        for k, constraint in enumerate(self.constraints):
            saved |= under(str(k), past(constraint))
        return saved

    def restore(self, saved: Arrays) -> None:
        """Let the chain remember what was saved."""
        for k, constraint in enumerate(self.constraints):
            put_past_back(constraint, below(str(k), saved))


class StockLearning(ProjectionLearning):
    """The same, with the rule's text run by Brian2 synapse by synapse."""

    listed = False

    def proposal(self, taking_part: np.ndarray) -> np.ndarray | None:
        """Return the mean proposed change at a phase's end, (pre, post), or None if the rule has no such term."""
        total = None if self.steps is None else self.steps.take(taking_part)
        if any(change.when == "phase_end" for change in self.rule.changes):
            self._tell()
            ended = self.synapses.propose(self.rule.changes, taking_part, self.post.parameters)
            total = ended if total is None else total + ended
        return None if total is None else self._mean(total, taking_part)

    def begin(self, taking_part: np.ndarray) -> None:
        """Start a phase in which the copies in `taking_part` learn, (copy,) bool array."""
        for values in (self.pre, self.post.values) if self.steps is not None else ():
            if not values.normalised:  # the gain is 1, and Brian2 reads it where it stands
                values.population.array(GAIN)[:] = 1.0
        super().begin(taking_part)

    def spike_change(self, post: PopulationGroup, taking_part: np.ndarray) -> np.ndarray | None:
        """Return what the synapses have gathered since the last step."""
        total: np.ndarray = self.synapses.take_changes(taking_part)
        return total if total.any() else None

    def _tell(self) -> None:
        """Write what the rule reads into variables of the populations, where Brian2 finds it."""
        for population, look_up in (
            (self.pre.population, lambda name: self.pre[name]),
            (self.post.values.population, self.post.look_up),
        ):
            for name in {n for _, a, b in self._terms for n in a.names | b.names} - set(self.post.parameters):
                if population.has(name):
                    with contextlib.suppress(KeyError):
                        population.array(name)[:] = look_up(name)


class SpikePlasticity(BrianObject):
    """Applies the terms of a rule that act on spikes, in the step of the spike, after delivery."""

    add_to_magic_network = False

    def __init__(self, learning: ProjectionLearning, post: PopulationGroup, name: str) -> None:
        super().__init__(clock=post.group.clock, when="after_synapses", name=name)
        self.learning, self.post = learning, post
        self.taking_part = np.zeros(post.copies, dtype=bool)

    def run(self) -> None:
        """Add ``pre * post`` for the units that spiked, in the copies that take part."""
        change = self.learning.spike_change(self.post, self.taking_part)
        if change is not None and change.any():
            self.learning.apply(change / int(self.taking_part.sum()))
