"""Check the text of a rule with Brian2's parser: equations of traces, names that Brian2 keeps, and units."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
from brian2 import Equations, second
from brian2.core.namespace import DEFAULT_UNITS
from brian2.equations.equations import DIFFERENTIAL_EQUATION, SUBEXPRESSION
from brian2.parsing.bast import brian_ast
from brian2.units.fundamentalunits import DIMENSIONLESS, Dimension

from brainlearn.brian.text.text_parsing import (
    TextError,
    dimension_of,
    known_names,
    parameters_of,
    parse_equations,
    quoted,
    reason_of,
    unit_hint,
    unit_name,
    unknown_names,
    variable,
    variables_of,
)
from brainlearn.expression import ExpressionError, parse_expression
from brainlearn.mistakes import Mistake
from brainlearn.neurons import NeuronModel
from brainlearn.rules.jump import parse_jump, statements
from brainlearn.rules.known_names import AT_SPIKES, OF_A_COPY, OF_A_UNIT
from brainlearn.rules.names import KEPT, declared_names
from brainlearn.rules.rule import CONTINUOUS, WEIGHT, Rule, Trace
from brainlearn.rules.trace_sides import traces_at
from brainlearn.units import Quantity, parse_quantity

_SECOND = parse_quantity("1 s").dimension
_FORM = "dx/dt = … : unit, or x = … : unit"
_ONE_UNIT = "Only quantities with the same unit can be added or compared; divide times by a time to obtain numbers."


class RuleCheck:
    """The text of one rule, its traces parsed once.

    Parameters
    ----------
    rule : Rule
        Its names and what it reads are right, or are reported elsewhere: what cannot be looked up is left alone.
    dt : Quantity
        Time step.
    """

    def __init__(self, rule: Rule, dt: Quantity) -> None:
        self.rule = rule
        self.kept = known_names(dt)
        self._known = {name: each for name, each in self.kept.items() if name not in DEFAULT_UNITS}
        self.failures: list[Mistake] = []
        self.equations = {key: eq for key, eq in self._parsed() if eq is not None}
        self.names: dict[str, Any] = parameters_of(rule.parameters)
        self.names |= {name: variable(name) for name in (*OF_A_COPY, *OF_A_UNIT, *AT_SPIKES) if "feedback" not in name}
        for equations in self.equations.values():
            self.names = variables_of(equations) | self.names
        self.names = {name: each for name, each in self.names.items() if name not in self.kept}
        self.states = {key: eq for key, eq in self._states_parsed() if eq is not None}
        own = {name: each for equations in self.states.values() for name, each in variables_of(equations).items()}
        self._of_synapse = {**self._known, **parameters_of(rule.parameters), **own}

    def of_the_rule(self) -> Iterator[Mistake]:
        """Yield what is wrong whatever projection learns by the rule."""
        yield from self.failures
        for place, name in declared_names(self.rule):
            if (name in self.kept and name not in KEPT) or re.fullmatch(r"xi(_\w+)?", name):
                wrong = "Brian2 already defines a unit, constant, function or variable of this name"
                yield Mistake(place, wrong, f'"{name}"', "another name")
        for memory in self.rule.memories:
            rate = self.rule.parameters.get(memory.rate)
            if rate is not None and (any(rate.dimension) or not 0 <= rate.value <= 1):
                wrong = "the rate of a memory is the weight of the newest average"
                yield Mistake(
                    f"parameters.{memory.rate}", wrong, f'"{rate.text}"', "a number from 0 to 1, without unit"
                )

    # ---- traces --------------------------------------------------------------------------------------------------

    def _parsed(self) -> Iterator[tuple[str, Equations | None]]:
        for k, trace in enumerate(self.rule.traces):
            for key, text in (("equation", trace.equation), ("graded", trace.graded)):
                if text or key == "equation":
                    place = f"traces[{k}].{key}"
                    yield place, self._parse(place, trace.name, text)

    def _parse(self, place: str, name: str, text: str, kind: str = "trace") -> Equations | None:
        """Return the equation of a trace or a state; None, with the mistake noted, if it is not one of it."""
        try:
            equations = parse_equations(text)
        except TextError as error:
            hint = unit_hint(text)
            if ":" not in text:
                hint = f"End it with the unit of the {kind}: `: 1` if it has none."
            self.failures.append(Mistake(place, f"bad equation: {error}", quoted(text), _FORM, hint))
            return None
        types = (DIFFERENTIAL_EQUATION, SUBEXPRESSION) if kind == "trace" else (DIFFERENTIAL_EQUATION,)
        if list(equations) != [name] or any(each.type not in types for each in equations.values()):
            wrong = f'not one equation of the {kind} "{name}"'
            allowed = f"d{name}/dt = … : unit" + (f", or {name} = … : unit" if kind == "trace" else "")
            self.failures.append(Mistake(place, wrong, quoted(text), allowed))
            return None
        return equations

    def _of_traces(self, names: Mapping[str, Any], spiking: bool, there: Collection[Trace]) -> Iterator[Mistake]:
        for k, trace in enumerate(self.rule.traces):
            if trace not in there:
                continue
            place = f"traces[{k}].{'equation' if spiking or not trace.graded else 'graded'}"
            for equation in self.equations.get(place, {}).values():
                derivative = equation.type == DIFFERENTIAL_EQUATION
                wanted = equation.dim / second.dim if derivative else equation.dim
                shown = f"d{trace.name}/dt" if derivative else trace.name
                yield from self._same(place, str(equation.expr), wanted, names, f"{shown} = {equation.expr}")
            for line in re.split(r"[;\n]", trace.on_spike) if spiking else ():
                yield from self._of_jump(f"traces[{k}].on_spike", line.strip(), trace.name, names)

    def _of_jump(self, place: str, line: str, name: str, names: Mapping[str, Any]) -> Iterator[Mistake]:
        jump = parse_jump(line)
        if line and jump is None:
            yield Mistake(place, "bad statement", quoted(line), f"{name} += …, or = -= *= /=")
        elif jump is not None and jump.state == name and name in names:
            yield from self._same(place, jump.value, names[name].dim, names, line)

    # ---- states of a synapse -------------------------------------------------------------------------------------

    def _states_parsed(self) -> Iterator[tuple[str, Equations | None]]:
        for k, state in enumerate(self.rule.states):
            yield f"states[{k}].equation", self._parse(f"states[{k}].equation", state.name, state.equation, "state")

    def _of_states(self, pre: NeuronModel | None, post: NeuronModel | None) -> Iterator[Mistake]:
        units = {
            f"{name}_{side}": each
            for side, model in (("pre", pre), ("post", post))
            for name, each in self._own(model).items()
        }
        names = units | self._of_synapse
        for k, state in enumerate(self.rule.states):
            for equation in self.states.get(f"states[{k}].equation", {}).values():
                wanted, shown = equation.dim / second.dim, f"d{state.name}/dt = {equation.expr}"
                yield from self._same(f"states[{k}].equation", str(equation.expr), wanted, names, shown)
            for key in ("on_pre", "on_post", "on_step"):
                for line in statements(getattr(state, key)):
                    yield from self._of_jump(f"states[{k}].{key}", line, state.name, names)
            delay = self.rule.parameters.get(state.delay)
            if delay is not None and (delay.dimension != _SECOND or delay.value < 0):
                yield Mistake(
                    f"parameters.{state.delay}", "the delay of a state is a time", f'"{delay.text}"', "0 ms or more"
                )

    # ---- terms ---------------------------------------------------------------------------------------------------

    def between(self, key: str, pre: NeuronModel | None = None, post: NeuronModel | None = None) -> Iterator[Mistake]:
        """Yield units that do not agree where units of two neuron models are joined.

        Parameters
        ----------
        key : "changes" or "top_down"
            Which terms apply.
        pre, post : NeuronModel, optional
            Without them only what is said by the rule alone is looked at.
        """
        own = self._own(pre)
        told, mistakes = self._told(post)
        yield from mistakes
        for side, model, names in (("pre", pre, own), ("post", post, self._own(post))):
            yield from self._of_traces(names, model is None or bool(model.threshold), traces_at(self.rule, (side,)))
        yield from self._of_states(pre, post)
        for k, change in enumerate(getattr(self.rule, key)):
            sides = [(f"{key}[{k}].pre", change.pre, own), (f"{key}[{k}].post", change.post, told)]
            if change.weight:
                sides.append((f"{key}[{k}].weight", change.weight, {**self.names, WEIGHT: variable(WEIGHT)}))
            if change.synapse:
                sides.append((f"{key}[{k}].synapse", change.synapse, self._of_synapse))
            found = []
            for place, text, names in sides:
                unit = self._unit(text, names)
                yield from [_refused(place, text, unit)] if isinstance(unit, TextError) else []
                found.append(unit)
            units = [unit for unit in found if isinstance(unit, Dimension)]
            whole = math.prod(units, start=DIMENSIONLESS)
            continuous = change.when == CONTINUOUS
            if len(units) == len(found) and whole != (second.dim**-1 if continuous else DIMENSIONLESS):
                wrong, hint = (
                    "the change has a unit, but weights are dimensionless",
                    "Divide by a parameter of that unit.",
                )
                allowed = "a number without a unit"
                if continuous:
                    wrong, allowed = "a continuous term is a contribution to dw/dt", "unit Hz: a change per second"
                    hint = "Divide by a time constant."
                factors = filter(None, (change.pre, change.post, change.weight, change.synapse))
                shown = f"{quoted('*'.join(f'({text})' for text in factors))}, unit {unit_name(whole)}"
                yield Mistake(f"{key}[{k}]", wrong, shown, allowed, hint)

    def _own(self, model: NeuronModel | None) -> dict[str, Any]:
        """Return what text about a unit of a neuron model reads, with its dimensions; names of the rule come first."""
        if model is None:
            return self._known | self.names
        own = {**parameters_of(model.parameters), **variables_of(Equations(model.equations))}
        if model.feedback in own:
            own |= dict.fromkeys(("feedback", "feedback_before"), own[model.feedback])
        return self._known | own | self.names

    def _told(self, model: NeuronModel | None) -> tuple[dict[str, Any], list[Mistake]]:
        """Return all that postsynaptic text reads, and what is wrong with broadcasts, modulators and memories."""
        rule, names = self.rule, self._own(model)
        texts = [(f"broadcasts.{name}", name, text) for name, text in rule.broadcasts.items()]
        texts += [(f"modulators.{name}", name, text) for name, text in rule.modulators.items()]
        texts += [(f"memories[{k}].of", memory.name, memory.of) for k, memory in enumerate(rule.memories)]
        for _ in texts:  # modulators and memories may name each other
            found = {name: self._unit(text, names) for _, name, text in texts if name not in names}
            names = names | {name: variable(name, unit) for name, unit in found.items() if isinstance(unit, Dimension)}
        units = [(place, text, self._unit(text, names)) for place, _, text in texts]
        wrong = [_refused(place, text, unit) for place, text, unit in units if isinstance(unit, TextError)]
        return names, [*wrong, *self._conditions(names)]

    def _conditions(self, names: Mapping[str, Any]) -> Iterator[Mistake]:
        """Yield the mistakes in the conditions of memories."""
        for k, memory in enumerate(self.rule.memories):
            place, unit = f"memories[{k}].where", self._unit(memory.where, names)
            if isinstance(unit, TextError):
                yield _refused(place, memory.where, unit)
            elif unit is not None and brian_ast(memory.where.strip(), dict(names)).dtype != "boolean":
                yield Mistake(place, "not a condition", quoted(memory.where), "a comparison, as in `polarity > 0`")

    # ---- units ---------------------------------------------------------------------------------------------------

    def _unit(self, text: str, names: Mapping[str, Any]) -> Dimension | TextError | None:
        """Return the dimension of an expression, why it has none, or None if a name in it is not known."""
        try:
            if unknown_names(text, names):
                return None
            unit = dimension_of(text, names)
            _compute(text)
            return unit
        except TextError as error:
            return error
        except Exception as error:  # Brian2's own kinds
            return TextError(reason_of(error))

    def _same(
        self, place: str, text: str, wanted: Dimension, names: Mapping[str, Any], shown: str
    ) -> Iterator[Mistake]:
        unit = self._unit(text, names)
        if isinstance(unit, TextError):
            yield _refused(place, shown, unit)
        elif unit is not None and unit != wanted:
            wrong = f"wrong unit in {quoted(shown)}"
            hint = "Both sides must have the same unit."
            yield Mistake(place, wrong, f"unit {unit_name(unit)}", f"unit {unit_name(wanted)}", hint)


def _compute(text: str) -> None:
    """Evaluate an expression once, with 1 for every name; a TextError if NumPy refuses, as the difference of truths.

    Text that is no expression of rules is left alone: it is named elsewhere.
    """
    try:
        expression = parse_expression(text)
    except ExpressionError:
        return
    try:
        with np.errstate(all="ignore"):
            expression(dict.fromkeys(expression.names, np.ones((1, 1))))
    except (TypeError, ValueError, ArithmeticError) as error:
        raise TextError(f"it cannot be computed: {str(error).splitlines()[0].rstrip('.')}") from None


def _refused(place: str, text: str, error: TextError) -> Mistake:
    if str(error).startswith("it cannot be computed"):
        return Mistake(place, str(error), quoted(text), "numbers", "Convert comparisons to numbers with int(…).")
    return Mistake(place, f"wrong unit: {error}", quoted(text), "terms of one unit", unit_hint(text) or _ONE_UNIT)
