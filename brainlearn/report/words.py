"""Formats of numbers in a report."""

from __future__ import annotations

import math


def percent(value: float | None) -> str:
    """Write a share; a dash for None.

    >>> percent(3.056), percent(None)
    ('3.06 %', '–')
    """
    return "–" if value is None or math.isnan(value) else f"{value:.2f} %"


def number(value: float | None) -> str:
    """Write a number with three significant digits, whole ones with separators.

    >>> number(0.01234), number(12345.6), number(None)
    ('0.0123', '12,346', '–')
    """
    if value is None or math.isnan(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def duration(seconds: float | None) -> str:
    """Write a time span.

    >>> duration(4.75), duration(75.2), duration(7500)
    ('4.8 s', '1 min 15 s', '2 h 5 min')
    """
    if seconds is None or math.isnan(seconds):
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"


def megabytes(value: float | None) -> str:
    """Write an amount of memory.

    >>> megabytes(1234.5), megabytes(None)
    ('1,234 MB', '–')
    """
    return "–" if value is None else f"{value:,.0f} MB"


def short(value: float) -> float | None:
    """Return a number for a table: four significant digits, None for nan."""
    return float(f"{value:.4g}") if math.isfinite(value) else None
