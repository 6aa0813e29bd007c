"""Presentations with plasticity: copies in brainlearn against stock Brian2, one stimulus at a time."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

from benchmarks.copies import Copies
from benchmarks.stock import Stock
from benchmarks.task import Task
from benchmarks.timing import Measure, in_turns, say, stopwatch

CONSTANTS = {
    "size": 1e-4,
    "threshold": 0.02,
    "width": 1 / 60,
    "peer": 0.0,
    "tau_plus": 0.02,
    "tau_minus": 0.02,
    "a_plus": 0.01,
    "a_minus": 0.0105,
}
RULES = ("forward_forward", "pair_stdp")
ROUNDS = {"forward_forward": 6, "pair_stdp": 4}
PRESENTATIONS = {"numpy": 12, "cython": 60}  # of stock Brian2 in one repetition


def measure_learning(task: Task, repetitions: int) -> dict[str, Any]:
    """Time presentations with plasticity; what `Network.run` costs before the first step is left out for all.

    Returns
    -------
    dict
        For each rule the times of ``copies``, ``stock_numpy`` and ``stock_cython``, or why one is missing; once
        also of a `Network.run` for each presentation, set-up included, as scripts are commonly written.
    """
    return {rule: _measure_rule(task, rule, repetitions) for rule in RULES}


def _measure_rule(task: Task, rule: str, repetitions: int) -> dict[str, Any]:
    say(f"learning by {rule}")
    measures = {"copies": median_of(Copies(task, rule, CONSTANTS).run, ROUNDS[rule])}
    missing: dict[str, Any] = {}
    for target, presentations in PRESENTATIONS.items():
        if target == "cython" and not has_compiler():
            missing["stock_cython"] = {"missing": "no working C++ compiler"}
            continue
        measures[f"stock_{target}"] = median_of(Stock(task, rule, CONSTANTS, target).run, presentations)
    if rule == RULES[0]:
        habit = Stock(task, rule, CONSTANTS, "numpy")
        measures["stock_numpy_one_run_each"] = lambda: stopwatch(lambda: habit.run(1), 1)
    return in_turns(measures, repetitions) | missing


def median_of(run: Callable[[int], list[float]], count: int) -> Measure:
    """Return a measure: the median of what `count` rounds take."""
    return lambda: statistics.median(run(count))


def has_compiler() -> bool:
    """Tell whether Brian2 can compile Cython code here."""
    from brian2.codegen.runtime.cython_rt import CythonCodeObject

    return bool(CythonCodeObject.is_available())
