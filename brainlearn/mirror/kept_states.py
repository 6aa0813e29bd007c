"""Variables that units keep over presentations: a mirror, which only sees one presentation, has none."""

from __future__ import annotations

from brainlearn.circuit import Circuit
from brainlearn.mistakes import Mistake, UserError


def refuse_kept(circuit: Circuit) -> None:
    """Raise a UserError if units of a circuit keep variables from one presentation to the next."""
    wrong = "its units keep variables across presentations, which a mirror does not support"
    hint = "Remove `kept`, or simulate the circuit only in Brian2."
    models = {population.neuron: circuit.models[population.path] for population in circuit.populations}
    mistakes = [
        Mistake(f"{circuit.path}: neurons.{name}.kept", wrong, ", ".join(model.kept), "[]", hint)
        for name, model in models.items()
        if model.kept
    ]
    if mistakes:
        raise UserError(*mistakes)
