"""A dataset that a script hands over: settled before it is learned, and written where a run can be resumed from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from brainlearn.stimuli.dataset import Dataset
from brainlearn.stimuli.dataset_check import check_dataset
from brainlearn.stimuli.own.python_arrays import as_array


def settle(dataset: Dataset) -> Dataset:
    """Return a dataset with arrays of NumPy, float32 and int64.

    Raises
    ------
    UserError
        With all that is wrong with it; see `brainlearn.stimuli.dataset_check.check_dataset`.
    """
    where = f'dataset "{dataset.name}"'
    found = replace(
        dataset,
        images=as_array(where, "images", dataset.images),
        labels=as_array(where, "labels", dataset.labels),
        test_images=as_array(where, "test_images", dataset.test_images),
        test_labels=as_array(where, "test_labels", dataset.test_labels),
    )
    check_dataset(found)
    kind = np.float32 if found.wanted.values else np.int64
    return replace(
        found,
        images=_stored(found.images),
        labels=np.ascontiguousarray(found.labels, dtype=kind),
        test_images=_stored(found.test_images),
        test_labels=np.ascontiguousarray(found.test_labels, dtype=kind),
    )


def _stored(images: np.ndarray) -> np.ndarray:
    """Return images as a dataset holds them: spike trains over time as bytes, all else as float32."""
    spikes = images.ndim == 3 and images.dtype == np.uint8
    return np.ascontiguousarray(images, dtype=np.uint8 if spikes else np.float32)


def write_dataset(dataset: Dataset, path: Path) -> None:
    """Write a dataset as an npz file, from which `brainlearn.stimuli.own.npz_file.read_npz` makes the same."""
    shown, wanted = "images" if dataset.images.ndim == 2 else "values", "targets" if dataset.wanted.values else "labels"
    arrays = {
        f"train_{shown}": _on_sheet(dataset, dataset.images),
        f"train_{wanted}": dataset.labels,
        f"test_{shown}": _on_sheet(dataset, dataset.test_images),
        f"test_{wanted}": dataset.test_labels,
        "classes": np.array(dataset.classes),
        "validate_on_last": np.array(dataset.validate_on_last),
    }
    if dataset.class_names:
        arrays["class_names"] = np.array(dataset.class_names, dtype=str)
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def _on_sheet(dataset: Dataset, images: np.ndarray) -> np.ndarray:
    """Return (item, row, column, channel) values of (item, pixel) images; those without a sheet as they are."""
    rows, columns = dataset.sheet
    if images.ndim == 3:
        return images.astype(bool) if images.dtype == np.uint8 else images
    if rows == 1 and dataset.channels == 1:
        return images
    return np.moveaxis(images.reshape(len(images), dataset.channels, rows, columns), 1, 3)
