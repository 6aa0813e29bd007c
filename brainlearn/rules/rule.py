"""Learning rules: text that is local by construction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from brainlearn.expression import parse_expression
from brainlearn.mistakes import Mistake, closest
from brainlearn.units import Quantity, parse_quantity

When = Literal["phase_end", "step", "transmission", "continuous", "pre_spike", "post_spike"]
SUMMED = ("step", "transmission")  # over a phase, and applied at its end
CONTINUOUS = "continuous"
IN_STEPS = (*SUMMED, CONTINUOUS)
ON_SPIKES = ("pre_spike", "post_spike")
WEIGHT = "w"  # of a synapse, in `Change.weight`
SPIKED = "spiked"  # on spikes: 1 for a unit that spikes in this step, else 0


@dataclass(frozen=True)
class Trace:
    """A variable that every unit of a touched population carries.

    Parameters
    ----------
    name : str
    equation : str
        Brian2 text, as in ``dx/dt = -x/tau_trace : 1``.
    on_spike : str
        Brian2 statement for the unit's own spike, as in ``x += 1``.
    graded : str
        Brian2 equation used instead in populations that do not spike; ``x = activity : 1`` for no trace at all.
    """

    name: str
    equation: str
    on_spike: str
    graded: str = ""


@dataclass(frozen=True)
class State:
    """A variable of every synapse in every copy: calcium, an eligibility.

    Parameters
    ----------
    name : str
    equation : str
        Brian2 text, as in ``dcalcium/dt = -calcium/tau_calcium : 1``: linear in the states of the synapse. Units may
        drive it in every step, as in ``dq/dt = (trace_pre*near_post - q)/tau : 1``: by sums of products of a
        presynaptic and a postsynaptic part. What they bring is read where terms "step" read it, and drives the state
        until the next step.
    on_pre, on_post : str
        Brian2 statements for a presynaptic spike, when it arrives, and for a postsynaptic one, as in
        ``eligibility += a_plus*trace_pre``: they set the state, and read states, parameters, and what is in text of
        terms on spikes, as ``trace_pre`` of the presynaptic and ``trace_post`` of the postsynaptic unit.
    delay : str
        Parameter: how much later than the spike arrives `on_pre` acts; empty: at once.
    on_step : str
        Brian2 statement of every step that multiplies the state, as in ``eligibility *= 1 - near_post``: by a product
        of a presynaptic and a postsynaptic part. It reads what terms "step" read, acts after them, and before spikes.
    """

    name: str
    equation: str
    on_pre: str = ""
    on_post: str = ""
    delay: str = ""
    on_step: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """Equation and statements, which may read both units."""
        return self.equation, self.on_pre, self.on_post, self.on_step


@dataclass(frozen=True)
class Memory:
    """A slow average over presentations, kept by the postsynaptic population.

    Parameters
    ----------
    name : str
    of : str
        Expression averaged over the copies for which `where` holds.
    where : str
        Condition on per-copy values, as in ``polarity > 0``.
    rate : str
        Parameter: weight of the newest average.
    scope : "unit" or "population"
        One value per unit, or one for all.
    initial : float
    """

    name: str
    of: str
    where: str
    rate: str
    scope: Literal["unit", "population"]
    initial: float = 0.0


@dataclass(frozen=True)
class Change:
    """One term of the weight change: presynaptic times postsynaptic expression, times what the synapse itself says.

    Parameters
    ----------
    pre, post : str
        Expressions in variables of the presynaptic unit, and in variables of the postsynaptic unit with the
        population's broadcasts, modulators and memories. What is there in every step is the unit as it is then:
        no ``activity`` since the phase began, unless the unit has a variable of that name. On spikes, ``spiked`` is 1
        if the unit spikes in this step and else 0: traces are those before the spikes of the step, so
        ``trace + spiked`` counts pairs in the same step too.
    weight : str
        Expression in the synapse's own weight ``w`` and in parameters, as ``w_max - w`` for a soft bound; empty: 1.
        The weight is the one before any change of this moment. Terms that are summed up over steps have none.
    synapse : str
        Expression in states of the synapse and in parameters, as ``int(calcium > theta)``; empty: 1.
    when : "phase_end", "step", "transmission", "continuous", "pre_spike" or "post_spike"
        At the end of a learning phase; in every step of one, summed up and applied at its end; the same with the
        presynaptic side as it was when the step began, which is what was transmitted; as a part of ``dw/dt``, a rate
        whose product with the time step is applied in every step, from what was true when it began; when a
        presynaptic spike arrives; when the postsynaptic unit spikes.
    """

    pre: str
    post: str
    when: When = "phase_end"
    weight: str = ""
    synapse: str = ""


@dataclass(frozen=True)
class Rule:
    """A learning rule as text.

    Parameters
    ----------
    name, description, source : str
        The name in experiment files, one line for people, and the paper with its equation.
    changes : tuple of Change
        Their sum over all copies that take part, divided by the number of these copies, is the proposed change.
    parameters : mapping of str to Quantity
        Constants of the text, with defaults; an experiment may set each.
    traces : tuple of Trace
        Added to the populations on both sides.
    states : tuple of State
        Variables of every synapse, in every copy.
    broadcasts : mapping of str to str
        What the whole postsynaptic population tells its synapses: the mean over its units of an expression, one
        number per copy. Not local, and so are memories of scope "population" and `polarity`; nothing else is.
    modulators : mapping of str to str
        Per-copy expressions of broadcasts, memories, parameters and ``polarity`` (+1 positive, -1 negative
        presentation, 0 no learning), in order.
    memories : tuple of Memory
    top_down : tuple of Change
        What top-down projections change by instead of `changes`; if empty, they change as all others do. With
        the two sides exchanged, a synapse proposes what its partner in the other direction does, and if both also
        decay, their weights become alike (Kolen & Pollack 1994, ICNN 3, 1375; Akrout et al. 2019, NeurIPS 32).
    """

    name: str
    description: str
    source: str
    changes: tuple[Change, ...]
    parameters: Mapping[str, Quantity] = field(default_factory=dict)
    traces: tuple[Trace, ...] = ()
    states: tuple[State, ...] = ()
    broadcasts: Mapping[str, str] = field(default_factory=dict)
    modulators: Mapping[str, str] = field(default_factory=dict)
    memories: tuple[Memory, ...] = ()
    top_down: tuple[Change, ...] = ()

    def along(self, pathway: str) -> Rule:
        """Return the rule as projections of a pathway follow it: top-down ones may have their own terms."""
        return replace(self, changes=self.top_down) if pathway == "top_down" and self.top_down else self

    def reads(self, name: str) -> bool:
        """Return whether any text of the rule names a variable."""
        changes = (text for change in (*self.changes, *self.top_down) for text in (change.pre, change.post))
        averages = (text for memory in self.memories for text in (memory.of, memory.where))
        texts = (*changes, *averages, *self.broadcasts.values(), *self.modulators.values())
        jumps = (text for state in self.states for text in state.texts)
        found = any(re.search(rf"\b{name}\b", text) for text in texts)
        return found or any(re.search(rf"\b{name}_(pre|post)\b", text) for text in jumps)


def parameters(**texts: str | float) -> Mapping[str, Quantity]:
    """Parse every value: ``parameters(tau_trace="20 ms", width=0.1)``."""
    return MappingProxyType({name: parse_quantity(text) for name, text in texts.items()})


def find_weight(rule: Rule) -> list[Mistake]:
    """Return a mistake if a term reads ``w`` where it may not: one weight belongs to all copies."""
    where, found = f'rule "{rule.name}"', []
    if rule.reads(WEIGHT):
        wrong, allowed = "text of units reads the weight `w`", "variables of the two units, broadcasts and modulators"
        suggestion = 'Write a factor of the weight separately: weight = "w".'
        found.append(Mistake(where, wrong, WEIGHT, allowed, suggestion))
    for change in (*rule.changes, *rule.top_down):
        if not change.weight:
            continue
        for name in sorted(parse_expression(change.weight).names.difference({WEIGHT, *rule.parameters})):
            allowed = ", ".join((WEIGHT, *rule.parameters))
            wrong = f'the factor of the weight, "{change.weight}", reads "{name}"'
            found.append(Mistake(where, wrong, name, allowed, closest(name, (WEIGHT, *rule.parameters))))
        if change.when in SUMMED:
            wrong = f'a term "{change.when}" has a factor of the weight, which such terms cannot have'
            suggestion = 'Its sum over the steps is applied at the end of the phase; a "continuous" term may have one.'
            found.append(Mistake(where, wrong, f'weight = "{change.weight}"', "no weight", suggestion))
    return found
