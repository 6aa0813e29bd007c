"""Which projections learn in an experiment, and by which of its rules."""

from __future__ import annotations

from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.schema import Tied
from brainlearn.experiment.rule_of import rule_of
from brainlearn.experiment.rule_schema import RuleTable
from brainlearn.experiment.schema import ExperimentFile

GOODNESS = "goodness"  # the broadcast from which answers are read


def learning_projections(settings: ExperimentFile, circuit: Circuit) -> tuple[Projection, ...]:
    """Return those that learn by any rule."""
    learning = {p.name for table in settings.rule_tables.values() for p in learning_by(table, circuit)}
    return tuple(p for p in circuit.projections if p.name in learning)


def with_goodness(settings: ExperimentFile, circuit: Circuit) -> tuple[str, ...]:
    """Return the populations whose goodness a rule computes; where none has any, all onto which something learns."""
    tables = list(settings.rule_tables.values())
    having = [table for table in tables if (rule := rule_of(table)) is not None and GOODNESS in rule.broadcasts]
    learning = {p.name for table in having or tables for p in learning_by(table, circuit)}
    return tuple(dict.fromkeys(p.target for p in circuit.projections if p.name in learning))


def learning_by(table: RuleTable, circuit: Circuit) -> tuple[Projection, ...]:
    """Return those that a rule names, or all that can learn; never those whose weights follow others."""
    if table.projections == "all":
        return circuit.learnable
    free = (p for p in circuit.projections if not isinstance(p.weights, Tied))
    return tuple(p for p in free if p.name in table.projections)
