"""Times of several engines, taken in turns, so that all of them meet the same other load of the machine."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

Measure = Callable[[], float]
"""Do the work once; return the seconds for one presentation."""


def in_turns(measures: Mapping[str, Measure], repetitions: int) -> dict[str, dict[str, Any]]:
    """Measure each engine `repetitions` times, one after the other, after a first time that does not count.

    Returns
    -------
    dict
        For every engine its median, smallest and all times, in milliseconds for one presentation.
    """
    times: dict[str, list[float]] = {name: [] for name in measures}
    for repetition in range(repetitions + 1):
        for name, measure in measures.items():
            seconds = measure()
            if repetition:
                times[name].append(seconds)
        say(f"  {repetition}/{repetitions}")
    return {name: summary(values) for name, values in times.items()}


def summary(seconds: list[float]) -> dict[str, Any]:
    """Return the median, the smallest and all of the times in milliseconds."""
    milliseconds = [round(1000 * value, 5) for value in seconds]
    return {
        "median_ms": statistics.median(milliseconds),
        "least_ms": min(milliseconds),
        "all_ms": milliseconds,
    }


def stopwatch(work: Callable[[], object], presentations: int) -> float:
    """Return the seconds that `work` took for each of its presentations."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) / presentations


def say(text: str) -> None:
    """Print progress to standard error."""
    print(text, file=sys.stderr, flush=True)
