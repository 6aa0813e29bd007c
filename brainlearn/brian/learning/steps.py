"""The terms of a rule that act in every step, at work: their sum over a phase, and what is told to them meanwhile."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from brian2 import BrianObject

from brainlearn.brian.learning.kernel_list import weight_list
from brainlearn.brian.learning.population_values import PopulationValues, UnitNow, Values
from brainlearn.brian.learning.slots import BEFORE_SLOT, SLOT
from brainlearn.brian.learning.step_checks import step_terms
from brainlearn.brian.learning.synaptic_states import SynapticStates
from brainlearn.brian.shared_synapses import SharedSynapses
from brainlearn.brian.stretch.part import Part
from brainlearn.expression import Expression, parse_expression
from brainlearn.reserved import of_rule
from brainlearn.rules.rule import Change, Rule


class Told(Protocol):
    """What a population tells its synapses: `Neuromodulation` is one."""

    parameters: dict[str, float]

    def update(self, polarity: np.ndarray, nudge: float, nudge_before: float, now: Values | None) -> None:
        """Compute it from what the population is `now`."""

    def tell(self) -> None:
        """Write it where stock synapses find it."""

    def evaluate(self, expression: Expression, now: Values | None = None) -> Any:
        """Evaluate postsynaptic text, with what the population is `now`."""


class Gathered(Protocol):
    """What adds up step terms while a phase learns."""

    def begin(self, taking_part: np.ndarray) -> None:
        """Start a phase in which the copies in `taking_part` learn, (copy,) bool array; none: do nothing."""

    def take(self, taking_part: np.ndarray) -> np.ndarray:
        """Return the sum over steps and copies since the phase began, (pre, post)."""


class PopulationNow(BrianObject):
    """What postsynaptic text says of a population in this step, computed once for all projections onto it.

    In phases that learn, broadcasts and modulators are computed first.

    Parameters
    ----------
    told : Neuromodulation
    values : PopulationValues
    modulated : bool
        Whether the text reads broadcasts or modulators.
    continuous : bool
        Whether there are continuous terms, for which all this is computed when the step begins, too.

    Attributes
    ----------
    modulated : bool
    """

    add_to_magic_network = False

    def __init__(self, told: Told, values: PopulationValues, modulated: bool, continuous: bool = False) -> None:
        self.population = values.population
        group = self.population.group
        name = of_rule(f"{group.name}_now", values.number)
        super().__init__(clock=group.clock, when=SLOT, order=1, name=name)  # after spikes are counted
        self._told, self._now, self.modulated = told, UnitNow(values), modulated
        self._contained_objects += [_StepStarts(self)] if continuous else []
        self._polarity, self._nudges = np.zeros(self.population.copies), (0.0, 0.0)
        self._known: dict[str, Any] = {}
        self._step, self._known_at = self.clock.variables["timestep"].get_value(), -1

    def begin(self, polarity: np.ndarray, nudge: float, nudge_before: float) -> None:
        """Start a phase; polarity 0 in all copies: nothing learns."""
        self.forget()
        self._polarity, self._nudges = polarity, (nudge, nudge_before)

    def run(self) -> None:
        """Look at the population again."""
        self.forget()
        if self.modulated and self._polarity.any():
            self._told.update(self._polarity, *self._nudges, self._now)
            self._told.tell()

    def forget(self) -> None:
        """Drop what was true in another step."""
        self._known.clear()

    def parts(self) -> list[Part] | None:
        """Return that there is nothing to do in a step, if nothing is told: `value` sees by itself that it is over."""
        return None if self.modulated or self._contained_objects else []

    def value(self, expression: Expression) -> Any:
        """Return what postsynaptic text is now; it broadcasts against (copy, post)."""
        if self._known_at != self._step[0]:
            self.forget()
            self._known_at = int(self._step[0])
        if expression.text not in self._known:
            self._known[expression.text] = self._told.evaluate(expression, self._now)
        return self._known[expression.text]

    @property
    def parameters(self) -> dict[str, float]:
        """Constants of the rule, in SI units."""
        return self._told.parameters


class StepSum(BrianObject):
    """Adds up, over the steps of a phase, what a rule's step terms say: shared weights.

    While the presynaptic side stays as it is, as that of a stimulus does, only the postsynaptic side is added up, and
    one product does for all these steps.

    Parameters
    ----------
    rule : Rule
    pre : PopulationValues
    post : PopulationNow
    synapses : SharedSynapses
        The shape and floating-point type of their weights are those of the sum.
    name : str
    states : SynapticStates, optional
        States of the synapses that terms read.
    """

    add_to_magic_network = False

    def __init__(
        self,
        rule: Rule,
        pre: PopulationValues,
        post: PopulationNow,
        synapses: SharedSynapses,
        name: str,
        states: SynapticStates | None = None,
    ) -> None:
        super().__init__(clock=post.clock, when=SLOT, order=2, name=name)
        self._pre, self._post, self._states = UnitNow(pre), post, states
        self._total, self._shape = np.zeros_like(synapses.weights), synapses.shape
        self._list = weight_list(synapses)
        self._taking_part = np.zeros(pre.population.copies, dtype=bool)
        self._terms = [_Term(change) for change in step_terms(rule)]
        self._contained_objects.append(_StepBegins(self))

    def begin(self, taking_part: np.ndarray) -> None:
        """Start a phase in which the copies in `taking_part` learn, (copy,) bool array; none: do nothing."""
        self._taking_part = taking_part
        self._post.forget()
        self._total.fill(0)
        for term in self._terms:
            term.summed = None

    def hold(self) -> None:
        """Keep what presynaptic units transmit in this step."""
        if self._taking_part.any():
            for term in self._terms:
                if term.transmitted:
                    term.held = self._presynaptic(term)

    def run(self) -> None:
        """Add this step."""
        if not self._taking_part.any():
            return
        for term in self._terms:
            pre = term.held if term.transmitted else self._presynaptic(term)
            post = self._over_copies(self._post.value(term.post), self._shape[1])
            if term.synapse is not None:
                self._add_at_synapses(term.synapse, pre, post)
                continue
            if term.summed is not None and np.array_equal(term.summed[0], pre):
                term.summed[1].__iadd__(post)
            else:
                self._multiply(term)
                term.summed = (pre, post)

    def _add_at_synapses(self, text: Expression, pre: np.ndarray, post: np.ndarray) -> None:
        """Add the product of both sides, in the copies that take part, and of what the synapse says."""
        assert self._states is not None
        sides = []
        for side in (pre, post):
            everywhere = np.zeros((len(self._taking_part), side.shape[1]), dtype=side.dtype)
            everywhere[self._taking_part] = side
            sides.append(everywhere)
        self._total += self._states.summed(text, sides[0], sides[1], self._taking_part)

    def _multiply(self, term: _Term) -> None:
        """Add the product of both sides for the steps in which the presynaptic side was the same."""
        if term.summed is not None:
            pre, post = term.summed
            product = pre.T @ post if self._list is None else self._list.products(pre, post)
            self._total += product.reshape(self._total.shape)
            term.summed = None

    def _presynaptic(self, term: _Term) -> np.ndarray:
        known = self._post.parameters
        value = term.pre({name: known[name] if name in known else self._pre[name] for name in term.pre.names})
        return self._over_copies(value, self._shape[0])

    def _over_copies(self, value: Any, size: int) -> np.ndarray:
        """Return values in the copies that take part, (copy, unit), as an array of their own."""
        everywhere = np.broadcast_to(np.asarray(value, dtype=self._total.dtype), (len(self._taking_part), size))
        chosen: np.ndarray = everywhere[self._taking_part]
        return chosen

    def take(self, taking_part: np.ndarray) -> np.ndarray:
        """Return the sum over steps and copies since the phase began, (pre, post)."""
        for term in self._terms:
            self._multiply(term)
        return self._total.copy()


class _Term:
    """A step term at work.

    Parameters
    ----------
    change : Change

    Attributes
    ----------
    held : (copy, pre) array
        What was transmitted in this step.
    summed : pair of (copy, pre) and (copy, post) arrays, or None
        The presynaptic side of the last steps, and the sum of the postsynaptic side over them.
    """

    def __init__(self, change: Change) -> None:
        self.pre, self.post = parse_expression(change.pre), parse_expression(change.post)
        self.synapse = parse_expression(change.synapse) if change.synapse else None
        self.transmitted = change.when == "transmission"
        self.held = np.empty(0)
        self.summed: tuple[np.ndarray, np.ndarray] | None = None


class _StepStarts(BrianObject):
    """The part of a `PopulationNow` that looks at the population when a step begins."""

    add_to_magic_network = False

    def __init__(self, now: PopulationNow) -> None:
        super().__init__(clock=now.clock, when=BEFORE_SLOT, order=1, name=f"{now.name}_at_start")
        self._now = now

    def run(self) -> None:
        """Look at the population."""
        self._now.run()


class _StepBegins(BrianObject):
    """The part of a `StepSum` that reads what is transmitted, before any state is updated."""

    add_to_magic_network = False

    def __init__(self, steps: StepSum) -> None:
        super().__init__(clock=steps.clock, when=BEFORE_SLOT, name=f"{steps.name}_begin")
        self._steps = steps

    def run(self) -> None:
        """Look at the presynaptic side."""
        self._steps.hold()
