"""Images in a folder: each sub-folder is a label, or train/ and test/ hold such sub-folders."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import is_folder, reason, what_is_there
from brainlearn.stimuli.data_file import bad_file
from brainlearn.stimuli.own.image_file import SUFFIXES, read_image
from brainlearn.stimuli.own.natural_order import natural_key
from brainlearn.stimuli.own.sizes import check_size

MOST_FILES = 10_000_000
PARTS = {"train", "test"}


def read_image_folder(folder: Path) -> dict[str, np.ndarray]:
    """Return images as ``(item, row, column)`` or ``(item, row, column, channel)`` of bytes, and labels as text.

    Items are in the order of their file names, numbers in them read as numbers; then in that of their labels.

    Raises
    ------
    UserError
        With all that is wrong: a file that is no image or cannot be read, pixels of more than 8 bits, with a palette
        or with transparency, images of different sizes, a label without images, folders within labels.
    """
    names = _entries(folder)
    folders = [name for name in names if is_folder(folder / name)]
    if set(folders) >= PARTS:
        return _two_parts(folder, names)
    return _part(folder, "")


def _two_parts(folder: Path, names: Sequence[str]) -> dict[str, np.ndarray]:
    if others := [name for name in names if name not in PARTS]:
        hint = "Move it elsewhere; validation items are taken from those in train: [dataset] validation = N."
        raise bad_file(folder, "unexpected content beside train and test", ", ".join(others[:5]), "these two", hint)
    found: dict[str, np.ndarray] = {}
    mistakes: list[Mistake] = []
    for name in ("train", "test"):
        try:
            found |= _part(folder / name, f"{name}_")
        except UserError as error:
            mistakes += error.mistakes
    if mistakes:
        raise UserError(*mistakes)
    return found


def _part(folder: Path, prefix: str) -> dict[str, np.ndarray]:
    """Return images and labels of one part."""
    found, mistakes = _files(folder)
    if not mistakes and not found:
        allowed = f"{folder.name}/LABEL/IMAGE.png: a sub-folder for each label"
        mistakes.append(Mistake(str(folder), "no labels with images", "no sub-folders", allowed))
    if mistakes:
        raise UserError(*mistakes)
    found.sort(key=lambda each: (natural_key(each[1]), natural_key(each[0])))
    images = _read([folder / label / name for label, name in found], folder)
    return {f"{prefix}images": images, f"{prefix}labels": np.array([label for label, _ in found], dtype=str)}


def _files(folder: Path) -> tuple[list[tuple[str, str]], list[Mistake]]:
    """Return label and name of every image file, and what stands there that is none."""
    found: list[tuple[str, str]] = []
    mistakes: list[Mistake] = []
    for label in _entries(folder):
        if not is_folder(folder / label):
            there = what_is_there(folder / label) or "a broken link"
            mistakes.append(Mistake(str(folder / label), "no folder of a label", there, "a folder with its images"))
            continue
        names = _entries(folder / label)
        if not names:
            hint = "Remove the folder, or add images to it."
            mistakes.append(Mistake(str(folder / label), "a label without images", "an empty folder", "", hint))
        mistakes += [mistake for name in names for mistake in _strange(folder / label / name)]
        found += [(label, name) for name in names]
        if len(found) > MOST_FILES:
            raise bad_file(folder, "too many images", f"more than {MOST_FILES:,}", f"at most {MOST_FILES:,}")
    return found, mistakes


def _strange(path: Path) -> list[Mistake]:
    there = what_is_there(path)
    if there != "a file":
        return [Mistake(str(path), "no image file", there or "a broken link", "image files, not in further folders")]
    if path.suffix.lower() not in SUFFIXES:
        return [Mistake(str(path), "no image file", f'"{path.suffix}"', ", ".join(SUFFIXES), "Put it elsewhere.")]
    return []


def _entries(folder: Path) -> list[str]:
    """Return the names in a folder but for hidden ones."""
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError as error:
        raise bad_file(folder, "cannot be read", reason(error), "a folder that may be read") from error


def _read(paths: Sequence[Path], folder: Path) -> np.ndarray:
    mistakes: list[Mistake] = []
    images: np.ndarray | None = None
    first = paths[0]
    for k, path in enumerate(paths):
        try:
            image = read_image(path)
        except UserError as error:
            mistakes += error.mistakes
            continue
        if images is None:
            shape, first = (len(paths), *image.shape), path
            check_size(str(folder), shape, 1)
            images = np.empty(shape, dtype=np.uint8)
        if image.shape == images.shape[1:]:
            images[k] = image
        else:
            found = f"{_said(image.shape)}; {first} is {_said(images.shape[1:])}"
            hint = "Convert all images to one size and kind."
            mistakes.append(Mistake(str(path), "another size or kind than the first image", found, "", hint))
    if mistakes or images is None:
        raise UserError(*mistakes)
    return images


def _said(shape: Sequence[int]) -> str:
    return f"{shape[0]} x {shape[1]} pixels, {'grey' if len(shape) == 2 else 'colour'}"
