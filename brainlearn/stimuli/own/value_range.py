"""Check that values are in their range, before they become grey levels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from brainlearn.mistakes import Mistake
from brainlearn.stimuli.own.parts import Part

_BY_KIND = {"b": (0.0, 1.0), "f": (0.0, 1.0)}
_SAY = "Set the values of black and white: range = [LOW, HIGH]."


def range_of(part: Part, asked: tuple[float, float] | None) -> tuple[float, float] | Mistake:
    """Return the values that become black and white: as asked, or as the type says."""
    values = part.values
    known = (0.0, 255.0) if values.dtype == np.uint8 else _BY_KIND.get(values.dtype.kind)
    if asked is None and known is None:
        found = f"{values.dtype} from {values.min()} to {values.max()}"
        return Mistake(part.where, "the values of black and white are unknown", found, "", _SAY)
    return asked or known or (0.0, 1.0)


def find_outside(part: Part, low: float, high: float) -> Iterator[Mistake]:
    """Yield a mistake if some values are not finite, or are out of range."""
    values = part.values
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        item = _first(~np.isfinite(values))
        odd = values[item][~np.isfinite(values[item])].flat[0]
        yield Mistake(part.where, "values are not finite", f"{odd:g} in item {item}", f"{low:g} to {high:g}")
        return
    least, most = values.min(), values.max()
    if least < low or most > high:
        found = f"{float(least):g} to {float(most):g}, first outside in item {_first((values < low) | (values > high))}"
        yield Mistake(part.where, "values are outside their range", found, f"{low:g} to {high:g}", _SAY)


def _first(wrong: np.ndarray) -> int:
    return int(np.argmax(wrong.reshape(len(wrong), -1).any(axis=1)))
