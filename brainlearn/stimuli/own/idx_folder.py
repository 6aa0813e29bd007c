"""Four IDX files, as those of MNIST, Fashion-MNIST, KMNIST and EMNIST: images and labels, for training and test."""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import reason
from brainlearn.stimuli.data_file import bad_file, gather, read_bytes
from brainlearn.stimuli.idx import parse_idx

_ROLES = {
    "train_images": (re.compile(r"train-images[-.]idx3-ubyte(\.gz)?$"), 3),
    "train_labels": (re.compile(r"train-labels[-.]idx1-ubyte(\.gz)?$"), 1),
    "test_images": (re.compile(r"(t10k|test)-images[-.]idx3-ubyte(\.gz)?$"), 3),
    "test_labels": (re.compile(r"(t10k|test)-labels[-.]idx1-ubyte(\.gz)?$"), 1),
}
NAMES = "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, or with .gz"


def holds_idx(folder: Path) -> bool:
    """Return whether a folder holds IDX files by their names."""
    try:
        names = os.listdir(folder)
    except OSError:
        return False
    return any(pattern.search(name) for name in names for pattern, _ in _ROLES.values())


def read_idx_folder(folder: Path) -> dict[str, np.ndarray]:
    """Return images and labels of both parts; validation items are the last ones for training, as with MNIST.

    Raises
    ------
    UserError
        If a file is missing, is there for two datasets, or is truncated, corrupt or of another kind.
    """
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise bad_file(folder, "cannot be read", reason(error), "a folder with four IDX files") from error
    paths, mistakes = {}, []
    for role, (pattern, _) in _ROLES.items():
        fits = [name for name in names if pattern.search(name)]
        plain = {name.removesuffix(".gz") for name in fits}
        if len(plain) == 1:
            paths[role] = folder / fits[0]  # uncompressed, if both are there
        else:
            wrong = f"more than one file of {role}" if plain else f"no file of {role}"
            found = ", ".join(sorted(plain) or names[:12]) or "an empty folder"
            mistakes.append(Mistake(str(folder), wrong, found, NAMES))
    if mistakes:
        raise UserError(*mistakes)
    arrays = gather(*(partial(_read, paths[role], dimensions) for role, (_, dimensions) in _ROLES.items()))
    return {**dict(zip(_ROLES, arrays, strict=True)), "validate_on_last": np.array(True)}


def _read(path: Path, dimensions: int) -> np.ndarray:
    return parse_idx(read_bytes(path), path, dimensions)
