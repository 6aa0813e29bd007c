"""Check the input variable of a neuron model, and the one that it transmits."""

from __future__ import annotations

from collections.abc import Iterator

from brian2 import Equations
from brian2.equations.equations import PARAMETER, SUBEXPRESSION

from brainlearn.brian.text.text_parsing import is_parameter_of_units
from brainlearn.mistakes import Mistake, closest
from brainlearn.neurons import NeuronModel


def end_mistakes(place: str, model: NeuronModel, equations: Equations) -> Iterator[Mistake]:
    """Yield why the input of a model cannot be set, or its output not be transmitted."""
    settable = [name for name in equations if is_parameter_of_units(equations[name]) and name not in model.varied]
    readable = [name for name, equation in equations.items() if equation.type != SUBEXPRESSION]
    for key, allowed in (("input", settable), ("output", readable)):
        name = getattr(model, key)
        if name and name not in allowed:
            wrong, suggestion = _no_end(key, name, model, equations, allowed)
            known = ", ".join(allowed) or "none: no variable can be"
            yield Mistake(f"{place}.{key}", wrong, f'"{name}"', known, suggestion)


def _no_end(key: str, name: str, model: NeuronModel, equations: Equations, allowed: list[str]) -> tuple[str, str]:
    """Say why a variable cannot be set as an input, or be read as an output, and what to do."""
    if name not in equations:
        use = "set" if key == "input" else "read"
        return f'the equations define no variable "{name}" that can be {use}', closest(name, allowed)
    if equations[name].type == SUBEXPRESSION and key == "output":
        return (
            f'"{name}" is not stored but computed where it is read; synapses can transmit only stored variables',
            f"Transmit one of the variables, with the function in the synapse: transmit = "
            f'"drive_post = w*…", or give {name} a differential equation of its own.',
        )
    if name in model.varied:
        return f'"{name}" is a constant set by parameters', "An input is a variable of the equations."
    if equations[name].type == PARAMETER:
        return f'"{name}" is (shared), but each unit needs its own value', "Remove (shared)."
    return (
        f'"{name}" is defined by an equation and cannot be set',
        f"An input is a line without `=`, such as `{name}_input : 1`.",
    )
