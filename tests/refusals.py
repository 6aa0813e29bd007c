"""Reading what people write ends in something, or in mistakes that can be read."""

from __future__ import annotations

from collections.abc import Callable

from brainlearn.mistakes import UserError


def refused(read: Callable[[], object]) -> bool:
    """Tell whether reading ended in mistakes, each of which says what is wrong, and where, in a few words."""
    try:
        read()
    except UserError as error:
        mistakes = error.mistakes
    else:
        return False
    assert mistakes
    for mistake in mistakes:
        assert mistake.wrong
        assert mistake.where
        assert len(str(mistake)) < 3000
    return True
