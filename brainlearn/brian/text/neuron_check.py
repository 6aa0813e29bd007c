"""Check the text of one neuron model with Brian2's parser."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from brian2 import Equations, second
from brian2.equations.equations import DIFFERENTIAL_EQUATION, PARAMETER, SUBEXPRESSION
from brian2.parsing.bast import brian_ast
from brian2.parsing.statements import parse_statement
from brian2.utils.stringtools import get_identifiers

from brainlearn.brian.text.end_check import end_mistakes
from brainlearn.brian.text.method_check import method_mistakes
from brainlearn.brian.text.text_parsing import (
    NOISE,
    TextError,
    check_syntax,
    dimension,
    dimension_of,
    noise_names,
    parameters_of,
    parse_equations,
    quoted,
    reason_of,
    statements_of,
    unit_hint,
    unit_name,
    unknown_names,
    variable,
    variables_of,
)
from brainlearn.mistakes import Mistake, closest
from brainlearn.neurons import NeuronModel
from brainlearn.reserved import PREFIX, is_reserved
from brainlearn.units import Dimensional

_FLAGS = {
    DIFFERENTIAL_EQUATION: ["unless refractory"],
    PARAMETER: ["constant", "shared"],
    SUBEXPRESSION: ["constant over dt"],
}


class NeuronCheck:
    """One neuron model, its equations parsed once.

    Parameters
    ----------
    place : str
        The model, for the mistakes.
    model : NeuronModel
    known : mapping
        Names that every text may use.
    received : collection of str
        Variables that synapses write into.
    """

    def __init__(
        self, place: str, model: NeuronModel, known: Mapping[str, Any], received: Collection[str] = ()
    ) -> None:
        self.place, self.model, self._known, self._received = place, model, known, received
        self.names: dict[str, Any] = {**known, **parameters_of(model.parameters)}
        self.failures: dict[str, str] = {}  # statement -> reason
        self.equations = self._parse(model.equations)
        self.names |= variables_of(self.equations) if self.equations else {}
        self.noises = {name: variable(name, second.dim**-0.5) for name in noise_names(model.equations)}
        broken = [re.match(r"d(\w+)\s*/\s*dt|(\w+)", statement) for statement in self.failures]
        self.broken = {match[1] or match[2] for match in broken if match}

    def _parse(self, text: str) -> Equations | None:
        """Parse what can be parsed, and note each statement that cannot."""
        try:
            return parse_equations(text)
        except TextError as error:
            reason = str(error)
        good = []
        for statement in statements_of(text):
            try:
                parse_equations(statement)
                good.append(statement)
            except TextError as error:
                self.failures[statement] = str(error)
        if not self.failures:
            self.failures[text] = reason
            return None
        return self._parse("\n".join(good)) if good else None

    def all_mistakes(self) -> Iterator[Mistake]:
        """Yield everything wrong with the model."""
        yield from self._bad_statements()
        if self.equations is None:
            return
        yield from self._check_names(self.equations)
        before = list(self._check_expressions(self.equations))
        yield from before
        yield from self._check_condition("threshold", self.model.threshold)
        yield from self._check_reset()
        yield from self._check_refractory()
        yield from self._check_initial(self.equations, (*self.model.initial, *self.model.varied_initial))
        yield from self._check_kept(self.equations)
        yield from end_mistakes(self.place, self.model, self.equations)
        if not before:
            yield from method_mistakes(self.place, self.model, self.equations, self.names)

    def value_mistakes(self, initial: Collection[str]) -> Iterator[Mistake]:
        """Yield the mistakes in the values by which a population replaces those of its model.

        Parameters
        ----------
        initial : collection of str
            Variables whose initial values are the population's own.
        """
        if self.equations is not None:
            yield from self._check_initial(self.equations, initial)
            yield from method_mistakes(self.place, self.model, self.equations, self.names)

    def _mistake(self, key: str, wrong: str, found: str = "", allowed: str = "", suggestion: str = "") -> Mistake:
        return Mistake(f"{self.place}.{key}", wrong, found, allowed, suggestion)

    # ---- equations ----

    def _bad_statements(self) -> Iterator[Mistake]:
        form = "dx/dt = … : unit, x = … : unit, or x : unit"
        lines = self.model.equations.split("\n")
        varied = dict(zip(lines[len(lines) - len(self.model.varied) :], self.model.varied, strict=True))
        for statement, reason in self.failures.items():
            if statement in varied:  # no name for a variable
                if (name := varied[statement]) not in self._known:
                    yield self._mistake(f"parameters.{name}", reason, f'"{name}"', "another name")
                continue
            wrong, suggestion = (
                f"bad equation: {reason}",
                unit_hint(statement) or "Check brackets, operators and the colon before the unit.",
            )
            if ":" not in statement:
                wrong = "bad equation: the unit is missing"
                suggestion = "End it with the unit of the variable, as in `: volt`, or `: 1` if it has none."
            yield self._mistake("equations", wrong, quoted(statement), form, suggestion)

    def _check_names(self, equations: Equations) -> Iterator[Mistake]:
        own = [name for name in equations if name not in self.model.varied]
        for key, names in (("equations", own), ("parameters", (*self.model.parameters, *self.model.varied))):
            for name in filter(is_reserved, names):
                wrong = f"names that begin with {PREFIX} are reserved for the simulation"
                yield self._mistake(key, wrong, f'"{name}"', "another name")
        for name in own:
            if name in self.model.parameters:
                yield self._mistake(
                    f"parameters.{name}", "a variable of the equations has this name", name, "another name"
                )
            if re.search(r"_(pre|post)$", name):
                yield self._mistake(
                    "equations", "the suffixes _pre and _post are reserved for synapses", name, "another name"
                )
        for name in (*self.model.parameters, *self.model.varied):
            if name in self._known:
                yield self._mistake(
                    f"parameters.{name}", "Brian2 already defines a unit, constant, function or variable of this name",
                    name, "another name",
                )  # fmt: skip
        try:
            equations.check_flags(_FLAGS)
        except Exception as error:
            allowed = "(unless refractory), (constant), (shared)"
            yield self._mistake("equations", f"bad equation: {reason_of(error)}", "", allowed)

    def _check_expressions(self, equations: Equations) -> Iterator[Mistake]:
        for name, equation in equations.items():
            if equation.expr is None:
                continue
            derivative = equation.type == DIFFERENTIAL_EQUATION
            wanted = equation.dim / second.dim if derivative else equation.dim
            left = f"d{name}/dt" if derivative else name
            noises = self.noises if derivative else {}
            yield from self._check_unit("equations", str(equation.expr), wanted, f"{left} = {equation.expr}", noises)

    def _check_unit(
        self, key: str, expression: str, wanted: Any, shown: str, noises: Mapping[str, Any] = MappingProxyType({})
    ) -> Iterator[Mistake]:
        """Check syntax, names and unit of one expression."""
        try:
            check_syntax(expression)
        except TextError as error:
            hint = unit_hint(expression) or "Check brackets and operators."
            yield self._mistake(key, f"bad equation: {error}", quoted(shown), "an expression, as in `-v/tau`", hint)
            return
        names = {**self.names, **noises}
        unknown = unknown_names(expression, names)
        yield from self._undefined(key, [name for name in unknown if name not in self.broken], shown)
        if unknown:
            return
        try:
            found = dimension_of(expression, names)
        except TextError as error:
            hint = self._without_unit(expression) or "Only quantities with the same unit can be added or compared."
            yield self._mistake(key, f"wrong unit: {error}", quoted(shown), "terms of one unit", hint)
            return
        if wanted is not None and found != wanted:
            found_unit, wanted_unit = unit_name(found), unit_name(wanted)
            wrong = f"wrong unit in {quoted(shown)}"
            hint = self._without_unit(expression) or "Both sides must have the same unit."
            yield self._mistake(key, wrong, f"unit {found_unit}", f"unit {wanted_unit}", hint)

    def _without_unit(self, expression: str) -> str:
        """Name the parameters of an expression that have no unit: one of them may miss it."""
        numbers = {name for name, value in self.model.parameters.items() if not any(value.dimension)}
        named = sorted(numbers & set(get_identifiers(expression)))
        return f'Is a unit missing? No unit has {", ".join(named)}; write it as in "10 ms".' if named else ""

    def _undefined(self, key: str, names: Iterable[str], shown: str) -> Iterator[Mistake]:
        own = [*self.model.parameters, *(self.equations or ())]
        for name in names:
            wrong = f'undefined identifier "{name}" in {quoted(shown)}'
            suggestion = closest(name, own) or self._how_to_define(name)
            yield self._mistake(key, wrong, f'"{name}"', ", ".join(own), suggestion)

    def _how_to_define(self, name: str) -> str:
        if re.fullmatch(NOISE, name):
            return "Noise is allowed only in differential equations, `dx/dt = …`."
        if name in self._received or name in (self.model.input, self.model.output, self.model.feedback):
            return f"Add it to the equations, with its unit: a line `{name} : 1`."
        return f"Give it a value, parameters = {{ {name} = … }}, or a line of its own in the equations, `{name} : 1`."

    # ---- threshold, reset, refractory ----

    def _check_condition(self, key: str, text: str) -> Iterator[Mistake]:
        if not text:
            return
        mistakes = list(self._check_unit(key, text, None, text))
        yield from mistakes
        if not mistakes and not _is_condition(text, self.names):
            yield self._mistake(key, "not a condition", quoted(text), "a comparison, as in `v > 1`")

    def _check_reset(self) -> Iterator[Mistake]:
        names = dict(self.names)
        for line in (line.strip() for line in re.split(r"[;\n]", self.model.reset)):
            if line:
                yield from self._check_statement("reset", line, names)

    def _check_statement(self, key: str, line: str, names: dict[str, Any]) -> Iterator[Mistake]:
        try:
            name, operator, expression, _ = parse_statement(line)
        except Exception:
            yield self._mistake(key, "bad statement", quoted(line), "variable = expression, or += -= *= /=")
            return
        if name in self.broken:
            return
        if operator not in ("=", "+=", "-=", "*=", "/="):
            yield self._mistake(key, f"Brian2 has no operator {operator}", quoted(line), "= += -= *= /=")
            return
        if self.equations is None or name not in self.equations:
            known = ", ".join(self.equations or ())
            yield self._mistake(
                key, f'no variable "{name}" to set', quoted(line), known, closest(name, self.equations or ())
            )
        elif self.equations[name].type == SUBEXPRESSION:
            yield self._mistake(key, f'"{name}" is defined by an equation and cannot be set', quoted(line))
        else:
            whole = f"{name} {operator[0]} ({expression})" if len(operator) == 2 else expression
            yield from self._check_unit(key, whole, names[name].dim, line)

    def _check_refractory(self) -> Iterator[Mistake]:
        text = self.model.refractory
        mistakes = list(self._check_unit("refractory", text, None, text)) if text else []
        yield from mistakes
        if text and not mistakes and not _is_condition(text, self.names):
            found = dimension_of(text, self.names)
            if found != second.dim:
                wrong = "neither a time nor a condition"
                yield self._mistake("refractory", wrong, quoted(text), "a time, as in `2*ms`")

    # ---- values ----

    def _check_initial(self, equations: Equations, names: Collection[str]) -> Iterator[Mistake]:
        dynamic = [name for name, equation in equations.items() if equation.type == DIFFERENTIAL_EQUATION]
        values: Mapping[str, Dimensional] = {**self.model.initial, **self.model.varied_initial}
        for name in names:
            key, quantity = f"initial.{name}", values[name]
            if name not in dynamic:
                wrong = f'no differential equation for "{name}"'
                yield self._mistake(key, wrong, f'"{name}"', ", ".join(dynamic), closest(name, dynamic))
            elif dimension(quantity) != equations[name].dim:
                wanted = unit_name(equations[name].dim)
                problem = "wrong unit" if any(quantity.dimension) else "missing unit"
                yield self._mistake(key, problem, f'"{quantity.text}"', f"unit {wanted}")

    def _check_kept(self, equations: Equations) -> Iterator[Mistake]:
        dynamic = [name for name, equation in equations.items() if equation.type == DIFFERENTIAL_EQUATION]
        for k, name in enumerate(self.model.kept):
            key = f"kept[{k}]"
            if name not in dynamic:
                wrong = f'no differential equation for "{name}"'
                yield self._mistake(key, wrong, f'"{name}"', ", ".join(dynamic), closest(name, dynamic))
            elif getattr(self.model.varied_initial.get(name), "each_copy", False):
                wrong = f'all copies share "{name}", so its initial value cannot be drawn for each copy'
                yield self._mistake(key, wrong, f'"{name}"', suggestion="Leave each_copy out.")
            elif name in self.model.kept[:k]:
                yield self._mistake(key, "named twice", f'"{name}"', "each name once", "Leave it out.")


def _is_condition(text: str, names: Mapping[str, Any]) -> bool:
    try:
        return brian_ast(text.strip(), dict(names)).dtype == "boolean"
    except Exception:
        return False
