"""Which phases, and which of their steps, lead to the answer of an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from brainlearn.brian.presenter import Phase
from brainlearn.experiment.schema import PhaseTable


def answer_phases(phases: Sequence[PhaseTable]) -> list[PhaseTable]:
    """Return the phases up to the last one with ``answer = true``; without any, those before the first nudge."""
    nudged = next((k for k, phase in enumerate(phases) if phase.nudge), len(phases))
    last = max((k for k, phase in enumerate(phases) if phase.answer), default=nudged - 1)
    return list(phases[: last + 1])


def answer_steps(phase: PhaseTable, dt: float) -> tuple[int, int] | None:
    """Return the first and the last step, counted from 1, whose goodness counts; None if none does.

    Parameters
    ----------
    phase : PhaseTable
    dt : float
        Time step [s].
    """
    if isinstance(phase.answer, bool):
        last = round(phase.duration.value / dt)
        return (last, last) if phase.answer else None
    first, last = (round(time.value / dt) for time in phase.answer)
    return first, last


def up_to_the_answer(phases: Sequence[Phase]) -> tuple[Phase, ...]:
    """Return the phases of a test: they end with the last step that counts."""
    last = max(k for k, phase in enumerate(phases) if phase.answer is not None)
    counted = phases[last].answer
    assert counted is not None
    return (*phases[:last], replace(phases[last], steps=counted[1]))
