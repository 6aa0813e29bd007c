"""Gradients of losses of goodness, at the rounds of the contrastive task."""

from __future__ import annotations

import numpy as np

from brainlearn.alignment.compare import Matrices
from brainlearn.brian.answer import GOODNESS
from brainlearn.brian.presenter import Round
from brainlearn.expression import parse_expression
from brainlearn.mirror import Mirror
from brainlearn.mirror.backprop import Stretch
from brainlearn.mirror.gradients import GoodnessGradients
from brainlearn.training.course import Course
from brainlearn.training.rule_learner import RuleLearner


class OfGoodness:
    """Gradients at the weights of a circuit that learns by its goodness; see `measure.Gradients`.

    Parameters
    ----------
    course : Course
    learner : RuleLearner
        Of the course.
    epoch : int
        After how many epochs.
    """

    def __init__(self, course: Course, learner: RuleLearner, epoch: int) -> None:
        settings, simulation = course.experiment.settings, learner.simulation
        table = settings.alignment
        assert table is not None
        judge = next(each for each in simulation.plasticity if GOODNESS in each.rule.broadcasts)
        self.losses = table.chosen(with_targets=False)
        rng = np.random.default_rng([settings.seed, 3, epoch])
        self.rounds = course.task.rounds(course.split.train_images, course.split.train_labels, rng)
        self._rng = np.random.default_rng([settings.seed, 4, epoch])
        self._weights = {name: np.array(simulation.weights(name)) for name in simulation.learning}
        told = simulation.neuromodulation
        self._judging = {path: each for path, each in told.items() if GOODNESS in each.rule.broadcasts}
        mirror = Mirror(
            course.experiment.circuit,
            settings.seed,
            settings.training.precision,
            surrogate=table.surrogate,
            slope=table.slope,
        )
        phases = [Stretch(phase.steps, phase.reset, phase.show) for phase in learner.phases]
        goodness, width = parse_expression(judge.rule.broadcasts[GOODNESS]), judge.constants["width"].value
        self._gradients = GoodnessGradients(mirror, phases, course.experiment.read_out, goodness, width)

    def of(self, shown: Round) -> dict[str, Matrices]:
        """Return the gradients at the positive and negative presentations of a round, by loss."""
        stimuli = {path: values[: self.rounds.shown] for path, values in shown.stimuli.items()}
        thresholds = {path: float(told.look_up("threshold")) for path, told in self._judging.items()}
        return self._gradients(self._weights, stimuli, self.rounds.shown // 2, thresholds, self.losses)

    def exchanges(self) -> np.random.Generator:
        """Return permutations of postsynaptic units: different ones for each loss."""
        return self._rng
