"""Gradients of losses of what outputs do, at the rounds of the targeted task.

The rule sees all phases, nudged ones too; the gradient is of what the outputs do by themselves, at the end of the
phases that lead to the answer.
"""

from __future__ import annotations

import numpy as np

from brainlearn.alignment.compare import Matrices
from brainlearn.brian.presenter import Round
from brainlearn.mirror import Mirror
from brainlearn.mirror.gradients import TargetGradients
from brainlearn.tasks.answer_phase import answer_phases
from brainlearn.tasks.rounds import labels_of
from brainlearn.tasks.targeted import Targeted
from brainlearn.tasks.task import Rounds
from brainlearn.training.baseline_readout import stretches
from brainlearn.training.course import Course
from brainlearn.training.rule_learner import RuleLearner


class OfTargets:
    """Gradients at the weights of a circuit whose outputs have targets; see `measure.Gradients`.

    Parameters
    ----------
    course : Course
    learner : RuleLearner
        Of the course.
    epoch : int
        After how many epochs.
    """

    def __init__(self, course: Course, learner: RuleLearner, epoch: int) -> None:
        settings, circuit, task = course.experiment.settings, course.experiment.circuit, course.task
        table = settings.alignment
        assert table is not None
        assert isinstance(task, Targeted)
        self.losses = table.chosen(with_targets=True)
        order, shifts = (np.random.default_rng([settings.seed, number, epoch]) for number in (3, 5))
        self.rounds: Rounds = task.rounds(course.split.train_images, course.split.train_labels, order, shifts)
        self._seeds = [settings.seed, 4, epoch]
        self._weights = {name: np.array(learner.weights(name)) for name in learner.simulation.learning}
        mirror = Mirror(
            circuit, settings.seed, settings.training.precision, surrogate=table.surrogate, slope=table.slope
        )
        phases = stretches(answer_phases(settings.phases), circuit)
        self._outputs = task.target.population
        target = task.target
        self._gradients = TargetGradients(mirror, phases, self._outputs, target.strength, target.units_per_class)

    def of(self, shown: Round) -> dict[str, Matrices]:
        """Return the gradients at the images of a round, by loss."""
        labels = labels_of(shown)
        images = {path: values[: len(labels)] for path, values in shown.stimuli.items() if path != self._outputs}
        return self._gradients(self._weights, images, labels, self.losses)

    def exchanges(self) -> np.random.Generator:
        """Return permutations of postsynaptic units: the same for each loss."""
        return np.random.default_rng(self._seeds)
