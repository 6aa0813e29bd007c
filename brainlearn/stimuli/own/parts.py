"""Which arrays are images and which are their labels: all items, or those for training beside those of the test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.stimuli.data_file import gather

VALUES = ("images", "values")
PREFIXES = ("", "train_", "test_")
KEYS = (
    *(prefix + name for prefix in PREFIXES for name in (*VALUES, "labels")),
    *("train", "test", "classes", "class_names", "validate_on_last"),
)
"""Names of arrays that are looked at; others may stand beside them."""

_OVER_TIME = "values over time, (item, step, unit), cannot be shown yet: an item is one image, or one row of values"


@dataclass(frozen=True, eq=False)
class Part:
    """Some of the items.

    Parameters
    ----------
    where, labels_where : str
        File and key of values and labels, for mistakes.
    values : array
        ``(item, unit)``, ``(item, row, column)`` or ``(item, row, column, channel)``.
    labels : (item,) array
        As they were found.
    """

    where: str
    labels_where: str
    values: np.ndarray
    labels: np.ndarray


def find_parts(where: str, arrays: Mapping[str, np.ndarray]) -> tuple[Part, Part | None]:
    """Return all items, or those for training; and those of the test, if they are arrays of their own.

    Parameters
    ----------
    where : str
        The file, for mistakes.
    arrays : mapping
        By the names of ``KEYS``.

    Raises
    ------
    UserError
        If an array is missing, stands there twice, or is not of the kind and shape that its name says.
    """
    first = "train_" if any(f"train_{name}" in arrays for name in VALUES) else ""
    named = any(f"test_{name}" in arrays for name in (*VALUES, "labels"))
    jobs = [lambda: _part(where, arrays, first), *([lambda: _part(where, arrays, "test_")] if named else [])]
    whole, *test = gather(*jobs)
    if not test:
        return whole, None
    if mistakes := list(_unlike(whole, test[0])):
        raise UserError(*mistakes)
    return whole, test[0]


def _part(where: str, arrays: Mapping[str, np.ndarray], prefix: str) -> Part:
    found = [prefix + name for name in VALUES if prefix + name in arrays]
    labels_key = f"{prefix}labels"
    mistakes = []
    if len(found) != 1:
        wrong = "both hold images" if found else "there are no images"
        stands = " and ".join(found) if found else ", ".join(arrays) or "no array"
        allowed = f"{prefix}images, or {prefix}values for rows of numbers that lie on no sheet"
        mistakes.append(Mistake(where, wrong, stands, allowed))
    if labels_key not in arrays:
        stands = ", ".join(arrays) or "no array"
        mistakes.append(Mistake(where, "there are no labels", stands, f"{labels_key}: one for each image"))
    if not mistakes:
        part = Part(f"{where}: {found[0]}", f"{where}: {labels_key}", arrays[found[0]], arrays[labels_key])
        mistakes = [*_wrong_values(part, found[0].removeprefix(prefix)), *_wrong_labels(part)]
    if mistakes:
        raise UserError(*mistakes)
    return part


def _wrong_values(part: Part, name: str) -> Iterator[Mistake]:
    values = part.values
    dimensions = (2,) if name == "values" else (2, 3, 4)
    if values.dtype.kind not in "biuf":
        allowed = "whole or floating-point numbers"
        yield Mistake(part.where, "these are no real numbers", f"type {values.dtype}", allowed)
    rows = "(item, unit)"
    sheets = f"{rows}, (item, row, column), or (item, row, column, channel) with 1 or 3 channels"
    if name == "values" and values.ndim == 3:
        suggestion = "Call them images if they are (item, row, column)."
        yield Mistake(part.where, _OVER_TIME, f"shape {values.shape}", rows, suggestion)
    elif values.ndim not in dimensions or (values.ndim == 4 and values.shape[3] not in (1, 3)):
        yield Mistake(part.where, "another shape", f"shape {values.shape}", rows if name == "values" else sheets)
    elif not values.size:
        yield Mistake(part.where, "nothing is in it", f"shape {values.shape}", "1 item or more, with 1 value or more")


def _wrong_labels(part: Part) -> Iterator[Mistake]:
    labels = part.labels
    if labels.ndim != 1:
        yield Mistake(part.labels_where, "not one label for each image", f"shape {labels.shape}", "(item,)")
    elif part.values.ndim and len(labels) != len(part.values):
        found = f"{len(part.values)} images and {len(labels)} labels"
        yield Mistake(part.labels_where, "images and labels differ in number", found, "one label for each image")


def _unlike(whole: Part, test: Part) -> Iterator[Mistake]:
    if whole.values.shape[1:] != test.values.shape[1:]:
        found = f"{test.values.shape[1:]} in the test, {whole.values.shape[1:]} in training"
        yield Mistake(test.where, "test images have another shape than those for training", found, "one shape")
    if whole.values.dtype != test.values.dtype:
        found = f"{test.values.dtype} in the test, {whole.values.dtype} in training"
        yield Mistake(test.where, "test images are of another type than those for training", found, "one type")
