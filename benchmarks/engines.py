"""Presentations with plasticity on both engines: copies in Brian2 against the mirror in PyTorch, on one core.

``python -m benchmarks.engines`` prints the times and their ratios.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from benchmarks.copies import Copies
from benchmarks.learning import CONSTANTS, ROUNDS, RULES, median_of
from benchmarks.task import Task, make_task
from benchmarks.timing import in_turns, say

ENGINES = {"copies": "brian", "mirror": "mirror"}


def measure_engines(task: Task, repetitions: int) -> dict[str, Any]:
    """Time presentations with plasticity in turns: for each rule the times of ``copies`` and ``mirror``."""
    found = {}
    for rule in RULES:
        say(f"engines: learning by {rule}")
        machines = {name: Copies(task, rule, CONSTANTS, engine) for name, engine in ENGINES.items()}
        found[rule] = in_turns(
            {name: median_of(machine.run, ROUNDS[rule]) for name, machine in machines.items()}, repetitions
        )
    return found


def mirror_over_copies(engines: dict[str, Any]) -> dict[str, float]:
    """Return how many times as long the mirror takes as the copies in Brian2, by rule.

    >>> mirror_over_copies({"oja": {"copies": {"median_ms": 2.0}, "mirror": {"median_ms": 3.0}}})
    {'oja': 1.5}
    """
    return {
        rule: round(float(times["mirror"]["median_ms"] / times["copies"]["median_ms"]), 2)
        for rule, times in engines.items()
    }


def table(engines: dict[str, Any]) -> list[str]:
    """Return the times as lines for people."""
    lines = []
    for rule, times in engines.items():
        lines.append(f"\nLearning by {rule} on both engines, milliseconds for one presentation")
        lines += [f"  {name:<24} {t['median_ms']:9.3f}   (least {t['least_ms']:.3f})" for name, t in times.items()]
    return [*lines, "", f"mirror_over_copies: {mirror_over_copies(engines)}"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print times and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--copies", type=int, default=400)
    parser.add_argument("--steps", type=int, default=30)
    options = parser.parse_args(arguments)
    task = make_task(copies=options.copies, steps=options.steps)
    print("\n".join(table(measure_engines(task, options.repetitions))))


if __name__ == "__main__":
    main()
