"""Which arrays are images and which are their labels: all items, or those for training beside those of the test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.stimuli.data_file import gather

VALUES = ("images", "values")
PREFIXES = ("", "train_", "test_")
EVENTS = ("spike_time", "spike_unit", "spike_item")
WANTED = ("labels", "targets")
KEYS = (
    *(prefix + name for prefix in PREFIXES for name in (*VALUES, *WANTED, *EVENTS)),
    *("train", "test", "classes", "class_names", "validate_on_last", "units", "duration"),
)
"""Names of arrays that are looked at; others may be there too."""


@dataclass(frozen=True, eq=False)
class Part:
    """Some of the items.

    Parameters
    ----------
    where, labels_where : str
        File and key of values and labels, for mistakes.
    values : array
        ``(item, unit)``, ``(item, step, unit)``, ``(item, row, column)`` or ``(item, row, column, channel)``.
    labels : (item,), (item, unit) or (item, step, unit) array
        As they were found: labels, or values as targets.
    over_time : bool
        Whether the second dimension is that of steps.
    targets : bool
        Whether labels are values.
    """

    where: str
    labels_where: str
    values: np.ndarray
    labels: np.ndarray
    over_time: bool = False
    targets: bool = False


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
        If an array is missing, occurs twice, or is not of the kind and shape that its name says.
    """
    first = "train_" if any(f"train_{name}" in arrays for name in VALUES) else ""
    named = any(f"test_{name}" in arrays for name in (*VALUES, *WANTED))
    jobs = [lambda: _part(where, arrays, first), *([lambda: _part(where, arrays, "test_")] if named else [])]
    whole, *test = gather(*jobs)
    if not test:
        return whole, None
    if mistakes := list(_unlike(whole, test[0])):
        raise UserError(*mistakes)
    return whole, test[0]


def _part(where: str, arrays: Mapping[str, np.ndarray], prefix: str) -> Part:
    found = [prefix + name for name in VALUES if prefix + name in arrays]
    wanted = [prefix + name for name in WANTED if prefix + name in arrays]
    mistakes = []
    if len(found) != 1:
        wrong = "both contain images" if found else "there are no images"
        stands = " and ".join(found) if found else ", ".join(arrays) or "no array"
        allowed = f"{prefix}images, or {prefix}values for rows of numbers without a sheet"
        mistakes.append(Mistake(where, wrong, stands, allowed))
    if len(wanted) != 1:
        wrong = "both define the correct answer" if wanted else "there are no labels"
        stands = " and ".join(wanted) if wanted else ", ".join(arrays) or "no array"
        allowed = f"{prefix}labels: one for each image; or {prefix}targets: values of outputs"
        mistakes.append(Mistake(where, wrong, stands, allowed))
    if not mistakes:
        values, targets = arrays[found[0]], wanted[0].endswith("targets")
        over_time = found[0].endswith("values") and values.ndim == 3
        places = f"{where}: {found[0]}", f"{where}: {wanted[0]}"
        part = Part(*places, values, arrays[wanted[0]], over_time, targets)
        mistakes = [
            *_wrong_values(part, found[0].removeprefix(prefix)),
            *(_wrong_targets(part) if targets else _wrong_labels(part)),
        ]
    if mistakes:
        raise UserError(*mistakes)
    return part


def _wrong_values(part: Part, name: str) -> Iterator[Mistake]:
    values = part.values
    dimensions = (2, 3) if name == "values" else (2, 3, 4)
    if values.dtype.kind not in "biuf":
        allowed = "whole or floating-point numbers"
        yield Mistake(part.where, "these are not real numbers", f"type {values.dtype}", allowed)
    rows = "(item, unit), or (item, step, unit) over time"
    sheets = "(item, unit), (item, row, column), or (item, row, column, channel) with 1 or 3 channels"
    if values.ndim not in dimensions or (values.ndim == 4 and values.shape[3] not in (1, 3)):
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


def _wrong_targets(part: Part) -> Iterator[Mistake]:
    targets, values = part.labels, part.values
    allowed = "(item, unit), or (item, step, unit) with one for each frame"
    if targets.dtype.kind not in "biuf":
        yield Mistake(part.labels_where, "targets are not real numbers", f"type {targets.dtype}", "numbers")
    elif targets.ndim not in (2, 3) or not targets.size:
        hint = "Add a dimension for one output: targets[:, None]." if targets.ndim == 1 else ""
        yield Mistake(part.labels_where, "another shape", f"shape {targets.shape}", allowed, hint)
    elif len(targets) != len(values):
        found = f"{len(values)} items and {len(targets)} targets"
        yield Mistake(part.labels_where, "items and targets differ in number", found, "one for each item")
    elif targets.ndim == 3 and part.over_time and targets.shape[1] != values.shape[1]:
        found = f"{values.shape[1]} frames, and targets for {targets.shape[1]}"
        yield Mistake(part.labels_where, "targets and frames differ in number", found, allowed)
    elif not np.isfinite(targets).all():
        item = int(np.argmax(~np.isfinite(targets.reshape(len(targets), -1)).all(axis=1)))
        yield Mistake(part.labels_where, "targets are not finite", f"in item {item}", "numbers")
    elif np.ptp(targets.reshape(-1, targets.shape[-1]), axis=0).max() == 0:
        found = "every output is constant"
        yield Mistake(part.labels_where, "targets do not vary", found, "something to be learned")


def _unlike(whole: Part, test: Part) -> Iterator[Mistake]:
    if whole.values.shape[1:] != test.values.shape[1:]:
        found = f"{test.values.shape[1:]} in the test, {whole.values.shape[1:]} in training"
        yield Mistake(test.where, "test images differ in shape from training images", found, "one shape")
    if whole.targets != test.targets or (whole.targets and whole.labels.shape[1:] != test.labels.shape[1:]):
        found = f"{test.labels_where}, {test.labels.shape[1:]}, and {whole.labels_where}, {whole.labels.shape[1:]}"
        yield Mistake(
            test.labels_where, "test and training differ in their labels or targets", found, "one kind and shape"
        )
    if whole.values.dtype != test.values.dtype:
        found = f"{test.values.dtype} in the test, {whole.values.dtype} in training"
        yield Mistake(test.where, "test images differ in type from training images", found, "one type")
