"""Experiments with targets, compared with backpropagation: baselines, angles, and what a file may ask for."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from brainlearn.experiment import Experiment, load_experiment
from brainlearn.mistakes import UserError
from brainlearn.results.record import RunRecord
from brainlearn.running.conduct import prepare, run_record
from brainlearn.running.preparation import load_data
from brainlearn.tasks.answer_phase import answer_phases
from brainlearn.tasks.targeted import Targeted
from brainlearn.training.backprop_learner import BackpropLearner
from brainlearn.training.course import Course
from brainlearn.training.epoch import run_epoch
from brainlearn.training.progress import Silent
from brainlearn.training.start import start_course
from brainlearn.training.testing import run_test
from tests.experiment.targets import TARGETS

ALIGNMENT = 'alignment={epochs=[0, 1], losses=["squared", "cross_entropy"], presentations=400, surrogate="arctan"}'
THROUGH_TIME = 'baselines.backprop_through_time={epochs=3, copies=20, step_size=1e-2, surrogate="arctan"}'
PROJECTIONS = ["retina/image->V1/E", "V1/E->IT/class"]

Load = Callable[..., Experiment]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load the small experiment with changes as of ``--set``."""

    def load(*changes: str, replace: tuple[tuple[str, str], ...] = ()) -> Experiment:
        text = TARGETS
        for old, new in replace:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "experiment.toml"
        path.write_text(text, encoding="utf-8")
        return load_experiment(path, changes)

    return load


def baseline(experiment: Experiment, name: str) -> Course:
    dataset, split = load_data(experiment, None)
    return start_course(experiment, dataset, split, Silent(), name)


# ---- baselines -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("name", "spiking"), [("backprop", ()), ("backprop_through_time", ("V1/E", "IT/class"))])
def test_a_baseline_with_targets_learns_and_records_what_a_rule_does(load: Load, name: str, spiking: tuple[str, ...]):
    changes = f'baselines.{name}={{epochs=3, copies=20, step_size=1e-2, surrogate="arctan"}}'
    record = run_record(load(changes), None, Silent(), name)
    assert (record.rule, record.engine, record.spiking) == (name, "mirror", spiking)
    assert list(record.weights) == PROJECTIONS
    losses = [epoch.loss for epoch in record.epochs]
    assert losses[0] > losses[-1] > 0
    assert record.epochs[-1].validation_error_percent < 50
    assert record.test is not None
    assert record.test.goodness.shape == (360, 10)
    for weights in record.weights.values():
        assert (weights.initial != weights.final).any()


def test_the_answer_is_read_where_the_rule_reads_it(load: Load):
    experiment = load(THROUGH_TIME, "training.precision=float64")
    images = load_data(experiment, None)[0].test_images[:60]
    course = prepare(experiment, None, Silent())
    assert isinstance(course.task, Targeted)
    spiked = run_test(course, images, np.zeros(60, dtype=int))
    mirrored = run_test(baseline(experiment, "backprop_through_time"), images, np.zeros(60, dtype=int))
    np.testing.assert_allclose(mirrored.goodness, spiked.goodness, atol=1e-6)
    np.testing.assert_array_equal(mirrored.prediction, spiked.prediction)


@pytest.mark.slow
def test_checkpointing_with_targets_learns_the_same(load: Load):
    table = '={epochs=1, copies=20, surrogate="arctan"}'
    experiment = load(*(f"baselines.{name}{table}" for name in ("backprop_through_time", "checkpointing")))
    whole, checkpointed = (baseline(experiment, name) for name in ("backprop_through_time", "checkpointing"))
    assert run_epoch(whole, 0).loss == pytest.approx(run_epoch(checkpointed, 0).loss, rel=1e-5)
    for name in PROJECTIONS:
        np.testing.assert_allclose(checkpointed.learner.weights(name), whole.learner.weights(name), atol=1e-5)


def test_the_loss_may_be_the_cross_entropy(load: Load):
    experiment = load('baselines.backprop={copies=20, loss="cross_entropy"}')
    first = run_epoch(baseline(experiment, "backprop"), 0).loss
    assert first == pytest.approx(math.log(10), abs=0.3)


def test_no_readout_learns_besides_the_circuit(load: Load):
    learner = baseline(load(THROUGH_TIME), "backprop_through_time").learner
    assert isinstance(learner, BackpropLearner)
    found = learner.backprop
    assert not list(found.readout.parameters())
    assert [phase.steps for phase in found.phases] == [6, 8]
    assert [phase.reset for phase in found.phases] == [True, False]


# ---- angles --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunRecord, RunRecord]:
    """The same run with angles and without."""
    path = tmp_path_factory.mktemp("aligned") / "experiment.toml"
    path.write_text(TARGETS, encoding="utf-8")
    first, second = (run_record(load_experiment(path, changes), None, Silent()) for changes in ([ALIGNMENT], []))
    return first, second


def test_angles_are_measured_for_every_loss_and_named_epoch(runs: tuple[RunRecord, RunRecord]):
    record, without = runs
    found = [(angles.epoch, angles.loss) for angles in record.alignments]
    assert found == [(epoch, loss) for epoch in (0, 1) for loss in ("squared", "cross_entropy")]
    for angles in record.alignments:
        assert list(angles.angle) == PROJECTIONS
        assert angles.presentations.tolist() == [50, 100, 200, 400]
    assert without.alignments == []


def test_temporal_differences_go_down_the_gradient(runs: tuple[RunRecord, RunRecord]):
    before = runs[0].alignments[0]
    for name in PROJECTIONS:
        assert before.angle[name][-1] < 45
        assert before.angle[name][-1] < before.angle[name][0]
        assert before.sign_agreement[name] > 65
    assert before.angle_shuffled[PROJECTIONS[0]][-1] > 75


def test_measuring_with_targets_changes_nothing_that_is_learned(runs: tuple[RunRecord, RunRecord]):
    with_angles, without = runs
    for name, weights in without.weights.items():
        np.testing.assert_array_equal(with_angles.weights[name].final, weights.final)
    assert with_angles.test is not None
    assert without.test is not None
    np.testing.assert_array_equal(with_angles.test.goodness, without.test.goodness)


# ---- what a file may ask for ---------------------------------------------------------------------------------------


def test_the_answer_stands_where_the_file_says_or_before_the_nudge(load: Load):
    phases = load().settings.phases
    assert [phase.name for phase in answer_phases(phases)] == ["settle", "free"]
    silent = load(replace=(("answer = true\n", ""),)).settings.phases
    assert [phase.name for phase in answer_phases(silent)] == ["settle", "free"]
    assert answer_phases(phases[2:]) == phases[2:][:0]


EPOCH_0 = "alignment={epochs=[0]}"
REFUSED = {
    "a readout besides the outputs": (
        ('baselines.backprop={populations=["V1/E"]}',),
        (),
        ("baselines.backprop.populations", "with [target], IT/class gives the answer", "Leave it out."),
    ),
    "a loss of goodness": (
        ('alignment={epochs=[0], losses=["squared", "contrast"]}',),
        (),
        ("alignment.losses[1]", "with [target] losses are of the outputs", "squared, cross_entropy"),
    ),
    "angles after the end": (("alignment={epochs=[2]}",), (), ("alignment.epochs", "after the end of training")),
    "a rule that acts on spikes": (
        (EPOCH_0, "rule.name=pair_stdp", "rule.updates=[]"),
        (),
        ("alignment", 'changes by the rule "pair_stdp" cannot be compared', "act at the end of a phase"),
    ),
    "learning in an earlier phase": (
        (EPOCH_0,),
        (("reset = false\nlearn = false\nremember", "reset = false\nremember"),),
        ("alignment", "at the end of a presentation", "learning in free, nudged", "the last phase alone"),
    ),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_what_cannot_be_compared_is_refused(load: Load, case: str):
    changes, replace, expected = REFUSED[case]
    with pytest.raises(UserError) as raised:
        load(*changes, replace=replace)
    for text in expected:
        assert text in str(raised.value)
