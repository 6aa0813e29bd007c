"""What each kind of text of a rule may read, and what to say of a name that it may not."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from brainlearn.mistakes import Mistake, closest
from brainlearn.rules.jump import side_of
from brainlearn.rules.known_names import ACTIVITY, AT_SPIKES, OF_A_UNIT, told_names
from brainlearn.rules.rule import WEIGHT, Change, Rule


@dataclass(frozen=True)
class Unit:
    """What text may read of the units of one population, beside what every unit has.

    Parameters
    ----------
    path : str
        The population, for messages.
    names : collection of str, optional
        Variables and parameters of its neuron model; None: not known, and every name passes that may be one of them.
    """

    path: str = "a unit"
    names: Collection[str] | None = None


ANY = Unit()


class Reads:
    """What text about a unit may read.

    Parameters
    ----------
    rule : Rule
    unit : Unit
    now : frozenset of str
        Which of `OF_A_UNIT` are there when it is read.
    told : frozenset of str
        What else it may read.
    change : Change, optional
        The term, where the text is part of one or is computed for one.
    """

    def __init__(
        self, rule: Rule, unit: Unit, now: frozenset[str], told: frozenset[str], change: Change | None = None
    ) -> None:
        self.rule, self.unit, self.change = rule, unit, change
        self.known = {*now, *told, *rule.parameters, *(trace.name for trace in rule.traces), *(unit.names or ())}

    def refuse(self, place: str, name: str) -> Mistake | None:
        """Return why the text may not read a name; None if it may."""
        if name in self.known:
            return None
        allowed = ", ".join(sorted(self.known))
        if name == WEIGHT:
            return Mistake(place, "reads the weight `w`", f'"{name}"', allowed, TO_WEIGHTS)
        side = re.fullmatch(r"(\w+?)_(pre|post)", name)
        if side is not None:
            wrong = f'reads "{name}"; a term reads one unit, whose variables are named without `_pre` and `_post`'
            return Mistake(place, wrong, f'"{name}"', allowed, f"Write {side[1]} in the text of `{side[2]}`.")
        if name in told_names(self.rule):
            wrong = f'reads "{name}", which only the target population broadcasts'
            return Mistake(place, wrong, f'"{name}"', allowed, "Move that factor to `post`." if self.change else "")
        if self.unit.names is None and name == ACTIVITY:  # which graded units have as a variable
            return None
        if name in OF_A_UNIT and self.change is not None:
            wrong = f'reads "{name}" in every step of a phase, but it is available only at the end'
            hint = 'A trace follows spikes in every step; or let the term act at the end: when = "phase_end", not '
            return Mistake(place, wrong, f'"{name}"', allowed, f'{hint}"{self.change.when}".')
        if self.unit.names is None:
            return None
        wrong = f'reads "{name}", which units of {self.unit.path} do not define'
        hint = closest(name, self.known) or f"A constant is a parameter of the rule: parameters = {{ {name} = … }}."
        return Mistake(place, wrong, f'"{name}"', allowed, hint)


class OfACopy(Reads):
    """What text may read that is one number for each copy."""

    def __init__(self, rule: Rule, known: frozenset[str]) -> None:
        super().__init__(rule, ANY, frozenset(), known)
        self.known = {*known, *rule.parameters}

    def refuse(self, place: str, name: str) -> Mistake | None:
        """Return why the text may not read a name; None if it may."""
        if name in self.known:
            return None
        wrong = f'reads "{name}", which is not a number of the whole population'
        hint = closest(name, self.known) or "The mean over its units is a broadcast."
        if name in self.rule.modulators:
            wrong, hint = f'reads "{name}", which is computed after it', "Modulators are computed in their order."
        elif name in {memory.name for memory in self.rule.memories}:
            wrong, hint = f'reads "{name}", which differs between units', 'Take scope = "population".'
        return Mistake(place, wrong, f'"{name}"', ", ".join(sorted(self.known)), hint)


class OfAWeight(Reads):
    """What a factor of the weight may read: the weight, and constants."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule, ANY, frozenset(), frozenset())
        self.known = {WEIGHT, *rule.parameters}

    def refuse(self, place: str, name: str) -> Mistake | None:
        """Return why the text may not read a name; None if it may."""
        if name in self.known:
            return None
        hint = closest(name, self.known) or "Variables of units belong to `pre` and `post`."
        wrong = f'reads "{name}"; a factor of the weight reads `w` and parameters'
        return Mistake(place, wrong, f'"{name}"', ", ".join(sorted(self.known)), hint)


class OfASynapse(Reads):
    """What a factor of the synapse may read: states, and constants."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule, ANY, frozenset(), frozenset())
        self.known = {*rule.parameters, *(state.name for state in rule.states)}

    def refuse(self, place: str, name: str) -> Mistake | None:
        """Return why the text may not read a name; None if it may."""
        if name in self.known:
            return None
        hint = closest(name, self.known) or "Variables of units belong to `pre` and `post`."
        wrong = f'reads "{name}"; text of a synapse reads its states and parameters'
        if name == WEIGHT:
            hint = TO_WEIGHTS
        return Mistake(place, wrong, f'"{name}"', ", ".join(sorted(self.known)) or "nothing", hint)


class OfBothUnits(Reads):
    """What a spike at a synapse may read: states, parameters, and both units, as ``trace_pre`` and ``trace_post``.

    Parameters
    ----------
    rule : Rule
    pre, post : Unit
    now : frozenset of str
        Which of the names of every unit are there when it is read.
    also : frozenset of str
        What else may be read.
    """

    def __init__(
        self,
        rule: Rule,
        pre: Unit,
        post: Unit,
        now: frozenset[str] = OF_A_UNIT | AT_SPIKES,
        also: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(rule, ANY, frozenset(), frozenset())
        self.known = {*also, *rule.parameters, *(state.name for state in rule.states)}
        self.sides = {
            side: Reads(rule, unit, now, frozenset()) for side, unit in zip(("pre", "post"), (pre, post), strict=True)
        }

    def refuse(self, place: str, name: str) -> Mistake | None:
        """Return why the text may not read a name; None if it may."""
        if name in self.known:
            return None
        base, side = side_of(name)
        if side:
            return self.sides[side].refuse(place, base)
        units = self.sides["pre"].known | self.sides["post"].known
        wrong = f'reads "{name}"; text of a synapse reads states, parameters, and units by `_pre` and `_post`'
        hint = f"Write {name}_pre or {name}_post." if name in units else closest(name, self.known)
        if name in told_names(self.rule):
            hint = "Broadcasts and modulators belong to `post` of a term."
        return Mistake(place, wrong, f'"{name}"', ", ".join(sorted(self.known)), hint)


TO_WEIGHTS = 'Write a factor of the weight separately: weight = "w".'
