"""What a user got wrong: where, what was found, what is allowed, and what to try."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """One mistake in a file or an option.

    Parameters
    ----------
    where : str
        File and key, as in ``circuits/v1.toml: projections[3].target``.
    wrong : str
        What is wrong.
    found, allowed, suggestion : str
        The value found, the allowed values, and a full sentence on what to do.
    """

    where: str
    wrong: str
    found: str = ""
    allowed: str = ""
    suggestion: str = ""

    def __str__(self) -> str:
        parts = [self.wrong]
        if self.found:
            parts.append(f"found {self.found}")
        if self.allowed:
            parts.append(f"allowed: {self.allowed}")
        text = f"{self.where}: " + "; ".join(parts)
        return f"{text}. {self.suggestion}" if self.suggestion else text


MOST_SHOWN = 50


class UserError(Exception):
    """One or more mistakes of the user, all reported at once; as text the first 50 of them."""

    def __init__(self, *mistakes: Mistake) -> None:
        self.mistakes = mistakes
        shown = [str(mistake) for mistake in mistakes[:MOST_SHOWN]]
        if len(mistakes) > MOST_SHOWN:
            shown.append(f"… and {len(mistakes) - MOST_SHOWN:,} more mistakes.")
        super().__init__("\n".join(shown))


LONGEST_WORD = 200
"""No suggestions are made for longer words."""


def closest(word: str, words: Iterable[str]) -> str:
    """Return ``Did you mean "x"?`` for the word that `word` may have been meant to be, or an empty string.

    That is one from which it differs by a slip in four letters (at least one: a letter too many, missing, wrong, or two
    exchanged), or of which it is a part, as in ``constant`` and ``constant_current``.

    >>> closest("epoch", ["name", "epochs"]), closest("gaussian", ["normal", "uniform"])
    ('Did you mean "epochs"?', '')
    """
    near = [(*_distance(word, each), each) for each in words if len(word) <= LONGEST_WORD >= len(each)]
    best = min((each for each in near if each[0] < _FAR), default=None)
    return f'Did you mean "{best[-1]}"?' if best else ""


_FAR = 2


def _distance(word: str, other: str) -> tuple[int, float]:
    """Return 0 for a part or a slip, 1 for a beginning, `_FAR` for neither; and how far apart the words are."""
    a, b = word.lower(), other.lower()
    shorter, longer = sorted((a, b), key=len)
    if len(shorter) >= 3 and shorter in re.split(r"[_/.>-]+", longer):
        return 0, 1.5 + len(longer) / 1000  # after a slip in one letter
    slips = _slips(a, b)
    if slips <= max(1, max(len(a), len(b)) // 4) and slips < min(len(a), len(b)):
        return 0, slips
    begins = len(shorter) >= 4 and longer.startswith(shorter)
    return (1 if begins else _FAR), len(longer) - len(shorter)


def _slips(a: str, b: str) -> int:
    """Count the letters to insert, remove, replace or exchange with the next one (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        last, before, row = before, row, [i]
        for j, other in enumerate(b, 1):
            least = min(row[-1] + 1, before[j] + 1, before[j - 1] + (letter != other))
            if i > 1 < j and letter == b[j - 2] and a[i - 2] == other:
                least = min(least, last[j - 2] + 1)
            row.append(least)
    return row[-1]
