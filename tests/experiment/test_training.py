"""Runs on the digits: they learn, they repeat themselves, and they tell what went wrong."""

from __future__ import annotations

import importlib
import itertools
import math

import numpy as np
import pytest

from brainlearn.mistakes import UserError
from brainlearn.results.record import EpochRecord, RunRecord
from brainlearn.running import Interrupted, run
from brainlearn.running.conduct import run_record
from brainlearn.tasks.answers import error_percent
from brainlearn.tasks.softmax_readout import SoftmaxReadout
from brainlearn.training import progress
from brainlearn.training.course import Course
from brainlearn.training.epoch import run_epoch
from brainlearn.training.learner import step_factor
from brainlearn.training.progress import Progress, Silent
from brainlearn.training.rule_learner import RuleLearner
from brainlearn.training.start import start_course
from brainlearn.training.testing import run_test


class Notebook:
    """Writes down all that it is told."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.shown: list[Progress] = []
        self.epochs: list[EpochRecord] = []

    def started(self, title: str, notes: tuple[str, ...]) -> None:
        self.titles.append(title)

    def progress(self, progress: Progress) -> None:
        self.shown.append(progress)

    def epoch_done(self, record: EpochRecord, epochs: int) -> None:
        self.epochs.append(record)


def final_bytes(record: RunRecord) -> dict[str, bytes]:
    return {name: weights.final.tobytes() for name, weights in record.weights.items()}


@pytest.fixture
def all_progress(monkeypatch) -> None:
    monkeypatch.setattr(progress, "SHOW_EVERY", 0.0)


# ---- learning ------------------------------------------------------------------------------------------------------


def test_digits_are_learned_far_better_than_by_chance(small):
    record = run_record(small("training.samples=900", "training.epochs=5"), None, Silent())
    assert record.test is not None
    assert record.test.one_pass is not None
    assert error_percent(record.test.prediction, record.test.label) < 40  # chance is 90
    assert error_percent(record.test.one_pass, record.test.label) < 40
    first, last = record.epochs[0], record.epochs[-1]
    assert last.validation_error_percent < 60  # thirty items
    assert last.goodness_positive["V1/E"] > 1.1 * last.goodness_negative["V1/E"]
    assert first.goodness_positive["V1/E"] > 0


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(small):
    first, again, other = (
        run_record(small(f"seed={seed}", "training.samples=100"), None, Silent()) for seed in (3, 3, 4)
    )
    assert final_bytes(first) == final_bytes(again)
    np.testing.assert_array_equal(first.test.goodness, again.test.goodness)
    np.testing.assert_array_equal(first.test.one_pass, again.test.one_pass)
    for name, weights in first.weights.items():
        assert (weights.final != weights.initial).mean() > 0.5, name
        assert (other.weights[name].initial != weights.initial).mean() > 0.99, name
        assert (other.weights[name].final != weights.final).mean() > 0.99, name


def test_stock_delivery_learns_what_shared_delivery_learns(small):
    settings = ("training.precision=float64", "training.samples=20", "training.epochs=1", "training.copies=30")
    sizes = ("sizes.V1/E=10", "sizes.V2/E=8", "dataset.validation=0")
    shared, stock = (
        start_course(experiment, *_data(experiment), Silent())
        for experiment in (small(*settings, *sizes, f"training.delivery={kind}") for kind in ("shared", "stock"))
    )
    for course in (shared, stock):
        run_epoch(course, 0)
    for name in shared.experiment.learning:
        learned = shared.learner.simulation.weights(name)
        np.testing.assert_allclose(stock.learner.simulation.weights(name), learned, rtol=0, atol=1e-10)
        assert np.abs(learned - shared.learner.simulation.wiring[name].weights).max() > 1e-3


def test_testing_leaves_weights_and_memories_as_they_are(small):
    experiment = small()
    course = start_course(experiment, *_data(experiment), Silent())
    run_epoch(course, 0)

    def state() -> list[bytes]:
        simulation = course.learner.simulation
        weights = [np.array(simulation.weights(name)) for name in experiment.learning]
        memories = [np.array(m) for n in simulation.neuromodulation.values() for m in n.memories.values()]
        return [array.tobytes() for array in [*weights, *memories]]

    before = state()
    first = run_test(course, course.dataset.test_images[:20], course.dataset.test_labels[:20])
    assert state() == before
    again = run_test(course, course.dataset.test_images[:20], course.dataset.test_labels[:20])
    np.testing.assert_array_equal(first.goodness, again.goodness)
    assert np.ptp(first.goodness, axis=1).min() > 0


def _data(experiment):
    from brainlearn.running.conduct import load_data

    return load_data(experiment, None)


def test_without_a_fast_readout_there_is_none(small):
    settings = ("readout.one_pass=false", "negatives.kind=random", "training.epochs=1", "training.samples=30")
    record = run_record(small(*settings), None, Silent())
    assert record.test.one_pass is None
    assert math.isnan(record.epochs[0].one_pass_error_percent)


def test_a_run_is_a_tree_of_labelled_arrays(small):
    tree = run(small("training.epochs=1", "training.samples=30"))
    assert set(tree["weights"].children) == {"retina.image->V1.E", "retina.label->V1.E", "V1.E->V2.E"}
    assert tree["metrics"].sizes == {"epoch": 1, "population": 2}
    assert tree["test"].sizes == {"presentation": 360, "label": 10, "subset": 3, "readout": 2}


# ---- what is reported ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_progress_of_every_stage_is_told(small, all_progress):
    notebook = Notebook()
    record = run_record(small(), None, notebook)
    assert notebook.titles == ["small: two_areas learns digits by forward_forward"]
    stages = [key for key, _ in itertools.groupby((p.stage, p.epoch) for p in notebook.shown)]
    assert stages == [("training", 1), ("validation", 1), ("training", 2), ("validation", 2), ("test", 2)]
    for (stage, _), shown in itertools.groupby(notebook.shown, key=lambda p: (p.stage, p.epoch)):
        counts = [(p.done, p.total) for p in shown]
        assert [done for done, _ in counts] == list(range(1, counts[0][1] + 1)), stage
    training_shown = [p for p in notebook.shown if p.stage == "training"]
    assert all(p.per_second > 0 and p.epochs == 2 for p in notebook.shown)
    assert all(p.goodness_positive > 0 and p.goodness_negative > 0 for p in training_shown)
    assert all(p.seconds_left >= 0 for p in training_shown)
    assert math.isnan(training_shown[0].error_percent)
    assert notebook.shown[-1].error_percent == record.epochs[-1].validation_error_percent
    assert notebook.epochs == record.epochs
    assert [epoch.epoch for epoch in record.epochs] == [1, 2]
    assert record.presentations == 2 * 5 * 80  # two epochs of five rounds of 40 items, positive and negative


def test_silent_units_are_counted_and_noted(small):
    record = run_record(small("stimulus.rms=1e-4", "training.epochs=1", "training.samples=60"), None, Silent())
    assert record.epochs[0].silent_percent == {"V1/E": 100.0, "V2/E": 100.0}
    assert record.epochs[0].activity == {"V1/E": 0.0, "V2/E": 0.0}
    assert "V1/E: 100.0 % of the units were silent in the last epoch" in record.notes


def test_a_healthy_run_has_nothing_to_note_of_its_numbers(small):
    record = run_record(small("training.epochs=1"), None, Silent())
    assert not [note for note in record.notes if "finite" in note or "stopped" in note]


def spoil_weights(course: Course) -> None:
    course.learner.simulation.weights("V1/E->V2/E")[3, 4] = np.nan


def spoil_states(course: Course) -> None:
    course.learner.simulation.populations["V1/E"].array("v")[2, 5] = np.inf


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize(
    ("spoil", "note"),
    [(spoil_weights, "weights of V1/E->V2/E are not finite"), (spoil_states, "states of V1/E are not finite")],
)
def test_numbers_that_are_no_numbers_stop_the_run_and_are_noted(small, monkeypatch, spoil, note):
    def epoch(course: Course, number: int) -> EpochRecord:
        record = run_epoch(course, number)
        spoil(course)
        return record

    monkeypatch.setattr(importlib.import_module("brainlearn.running.conduct"), "run_epoch", epoch)
    record = run_record(small("training.samples=30"), None, Silent())
    assert note in record.notes
    assert "stopped after epoch 1 of 2" in record.notes
    assert len(record.epochs) == 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_rule_that_blows_up_is_noted(small):
    change = 'rule.updates=[{name="step", size=1e38}]'
    record = run_record(small(change, "training.samples=60"), None, Silent())
    assert any("not finite" in note for note in record.notes)
    assert record.test is not None


def test_ctrl_c_keeps_what_was_learned(small):
    class Impatient(Notebook):
        def epoch_done(self, record: EpochRecord, epochs: int) -> None:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as raised:
        run_record(small("training.samples=30"), None, Impatient())
    record = raised.value.record
    assert "interrupted after epoch 1 of 2" in record.notes
    assert len(record.epochs) == 1
    assert record.test is None
    assert all((weights.final != weights.initial).any() for weights in record.weights.values())


# ---- what does not fit ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "texts"),
    [
        (
            ["sizes.retina/image=49"],
            ["stimulus.image", "retina/image has 49 units", "64 units, one for each of the pixels"],
        ),
        (["sizes.retina/label=9"], ["stimulus.label", "10 units, one for each of the classes"]),
        (["training.copies=9"], ["training.copies", "too few copies to show an image with each label"]),
        (["training.samples=5000"], ["training.samples: ", "1437 training items"]),
        (["dataset.validation=2000"], ["dataset.validation: ", "1437 training items"]),
    ],
)
def test_data_that_do_not_fit_the_circuit_are_refused(small, changes, texts):
    with pytest.raises(UserError) as raised:
        run_record(small(*changes), None, Silent())
    assert all(text in str(raised.value) for text in texts), str(raised.value)


# ---- parts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "epoch", "within", "factor"),
    [
        ("constant", 0, 0.0, 1.0),
        ("constant", 9, 1.0, 1.0),
        ("linear", 0, 0.0, 1.0),
        ("linear", 4, 0.5, 0.55),
        ("linear", 9, 1.0, 0.0),
        ("linear_half", 0, 0.0, 1.0),
        ("linear_half", 4, 1.0, 1.0),
        ("linear_half", 5, 0.0, 1.0),
        ("linear_half", 5, 0.5, 0.9),
        ("linear_half", 7, 0.5, 0.5),
        ("linear_half", 9, 0.5, 0.1),
        ("linear_half", 9, 1.0, 0.0),
    ],
)
def test_the_step_follows_its_schedule(schedule, epoch, within, factor):
    assert step_factor(schedule, epoch, 10, within) == pytest.approx(factor, abs=1e-12)


def test_the_step_factor_reaches_every_projection(small, monkeypatch):
    experiment = small("training.schedule=linear", "training.samples=60", "training.copies=60", "training.epochs=3")
    course = start_course(experiment, *_data(experiment), Silent())
    seen: list[float] = []
    set_factor = RuleLearner.set_factor
    monkeypatch.setattr(RuleLearner, "set_factor", lambda self, factor: (seen.append(factor), set_factor(self, factor)))
    run_epoch(course, 1)
    np.testing.assert_allclose(seen, [2 / 3, 5 / 9, 4 / 9, 1 / 3])  # three rounds
    assert {learning.factor for learning in course.learner.simulation.learning.values()} == {seen[-1]}


def test_the_error_is_the_share_of_wrong_answers():
    assert error_percent(np.array([1, 2, 3, 4]), np.array([1, 2, 0, 0])) == 50.0


def test_the_fast_readout_learns_what_can_be_separated():
    rng = np.random.default_rng(0)
    centres, labels = rng.normal(size=(4, 6)), rng.integers(0, 4, 400)
    features = (centres[labels] + 0.3 * rng.normal(size=(400, 6))).astype(np.float32)
    readout = SoftmaxReadout(6, 4, step=0.02)
    np.testing.assert_allclose(readout.learn(features, labels), 0.25)
    for _ in range(200):
        probabilities = readout.learn(features, labels)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-5)
    assert (readout.probabilities(features).argmax(axis=1) == labels).mean() > 0.97


def test_the_first_step_of_the_fast_readout_goes_against_the_gradient_of_the_cross_entropy():
    rng = np.random.default_rng(1)
    features, labels = rng.normal(size=(50, 3)).astype(np.float32), rng.integers(0, 2, 50)
    readout = SoftmaxReadout(3, 2, step=1e-3)
    readout.learn(features, labels)
    error = np.eye(2)[labels] - 0.5
    expected = np.concatenate([features.T @ error, error.sum(axis=0)[None]])
    np.testing.assert_array_equal(np.sign(readout.weights), np.sign(expected))
    np.testing.assert_allclose(np.abs(readout.weights), 1e-3, rtol=1e-3)
