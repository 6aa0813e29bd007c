"""One epoch, for any task and any learner."""

from __future__ import annotations

import time

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.cost.events import EventTally
from brainlearn.results.record import EpochRecord
from brainlearn.saved_state import Arrays, below, find, generator_state, put_generator_back, under
from brainlearn.tasks.task import Rounds
from brainlearn.training.course import Course
from brainlearn.training.learner import counting, step_factor
from brainlearn.training.tally import Tally
from brainlearn.training.testing import errors_of_tasks, validate


def run_epoch(course: Course, number: int) -> EpochRecord:
    """Train for one epoch (counted from 0), or the rest of it, validate, and return its record."""
    start, learner = time.perf_counter(), course.learner
    within, epochs = course.take_turn(number)  # a schedule of step sizes starts over with every task
    rounds = course.task.rounds(course.split.train_images, course.split.train_labels, course.rng)
    tally, events = Tally(learner, rounds.watched, rounds.contrast), EventTally()
    if course.left_over:
        start -= _go_on(course, rounds, tally, events)

    def factor() -> float:
        return step_factor(learner.schedule, within, epochs, tally.rounds / rounds.count)

    def done(shown: Round) -> None:
        tally.add()
        course.shown = shown
        course.drift(rounds.count)
        learner.set_factor(factor())
        rounds.after_round(learner, shown, factor())
        goodness = tally.goodness_of(course.experiment.read_out)
        at = tally.rounds, rounds.count, rounds.shown
        course.teller.tell("training", number, *at, start, course.error, goodness, tally.loss())
        course.pauses.between_rounds()

    def under_way() -> Arrays:
        parts = under("rounds", rounds.state()) | under("tally", tally.state()) | under("events", events.state())
        return {**parts, "seconds": np.array(time.perf_counter() - start), "rng": generator_state(course.rng)}

    course.under_way = under_way
    learner.set_factor(factor())
    with counting(learner, events):
        learner.present(iter(rounds), rounds.count - tally.rounds, done)
    seconds, cost = time.perf_counter() - start, learner.cost(events)
    course.pauses.before_answers()
    course.under_way = None
    tally.join()
    course.presentations += rounds.count * rounds.shown
    found = validate(course, number)
    errors = errors_of_tasks(course, number)
    return EpochRecord(
        epoch=number + 1,
        seconds=seconds,
        presentations=rounds.count * rounds.shown,
        validation_error_percent=found.error_percent,
        one_pass_error_percent=found.one_pass_error_percent,
        validation_mean_squared_error=found.mean_squared_error,
        goodness_positive=tally.goodness_positive(),
        goodness_negative=tally.goodness_negative(),
        activity=tally.activity(),
        silent_percent=tally.silent_percent(),
        saturated_percent=tally.saturated_percent(),
        loss=tally.loss(),
        task=course.turns[course.turn].name if course.turns else "",
        task_error_percent=errors,
        episodes=rounds.episodes,
        cost=cost,
    )


def _go_on(course: Course, rounds: Rounds, tally: Tally, events: EventTally) -> float:
    """Restore the rounds and sums of a saved epoch; return the time that it had taken [s]."""
    saved, course.left_over = course.left_over, {}
    rounds.restore(below("rounds", saved))
    tally.restore(below("tally", saved))
    events.restore(below("events", saved))
    put_generator_back(course.rng, "rng", saved)  # to draw the order again has moved it
    return float(find("seconds", saved))
