"""Several outputs for each class: what they are taught, how they answer, and what the mirror's losses make of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from brainlearn import load_result, run
from brainlearn.experiment import load_experiment
from brainlearn.lab import Silent, prepare
from brainlearn.mirror.losses import TARGET_LOSSES
from brainlearn.mistakes import UserError
from tests.experiment.targets import TARGETS

THREE = TARGETS.replace('"V1/E" = 40', '"V1/E" = 40\n"IT/class" = 30').replace(
    'population = "IT/class"', 'population = "IT/class"\nunits_per_class = 3\nstrength = 0.8'
)


def written(folder: Path, text: str = THREE) -> Path:
    path = folder / "three.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_units_of_a_class_stand_next_to_each_other_and_answer_together(tmp_path: Path) -> None:
    course = prepare(load_experiment(written(tmp_path)), None, Silent())
    images, labels = course.split.train_images[:50], course.split.train_labels[:50]
    shown = next(iter(course.task.rounds(images, labels, np.random.default_rng(0))))
    assert shown.labels is not None
    expected = np.zeros((50, 30))
    for item, label in enumerate(shown.labels):
        expected[item, 3 * label : 3 * label + 3] = 0.8
    np.testing.assert_allclose(shown.stimuli["IT/class"], expected, rtol=1e-6)

    scores = np.zeros((4, 30))
    scores[0, 6:9] = 0.1, 0.2, 0.3  # class 2 has the largest mean, class 9 the largest unit
    scores[0, 29] = 0.5
    scores[1, 0:3] = 0.2
    scores[2, 27:30] = 1.0
    scores[3, 12] = 0.1
    found = course.task.test(lambda _: scores, images[:4], np.array([2, 0, 9, 4]))
    assert found.prediction.tolist() == [2, 0, 9, 4]
    assert found.goodness.shape == (4, 10)
    assert found.goodness[0, 2] == pytest.approx(0.2)


def test_losses_are_by_hand_those_of_units_and_of_classes() -> None:
    activity = torch.tensor([[0.2, 0.4, 0.0, 0.6], [0.1, 0.1, 0.5, 0.3]], dtype=torch.float64)
    labels = torch.tensor([0, 1])
    squared = TARGET_LOSSES["squared"].of_labels(activity, labels, 0.8, 2, 10)
    first = (0.6**2 + 0.4**2 + 0.6**2) / 2
    second = (0.1**2 + 0.1**2 + 0.3**2 + 0.5**2) / 2
    assert float(squared) == pytest.approx((first + second) / 2)
    entropy = TARGET_LOSSES["cross_entropy"].of_labels(activity, labels, 0.8, 2, 10)
    counts = np.array([[3.0, 3.0], [1.0, 4.0]])  # spikes in ten steps: the mean over the units of a class
    by_hand = np.log(np.exp(counts).sum(axis=1)) - counts[[0, 1], [0, 1]]
    assert float(entropy) == pytest.approx(by_hand.mean())


@pytest.mark.slow
def test_the_rule_and_its_baseline_learn_with_several_units(tmp_path: Path) -> None:
    text = (
        THREE.replace("samples = 400", "samples = 1200")
        .replace("epochs = 1", "epochs = 3")
        .replace("copies = 50", "copies = 20")
    )
    text += "\n[baselines.backprop]\nstep_size = 0.01\n"
    text += '[alignment]\nepochs = [0]\nlosses = ["squared"]\npresentations = 100\n'
    run(load_experiment(written(tmp_path, text)), folder=tmp_path / "run")
    for folder in (tmp_path / "run", tmp_path / "run/baselines/backprop"):
        found = json.loads((folder / "summary.json").read_text())
        assert found["test_error_percent"] < 15
    (angles,) = load_result(tmp_path / "run")["alignment"]["angle"].isel(epoch=0, averaging=-1).values
    assert angles[-2] < 40  # the outputs' own projection


def test_a_population_of_another_size_is_refused(tmp_path: Path) -> None:
    wrong = THREE.replace("units_per_class = 3", "units_per_class = 4")
    with pytest.raises(UserError, match="40 units, 4 for each of the classes"):
        prepare(load_experiment(written(tmp_path, wrong)), None, Silent())
