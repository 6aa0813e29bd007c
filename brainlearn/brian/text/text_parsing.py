"""Brian2's parser, asked about the text of a file: what it names, which unit it has. Nothing is run.

Brian2 evaluates the unit of an equation and constant powers with Python's ``eval``. So units must pass a
pattern, and powers must be small, before Brian2 sees any text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from brian2 import Clock, Equations, second
from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.namespace import DEFAULT_CONSTANTS, DEFAULT_UNITS
from brian2.core.variables import Constant, Variable
from brian2.equations.equations import BOOLEAN, PARAMETER, SingleEquation
from brian2.parsing.expressions import parse_expression_dimensions
from brian2.units.fundamentalunits import (
    DIMENSIONLESS,
    Dimension,
    DimensionMismatchError,
    get_or_create_dimension,
    get_unit,
)
from brian2.utils.stringtools import get_identifiers

from brainlearn.units import Dimensional, Quantity

LARGEST_POWER = 100

_FACTOR = r"(1|[A-Za-z]\w*)(\s*\*\*\s*-?\d)?"
_UNIT = re.compile(rf"\s*{_FACTOR}(\s*[*/]\s*{_FACTOR})*\s*")
_STATEMENT = re.compile(r"^[ \t]*(?:d\w+[ \t]*/[ \t]*dt[ \t]*=|\w+[ \t]*[=:])", re.MULTILINE)


class TextError(ValueError):
    """Text that Brian2 would refuse, or that must not reach it."""


@lru_cache(maxsize=1024)  # an experiment asks some ten times about the same few texts
def parse_equations(text: str) -> Equations:
    """Parse equations; the same text gives the same object, which nothing changes.

    Raises
    ------
    TextError
        With one line that says what is wrong.
    """
    for line in text.splitlines():
        _, colon, unit = line.partition("#")[0].partition(":")
        unit = unit.partition("(")[0]
        if colon and not _UNIT.fullmatch(unit):
            raise TextError(f'"{unit.strip()}" is not a unit; write 1, volt, second, siemens/metre**2 or the like')
        guard(line)
    try:
        return Equations(text)
    except (RecursionError, MemoryError):
        raise TextError("nested too deeply") from None
    except Exception as error:  # the parser raises pyparsing's, sympy's and its own kinds
        raise TextError(reason_of(error)) from None


def statements_of(text: str) -> list[str]:
    """Cut equations into pieces that each begin with ``dx/dt =``, ``x =`` or ``x :``."""
    starts = [match.start() for match in _STATEMENT.finditer(text)]
    return [
        piece.strip()
        for piece in (text[a:b] for a, b in zip([0, *starts], [*starts, None], strict=True))
        if piece.strip()
    ]


def guard(text: str) -> None:
    """Refuse powers that take forever to compute, such as ``9**9**9``.

    Raises
    ------
    TextError
        If there is one.
    """
    for power in re.finditer(r"\*\*\s*\(*\s*[+-]?\s*([\d.]+(?:[eE][+-]?\d+)?)(\s*\)*\s*\*\*)?", text):
        if power[2] or _number(power[1]) > LARGEST_POWER:
            raise TextError(f'"{power[0].strip()}": the largest power is {LARGEST_POWER}')


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("inf")


def reason_of(error: BaseException) -> str:
    """Return the useful line of an error: Brian2 hides it in the cause."""
    while error.__cause__ is not None and not isinstance(error, DimensionMismatchError):
        error = error.__cause__
    if isinstance(error, DimensionMismatchError):
        return str(error.desc).strip().rstrip(".").replace("\n", " ")
    lines = [line.strip(" ^") for line in str(error).splitlines()]
    lines = [line for line in lines if line and not line.startswith("Parsing failed")]
    return " ".join(lines).rstrip(".") or type(error).__name__


def check_syntax(expression: str) -> None:
    """Refuse what is no expression.

    Raises
    ------
    TextError
        With the reason of Python's parser.
    """
    guard(expression)
    if "#" in expression:
        raise TextError("an expression must not contain a comment")
    try:
        ast.parse(expression.strip(), mode="eval")
    except SyntaxError as error:
        raise TextError(f'"{expression.strip()}" is not an expression: {error.msg}') from None
    except (ValueError, RecursionError, MemoryError):
        raise TextError("the expression is nested too deeply, or holds a null byte") from None


def dimension_of(expression: str, variables: Mapping[str, Any]) -> Dimension:
    """Return the dimension of an expression.

    Raises
    ------
    TextError
        If its units do not agree, or it is no expression.
    """
    check_syntax(expression)
    named = {name: variables[name] for name in get_identifiers(expression) if name in variables}
    try:
        return parse_expression_dimensions(expression.strip(), named)
    except (RecursionError, MemoryError):
        raise TextError("nested too deeply") from None
    except Exception as error:
        raise TextError(reason_of(error)) from None


def unknown_names(expression: str, variables: Mapping[str, Any]) -> list[str]:
    """Names in an expression that nothing defines, in alphabetical order."""
    return sorted(set(get_identifiers(expression)) - set(variables))


NOISE = r"xi(_\w+)?"
"""``xi``, and ``xi_1`` and the like where there are several independent ones."""


def noise_names(text: str) -> set[str]:
    """Names of white noise in equations."""
    return {name for name in get_identifiers(text) if re.fullmatch(NOISE, name)}


def unit_hint(text: str) -> str:
    """Say how a quantity is written in text, if one stands there as it would in a file, such as ``2 ms``."""
    for number, unit in re.findall(r"(?<![\w.])(\d[\d.]*(?:[eE][+-]?\d+)?)\s+([A-Za-z]\w*)", text):
        if unit in DEFAULT_UNITS:
            return f"Write {number}*{unit}: in text, multiply the number by its unit."
    return ""


def unit_name(dimension: Dimension) -> str:
    """Return a dimension as a unit that equations may contain: ``volt``, ``1``."""
    return "1" if dimension is DIMENSIONLESS else repr(get_unit(dimension))


def known_names(dt: Quantity) -> dict[str, Any]:
    """Return what every text may use: functions, constants, units and time."""
    return {**_names_of_brian(), **Clock(dt=dt.value * second).variables}  # t and dt


@cache
def _names_of_brian() -> Mapping[str, Any]:
    """Return what every text may use whatever the time step is; its 1,700 units are made once."""
    names: dict[str, Any] = dict(DEFAULT_FUNCTIONS)
    names |= {name: constant("inf" if name == "inf" else name, float(value)) for name, value in _constants().items()}
    names |= {name: constant(name, float(unit), unit.dim) for name, unit in DEFAULT_UNITS.items()}
    names |= {"lastspike": variable("lastspike", second.dim), "i": variable("i"), "N": variable("N")}
    names["not_refractory"] = variable("not_refractory", boolean=True)
    return MappingProxyType(names)


def _constants() -> dict[str, Any]:
    return {
        name: value.get_value() if hasattr(value, "get_value") else value for name, value in DEFAULT_CONSTANTS.items()
    }


def constant(name: str, value: float, dimension: Dimension = DIMENSIONLESS) -> Constant:
    """Return a constant as Brian2's parser wants it."""
    return Constant(name, value=value, dimensions=dimension)


def variable(name: str, dimension: Dimension = DIMENSIONLESS, boolean: bool = False) -> Variable:
    """Return a state variable as Brian2's parser wants it."""
    return Variable(name, dimensions=dimension, dtype=bool if boolean else float)


def parameters_of(parameters: Mapping[str, Quantity]) -> dict[str, Any]:
    """Return a model's parameters as Brian2's parser wants them."""
    return {name: constant(name, value.value, dimension(value)) for name, value in parameters.items()}


def dimension(quantity: Dimensional) -> Dimension:
    """Return the dimension of a file's quantity, or of a table of quantities."""
    return get_or_create_dimension(list(quantity.dimension))


def variables_of(equations: Equations) -> dict[str, Any]:
    """Return what equations define."""
    return {name: variable(name, equation.dim, equation.var_type == BOOLEAN) for name, equation in equations.items()}


def quoted(text: str) -> str:
    """Return text on one line, in back quotes, cut after 80 characters."""
    line = " ".join(text.split())
    return f"`{line if len(line) <= 80 else line[:79] + '…'}`"


def is_parameter_of_units(equation: SingleEquation) -> bool:
    """Return whether a line declares a variable of which every unit has one that can be set."""
    return equation.type == PARAMETER and "shared" not in equation.flags
