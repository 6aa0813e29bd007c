"""Synapse text such as ``v_post += 0.5*w*gain_pre``, split into what the shared delivery needs."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from brainlearn.expression import Expression, ExpressionError, parse_expression
from brainlearn.synapses import SynapseModel

_EVENT = re.compile(r"^\s*(?P<target>[A-Za-z]\w*?)_post\s*(?P<sign>[+-])=\s*(?P<value>.+?)\s*$")
NO_POSTSYNAPTIC = (
    "uses {name}: copies share the weights, so a synapse that waits for spikes may read presynaptic variables and "
    "constants only; put postsynaptic factors into the neuron's equations"
)
_CONTINUOUS = re.compile(r"^\s*(?P<target>[A-Za-z]\w*?)_post\s*=\s*(?P<value>.+?)\s*$")


@dataclass(frozen=True)
class Statement:
    """One effect of a synapse: ``target_post += w * factor``.

    Parameters
    ----------
    target : str
        Variable of the postsynaptic population.
    factor : Expression
        What multiplies the weight: constants and variables of the units (``x_pre``, ``x_post``).
    """

    target: str
    factor: Expression


def parse_on_pre(text: str) -> tuple[Statement, ...]:
    """Parse the statements of an event-driven synapse.

    Raises
    ------
    ExpressionError
        If a statement is not of the form ``variable_post += w * (constants and presynaptic variables)``.
    """
    lines = [line for line in re.split(r"[\n;]", text) if line.strip()]
    if not lines:
        raise ExpressionError(f'"{text.strip()}" is not of the form "variable_post += w*..."')
    return tuple(_statement(line, _EVENT, "variable_post += w*...") for line in lines)


def parse_transmit(text: str) -> Statement:
    """Parse the statement of a continuous synapse, ``variable_post = w*variable_pre``."""
    return _statement(text, _CONTINUOUS, "variable_post = w*variable_pre")


def _statement(line: str, form: re.Pattern[str], wanted: str) -> Statement:
    match = form.match(line)
    if match is None:
        raise ExpressionError(f'"{line.strip()}" is not of the form "{wanted}"')
    tree = ast.parse(match["value"], mode="eval").body if _parses(match["value"]) else None
    factors, count = _without_weight(tree, line, wanted)
    if count != 1:
        raise ExpressionError(f'"{line.strip()}" must contain the weight w exactly once, as a factor')
    sign = "-" if match.groupdict().get("sign") == "-" else ""
    factor = parse_expression(sign + "(" + "*".join(factors or ["1"]) + ")")
    return Statement(match["target"], factor)


def _parses(text: str) -> bool:
    parse_expression(text)  # raises with a clear message
    return True


def _without_weight(node: ast.expr | None, line: str, wanted: str) -> tuple[list[str], int]:
    """Return the factors of a product other than ``w``, and how often ``w`` occurs as a factor."""
    match node:
        case ast.Name(id="w"):
            return [], 1
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            a, n = _without_weight(left, line, wanted)
            b, m = _without_weight(right, line, wanted)
            return a + b, n + m
        case ast.BinOp(op=ast.Div(), left=left, right=right):
            a, n = _without_weight(left, line, wanted)
            return [*a, f"(1/({ast.unparse(right)}))"], n + 2 * _occurrences(right)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            a, n = _without_weight(inner, line, wanted)
            return ["(-1)", *a], n
        case ast.expr():
            return [f"({ast.unparse(node)})"], 2 * _occurrences(node)
    raise ExpressionError(f'"{line.strip()}" is not of the form "{wanted}"')


def _occurrences(node: ast.expr) -> int:
    return sum(isinstance(n, ast.Name) and n.id == "w" for n in ast.walk(node))


def statements_of(synapse: SynapseModel) -> tuple[Statement, ...]:
    """Return the parsed statements of a synapse model."""
    return parse_on_pre(synapse.on_pre) if synapse.on_pre else (parse_transmit(synapse.transmit),)
