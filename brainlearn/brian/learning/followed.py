"""What traces follow of their neuron, as equations that are solved together with theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brian2 import Equations
from brian2.units.fundamentalunits import DIMENSIONLESS, get_unit

from brainlearn.expression import ExpressionError, parse_expression
from brainlearn.neurons import NeuronModel

EXACT = ("exact", "linear")  # methods that solve linear equations of a neuron together, in Brian2


def with_followed(traces: Equations, model: NeuronModel) -> Equations:
    """Return the equations of traces with those of the variables of the neuron that they follow, directly or not.

    Only where the neuron's own method solves its equations exactly: other methods hold variables constant while they
    solve for another, and so do the traces then. Variables that rest while a neuron is refractory are held as well.

    Parameters
    ----------
    traces : Equations
    model : NeuronModel

    Returns
    -------
    Equations
        Those given, if they follow nothing that is solved with them.
    """
    own = Equations(model.equations)
    if model.method not in EXACT or own.is_stochastic:
        return traces
    both = traces + own
    rights = {name: str(text) for name, text in both.get_substituted_expressions() if name in both.diff_eq_names}
    followed = _reached(traces.diff_eq_names, rights) - traces.diff_eq_names
    flags = {flag for each in own.values() for flag in each.flags}
    if not followed or "constant over dt" in flags or (model.refractory and "unless refractory" in flags):
        return traces
    names = sorted(traces.diff_eq_names | followed)
    return Equations("\n".join(f"d{name}/dt = {rights[name]} : {unit_of(both[name])}" for name in names))


def _reached(begin: frozenset[str] | set[str], rights: Mapping[str, str]) -> set[str]:
    """Return the variables whose equations say how others evolve, beginning with some of them."""
    found: set[str] = set()
    coming = set(begin)
    while coming:
        name = coming.pop()
        found.add(name)
        try:
            read = parse_expression(rights[name]).names
        except ExpressionError:  # no arithmetic, and nothing that is linear
            read = frozenset()
        coming |= (read & rights.keys()) - found
    return found


def unit_of(equation: Any) -> str:
    """Return the unit of an equation as it may be written in others."""
    return "1" if equation.dim is DIMENSIONLESS else repr(get_unit(equation.dim))
