"""Weights that walk at random: how far, around what, and that nothing else moves them."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn.mistakes import UserError
from brainlearn.running.conduct import conduct, prepare
from brainlearn.training.drift import Walk
from brainlearn.training.progress import Silent

UP = "V1/E->V2/E"
OTHERS = ["retina/image->V1/E", "retina/label->V1/E"]
BASELINE = "baselines.backprop={epochs=1, copies=40, fixed=['V1/E->V2/E']}"


def walk(weights: np.ndarray, epochs: int, rounds: int = 10, sign: str = "mixed", per_epoch: float = 0.5, **other):
    moved = weights.astype(np.float32)
    each = Walk(weights, other.get("mask"), sign, per_epoch, np.random.default_rng(3))  # type: ignore[arg-type]
    for _ in range(epochs * rounds):
        each.step(moved, rounds)
    return moved


def test_an_epoch_moves_weights_as_far_as_the_file_says_and_no_more_than_they_spread():
    weights = np.random.default_rng(1).normal(0.2, 0.1, (200, 200))
    for rounds in (1, 10):
        change = walk(weights, 1, rounds) - weights
        assert np.sqrt(np.mean(change**2)) / weights.std() == pytest.approx(0.5, rel=0.02)
    later = walk(weights, 30)
    assert (later.mean(), later.std()) == pytest.approx((0.2, 0.1), rel=0.02)
    assert np.corrcoef(later.ravel(), weights.ravel())[0, 1] == pytest.approx((1 - 0.5**2 / 2) ** 30, abs=0.02)


def test_a_walk_keeps_signs_and_leaves_pairs_without_a_synapse_at_zero():
    mask = np.random.default_rng(2).random((50, 40)) < 0.3
    weights = np.where(mask, np.abs(np.random.default_rng(1).normal(0, 1, mask.shape)), 0)
    moved = walk(weights, 20, sign="excitatory", mask=mask)
    assert moved.min() >= 0
    assert (moved[~mask] == 0).all()
    assert (moved[mask] != weights[mask]).all()


@pytest.mark.parametrize(("negatives", "how"), [("hard", None), ("hybrid", None), ("hard", "backprop")])
def test_a_projection_that_does_not_learn_drifts_and_nothing_else_does(small, negatives, how):
    drift = f"drift={{'{UP}'={{per_epoch=0.4}}}}"
    asked = ("training.epochs=1", f"rule.projections={OTHERS}", drift, BASELINE, f'negatives.kind="{negatives}"')
    course = prepare(small(*asked), None, Silent(), how)
    before = np.array(course.learner.weights(UP))
    record = conduct(course)
    change = course.learner.weights(UP) - before
    assert np.sqrt(np.mean(change**2)) / before.std() == pytest.approx(0.4, rel=0.1)
    assert set(record.weights) == set(OTHERS)
    again = prepare(small(*asked), None, Silent(), how)
    conduct(again)
    np.testing.assert_array_equal(again.learner.weights(UP), course.learner.weights(UP))


def test_weights_that_are_tied_follow_those_that_drift(tmp_path):
    from brainlearn.experiment import load_experiment
    from tests.experiment.targets import TARGETS

    path = tmp_path / "experiment.toml"
    path.write_text(TARGETS, encoding="utf-8")
    asked = ['drift={"V1/E->IT/class"={per_epoch=0.5}}', 'rule.projections=["retina/image->V1/E"]']
    course = prepare(load_experiment(path, asked), None, Silent())
    before = np.array(course.learner.weights("IT/class->V1/E"))
    conduct(course)
    scale = before.std() / course.learner.simulation.wiring["V1/E->IT/class"].weights.std()
    after = course.learner.weights("IT/class->V1/E")
    assert (after != before).all()
    np.testing.assert_allclose(after, course.learner.weights("V1/E->IT/class").T * scale, rtol=1e-5)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ("drift={'V1/E->V2/X'={per_epoch=0.4}}", 'drift."V1/E->V2/X": no projection'),
        (f"drift={{'{UP}'={{per_epoch=1.5}}}}", "allowed: 1.4 or less"),
        (
            f"drift={{'{UP}'={{per_epoch=0.4}}}}\nweights={{'{UP}'={{distribution='constant', value=0.1}}}}",
            "no standard deviation",
        ),
        ("baselines.backprop={fixed=['V1->V2']}", "baselines.backprop.fixed[0]: no projection"),
        ("baselines.backprop={beliefs={'V1->V2'='drawn_anew'}}", 'baselines.backprop.beliefs."V1->V2": no projection'),
        (f"baselines.backprop={{fixed={[*OTHERS, UP]}}}", "no projection remains to learn"),
    ],
)
def test_mistakes_are_named(small, change, wrong):
    with pytest.raises(UserError) as raised:
        small(*change.split("\n"))
    assert wrong in str(raised.value)
