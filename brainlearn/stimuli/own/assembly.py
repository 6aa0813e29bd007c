"""From named arrays, wherever they come from, to what a dataset holds; all that is wrong with them is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.stimuli.grey_levels import as_grey_levels
from brainlearn.stimuli.own.choices import TEST, Choices
from brainlearn.stimuli.own.classes import Classes, classes_of, find_empty, values_of
from brainlearn.stimuli.own.division import draw_items, draw_test, named_division
from brainlearn.stimuli.own.events import with_frames
from brainlearn.stimuli.own.parts import Part, find_parts
from brainlearn.stimuli.own.value_range import find_outside, range_of


@dataclass(frozen=True, eq=False)
class Assembled:
    """What a dataset of the user contains; see `brainlearn.Dataset` for each."""

    images: np.ndarray
    labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    classes: int
    sheet: tuple[int, int]
    channels: int
    notes: tuple[str, ...]
    validate_on_last: bool
    class_names: tuple[str, ...]


def assemble(where: str, arrays: Mapping[str, np.ndarray], choices: Choices) -> Assembled:
    """Make grey levels and classes of arrays, and divide them into training and test.

    Parameters
    ----------
    where : str
        The file, or where else they come from, for mistakes.
    arrays : mapping
        ``images``, ``values`` or ``spike_time`` with its fellows, ``labels`` or ``targets``; optionally the same with
        ``test_`` before it (and the first with ``train_``), or ``test`` and ``train`` which say the items of each;
        ``class_names``, ``classes`` if some have no items, ``validate_on_last``.
    choices : Choices

    Raises
    ------
    UserError
        With what is wrong: a missing array, another shape or type, values that are not finite or outside of their
        range, labels that are no classes, classes without items, test items that are said twice.
    """
    whole, test = find_parts(where, with_frames(where, arrays, choices.frame))
    parts = [whole] if test is None else [whole, test]
    (low, high), mistakes = _range(parts, choices)
    try:
        classes = values_of(parts) if whole.targets else classes_of(parts, choices.as_names, arrays)
    except UserError as error:
        raise UserError(*mistakes, *error.mistakes) from None
    if mistakes:
        raise UserError(*mistakes)
    _refuse_two_divisions(where, arrays, test, choices)
    if test is None:
        train, held_out = _division(where, arrays, classes.numbers[0], choices)
        values = [whole.values[train], whole.values[held_out]]
        labels = [classes.numbers[0][train], classes.numbers[0][held_out]]
    else:
        values, labels = [part.values for part in parts], list(classes.numbers)
    if not whole.targets and "classes" not in arrays and (empty := find_empty(whole.labels_where, labels[0], classes)):
        raise UserError(*empty)
    rows, columns, channels = (1, whole.values.shape[2], 1) if whole.over_time else _sheet(whole.values)
    images = [
        _frames(each, high, low) if whole.over_time else as_grey_levels(_flat(each), high, low) for each in values
    ]
    return Assembled(
        images[0],
        labels[0],
        images[1],
        labels[1],
        classes.count,
        (rows, columns),
        channels,
        () if whole.targets else _notes(labels[1], classes),
        bool(np.any(arrays.get("validate_on_last", False))),
        classes.names,
    )


def _range(parts: Sequence[Part], choices: Choices) -> tuple[tuple[float, float], list[Mistake]]:
    """Return which values become black and white, and what is wrong with that."""
    found = range_of(parts[0], choices.range)
    if isinstance(found, Mistake):
        return (0.0, 1.0), [found]
    return found, [mistake for part in parts for mistake in find_outside(part, *found)]


def _refuse_two_divisions(where: str, arrays: Mapping[str, np.ndarray], test: Part | None, choices: Choices) -> None:
    said = [test.where] if test is not None else []
    said += [f"{where}: test"] if "test" in arrays else []
    said += [f"test = {choices.test:g}"] if choices.test is not None else []
    if len(said) > 1:
        hint = "Keep one of them."
        raise UserError(Mistake(where, "the test items are specified twice", " and ".join(said), "one way", hint))


def _division(
    where: str, arrays: Mapping[str, np.ndarray], labels: np.ndarray, choices: Choices
) -> tuple[np.ndarray, np.ndarray]:
    if "test" in arrays:
        return named_division(where, arrays, len(labels))
    share = TEST if choices.test is None else choices.test
    drawn = draw_test if labels.ndim == 1 else draw_items
    train, test = drawn(labels, share, choices.seed)
    if not len(test):
        found = f"{share:g} of {len(labels)} items"
        hint = "Name the test items, or draw more: test = 0.5."
        raise UserError(Mistake(where, "no item is drawn for the test", found, "1 item or more", hint))
    return train, test


def _sheet(values: np.ndarray) -> tuple[int, int, int]:
    """Return rows, columns and channels: values without a sheet lie in one row."""
    if values.ndim == 2:
        return 1, values.shape[1], 1
    return values.shape[1], values.shape[2], values.shape[3] if values.ndim == 4 else 1


def _images(values: np.ndarray, high: float, low: float) -> np.ndarray:
    """Return (item, pixel) grey levels."""
    return as_grey_levels(_flat(values), high, low)


def _frames(values: np.ndarray, high: float, low: float) -> np.ndarray:
    """Return (item, step, unit) values as grey levels; spikes, true or false, as 1 and 0."""
    return values.astype(np.uint8) if values.dtype.kind == "b" else as_grey_levels(values, high, low)


def _flat(values: np.ndarray) -> np.ndarray:
    """Return (item, pixel) values: channel by channel, and row by row in each."""
    planes = np.moveaxis(values, 3, 1) if values.ndim == 4 else values
    return planes.reshape(len(values), -1)


def _notes(test_labels: np.ndarray, classes: Classes) -> tuple[str, ...]:
    missing = np.setdiff1d(np.arange(classes.count), test_labels)
    if not missing.size:
        return ()
    names = [classes.names[k] if classes.names else str(k) for k in missing[:5]]
    return (f"no test item of {len(missing)} of {classes.count} classes: {', '.join(names)}",)
