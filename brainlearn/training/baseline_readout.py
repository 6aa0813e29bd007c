"""The stimuli of a baseline, their duration, and where its answer is read."""

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
from brainlearn.mirror.output_course import OutputCourse
from brainlearn.stimuli.wanted import Wanted
from brainlearn.tasks.answer_phase import answer_phases, output_steps, reads_steps, up_to_the_answer

SQUARED = "squared"


def baseline_readout(
    experiment: Experiment, table: BaselineTable, mirror: Mirror, classes: int, wanted: Wanted
) -> Readout:
    """Return the outputs of an experiment with targets, else a linear readout of the highest populations."""
    target = experiment.settings.target
    if target is not None:
        loss = table.loss or SQUARED
        if reads_steps(experiment.settings, wanted.values):
            return OutputCourse(mirror, target.population, target.strength, loss, wanted.frames, target.units_per_class)
        return OutputActivity(mirror, target.population, target.strength, loss, target.units_per_class)
    return LinearReadout(mirror, table.populations or highest(mirror.circuit, experiment.read_out), classes)


def baseline_phases(
    settings: ExperimentFile, table: BaselineTable, circuit: Circuit, twin: bool, values: bool
) -> Sequence[Stretch]:
    """Return the phases of a presentation; with targets, those up to the answer.

    Parameters
    ----------
    settings : ExperimentFile
    table : BaselineTable
    circuit : Circuit
        That the baseline trains.
    twin : bool
        Whether it is the graded twin of a spiking circuit.
    values : bool
        Whether targets are values.
    """
    if table.time_steps is not None:
        return [Stretch(table.time_steps)]
    if twin:
        return [Stretch(depth(circuit))]
    if settings.contrasts:
        return stretches(settings.phases, circuit)
    return up_to_the_answer(stretches(answer_phases(settings.phases), circuit, values))


def stretches(phases: Sequence[PhaseTable], circuit: Circuit, values: bool = False) -> list[Stretch]:
    """Return phases of an experiment file as the mirror takes them, where targets are values or not."""
    dt = circuit.dt.value
    return [
        Stretch(round(phase.duration.value / dt), phase.reset, phase.show, output_steps(phase, dt, values))
        for phase in phases
    ]


def highest(circuit: Circuit, paths: tuple[str, ...]) -> list[str]:
    """Return the populations of the highest area."""
    levels = {path: circuit.area(circuit.population(path).area).level for path in paths}
    return [path for path in paths if levels[path] == max(levels.values())]
