"""Errors level by level are those of the runs that read the same populations."""

from __future__ import annotations

import numpy as np

from brainlearn.experiment.level_errors import goodness_by_level, level_errors
from brainlearn.experiment.machine import error_percent
from brainlearn.experiment.progress import Silent
from brainlearn.experiment.run import prepare


def test_goodness_of_the_levels_adds_up_to_that_of_the_test(small):
    trainer = prepare(small("training.epochs=1", "readout.one_pass=false"), None, Silent())
    trainer.epoch(0)
    images, labels = trainer.split.validation_images, trainer.split.validation_labels
    goodness = goodness_by_level(trainer, images, ["V1/E", "V2/E"])
    tested = trainer.test(images, labels)
    np.testing.assert_allclose(sum(goodness.values()), tested.goodness, rtol=1e-5)
    errors = level_errors(trainer, images, labels)
    assert list(errors) == ["V1/E", "V2/E", "all"]
    assert errors["all"] == error_percent(tested.prediction, labels)
    assert errors["V2/E"] == error_percent(goodness["V2/E"].argmax(axis=1), labels)


def test_centred_images_have_a_mean_of_zero_and_the_same_differences(small):
    trainer = prepare(small("stimulus.centre=true"), None, Silent())
    images = trainer.split.train_images[:3]
    shown = trainer.maker.neutral(images)["retina/image"]
    np.testing.assert_allclose(shown.mean(axis=1), 0, atol=1e-6)
    centred = images - images.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(
        shown / shown.std(axis=1, keepdims=True), centred / centred.std(axis=1, keepdims=True), atol=1e-4
    )
