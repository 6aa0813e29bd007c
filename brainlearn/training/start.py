"""From an experiment to a course of training: its task and its learner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from brainlearn.brian.share import ALONE, Share
from brainlearn.experiment.loading import Experiment
from brainlearn.stimuli import Dataset, Split, Turn
from brainlearn.tasks.choice import task_of
from brainlearn.training.course import Course
from brainlearn.training.learner import Learner
from brainlearn.training.progress import Watcher
from brainlearn.training.rule_learner import RuleLearner


def start_course(
    experiment: Experiment,
    dataset: Dataset,
    split: Split,
    watcher: Watcher,
    baseline: str | None = None,
    share: Share = ALONE,
    turns: Sequence[Turn] = (),
) -> Course:
    """Build the task of an experiment and its learner.

    Parameters
    ----------
    experiment : Experiment
    dataset : Dataset
    split : Split
    watcher : Watcher
    baseline : str, optional
        Name of the baseline that learns; default: the circuit by its rule.
    share : Share
        Which of the copies this process simulates.
    turns : sequence of Turn
        Tasks that follow each other, if there are some.
    """
    learner: Learner
    if baseline is None:
        learner = RuleLearner(experiment, share, dataset.wanted)
    else:
        from brainlearn.training.backprop_learner import BackpropLearner  # PyTorch is read only where it learns

        learner = BackpropLearner(experiment, baseline, dataset.classes, dataset.wanted)
    scored = baseline is not None
    task = task_of(experiment, dataset.classes, learner.copies, learner.at_once, scored, dataset.wanted)
    settings = experiment.settings
    epochs = settings.epochs_of_tasks(None if baseline is None else settings.baselines.chosen()[baseline])
    turns = [replace(turn, epochs=count) for turn, count in zip(turns, epochs, strict=False)]
    return Course(experiment, dataset, split, watcher, task, learner, turns)
