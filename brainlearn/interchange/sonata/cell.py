"""The text of a population's neuron model in numbers: what multiplies what, its threshold, its reset, its rest."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from brainlearn.brian.text.right_sides import Factors, NeuronText, NoSum, Sum, right_sides
from brainlearn.expression import CONSTANTS, Expression, ExpressionError, parse_expression
from brainlearn.neurons import NeuronModel
from brainlearn.units import UNITS

Number = float | np.ndarray
"""One for all units, or (unit,) array."""

Numbers = Mapping[Factors, Number]
"""What multiplies each product of variables [SI units]."""

_ASSIGNMENT = re.compile(r"\s*(?P<name>[A-Za-z]\w*)\s*(?P<sign>[+-]?)=\s*(?P<value>.+?)\s*")
EARLIER = 1e-3  # of a step: a time that is as much shorter than a number of steps is that number, as in Brian2
ALIKE = 1e-9  # relative difference of numbers that are the same but for rounding
MILLI = 1e-3


class NotSaid(Exception):
    """What NEST has no model for: what is wrong, found, allowed and to be done."""

    def __init__(self, wrong: str, found: str = "", allowed: str = "", suggestion: str = "") -> None:
        super().__init__(wrong)
        self.wrong, self.found, self.allowed, self.suggestion = wrong, found, allowed, suggestion


@dataclass(frozen=True)
class Cell:
    """One population's neurons.

    Parameters
    ----------
    model : NeuronModel
    text : NeuronText
        Its equations.
    membrane : str
        The variable that the threshold compares.
    known : mapping of str to Number
        Constants and units by name, those of each unit as (unit,) arrays [SI units].
    dt : float
        Time step [s].
    signs : mapping of str to set of int
        Signs (-1, 0, 1) of what spikes add to each variable.
    """

    model: NeuronModel
    text: NeuronText
    membrane: str
    known: Mapping[str, Number]
    dt: float
    signs: Mapping[str, frozenset[int]]

    @property
    def millivolts(self) -> float:
        """NEST's millivolts for one unit of the membrane, which may be in volts or have no unit."""
        return 1.0 if self.text.right_sides[self.membrane].dimension == (0,) * 7 else 1e3

    def number(self, expression: Expression) -> Number:
        """Return the value of an expression of constants."""
        unknown = sorted(expression.names - self.known.keys())
        if unknown:
            raise NotSaid("NEST's models have constants only", f"{unknown[0]} in `{expression.text}`")
        with np.errstate(all="ignore"):
            value = np.asarray(expression(self.known), dtype=float)
        return value if value.ndim else float(value)

    def numbers(self, terms: Sum) -> dict[Factors, Number]:
        """Return the values of what multiplies variables, without what is 0."""
        found = {names: self.number(expression) for names, expression in terms.items()}
        return {names: value for names, value in found.items() if np.any(value)}

    def side(self, variable: str) -> dict[Factors, Number]:
        """Return the right side of a variable's equation in numbers."""
        return self.numbers(self.text.right_sides[variable].terms)

    @property
    def others(self) -> list[str]:
        """Variables that equations move, without the membrane."""
        return sorted(self.text.right_sides.keys() - {self.membrane})


def cell_of(
    model: NeuronModel, values: Mapping[str, np.ndarray], dt: float, signs: Mapping[str, frozenset[int]]
) -> Cell:
    """Read a neuron model.

    Parameters
    ----------
    model : NeuronModel
    values : mapping of str to (unit,) array
        Constants and initial values that differ between units [SI units].
    dt : float
        Time step [s].
    signs : mapping of str to set of int
        As in `Cell`.

    Raises
    ------
    NotSaid
        If it is no neuron of NEST, whichever.
    """
    if model.kind != "spiking":
        raise NotSaid(f"NEST has no model for {model.kind} units", f'"{model.name}"', "units that spike")
    if model.kept:
        raise NotSaid("NEST's units have no variables that persist across presentations", ", ".join(model.kept))
    try:
        text = right_sides(model.equations)
    except NoSum as error:
        raise NotSaid("no model of NEST has such a term", f"`{error}`") from error
    if text.noisy:
        hint = "Write a poisson_input in the population: NEST has generators of Poisson trains."
        raise NotSaid("NEST's units have no noise in their equations", "xi", suggestion=hint)
    compared, _, _ = _threshold(model)
    if compared not in text.right_sides:
        raise NotSaid("thresholds compare a variable that an equation moves", f'"{model.threshold.strip()}"')
    known: dict[str, Number] = {name: unit[0] for name, unit in UNITS.items()}
    known |= {name: value.value for name, value in model.parameters.items()} | dict(CONSTANTS)
    known |= {name: model.initial[name].value if name in model.initial else 0.0 for name in text.settable}
    known |= {name: value for name, value in values.items() if name not in text.right_sides} | {"dt": dt}
    for name, expression in text.fixed.items():
        if expression.names <= known.keys():
            known[name] = np.asarray(expression(known), dtype=float)[()]
    return Cell(model, text, compared, known, dt, signs)


def threshold_of(cell: Cell) -> Number:
    """Return the threshold in NEST's millivolts: NEST spikes at it, and where the text says above, just above it."""
    _, strictly, expression = _threshold(cell.model)
    value = cell.number(expression) * cell.millivolts
    return np.nextafter(value, np.inf) if strictly else value


def _threshold(model: NeuronModel) -> tuple[str, bool, Expression]:
    try:
        tree = ast.parse(model.threshold.strip(), mode="eval").body
    except SyntaxError:
        tree = None
    match tree:
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Gt() | ast.GtE() as op], comparators=[right]):
            return name, isinstance(op, ast.Gt), _parsed(ast.unparse(right))
    raise NotSaid("NEST's thresholds are constants", f'"{model.threshold.strip()}"', "as in `v > v_threshold`")


def resets_of(cell: Cell) -> dict[str, tuple[str, Number]]:
    """Return what a spike does to variables: ``("=", value)`` or ``("+=", value)``."""
    found = {}
    for line in filter(str.strip, re.split(r"[\n;]", cell.model.reset)):
        match = _ASSIGNMENT.fullmatch(line.partition("#")[0])
        if match is None or match["name"] in found:
            raise NotSaid("NEST's resets set the membrane, and may add to another variable", f'"{line.strip()}"')
        sign = -1.0 if match["sign"] == "-" else 1.0
        value = sign * cell.number(_parsed(match["value"]))
        found[match["name"]] = ("+=" if match["sign"] else "=", value)
    return found


def reset_to(cell: Cell, also: frozenset[str] = frozenset()) -> Number:
    """Return what the membrane is set to after a spike [SI units]; only `also` may change with it."""
    resets = resets_of(cell)
    how, value = resets.get(cell.membrane, ("", 0.0))
    if how != "=":
        hint = f'Write reset = "{cell.membrane} = …" in the neuron model, which changes the model.'
        raise NotSaid("NEST resets the membrane to a value", f'"{cell.model.reset.strip()}"', "`v = …`", hint)
    if more := sorted(resets.keys() - {cell.membrane} - also):
        raise NotSaid("the reset of NEST's model changes nothing else", more[0])
    return value


def refractory_steps(cell: Cell) -> np.ndarray | int:
    """Return for how many steps after that of a spike, and with it, a unit is refractory: Brian2's count."""
    if not cell.model.refractory.strip():
        return 0
    try:
        duration = cell.number(_parsed(cell.model.refractory))
    except NotSaid as error:
        raise NotSaid("NEST's refractory periods are times", f'"{cell.model.refractory}"', "a time") from error
    steps: np.ndarray = np.floor(np.asarray(duration) / cell.dt + EARLIER).astype(int)
    if np.any(steps > 1) and not cell.text.right_sides[cell.membrane].held:
        hint = f"Write (unless refractory) after the equation of {cell.membrane}."
        raise NotSaid("NEST's membranes rest while refractory", f"d{cell.membrane}/dt without it", suggestion=hint)
    return steps if steps.ndim else int(steps)


def no_others_rest(cell: Cell) -> None:
    """Refuse variables beside the membrane that rest while a unit is refractory: in NEST they continue."""
    if resting := [name for name in cell.others if cell.text.right_sides[name].held]:
        raise NotSaid("in NEST only the membrane rests while refractory", f"{resting[0]} (unless refractory)")


def decay_of(cell: Cell, variable: str) -> Number:
    """Return the time constant [s] of a variable that only decays."""
    side = cell.side(variable)
    rate = side.pop((variable,), 0.0)
    if side or not np.all(np.less(rate, 0)):
        raise NotSaid("no model of NEST has this equation", f"d{variable}/dt", "variables that decay exponentially")
    return -1 / rate


def initial_of(cell: Cell, variable: str, values: Mapping[str, np.ndarray]) -> Number:
    """Return what a variable is at the beginning [SI units]."""
    if variable in values:
        return values[variable]
    return cell.model.initial[variable].value if variable in cell.model.initial else 0.0


def milliseconds(steps: Any, dt: float) -> Any:
    """Return times of whole steps as exact decimal numbers [ms]: 0.3 and not 0.30000000000000004."""
    return np.round(steps * (dt / MILLI), 9)


def alike(one: Number, other: Number) -> bool:
    """Return whether two numbers are the same but for rounding."""
    return bool(np.allclose(one, other, rtol=ALIKE, atol=0.0))


def _parsed(text: str) -> Expression:
    try:
        return parse_expression(text)
    except ExpressionError as error:
        raise NotSaid("no constant", f'"{text}"') from error
