"""MNIST: 60,000 training and 10,000 test digits of 28 x 28 pixels, in four IDX files.

Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition" (1998).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brainlearn.stimuli.checksums import compare_with_published
from brainlearn.stimuli.data_file import bad_file, find_file, find_folder, gather, read_bytes
from brainlearn.stimuli.dataset import Dataset
from brainlearn.stimuli.grey_levels import as_grey_levels
from brainlearn.stimuli.idx import parse_idx
from brainlearn.stimuli.labels import check_labels

Notes = tuple[str, ...]

CLASSES = 10
SHEET = (28, 28)
SUBFOLDERS = ("mnist", "MNIST/raw")
FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def load_mnist(folder: Path | None, seed: int) -> Dataset:
    """Return MNIST from ``folder/mnist``, ``folder/MNIST/raw`` or `folder`: four files, compressed or not."""
    place = find_folder("mnist", folder, SUBFOLDERS, [*FILES, *map(_dotted, FILES)])
    train, test = gather(lambda: _read_part(place, *FILES[:2]), lambda: _read_part(place, *FILES[2:]))
    images, labels, notes = train
    test_images, test_labels, test_notes = test
    return Dataset(
        "mnist",
        images,
        labels,
        test_images,
        test_labels,
        CLASSES,
        SHEET,
        notes=notes + test_notes,
        validate_on_last=True,
    )


def _dotted(name: str) -> str:
    """Return the other spelling in use, ``train-images.idx3-ubyte``."""
    return name.replace("-idx", ".idx")


def _read_part(place: Path, image_name: str, label_name: str) -> tuple[np.ndarray, np.ndarray, Notes]:
    """Return the (item, pixel) images and (item,) labels of one half, and notes on the files."""
    (image_path, pixels, image_notes), (label_path, labels, label_notes) = gather(
        lambda: _read_file(place, image_name, 3), lambda: _read_file(place, label_name, 1)
    )
    if len(pixels) != len(labels):
        found = f"{len(pixels)} images, and {len(labels)} labels in {label_path.name}"
        suggestion = "Take both files from the same half of the dataset."
        raise bad_file(image_path, "images and labels differ in number", found, "one label per image", suggestion)
    images = as_grey_levels(pixels.reshape(len(pixels), -1), 255)
    return images, labels.astype(np.int64), image_notes + label_notes


def _read_file(place: Path, name: str, dimensions: int) -> tuple[Path, np.ndarray, Notes]:
    path = find_file(place, [name, _dotted(name)])
    content = read_bytes(path)
    values = parse_idx(content, path, dimensions)
    _check_shape(path, values)
    if dimensions == 1:
        check_labels(values, CLASSES, str(path))
    return path, values, compare_with_published(path, name, content, len(values))


def _check_shape(path: Path, values: np.ndarray) -> None:
    if not len(values):
        raise bad_file(path, "holds no items", "0", "at least 1")
    if values.ndim == 3 and values.shape[1:] != SHEET:
        found = f"{values.shape[1]} x {values.shape[2]} pixels"
        raise bad_file(path, "images of the wrong size", found, f"{SHEET[0]} x {SHEET[1]} pixels")
