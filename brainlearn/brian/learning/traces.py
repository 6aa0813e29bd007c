"""Traces of rules: variables beside those of the neuron model, integrated exactly whatever the model's method is."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from brian2 import Equations, NeuronGroup, Quantity, second
from brian2.core.namespace import DEFAULT_UNITS
from brian2.parsing.sympytools import str_to_sympy, sympy_to_str

from brainlearn.brian import fused_code
from brainlearn.brian.each_step import begin_update_with, run_each_step
from brainlearn.brian.learning.followed import unit_of, with_followed
from brainlearn.expression import parse_expression
from brainlearn.mistakes import Mistake, UserError
from brainlearn.neurons import NeuronModel
from brainlearn.reserved import PREFIX, of_rule, reserved
from brainlearn.rules import Trace

ACTIVITY = "activity"


def trace_variable(name: str, number: int = 0) -> str:
    """Return the variable of a population that holds a trace of the rule `number`."""
    return of_rule(reserved(f"{name}_trace"), number)


def rule_constant(name: str, number: int = 0) -> str:
    """Return the name of a rule's parameter in text that Brian2 runs: a neuron model may have one of the same name."""
    return of_rule(reserved(f"{name}_in_rule"), number)


@dataclass(frozen=True)
class TraceText:
    """The traces of a rule in one population, as Brian2 runs them.

    Parameters
    ----------
    variables : mapping of str to str
        Variable of the population by the name of the trace, in the rule's order.
    declarations : str
        Equations that declare them.
    on_spike : str
        Statements for the unit's own spikes.
    update : str
        Statements that take every trace one time step further.
    constants : mapping of str to Quantity
        Names in these texts other than variables of the population.
    number : int
        Of the rule, from 0, where several share the population.
    """

    variables: Mapping[str, str]
    declarations: str
    on_spike: str
    update: str
    constants: Mapping[str, Any]
    number: int = 0

    def put_into(self, group: NeuronGroup) -> None:
        """Let a group integrate the traces, from what its variables are when a step begins.

        They go through memory together with the states of the neurons, but in large groups whose states no loop takes
        that is compiled for the precision of the group: there they have their own.
        """
        if self.update and self.apart(group):
            run_each_step(group, self.update, "groups", -1, of_rule("traces", self.number))
        elif self.update:
            begin_update_with(group, self.update)

    def apart(self, group: NeuronGroup) -> bool:
        """Return whether a group integrates the traces in their own loop."""
        large = group.N >= fused_code.SMALLEST_GROUP
        return bool(group.equations.is_stochastic or (group._refractory is not False and large))


def trace_text(
    traces: Sequence[Trace], parameters: Mapping[str, Any], model: NeuronModel, dt: float, where: str, number: int = 0
) -> TraceText:
    """Write the traces of a rule for a population.

    A trace follows ``dx/dt = a·x + (other traces) + (what the neuron does)``. With the last part constant during a
    step the solution is ``x(t + dt) = exp(A dt) x(t) + ∫ exp(A s) ds · input``: exact, with equal time constants too.
    Variables of the neuron that its own method solves exactly are part of ``x``, as they are in Brian2.

    Parameters
    ----------
    traces : sequence of Trace
    parameters : mapping of str to Quantity
        Of the rule, in Brian2's units.
    model : NeuronModel
        Of the population.
    dt : float
        Time step [s].
    where : str
        For messages.
    number : int
        Of the rule, from 0: another has traces and constants of other names.

    Raises
    ------
    UserError
        If an equation is not linear in the traces.
    """
    spiking = bool(model.threshold)
    texts = {t.name: t.equation if spiking or not t.graded else t.graded for t in traces}
    new_names = {name: trace_variable(name, number) for name in texts}
    new_names |= {name: rule_constant(name, number) for name in parameters}
    if model.output:
        new_names.setdefault(ACTIVITY, model.output)
    constants = {rule_constant(name, number): value for name, value in parameters.items()}
    equations = Equations("\n".join(renamed(text, new_names) for text in texts.values()))
    fixed = [name for name in equations.names if name not in equations.diff_eq_names]
    update, numbers = _solution(equations, constants, model, dt, where, number)
    lines = [f"{name} = {equations[name].expr} : {unit_of(equations[name])}" for name in fixed]
    lines += [f"{name} : {unit_of(equations[name])}" for name in equations.diff_eq_names]
    return TraceText(
        {name: trace_variable(name, number) for name in texts},
        "\n".join(lines),
        "\n".join(renamed(t.on_spike, new_names) for t in traces if t.on_spike) if spiking else "",
        update,
        constants | numbers,
        number,
    )


def _solution(
    equations: Equations, constants: Mapping[str, Any], model: NeuronModel, dt: float, where: str, number: int
) -> tuple[str, dict[str, Any]]:
    """Return the statements of a step, and the numbers that they name; solved with the neuron where that is linear."""
    if not equations.diff_eq_names:
        return "", {}
    together = with_followed(equations, model)
    if together is not equations:
        units = {name: DEFAULT_UNITS[name] for name in together.identifiers & DEFAULT_UNITS.keys()}
        known = {**units, **{name: value.value for name, value in model.parameters.items()}, **constants}
        with contextlib.suppress(UserError):  # not linear: what traces follow is held during a step
            return exact_update(together, known, dt, where, number=number, written=equations.diff_eq_names)
    return exact_update(equations, constants, dt, where, number=number)


def renamed(text: str, new_names: Mapping[str, str]) -> str:
    """Return text with other names for some of its identifiers."""
    return re.sub(r"\b[A-Za-z_]\w*\b", lambda word: _new_name(word[0], new_names), text)


def as_written(text: str) -> str:
    """Return text with the names that the rule's author wrote."""
    return re.sub(rf"\b{PREFIX}(\w+?)_(?:trace|state|in_rule)\d*\b", r"\1", text)


def _new_name(word: str, new_names: Mapping[str, str]) -> str:
    if word.startswith("d") and word[1:] in new_names and word[1:] and word not in new_names:
        return "d" + new_names[word[1:]]  # dx/dt
    return new_names.get(word, word)


def exact_update(
    equations: Equations,
    constants: Mapping[str, Any],
    dt: float,
    where: str,
    kind: str = "trace",
    number: int = 0,
    written: Collection[str] | None = None,
) -> tuple[str, dict[str, Any]]:
    """Return the statements of a step, and the numbers that they name, which are those of the rule `number`.

    Parameters
    ----------
    equations, constants, dt, where, kind
        As in `linear_system`.
    number : int
    written : collection of str, optional
        The variables that the statements take further; default: all.
    """
    names, matrix, inputs = linear_system(equations, constants, dt, where, kind)
    decayed, driven = solved(matrix, dt)
    plain: dict[str, Any] = {}
    wanted = [name for name in names if written is None or name in written]
    rows = [_row(names.index(name), names, inputs, decayed, driven, equations, plain) for name in wanted]
    own = {name: of_rule(name, number) for name in plain}
    lines = [f"_{name} = {renamed(row, own)}" for name, row in zip(wanted, rows, strict=True)]
    numbers = {own[name]: value for name, value in plain.items()}
    return "\n".join([*lines, *(f"{name} = _{name}" for name in wanted)]), numbers


def linear_system(
    equations: Equations, constants: Mapping[str, Any], dt: float, where: str, kind: str = "trace"
) -> tuple[list[str], np.ndarray, list[Any]]:
    """Return the variables of differential equations, the matrix of their factors, and what else drives them.

    Parameters
    ----------
    equations : Equations
    constants : mapping of str to Quantity
    dt : float
        Time step [s].
    where, kind : str
        For messages: where the equations are, and what they are of.

    Raises
    ------
    UserError
        If an equation is not linear in the variables.
    """
    names = sorted(equations.diff_eq_names)
    symbols = {name: sympy.Symbol(name, real=True) for name in names}
    nothing = dict.fromkeys(symbols.values(), 0)
    values = {name: float(value) for name, value in constants.items()} | {"dt": dt}
    matrix, inputs = np.zeros((len(names), len(names))), []
    for row, name in enumerate(names):
        right = sympy.expand(str_to_sympy(str(equations[name].expr)))
        for column, other in enumerate(names):
            factor = sympy_to_str(sympy.diff(right, symbols[other]))
            if not parse_expression(factor).names <= set(values):
                wrong = f'the equation of the {kind} "{as_written(name)}" is not linear in the {kind}s'
                others = ", and of variables" if kind == "trace" else ", and constants"
                found, allowed = as_written(str(equations[name].expr)), f"sums of {kind}s times constants{others}"
                raise UserError(Mistake(where, wrong, f"`{found}`", allowed))
            matrix[row, column] = parse_expression(factor)(values)
        inputs.append(right.subs(nothing))
    return names, matrix, inputs


def solved(matrix: np.ndarray, dt: float) -> tuple[np.ndarray, np.ndarray]:
    """Return ``exp(A dt)`` and ``∫ exp(A s) ds`` from 0 to dt, both of one exponential (Van Loan 1978)."""
    size = len(matrix)
    from scipy.linalg import expm  # half a second that a check of a file need not wait for

    both = expm(np.block([[matrix, np.eye(size)], [np.zeros((size, 2 * size))]]) * dt)
    return both[:size, :size], both[:size, size:]


def _row(
    row: int,
    names: Sequence[str],
    inputs: Sequence[Any],
    decayed: np.ndarray,
    driven: np.ndarray,
    equations: Equations,
    numbers: dict[str, Any],
) -> str:
    """Write what one trace becomes."""
    terms = []
    for column, name in enumerate(names):
        ratio = Quantity(1.0, dim=equations[names[row]].dim / equations[name].dim)
        for kind, factor, part in (
            ("decay", decayed[row, column], name),
            ("drive", driven[row, column] * second, "" if inputs[column] == 0 else sympy_to_str(inputs[column])),
        ):
            if part and float(factor):
                number = reserved(f"{kind}_{row}_{column}")
                numbers[number] = factor * ratio
                terms.append(f"{number}*({part})")
    return " + ".join(terms) or "0"
