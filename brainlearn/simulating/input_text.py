"""Inputs as written on the command line: ``retina/image=0.5``, ``V0/P=20 Hz``, ``V0/P=spikes.csv``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.simulating.input_file import ENDINGS, read_input
from brainlearn.simulating.inputs import Course, SpikeTrains, course_of, time_of
from brainlearn.units import UnitError, parse_quantity

RANDOM = "random"
FORMS = '0.5, "20 Hz", "0.5 from 100 ms to 200 ms", random, or a file (.npz, .nc, .csv)'
_WITHIN = re.compile(r"(?P<value>.+?)\s+from\s+(?P<start>.+?)(?:\s+to\s+(?P<stop>.+))?")


def split_input(text: str) -> tuple[str, str]:
    """Return what is set, and its value, from ``PATH=VALUE`` or ``PATH:VARIABLE=VALUE``.

    >>> split_input("retina/image=0.5")
    ('retina/image', '0.5')
    """
    what, equals, value = text.partition("=")
    if not equals or not what.strip() or not value.strip():
        raise UserError(Mistake(f"input {text}", "not an input", f'"{text}"', f"POPULATION=VALUE; a value is {FORMS}"))
    return what.strip(), value.strip()


def course_of_text(text: str, where: str) -> Course | SpikeTrains:
    """Read a value: a quantity, perhaps limited to an interval, or the content of a file.

    Raises
    ------
    UserError
        If it is none, or the file is missing, damaged, or holds something else.
    """
    file, _, name = text.partition(":")
    if file.lower().endswith(ENDINGS):
        found = read_input(Path(file), name, where)
        return found if isinstance(found, Course) else course_of(found, where)
    within = _WITHIN.fullmatch(text)
    if within is None:
        value, dimension = _quantity(text, where)
        return Course(np.zeros(1), np.full((1, 1, 1), value), dimension)
    value, dimension = _quantity(within["value"], where)
    start = time_of(within["start"], where)
    stop = np.inf if within["stop"] is None else time_of(within["stop"], where)
    if not 0 <= start < stop:
        raise UserError(Mistake(where, "not a time interval", f'"{text}"', "from an earlier time to a later one"))
    times, values = [start], [value]
    if np.isfinite(stop):
        times, values = [start, stop], [value, 0.0]
    return Course(np.array(times), np.array(values).reshape(-1, 1, 1), dimension)


def _quantity(text: str, where: str) -> tuple[float, Any]:
    try:
        quantity = parse_quantity(text)
    except UnitError as error:
        allowed = FORMS if error.wrong.startswith("not a quantity") else error.allowed
        raise UserError(Mistake(where, error.wrong, error.found, allowed, error.suggestion)) from error
    return quantity.value, quantity.dimension
