"""State variables of groups that hold the copies of a circuit one after the other."""

from __future__ import annotations

import numpy as np
from brian2 import NeuronGroup, Subgroup
from brian2.core.variables import ArrayVariable

from brainlearn.expression import ExpressionError


def state_array(group: NeuronGroup, name: str, copies: int) -> np.ndarray:
    """Return the (copy, unit) array behind a state variable.

    Raises
    ------
    ExpressionError
        If units of the group have no such variable.
    """
    variable = group.variables.get(name)
    if not isinstance(variable, ArrayVariable) or variable.scalar:
        states = sorted(k for k, v in group.variables.items() if isinstance(v, ArrayVariable) and not v.scalar)
        raise ExpressionError(f'{group.name} has no state variable "{name}"; its variables are {", ".join(states)}')
    values: np.ndarray = variable.get_value().reshape(copies, -1)
    return values


def not_refractory(group: NeuronGroup, name: str, copies: int) -> np.ndarray | None:
    """Return where a variable ``(unless refractory)`` may be written to, (copy, unit); None if everywhere."""
    condition = group.variables[name].conditional_write
    return None if condition is None else condition.get_value().reshape(copies, -1)


def check_sizes(source: NeuronGroup, target: NeuronGroup, copies: int, shape: tuple[int, ...]) -> None:
    """Refuse groups that do not hold so many copies, and weights that do not join their units.

    Raises
    ------
    ValueError
        With what was found and what is needed.
    """
    for group in (source, target):
        if copies < 1 or group.N % copies:
            raise ValueError(f"{group.name} has {group.N} neurons, which is not a multiple of {copies} copies")
    expected = tuple(group.N // copies for group in (source, target))
    if shape != expected:
        raise ValueError(f"weights have shape {shape}; {copies} copies of the groups need {expected}")


def check_ends(source: NeuronGroup, target: NeuronGroup, on_spikes: bool) -> None:
    """Refuse parts of groups, and a source that does not spike where synapses wait for spikes.

    Raises
    ------
    ValueError
        With what was found and what is needed.
    """
    if isinstance(source, Subgroup) or isinstance(target, Subgroup):
        raise ValueError("SharedSynapses connects whole groups that contain all copies; found a subgroup")
    if on_spikes and "_spikespace" not in source.variables:
        raise ValueError(f"{source.name} never spikes, so on_pre would never run; give it a threshold, or use transmit")
