"""Which projections learn in an experiment."""

from __future__ import annotations

from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.schema import Tied
from brainlearn.experiment.schema import ExperimentFile


def learning_projections(settings: ExperimentFile, circuit: Circuit) -> tuple[Projection, ...]:
    """Return those that the file names, or all, but for those whose weights follow others."""
    chosen = settings.rule.projections
    free = (p for p in circuit.projections if not isinstance(p.weights, Tied))
    return tuple(p for p in free if chosen == "all" or p.name in chosen)
