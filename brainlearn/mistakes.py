"""What a user got wrong: where, what was found, what is allowed, and what to try."""

from __future__ import annotations

import difflib
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
        What stands there, what may stand there, and a full sentence on what to do.
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


class UserError(Exception):
    """One or more mistakes of the user, all reported at once."""

    def __init__(self, *mistakes: Mistake) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(str(mistake) for mistake in mistakes))


def closest(word: str, words: Iterable[str]) -> str:
    """Return ``Did you mean "x"?`` for the nearest of `words`, or an empty string."""
    near = difflib.get_close_matches(word, list(words), n=1, cutoff=0.5)
    return f'Did you mean "{near[0]}"?' if near else ""
