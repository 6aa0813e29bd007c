"""Which phases lead to the answer of an experiment with targets."""

from __future__ import annotations

from collections.abc import Sequence

from brainlearn.experiment.schema import PhaseTable


def answer_phases(phases: Sequence[PhaseTable]) -> list[PhaseTable]:
    """Return the phases up to the last one with ``answer = true``; without any, those before the first nudge."""
    nudged = next((k for k, phase in enumerate(phases) if phase.nudge), len(phases))
    last = max((k for k, phase in enumerate(phases) if phase.answer), default=nudged - 1)
    return list(phases[: last + 1])
