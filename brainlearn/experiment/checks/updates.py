"""See that every element of the chain between the rule and the weights is there, and takes its settings."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from brainlearn.circuit import Circuit
from brainlearn.circuit.validation import show, unknown
from brainlearn.experiment.schema import ConstraintTable, ExperimentFile
from brainlearn.mistakes import Mistake
from brainlearn.rules.constraints import CONSTRAINTS, build_constraint


def check_constraints(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Yield every mistake about the chain."""
    for k, constraint in enumerate(settings.rule.constraints):
        key = f"rule.constraints[{k}]"
        if constraint.name not in CONSTRAINTS:
            yield unknown(f"{key}.name", "constraint", constraint.name, CONSTRAINTS)
        else:
            yield from [*_check_settings(constraint, key)] or _try_constraint(constraint, key)


def _check_settings(constraint: ConstraintTable, key: str) -> Iterator[Mistake]:
    """Compare the settings of one constraint with what it takes."""
    allowed = inspect.signature(CONSTRAINTS[constraint.name]).parameters
    given = constraint.model_extra or {}
    for name, value in given.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if name not in allowed:
            yield unknown(f"{key}.{name}", "setting", name, allowed)
        elif allowed[name].annotation == "float" and not number:
            yield Mistake(f"{key}.{name}", "not a number", show(value), "a number")
    for name, setting in allowed.items():
        if setting.default is inspect.Parameter.empty and name not in given:
            yield Mistake(f"{key}.{name}", "the setting is missing", "nothing")


def _try_constraint(constraint: ConstraintTable, key: str) -> list[Mistake]:
    """Build the constraint once, so that it can refuse its settings."""
    try:
        build_constraint(constraint.name, constraint.model_extra or {})
    except ValueError as error:
        takes = ", ".join(inspect.signature(CONSTRAINTS[constraint.name]).parameters) or "no settings"
        return [Mistake(key, f'"{constraint.name}" does not take these settings: {error}', allowed=takes)]
    return []
