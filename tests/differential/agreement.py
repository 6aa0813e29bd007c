"""Whether a machine did what the plain script did, and whether a difference can mean anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tests.differential.case import Record
from tests.differential.learning_case import LearningCase

TOLERANCE = 1e-9  # of the largest value of a variable
SMALLEST = 1e-3  # what counts as the largest value at least: a volt is 1, and so is a number
NUDGE = 1e-12  # by which weights and stimuli are changed to see whether spikes hang by a thread


def differences(expected: Record, found: Record) -> list[str]:
    """Return one line for each population that spikes otherwise and each variable that has other values."""
    lines = []
    for path, spikes in expected.spikes.items():
        if not np.array_equal(spikes, found.spikes[path]):
            first = int(np.argmax((spikes != found.spikes[path]).any(axis=(1, 2))))
            number, right = int(found.spikes[path].sum()), int(spikes.sum())
            lines.append(f"{path}: {number} spikes instead of {right}; the first other in step {first}")
    for name, values in expected.states.items():
        if name not in found.states:
            lines += [] if name in expected.sums else [f"{name}: not there"]
            continue
        wrong = ~(np.abs(values - found.states[name]) <= TOLERANCE * max(np.abs(values).max(initial=0.0), SMALLEST))
        if wrong.any():
            step, copy, unit = np.unravel_index(np.argmax(wrong), wrong.shape)
            lines.append(
                f"{name}: {found.states[name][step, copy, unit]:.6g} instead of {values[step, copy, unit]:.6g} "
                f"in step {step}, copy {copy}, unit {unit}"
            )
    return lines


def finite(record: Record) -> bool:
    """Tell whether all states are numbers of an ordinary size."""
    return all(bool((np.abs(values) < 1e9).all()) for values in record.states.values())


def nudged(case: Any) -> Any:
    """Return a case, or one that learns, with weights and stimuli that differ in the twelfth digit."""
    if isinstance(case, LearningCase):
        return replace(case, case=nudged(case.case))
    rng = np.random.default_rng(0)

    def moved(values: np.ndarray) -> np.ndarray:
        return values * (1 + NUDGE * rng.choice([-1, 1], values.shape))

    stretches = tuple(replace(s, shown={path: moved(v) for path, v in s.shown.items()}) for s in case.stretches)
    return replace(case, arrays={name: moved(v) for name, v in case.arrays.items()}, stretches=stretches)


def hangs_by_a_thread(case: Any, folder: Path, run: Callable[[Any, Path], Record], expected: Record) -> bool:
    """Tell whether the plain script itself does something else with weights that differ in the twelfth digit."""
    other = nudged(case)
    (other.case if isinstance(other, LearningCase) else other).save(folder)
    return bool(differences(expected, run(other, folder)))
