"""Check that the engine by which a circuit learns can do what is asked of it."""

from __future__ import annotations

from collections.abc import Iterator

from brainlearn.circuit import Circuit
from brainlearn.circuit.validation import show
from brainlearn.experiment.schema import BaselinesTable, ExperimentFile
from brainlearn.mistakes import Mistake

CPU = "cpu"


def check_engine(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Yield what only the other engine does, and rules whose name a result could not tell from a baseline's."""
    training = settings.training
    if training.engine == "mirror" and training.delivery != "shared":
        wrong, hint = "brian2.Synapses are part of Brian2", 'Remove it, or use engine = "brian".'
        yield Mistake("training.delivery", wrong, show(training.delivery), 'shared, with engine = "mirror"', hint)
    if training.engine == "brian" and training.device != CPU:
        wrong, hint = "Brian2 computes on the CPU", 'To use another device, set training.engine = "mirror".'
        yield Mistake("training.device", wrong, show(training.device), CPU, hint)
    for key, table in settings.rule_tables.items() if training.engine == "mirror" else ():
        if table.name in BaselinesTable.model_fields:
            wrong = "the mirror learns by backpropagation under this name"
            yield Mistake(f"{key}.name", wrong, show(table.name), "another name")
