"""State variables of a group that holds copies, as projections write to them."""

from __future__ import annotations

import numpy as np
from brian2 import NeuronGroup
from brian2.core.variables import ArrayVariable

from brainlearn.expression import ExpressionError


def states_of(group: NeuronGroup, name: str, copies: int) -> np.ndarray:
    """Return the (copy, unit) array behind a state variable.

    Raises
    ------
    ExpressionError
        If there is none of that name.
    """
    variable = group.variables.get(name)
    if not isinstance(variable, ArrayVariable) or variable.scalar:
        states = sorted(k for k, v in group.variables.items() if isinstance(v, ArrayVariable) and not v.scalar)
        raise ExpressionError(f'{group.name} has no state variable "{name}"; it has {", ".join(states)}')
    return variable.get_value().reshape(copies, -1)


def open_to(group: NeuronGroup, name: str, copies: int) -> np.ndarray | None:
    """Return where a variable ``(unless refractory)`` may be written to, (copy, unit); None if everywhere."""
    condition = group.variables[name].conditional_write
    return None if condition is None else condition.get_value().reshape(copies, -1)
