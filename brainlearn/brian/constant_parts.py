"""Parts of a state update that only constants of units enter, as ``exp(-dt/tau)``: computed once, not in every step.

Brian2 does so itself with constants that all units share. Those that differ between units are variables for it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from brian2 import NeuronGroup, Quantity
from brian2.core.namespace import DEFAULT_UNITS

from brainlearn.expression import FUNCTIONS, parse_expression
from brainlearn.reserved import reserved

PART = reserved("constant_part_{}")
_LINE = re.compile(r"^(?P<left>\s*\w+\s*[-+*/]?=)(?!=)(?P<right>.+)$")


def without_constant_parts(code: str, varied: Collection[str], same: Collection[str]) -> tuple[str, dict[str, str]]:
    """Return code in which every costly part of constants is a name, and what the names stand for.

    Parameters
    ----------
    code : str
        Assignments, one to a line.
    varied : collection of str
        Constants that differ between units.
    same : collection of str
        Constants that all units share.

    Examples
    --------
    >>> without_constant_parts("_v = v*exp(-dt/tau) + tau", ["tau"], ["dt"])
    ('_v = v * brainlearn_constant_part_0 + tau', {'brainlearn_constant_part_0': 'exp(-dt / tau)'})
    """
    parts = _Parts(varied, same)
    lines = []
    for line in code.splitlines():
        match = _LINE.match(line)
        if match is None:
            lines.append(line)
            continue
        tree = parts.visit(ast.parse(match["right"].strip(), mode="eval").body)
        lines.append(f"{match['left']} {ast.unparse(tree)}")
    names = {name: text for text, name in parts.found.items()}
    return ("\n".join(lines), names) if names else (code, {})


class _Parts(ast.NodeTransformer):
    """Replaces the largest parts that are constant and worth it."""

    def __init__(self, varied: Collection[str], same: Collection[str]) -> None:
        self.varied, self.known = set(varied), {*varied, *same}
        self.found: dict[str, str] = {}  # text -> name

    def visit(self, node: ast.AST) -> Any:
        """Return a name for a part of constants; else what its own parts become."""
        if isinstance(node, ast.BinOp | ast.Call | ast.UnaryOp) and self._is_constant(node):
            text = ast.unparse(node)
            return ast.Name(self.found.setdefault(text, PART.format(len(self.found))), ast.Load())
        return self.generic_visit(node)

    def _is_constant(self, node: ast.AST) -> bool:
        """Tell whether a part reads constants alone, those of units among them, and does more than add and multiply."""
        inside = list(ast.walk(node))
        functions = {id(each.func) for each in inside if isinstance(each, ast.Call)}
        called = {each.func.id for each in inside if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)}
        names = {each.id for each in inside if isinstance(each, ast.Name) and id(each) not in functions}
        costly = any(isinstance(each, ast.Call | ast.Div | ast.Pow) for each in inside)
        return costly and names <= self.known and bool(names & self.varied) and called <= FUNCTIONS.keys()


def values_of_parts(parts: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Compute parts from constants, one or (copy, unit), in SI units."""
    with np.errstate(all="ignore"):
        return {name: np.asarray(parse_expression(text)(values), dtype=float) for name, text in parts.items()}


class ConstantParts:
    """The constant parts of the state update of one group, which it gets as variables before it runs.

    Parameters
    ----------
    group : NeuronGroup
    varied : mapping of str to (copy, unit) array
        Constants that differ between units, in SI units.

    Attributes
    ----------
    parts : dict of str to str
        What each variable stands for; known once the group's code is written.
    """

    def __init__(self, group: NeuronGroup, varied: Mapping[str, np.ndarray]) -> None:
        self._group, self._varied = group, varied
        known = {**group.namespace, **DEFAULT_UNITS, "dt": group.clock.dt_}
        numbers = {name: float(value) for name, value in known.items() if isinstance(value, float | Quantity)}
        self._same = {name: value for name, value in numbers.items() if name == "dt" or name not in group.variables}
        self.parts: dict[str, str] = {}
        self._write = group.state_updater.update_abstract_code
        group.state_updater.update_abstract_code = self._update

    def _update(self, run_namespace: Any) -> None:
        """Let Brian2 write the code, and take the parts out."""
        self._write(run_namespace)
        updater = self._group.state_updater
        updater.abstract_code, self.parts = without_constant_parts(updater.abstract_code, self._varied, self._same)
        for name, found in values_of_parts(self.parts, {**self._varied, **self._same}).items():
            if name not in self._group.variables:
                self._group.variables.add_array(name, size=self._group.N, constant=True, read_only=True)
            self._group.variables[name].get_value()[:] = found.reshape(-1)
