"""Twelve small images of three classes, and the same as files of every kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr
from PIL import Image

from brainlearn.mistakes import Mistake, UserError
from brainlearn.stimuli import Choices, Dataset, OwnData, load_own_data

IMAGES = np.random.default_rng(3).integers(0, 256, (12, 2, 3)).astype(np.uint8)
LABELS = np.array([0, 1, 2] * 4)
NAMES = np.array(["cat", "dog", "emu"])


def write_npz(path: Path, **arrays: object) -> Path:
    np.savez(path, **({"images": IMAGES, "labels": LABELS} | arrays))  # type: ignore[arg-type]
    return path


def write_netcdf(path: Path, images: object = None, labels: object = None, **others: object) -> Path:
    given = {
        "images": (("item", "row", "column"), IMAGES) if images is None else images,
        "labels": ("item", LABELS) if labels is None else labels,
    }
    xr.Dataset(given | others).to_netcdf(path, engine="h5netcdf")
    return path


def write_folder(folder: Path, images: np.ndarray = IMAGES, labels: np.ndarray = LABELS) -> Path:
    for k, (image, label) in enumerate(zip(images, labels, strict=True)):
        place = folder / str(label)
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(place / f"{k}.png")
    return folder


def load(path: Path, choices: Choices | None = None) -> Dataset:
    return load_own_data(OwnData("own", str(path), choices or Choices()), "experiment.toml: dataset.file", None)


def mistakes_of(path: Path, choices: Choices | None = None) -> tuple[Mistake, ...]:
    try:
        load(path, choices)
    except UserError as error:
        return error.mistakes
    raise AssertionError("nothing was refused")


def same(first: Dataset, second: Dataset) -> None:
    """See that two datasets are learned alike, bit for bit."""
    assert first.sha256 == second.sha256
    assert (first.classes, first.sheet, first.channels) == (second.classes, second.sheet, second.channels)
