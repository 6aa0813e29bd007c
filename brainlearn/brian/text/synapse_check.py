"""Check that the text of every synapse fits the two populations that it connects."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from brian2 import Equations
from brian2.equations.equations import DIFFERENTIAL_EQUATION, PARAMETER, SUBEXPRESSION

from brainlearn.brian.learning.traces import renamed
from brainlearn.brian.text.both_units import products_of
from brainlearn.brian.text.statement import NO_POSTSYNAPTIC, Statement, parse_on_pre, parse_transmit
from brainlearn.brian.text.synapse_constants import ambiguous_constants, known_constants
from brainlearn.brian.text.synapse_text import differing_constants
from brainlearn.brian.text.text_parsing import (
    TextError,
    dimension_of,
    guard,
    is_parameter_of_units,
    parameters_of,
    unit_hint,
    unit_name,
    variables_of,
)
from brainlearn.circuit import Circuit, Projection
from brainlearn.expression import Expression, ExpressionError, parse_expression
from brainlearn.mistakes import Mistake, closest
from brainlearn.synapses import SYNAPSES, SynapseModel


def check_synapses(circuit: Circuit, equations: Mapping[str, Equations], known: Mapping[str, Any]) -> Iterator[Mistake]:
    """Yield every mistake of the synapse models, then of the projections that use them.

    Parameters
    ----------
    circuit : Circuit
    equations : mapping of str to Equations
        By the paths of populations, where they could be parsed.
    known : mapping
        Names that every text may use.
    """
    statements: dict[str, tuple[Statement, ...]] = {}
    for name, model in circuit.synapses.items():
        try:
            statements[name] = _parse(model)
        except (ExpressionError, TextError) as error:
            key = "on_pre" if model.on_pre else "transmit"
            place = f"{circuit.path}: synapses.{name}.{key}"
            form = "variable_post += w*…" if model.on_pre else "variable_post = w*variable_pre"
            yield Mistake(place, f"bad statement: {error}", f"`{_text(model)}`", form, unit_hint(_text(model)))
    for projection in circuit.projections:
        if projection.synapse in statements:
            yield from ambiguous_constants(circuit, projection)
            check = _ProjectionCheck(circuit, projection, equations, known)
            for statement in statements[projection.synapse]:
                yield from check.mistakes(statement)


def _parse(model: SynapseModel) -> tuple[Statement, ...]:
    guard(_text(model))
    try:
        return parse_on_pre(model.on_pre) if model.on_pre else (parse_transmit(model.transmit),)
    except (RecursionError, MemoryError):
        raise TextError("nested too deeply") from None


def _text(model: SynapseModel) -> str:
    return " ".join((model.on_pre or model.transmit).split())


OF_NEURONS = ("i", "N", "t", "t_in_timesteps", "lastspike", "not_refractory", "xi")
"""Names with a meaning in the text of a neuron, but not in that of a synapse."""


class _ProjectionCheck:
    """One projection against its source and its target."""

    def __init__(
        self,
        circuit: Circuit,
        projection: Projection,
        equations: Mapping[str, Equations],
        known: Mapping[str, Any],
    ) -> None:
        self.circuit, self.projection = circuit, projection
        self.place = f"{circuit.path}: {projection.place('synapse')}"
        self.source, self.target = (circuit.population(path) for path in (projection.source, projection.target))
        self.pre, self.post = equations.get(self.source.path), equations.get(self.target.path)
        self.equations, self.differing = equations, differing_constants(circuit, projection)
        self.names: dict[str, Any] = {name: each for name, each in known.items() if name not in OF_NEURONS}
        for suffix, path in (("post", self.target.path), ("pre", self.source.path)):
            model = circuit.models.get(path)
            for name, constant in parameters_of(model.parameters if model else {}).items():
                self.names |= {name: constant, f"{name}_{suffix}": constant}

    def mistakes(self, statement: Statement) -> Iterator[Mistake]:
        if self.post is not None and statement.target not in self._settable(self.post):
            yield self._no_target(statement.target)
            return
        if self.pre is None:
            return
        statement = Statement(statement.target, _with_names(statement.factor, self.differing))
        readable = [f"{name}_pre" for name, equation in self.pre.items() if equation.type != SUBEXPRESSION]
        of_post = self._readable_of_target()
        names = {**self.names, **{f"{name}_pre": each for name, each in variables_of(self.pre).items()}}
        names |= {f"{name}_post": each for name, each in variables_of(self.post).items()} if self.post else {}
        known = {*readable, *of_post, *self.names}
        unknown = sorted(name for name in statement.factor.names if name not in known)
        for name in unknown:
            yield self._unknown(name, [*readable, *of_post])
        if unknown or self.post is None:
            return
        yield from self._check_unit(statement, names)
        try:
            products_of(statement.factor, statement.factor.names & set(of_post) - self.names.keys())
        except ExpressionError as error:
            yield Mistake(self.place, str(error), f"`{_text(self.circuit.synapses[self.projection.synapse])}`")

    def _readable_of_target(self) -> list[str]:
        """Return the variables of the target that the text may read: all while it transmits, else constants."""
        if self.post is None:
            return []
        varied = self.circuit.models[self.target.path].varied
        continuous = self.circuit.synapses[self.projection.synapse].transmit
        return [
            f"{name}_post"
            for name, equation in self.post.items()
            if name in varied or (continuous and equation.type != SUBEXPRESSION and "shared" not in equation.flags)
        ]

    def _settable(self, equations: Equations) -> list[str]:
        kinds = {DIFFERENTIAL_EQUATION} if self.circuit.synapses[self.projection.synapse].on_pre else set()
        constants = self.circuit.models[self.target.path].varied
        return [
            name
            for name, equation in equations.items()
            if name not in constants and (equation.type in kinds or is_parameter_of_units(equation))
        ]

    def _no_target(self, variable: str) -> Mistake:
        assert self.post is not None
        settable = self._settable(self.post)
        model = self.circuit.synapses[self.projection.synapse]
        text, neuron = _text(model), f"{self.target.path} ({self.target.neuron})"
        wrong = f"`{text}` needs a variable {variable}, which {neuron} does not define"
        if variable in self.circuit.models[self.target.path].varied:
            wrong = f"`{text}` sets {variable}, which is a constant of {neuron}"
        elif variable in self.post and self.post[variable].type == PARAMETER:
            wrong = f"`{text}` sets {variable}, which is shared by all units of {neuron}"
        elif variable in self.post:
            wrong = f"`{text}` sets {variable}, which an equation of {neuron} sets already"
        fitting = [name for name, other in {**SYNAPSES, **self.circuit.synapses}.items() if self._fits(other)]
        suggestion = f"Synapses that fit: {', '.join(fitting)}." if fitting else ""
        return Mistake(self.place, wrong, f'"{self.projection.synapse}"', _listed(settable, neuron), suggestion)

    def _fits(self, model: SynapseModel) -> bool:
        """Return whether another synapse of the same kind would find its variable."""
        assert self.post is not None
        if bool(model.transmit) != bool(self.circuit.synapses[self.projection.synapse].transmit):
            return False
        try:
            return all(statement.target in self._settable(self.post) for statement in _parse(model))
        except (ExpressionError, TextError):
            return False

    def _unknown(self, name: str, readable: list[str]) -> Mistake:
        model = self.circuit.synapses[self.projection.synapse]
        known = [*readable, *known_constants(self.circuit, self.projection)]
        source = f"{self.source.path} ({self.source.neuron})"
        wrong = f'undefined identifier "{name}" in `{_text(model)}`, from {source}'
        if name.endswith("_post") and model.on_pre:
            wrong = f"bad statement: `{_text(model)}` {NO_POSTSYNAPTIC.format(name=name)}"
        return Mistake(self.place, wrong, f'"{name}"', ", ".join(known), closest(name, known))

    def _check_unit(self, statement: Statement, names: Mapping[str, Any]) -> Iterator[Mistake]:
        assert self.post is not None
        text = _text(self.circuit.synapses[self.projection.synapse])
        try:
            found = dimension_of(_brian_text(statement.factor.text), names)
        except TextError as error:
            yield Mistake(self.place, f"the units do not agree: {error}", f"`{text}`")
            return
        wanted = self.post[statement.target].dim
        if found != wanted:
            unit, variable = unit_name(wanted), f"{statement.target} of {self.target.path}"
            wrong = f"wrong unit in `{text}`: {variable} has unit {unit}"
            hint = "weights are dimensionless" if unit == "1" else f"multiply by a unit, as in `w*{_example(unit)}`"
            suggestion = hint[0].upper() + hint[1:] + "."
            yield Mistake(self.place, wrong, f"unit {unit_name(found)}", f"unit {unit}", suggestion)


def _with_names(factor: Expression, names: Mapping[str, str]) -> Expression:
    return parse_expression(renamed(factor.text, names)) if factor.names & names.keys() else factor


def _listed(settable: list[str], neuron: str) -> str:
    if settable:
        return f"variables {', '.join(settable)}"
    return f"none: {neuron} has no variable of every unit that synapses may set, such as `current : 1`"


def _brian_text(expression: str) -> str:
    return ast.unparse(ast.parse(expression, mode="eval"))


def _example(unit: str) -> str:
    return {"volt": "mV", "siemens": "nS", "amp": "nA", "second": "ms"}.get(unit, unit)
