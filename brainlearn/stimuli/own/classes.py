"""From labels as they were found, numbers or text, to classes from 0 and their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.stimuli.own.natural_order import natural_key
from brainlearn.stimuli.own.parts import Part

NUMBER_THEM = 'Number the classes from 0, or declare the labels as names: labels = "names".'


@dataclass(frozen=True, eq=False)
class Classes:
    """Labels as classes.

    Parameters
    ----------
    numbers : sequence of (item,) arrays
        Of each part, from 0, int64; of values as targets these, (item, unit) or (item, step, unit), float32.
    count : int
        Of classes, or of outputs that have values.
    names : tuple of str
        One for each class; none where labels are whole numbers.
    """

    numbers: Sequence[np.ndarray]
    count: int
    names: tuple[str, ...]


def classes_of(parts: Sequence[Part], as_names: bool, said: Mapping[str, np.ndarray]) -> Classes:
    """Return the labels of all parts as numbers of classes.

    Text is put into the order of `natural_key`; whole numbers are classes as they are.

    Parameters
    ----------
    parts : sequence of Part
    as_names : bool
        Whether whole numbers are names too.
    said : mapping
        Optionally ``classes``, how many there are, and ``class_names``.

    Raises
    ------
    UserError
        If labels are neither text nor whole numbers, below 0, empty, or not among the names.
    """
    kinds = {_kind(part) for part in parts}
    if len(kinds) > 1:
        found = " and ".join(sorted(kinds))
        wrong = "labels of training and test differ in kind"
        raise UserError(Mistake(parts[-1].labels_where, wrong, found, "one kind"))
    if kinds == {"text"} or as_names:
        return _by_name([_as_text(part) for part in parts])
    names = tuple(str(name) for name in np.ravel(said.get("class_names", ())).tolist())
    count = int(np.ravel(said["classes"])[0]) if "classes" in said else len(names)
    if names and count != len(names):
        found = f"{count} classes and {len(names)} names"
        raise UserError(
            Mistake(parts[0].labels_where, "names and classes differ in number", found, "one name for each")
        )
    return _by_number(parts, names, count)


def values_of(parts: Sequence[Part]) -> Classes:
    """Return the values that outputs should take instead of classes."""
    return Classes([part.labels.astype(np.float32) for part in parts], parts[0].labels.shape[-1], ())


def _kind(part: Part) -> str:
    kind = part.labels.dtype.kind
    if kind in "US":
        return "text"
    if kind in "iub":
        return "numbers"
    suggestion = "If they are the numbers of classes: labels.astype(int). Target values of outputs belong in targets."
    found = f"type {part.labels.dtype}"
    raise UserError(Mistake(part.labels_where, "labels are not classes", found, "whole numbers or text", suggestion))


def _as_text(part: Part) -> np.ndarray:
    labels = part.labels
    try:
        text = np.char.decode(labels, "utf-8") if labels.dtype.kind == "S" else labels.astype(str)
    except UnicodeDecodeError as error:
        raise UserError(Mistake(part.labels_where, "labels are not text in UTF-8", str(error))) from None
    if (empty := np.flatnonzero(np.char.strip(text) == "")).size:
        raise UserError(Mistake(part.labels_where, "a label is empty", f"item {empty[0]}", "a name for every item"))
    return text


def _by_name(texts: Sequence[np.ndarray]) -> Classes:
    names = sorted({str(name) for text in texts for name in np.unique(text)}, key=natural_key)
    number = {name: k for k, name in enumerate(names)}
    numbers = [np.array([number[str(name)] for name in text], dtype=np.int64) for text in texts]
    return Classes(numbers, len(names), tuple(names))


def _by_number(parts: Sequence[Part], names: tuple[str, ...], said: int) -> Classes:
    mistakes = []
    highest = max(int(part.labels.max()) for part in parts)
    count = said or highest + 1
    for part in parts:
        outside = np.flatnonzero((part.labels < 0) | (part.labels >= count))
        if len(outside):
            more = f" and {len(outside) - 1} more" if len(outside) > 1 else ""
            found = f"label {part.labels[outside[0]]} at item {outside[0]}{more}"
            allowed = f"0 to {count - 1}" if said else "0, 1, 2, …"
            mistakes.append(Mistake(part.labels_where, "label out of range", found, allowed, NUMBER_THEM))
    if mistakes:
        raise UserError(*mistakes)
    return Classes([part.labels.astype(np.int64) for part in parts], count, names)


def find_empty(where: str, labels: np.ndarray, classes: Classes) -> list[Mistake]:
    """Return a mistake if some classes have no item to learn from."""
    there = np.unique(labels)
    if len(there) == classes.count:
        return []
    first = next(k for k in range(len(there) + 1) if k >= len(there) or there[k] != k)
    said = f'"{classes.names[first]}"' if classes.names else str(first)
    found = f"none of class {said}, {len(there)} of {classes.count} classes have any"
    return [Mistake(where, "a class has no training item", found, "1 item or more of each class", NUMBER_THEM)]
