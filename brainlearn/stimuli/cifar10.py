"""CIFAR-10: colour images of 32 x 32 pixels in ten classes, as the binary batches of the published archive.

A record is one label byte and 3,072 pixel bytes: the red, the green and the blue plane, each row by row.
Source: Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from brainlearn.stimuli.checksums import compare_with_published
from brainlearn.stimuli.data_file import FETCH_AGAIN, bad_file, find_file, find_folder, gather, read_bytes
from brainlearn.stimuli.dataset import Dataset
from brainlearn.stimuli.grey_levels import as_grey_levels
from brainlearn.stimuli.labels import check_labels

CLASSES = 10
SHEET = (32, 32)
CHANNELS = 3
PIXELS = CHANNELS * SHEET[0] * SHEET[1]
SUBFOLDERS = ("cifar10", "cifar-10-batches-bin")
BATCHES = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
TEST = "test_batch.bin"


def load_cifar10(folder: Path | None, seed: int) -> Dataset:
    """Return CIFAR-10 from ``folder/cifar10``, ``folder/cifar-10-batches-bin`` or `folder`.

    Every training batch that is there is read; fewer than five are said in the notes.
    """
    place = find_folder("cifar10", folder, SUBFOLDERS, (*BATCHES, TEST))
    names = [name for name in BATCHES if _is_there(place, name)] or BATCHES[:1]  # none: report the first
    *batches, test = gather(*(partial(_read_batch, place, name) for name in (*names, TEST)))
    images, labels = _join([records for records, _ in batches])
    test_images, test_labels = _join([test[0]])
    notes = _missing_batches(names) + tuple(note for _, notes in (*batches, test) for note in notes)
    return Dataset(
        "cifar10",
        images,
        labels,
        test_images,
        test_labels,
        CLASSES,
        SHEET,
        CHANNELS,
        notes,
        validate_on_last=True,
    )


def _is_there(place: Path, name: str) -> bool:
    return (place / name).exists() or (place / f"{name}.gz").exists()


def _missing_batches(names: Sequence[str]) -> tuple[str, ...]:
    missing = [name for name in BATCHES if name not in names]
    if not missing:
        return ()
    return (f"{len(names)} of {len(BATCHES)} training batches (missing: {', '.join(missing)})",)


def _read_batch(place: Path, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the (item, 1 + pixel) bytes of one batch, and notes on them."""
    path = find_file(place, [name])
    content = read_bytes(path)
    items, beyond = divmod(len(content), 1 + PIXELS)
    if beyond or not items:
        allowed = f"a multiple of {1 + PIXELS} bytes, one record per image"
        raise bad_file(path, "truncated, or no CIFAR-10 batch", f"{len(content)} bytes", allowed, FETCH_AGAIN)
    records = np.frombuffer(content, dtype=np.uint8).reshape(items, 1 + PIXELS)
    check_labels(records[:, 0], CLASSES, str(path))
    return records, compare_with_published(path, name, content, items)


def _join(batches: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return images and labels of all batches, written once: the images are the largest array there is."""
    images = np.empty((sum(map(len, batches)), PIXELS), dtype=np.float32)
    at = 0
    for records in batches:
        images[at : at + len(records)] = as_grey_levels(records[:, 1:], 255)
        at += len(records)
    return images, np.concatenate([records[:, 0] for records in batches]).astype(np.int64)
