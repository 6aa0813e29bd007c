"""Check that Brian2 can integrate the equations of a neuron model by the method that the model names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sympy
from brian2 import Equations
from brian2.equations.equations import extract_constant_subexpressions
from brian2.stateupdaters.base import StateUpdateMethod, UnsupportedEquationsException

from brainlearn.brian.text.solution_check import zero_divisors
from brainlearn.brian.text.text_parsing import quoted, reason_of
from brainlearn.mistakes import Mistake
from brainlearn.neurons import NeuronModel


def method_mistakes(
    place: str, model: NeuronModel, equations: Equations, names: Mapping[str, Any]
) -> Iterator[Mistake]:
    """Yield why the equations of a model cannot be integrated, or not to numbers.

    Parameters
    ----------
    place : str
        The model, for the mistakes.
    model : NeuronModel
    equations : Equations
        Its equations.
    names : mapping
        What its text may name, as Brian2's parser wants it.
    """
    if not equations.diff_eq_names:
        return
    equations, _ = extract_constant_subexpressions(equations)  # as groups do: they are variables, drawn once a step
    used = {*equations, *equations.identifiers, "t", "dt"}  # Brian2 looks at every name that it is given
    named = {name: value for name, value in names.items() if name in used}
    try:
        code = StateUpdateMethod.apply_stateupdater(equations, named, model.method)
        for wrong, found, allowed, suggestion in zero_divisors(code, model):
            yield Mistake(f"{place}.method", wrong, found, allowed, suggestion)
    except UnsupportedEquationsException as error:
        wrong = f"cannot integrate these equations: {reason_of(error)}"
        suggestion = "exponential_euler and euler support more kinds of equations."
        yield Mistake(f"{place}.method", wrong, f'"{model.method}"', "", suggestion)
    except sympy.SympifyError as error:
        taken = [name for name in equations.names if hasattr(sympy, name)]
        wrong = f'method "{model.method}" does not accept variables with the names of sympy functions'
        suggestion = "Rename them, or use exponential_euler."
        found = ", ".join(f'"{name}"' for name in taken) or reason_of(error)
        yield Mistake(f"{place}.equations", wrong, found, "", suggestion)
    except Exception as error:
        yield Mistake(f"{place}.equations", f"cannot be integrated: {reason_of(error)}", quoted(model.equations))
