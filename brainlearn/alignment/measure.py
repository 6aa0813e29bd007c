"""Measures alignment at the current weights of a course; nothing learns meanwhile."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Iterator
from typing import Protocol

import numpy as np

from brainlearn.alignment.compare import Matrices, compare
from brainlearn.brian.presenter import Round
from brainlearn.brian.simulation import Simulation
from brainlearn.results.record import AlignmentRecord
from brainlearn.tasks.task import Rounds
from brainlearn.training.course import Course
from brainlearn.training.rule_learner import RuleLearner


class Gradients(Protocol):
    """The gradients of some losses.

    Attributes
    ----------
    losses : list of str
    rounds : Rounds
        That are shown.
    """

    losses: list[str]
    rounds: Rounds

    def of(self, shown: Round) -> dict[str, Matrices]:
        """Return the gradients at the presentations of a round, by loss."""

    def exchanges(self) -> np.random.Generator:
        """Return a permutation of the postsynaptic units for the changes of the next loss."""


def measure_alignment(course: Course, epoch: int) -> list[AlignmentRecord]:
    """Compare changes with gradients after `epoch` epochs, one record for each loss; none if that was not asked for.

    What learns by the gradient itself is not compared with it, nor a circuit whose copies several processes share.
    """
    table, learner = course.experiment.settings.alignment, course.learner
    if table is None or epoch not in table.epochs or learner.share.size > 1 or not isinstance(learner, RuleLearner):
        return []
    gradients = gradients_of(course, learner, epoch)
    rounds, simulation = gradients.rounds, learner.simulation
    count = max(min(rounds.count, table.presentations // rounds.shown), 1)
    began = time.perf_counter()
    proposals: list[Matrices] = []
    found: dict[str, list[Matrices]] = {loss: [] for loss in gradients.losses}

    def done(shown: Round) -> None:
        proposals.append(proposed(simulation, shown))
        for loss, gradient in gradients.of(shown).items():
            found[loss].append(gradient)
        rounds.after_round(learner, shown, None)
        at = len(proposals), count, rounds.shown
        course.teller.tell("alignment", max(epoch - 1, 0), *at, began, course.error)
        course.pauses.while_answering()

    learner.present(without_learning(rounds), count, done)
    rows = {name: simulation.projections[name].rows for name in proposals[0]}
    listed = {name: each.pres for name, each in rows.items() if each is not None}
    return [
        compare(loss, epoch, proposals, found[loss], rounds.shown, gradients.exchanges(), listed)
        for loss in gradients.losses
    ]


def gradients_of(course: Course, learner: RuleLearner, epoch: int) -> Gradients:
    """Return the gradients that the task of a course is compared with: of goodness, or of what outputs do."""
    if course.experiment.settings.target is None:
        from brainlearn.alignment.of_goodness import OfGoodness

        return OfGoodness(course, learner, epoch)
    from brainlearn.alignment.of_targets import OfTargets

    return OfTargets(course, learner, epoch)


def proposed(simulation: Simulation, shown: Round) -> Matrices:
    """Return what the rule proposes at the end of a round, by projection; 0 in a matrix where there is no synapse."""
    found = {}
    for name, learning in simulation.learning.items():
        change = learning.proposal(shown.polarity != 0)
        if change is not None:
            found[name] = change if learning.mask is None else np.where(learning.mask, change, 0)
    return found


def without_learning(rounds: Iterable[Round]) -> Iterator[Round]:
    """Yield the same rounds, without learning."""
    for shown in rounds:
        yield dataclasses.replace(shown, learn=False)
