"""The prefix of every name that brainlearn adds to a circuit's variables; no file may use it."""

from __future__ import annotations

PREFIX = "brainlearn_"


def reserved(name: str) -> str:
    """Return `name` where no name of a circuit file can be."""
    return PREFIX + name


def of_rule(name: str, number: int) -> str:
    """Return a name for what each of several rules has: the first has it plain.

    Parameters
    ----------
    name : str
    number : int
        Of the rule, from 0.

    Examples
    --------
    >>> of_rule("recent_trace", 0), of_rule("recent_trace", 1)
    ('recent_trace', 'recent_trace2')
    """
    return f"{name}{number + 1}" if number else name


def is_reserved(name: str) -> bool:
    """Return whether a name has the prefix that belongs to brainlearn."""
    return name.startswith(PREFIX)
