"""Images shown as differences from their mean."""

from __future__ import annotations

import numpy as np

from brainlearn.running.conduct import prepare
from brainlearn.training.progress import Silent


def test_centred_images_have_a_mean_of_zero_and_the_same_differences(small):
    course = prepare(small("stimulus.centre=true"), None, Silent())
    images = course.split.train_images[:3]
    shown = course.task.maker.neutral(images)["retina/image"]
    np.testing.assert_allclose(shown.mean(axis=1), 0, atol=1e-6)
    centred = images - images.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(
        shown / shown.std(axis=1, keepdims=True), centred / centred.std(axis=1, keepdims=True), atol=1e-4
    )
