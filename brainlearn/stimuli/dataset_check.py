"""Check that a dataset is what circuits are shown: grey levels in [0, 1], one class for each image, items to test."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.stimuli.dataset import Dataset


def check_dataset(dataset: Dataset) -> None:
    """Raise a UserError with everything that is wrong with a dataset.

    Parameters
    ----------
    dataset : Dataset
        As a loader made it, one of your own too.
    """
    mistakes = [
        *_check_part(dataset, "images", dataset.images, "labels", dataset.labels),
        *_check_part(dataset, "test_images", dataset.test_images, "test_labels", dataset.test_labels),
    ]
    learned, tested = np.asarray(dataset.images), np.asarray(dataset.test_images)
    if not mistakes and learned.shape[1:] != tested.shape[1:]:
        found = f"{tested.shape[1:]} in the test, {learned.shape[1:]} in training"
        where = f'dataset "{dataset.name}": test_images'
        mistakes.append(Mistake(where, "test items have another shape", found, "one shape"))
    if mistakes:
        raise UserError(*mistakes)


def _check_part(
    dataset: Dataset, images_key: str, images: np.ndarray, labels_key: str, labels: np.ndarray
) -> Iterator[Mistake]:
    images, labels = np.asarray(images), np.asarray(labels)
    of_images, of_labels = (f'dataset "{dataset.name}": {key}' for key in (images_key, labels_key))
    if not len(images):
        yield Mistake(of_images, "there are none", "0 items", "1 or more")
        return
    if len(images) != len(labels):
        found = f"{len(images)} images and {len(labels)} labels"
        yield Mistake(of_images, "images and labels differ in number", found, "one label for each image")
    yield from _check_pixels(dataset, of_images, images)
    if labels.ndim in (2, 3) and labels.dtype.kind in "fiu":
        yield from _check_values(dataset, of_labels, images, labels)
    else:
        yield from _check_classes(dataset, of_labels, labels)


def _check_pixels(dataset: Dataset, where: str, images: np.ndarray) -> Iterator[Mistake]:
    rows, columns = dataset.sheet
    pixels = rows * columns * dataset.channels
    if images.ndim not in (2, 3):
        suggestion = "Flatten them: images.reshape(len(images), -1)."
        yield Mistake(
            where, "not a table of pixels", f"shape {images.shape}", "(item, pixel) or (item, frame, pixel)", suggestion
        )
    elif images.shape[-1] != pixels:
        allowed = f"{pixels} pixels, for a sheet of {rows} x {columns} and {dataset.channels} channel(s)"
        yield Mistake(where, "the images do not fit their sheet", f"{images.shape[-1]} pixels", allowed)
    if images.dtype.kind not in "fiu":
        yield Mistake(where, "pixels are not real numbers", f"type {images.dtype}", "float32 in [0, 1]")
        return
    low, high = float(images.min()), float(images.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        yield Mistake(where, "pixels are not finite", f"{low:g} to {high:g}", "0 to 1")
    elif low < 0 or high > 1:
        suggestion = f"Divide them: as_grey_levels(images, {255 if 1 < high <= 255 else high:g})." if low >= 0 else ""
        yield Mistake(where, "pixels are not grey levels", f"{low:g} to {high:g}", "0 to 1", suggestion)


def _check_values(dataset: Dataset, where: str, images: np.ndarray, values: np.ndarray) -> Iterator[Mistake]:
    if values.shape[-1] != dataset.classes:
        found, allowed = f"{values.shape[-1]} values", f"{dataset.classes}, one for each output"
        yield Mistake(where, "an item has another number of values", found, allowed)
    if values.ndim == images.ndim == 3 and values.shape[1] != images.shape[1]:
        found = f"{images.shape[1]} frames, and values for {values.shape[1]}"
        yield Mistake(where, "values and frames differ in number", found, "one for each frame")
    if not np.isfinite(values).all():
        yield Mistake(where, "values are not finite", f"{values.min():g} to {values.max():g}", "numbers")


def _check_classes(dataset: Dataset, where: str, labels: np.ndarray) -> Iterator[Mistake]:
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        found = f"type {labels.dtype}, shape {labels.shape}"
        suggestion = "Number the classes: numpy.unique(labels, return_inverse=True)[1]."
        yield Mistake(where, "labels are not class numbers", found, "whole numbers, (item,)", suggestion)
        return
    outside = np.flatnonzero((labels < 0) | (labels >= dataset.classes))
    if len(outside):
        found = f"label {labels[outside[0]]} at item {outside[0]}" + _more(len(outside) - 1)
        yield Mistake(where, "label out of range", found, f"0 to {dataset.classes - 1}")


def _more(count: int) -> str:
    return f" and {count} more" if count else ""
