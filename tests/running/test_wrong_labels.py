"""Labels that are wrong for good: the same for the rule and its baselines, and nothing else differs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brainlearn.experiment import load_experiment
from brainlearn.mistakes import UserError
from brainlearn.running.conduct import prepare
from brainlearn.running.preparation import load_data, told_of
from brainlearn.stimuli import load_dataset
from brainlearn.training.progress import Silent
from tests.experiment.tiny_runs import tiny

HALF = "dataset.wrong_labels=0.5"
CURVES = Path(__file__).parents[2] / "experiments" / "28_randman" / "experiment.toml"


def test_half_of_the_training_labels_are_wrong_and_all_else_is_the_same(tmp_path: Path) -> None:
    clean = load_data(tiny(tmp_path / "a", "targets")[0], None)[1]
    noisy = load_data(tiny(tmp_path / "b", "targets", HALF)[0], None)[1]
    assert (clean.train_labels != noisy.train_labels).mean() == pytest.approx(0.5, abs=1 / len(clean.train_labels))
    np.testing.assert_array_equal(clean.train_images, noisy.train_images)
    np.testing.assert_array_equal(clean.validation_labels, noisy.validation_labels)


def test_rule_and_baseline_learn_the_same_wrong_labels_which_other_seeds_draw_anew(tmp_path: Path) -> None:
    experiment, _ = tiny(tmp_path / "a", "targets", HALF)
    with_baseline, baseline = tiny(tmp_path / "b", "backprop", HALF)
    by_rule = prepare(experiment, None, Silent()).split
    by_backprop = prepare(with_baseline, None, Silent(), baseline).split
    np.testing.assert_array_equal(by_rule.train_labels, by_backprop.train_labels)
    other = load_data(tiny(tmp_path / "c", "targets", HALF, "seed=77")[0], None)[1]
    assert not np.array_equal(by_rule.train_labels, other.train_labels)


def test_data_that_a_script_hands_over_keep_the_key(tmp_path: Path) -> None:
    experiment, _ = tiny(tmp_path, "targets", HALF)
    told = told_of(experiment, replace(load_dataset("digits"), name="own"))
    assert told.settings.dataset.wrong_labels == 0.5
    assert told.data["dataset"]["wrong_labels"] == 0.5


def test_a_sequence_refuses_them(tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"dataset\.wrong_labels: tasks of a sequence choose items by their true labels"
    ):
        tiny(tmp_path, "sequence", HALF)


def test_continuous_targets_refuse_them() -> None:
    changes = {
        "dataset": {"name": "pattern_generation", "wrong_labels": 0.1},
        "sizes": {"periphery/spikes": 100, "IT/class": 3},
        "phases": [{"name": "show", "duration": "1 s", "nudge": 1.0, "answer": True}],
    }
    with pytest.raises(UserError, match=r"dataset\.wrong_labels: dataset .* has continuous targets"):
        load_experiment(CURVES, changes)
