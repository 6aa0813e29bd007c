"""What a baseline is shown, for how long, and where its answer is read."""

from __future__ import annotations

from collections.abc import Sequence

from brainlearn.circuit import Circuit
from brainlearn.circuit.graded_twin import depth
from brainlearn.experiment.loading import Experiment
from brainlearn.experiment.schema import BaselineTable, ExperimentFile, PhaseTable
from brainlearn.mirror import Mirror
from brainlearn.mirror.backprop import Readout, Stretch
from brainlearn.mirror.linear_readout import LinearReadout
from brainlearn.mirror.output_activity import OutputActivity
from brainlearn.tasks.answer_phase import answer_phases

SQUARED = "squared"


def baseline_readout(experiment: Experiment, table: BaselineTable, mirror: Mirror, classes: int) -> Readout:
    """Return the outputs of an experiment with targets, else a linear readout of the highest populations."""
    target = experiment.settings.target
    if target is not None:
        return OutputActivity(mirror, target.population, target.strength, table.loss or SQUARED)
    return LinearReadout(mirror, table.populations or highest(mirror.circuit, experiment.read_out), classes)


def baseline_phases(settings: ExperimentFile, table: BaselineTable, circuit: Circuit, twin: bool) -> list[Stretch]:
    """Return what a presentation consists of: with targets, what leads to the answer.

    Parameters
    ----------
    settings : ExperimentFile
    table : BaselineTable
    circuit : Circuit
        That the baseline trains.
    twin : bool
        Whether it is the graded twin of a spiking circuit.
    """
    if table.time_steps is not None:
        return [Stretch(table.time_steps)]
    if twin:
        return [Stretch(depth(circuit))]
    phases = settings.phases if settings.contrasts else answer_phases(settings.phases)
    return stretches(phases, circuit)


def stretches(phases: Sequence[PhaseTable], circuit: Circuit) -> list[Stretch]:
    """Return phases of an experiment file as the mirror takes them."""
    steps = [round(phase.duration.value / circuit.dt.value) for phase in phases]
    return [Stretch(count, phase.reset, phase.show) for count, phase in zip(steps, phases, strict=True)]


def highest(circuit: Circuit, paths: tuple[str, ...]) -> list[str]:
    """Return those of the populations that lie in the highest area."""
    levels = {path: circuit.area(circuit.population(path).area).level for path in paths}
    return [path for path in paths if levels[path] == max(levels.values())]
