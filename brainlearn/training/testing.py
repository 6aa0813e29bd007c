"""One loop for all answers of a learner: in validation, in the test, and elsewhere."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.cost.events import EventTally
from brainlearn.results.record import SpikeRecord, TestRecord
from brainlearn.tasks.task import Ask, Question, Validation
from brainlearn.training.course import Course
from brainlearn.training.learner import counting


def asking(course: Course, stage: str, number: int | None = None) -> Ask:
    """Return a function that shows a learner the rounds of a question and returns its answer, (item, ...).

    Parameters
    ----------
    course : Course
    stage : str
        For the progress display.
    number : int, optional
        Current epoch, counted from 0.
    """

    def ask(question: Question) -> np.ndarray:
        start, found = time.perf_counter(), []

        def done(shown: Round) -> None:
            course.shown = shown
            found.append(question.read(course.learner))
            if question.told:
                course.teller.tell(stage, number, len(found), question.count, question.at_once, start, course.error)
            course.pauses.while_answering()

        course.learner.present(question.rounds, question.count, done, question.until_answer)
        return np.concatenate(found)[: question.items]

    return ask


def validate(course: Course, number: int) -> Validation:
    """Validate after epoch `number` (counted from 0); nan if it is not due, or there is nothing to validate on."""
    readout, last = course.experiment.settings.readout, number + 1 == course.learner.epochs
    limit = None if last else readout.validate_on
    images, labels = course.split.validation_images[:limit], course.split.validation_labels[:limit]
    if not len(labels) or not (last or (number + 1) % readout.validate_every == 0):
        return Validation(math.nan)
    found = course.task.validate(asking(course, "validation", number), images, labels)
    course.error = found.error_percent
    return found


def errors_of_tasks(course: Course, number: int) -> dict[str, float]:
    """Return the error on test items of every task of a sequence after epoch `number` (counted from 0) [percent].

    Tasks that are still to come are tested too; nothing is if it is neither due nor the last epoch of a task.
    """
    readout = course.experiment.settings.readout
    within, epochs = course.take_turn(number)
    if not (within + 1 == epochs or (number + 1) % readout.validate_every == 0):
        return {}
    limit = None if within + 1 == epochs else readout.validate_on
    errors = {}
    for turn in course.turns:
        images, labels = (each[:limit] for each in turn.tested())
        errors[turn.name] = course.task.validate(asking(course, f"task {turn.name}", number), images, labels)
    return {name: found.error_percent for name, found in errors.items()}


def run_test(course: Course, images: np.ndarray, labels: np.ndarray) -> TestRecord:
    """Answer for (item, pixel) images by every readout, and return the cost."""
    tally = EventTally()
    with counting(course.learner, tally):
        found = course.task.test(asking(course, "test"), images, labels)
    return replace(found, cost=course.learner.cost(tally))


def record_spikes(course: Course, images: np.ndarray, labels: np.ndarray) -> dict[str, SpikeRecord]:
    """Record every spike while a few of the (item, pixel) images are shown; empty where nothing spikes."""
    return course.learner.record_spikes(course.task.examples(images, labels))
