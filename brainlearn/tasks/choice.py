"""From an experiment file to its task."""

from __future__ import annotations

from brainlearn.experiment.loading import Experiment
from brainlearn.stimuli.wanted import CLASSES, Wanted
from brainlearn.tasks.classification import Classification
from brainlearn.tasks.completion import Completion
from brainlearn.tasks.contrastive import Contrastive
from brainlearn.tasks.environment import Acting
from brainlearn.tasks.environment_loop import loop_of
from brainlearn.tasks.next_symbol import NextSymbol
from brainlearn.tasks.regression import Regression
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.tasks.targeted import Targeted
from brainlearn.tasks.task import Task
from brainlearn.tasks.unit_classes import UnitClasses
from brainlearn.tasks.unlabelled import Unlabelled


def task_of(
    experiment: Experiment, classes: int, copies: int, at_once: int, scored: bool = False, wanted: Wanted = CLASSES
) -> Task:
    """Return the task of an experiment.

    Parameters
    ----------
    experiment : Experiment
    classes : int
        Of the dataset.
    copies, at_once : int
        Presentations at once in a round with learning, and in one without.
    scored : bool
        Whether the learner scores every class, as one that learns by backpropagation does.
    wanted : Wanted
        Of outputs with targets.
    """
    settings = experiment.settings
    if settings.environment is not None:
        return Acting(loop_of(experiment, settings.environment), copies, settings.seed)
    frame, dt = settings.stimulus.frame, experiment.circuit.dt.value
    frame_steps = 1 if frame is None else round(frame.value / dt)
    maker = StimulusMaker(settings.stimulus, classes, experiment.image_sheet, frame_steps)
    if settings.target is not None and wanted.values:
        kind = NextSymbol if settings.target.symbols else Regression
        return kind(maker, settings.target.population, copies, at_once)
    if settings.target is not None:
        return Targeted(maker, settings.target, copies, at_once)
    if settings.completion is not None:
        return Completion(maker, copies)
    if scored:
        return Classification(maker, settings.shows_labels, copies, at_once)
    sizes = {population.path: population.size for population in experiment.circuit.populations}
    if settings.unit_classes is not None:
        return UnitClasses(maker, settings.unit_classes, sizes[settings.unit_classes.population], copies)
    tables = settings.negatives, settings.readout
    if settings.shows_labels:
        return Contrastive(maker, *tables, sizes, experiment.read_out, copies)
    return Unlabelled(maker, *tables, sizes, experiment.read_out, copies)
