"""Negatives that the circuit's own goodness chooses, in whole runs: it is that of answers, and watching it is free."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brainlearn.mistakes import UserError
from brainlearn.running.conduct import prepare, run_record
from brainlearn.tasks.contrastive_rounds import ContrastiveRounds
from brainlearn.training.epoch import run_epoch
from brainlearn.training.progress import Silent
from brainlearn.training.rule_learner import RuleLearner
from tests.experiment.tiny_runs import tiny

BY_GOODNESS = ('kind = "hard"', 'kind = "by_goodness"\ncandidates = 3')
ALONE = "readout.one_pass=false"


def test_a_circuit_learns_from_the_negatives_that_it_prefers_itself(small):
    record = run_record(
        small("training.epochs=12", "training.samples=600", "training.copies=125", ALONE, replace=(BY_GOODNESS,)),
        None,
        Silent(),
    )
    assert record.test is not None
    assert record.test.one_pass is None
    assert np.mean(record.test.prediction != record.test.label) < 0.6  # chance is 0.9
    first, last = (epoch.goodness_positive["V1/E"] - epoch.goodness_negative["V1/E"] for epoch in record.epochs[::11])
    assert last > first


@pytest.mark.parametrize("engine", ["brian", "mirror"])
def test_the_goodness_in_a_round_is_that_of_the_same_presentations_in_a_test(small, engine: str, monkeypatch) -> None:
    """And the next negatives are the candidates for which it was greatest."""
    course = prepare(
        small(ALONE, f'training.engine="{engine}"', "training.precision=float64", replace=(BY_GOODNESS,)),
        None,
        Silent(),
    )
    learner = course.learner
    assert isinstance(learner, RuleLearner)
    expected, found = [], []
    choose = ContrastiveRounds.choose

    def noted(rounds: ContrastiveRounds, goodness: np.ndarray) -> None:
        candidates = rounds.ahead.candidates
        choose(rounds, goodness)
        found.append(goodness)
        np.testing.assert_array_equal(rounds.ahead.wrong, candidates[np.arange(len(goodness)), goodness.argmax(axis=1)])

    monkeypatch.setattr(ContrastiveRounds, "choose", noted)
    rounds = course.task.rounds(course.split.train_images, course.split.train_labels, course.rng)
    first = next(iter(rounds))

    def read(_: object) -> None:
        expected.append(sum(learner.goodness(path) for path in ("V1/E", "V2/E")))

    learner.present(iter([replace(first, learn=False)]), 1, read)
    learner.present(iter([first]), 1, lambda shown: rounds.after_round(learner, shown, None))
    at_once = course.experiment.settings.training.copies // 5
    np.testing.assert_allclose(found[0].ravel(), expected[0][2 * at_once : 5 * at_once], rtol=1e-12)
    assert np.ptp(found[0]) > 0


@pytest.mark.parametrize("kind", ["poisson", "recurrent"])
def test_to_watch_goodness_changes_nothing_that_is_learned(tmp_path: Path, kind: str) -> None:
    """At the end of a phase, and in every step of one."""
    weights = []
    for judged in (False, True):
        experiment, _ = tiny(tmp_path / str(judged), kind, 'negatives.kind="random"', ALONE)
        course = prepare(experiment, None, Silent())
        rounds = course.task.rounds(course.split.train_images, course.split.train_labels, course.rng)
        shown = (replace(each, judged=judged) for each in rounds)
        course.learner.present(shown, rounds.count, lambda _: None)
        weights.append({name: course.learner.weights(name).copy() for name in course.learner.learning()})
    assert weights[0].keys() == weights[1].keys()
    for name, values in weights[0].items():
        np.testing.assert_array_equal(values, weights[1][name])


def test_least_activity_is_the_greatest_goodness_where_the_right_answer_is_quiet(tmp_path: Path) -> None:
    experiment, _ = tiny(tmp_path, "recurrent", 'negatives={kind="by_goodness"}', "rule.parameters.sense=-1", ALONE)
    course = prepare(experiment, None, Silent())
    rounds = course.task.rounds(course.split.train_images, course.split.train_labels, course.rng)
    assert isinstance(rounds, ContrastiveRounds)
    learner, active = course.learner, []

    def done(shown: object) -> None:
        tried = rounds.ahead.candidates
        rounds.after_round(learner, shown, None)
        level = sum((learner.activity(path) ** 2).mean(axis=1) for path in ("V1/E", "V2/E"))
        level = level[rounds.trial].reshape(tried.shape)
        chosen = (tried == rounds.ahead.wrong[:, None]).argmax(axis=1)
        active.append(level[np.arange(len(level)), chosen] - level[np.arange(len(level)), 1 - chosen])

    learner.present(iter(rounds), rounds.count, done)
    assert np.mean(np.concatenate(active) < 0) > 0.8  # the answer counts steps 3 to 5, activity is of the last


def test_both_readouts_may_stand_side_by_side(small):
    course = prepare(small("training.samples=60", replace=(BY_GOODNESS,)), None, Silent())
    assert course.experiment.settings.parts == 6
    epoch = run_epoch(course, 0)
    assert (epoch.presentations, np.isfinite(epoch.one_pass_error_percent)) == (2 * 20 * 3, True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (("negatives.candidates=10",), "negatives.candidates: of 10 labels, 9 are false; found 10; allowed: 2 to 9"),
        (("negatives.candidates=1",), "negatives.candidates"),
        (("training.copies=5",), "training.copies is 5; 6 presentations of an item need 6"),
        (("training.copies=4", ALONE), "training.copies is 4; 5 presentations of an item need 5"),
    ],
)
def test_what_does_not_fit_is_refused(small, changes: tuple[str, ...], said: str):
    with pytest.raises(UserError) as raised:
        small(*changes, replace=(BY_GOODNESS,))
    assert said in str(raised.value)
