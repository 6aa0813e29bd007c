"""Which phases, and which of their steps, lead to the answer of an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from brainlearn.brian.presenter import Phase
from brainlearn.experiment.answer_schema import CompletionTable
from brainlearn.experiment.schema import ExperimentFile, PhaseTable


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


def output_steps(phase: PhaseTable, dt: float, values: bool) -> tuple[int, int] | None:
    """Return the first and the last step, counted from 1, in which outputs are read; None if in none.

    Where classes are asked for, ``answer = true`` counts what outputs did until the end of the phase, and reads no
    step; where values are, all steps of the phase.

    Parameters
    ----------
    phase : PhaseTable
    dt : float
        Time step [s].
    values : bool
        Whether targets are values.
    """
    if phase.answer is True:
        return (1, round(phase.duration.value / dt)) if values else None
    return answer_steps(phase, dt)


def completion_phases(table: CompletionTable, dt: float) -> tuple[Phase, ...]:
    """Return the phases in which a circuit completes an image, in steps of `dt` [s]; all of the second count."""
    settle, steps = (round(time.value / dt) for time in (table.settle, table.duration))
    completing = Phase("complete", steps, reset=False, learn=False, answer=(1, steps))
    return Phase("settle", settle, learn=False), completing


def reads_steps(settings: ExperimentFile, values: bool) -> bool:
    """Return whether outputs are read in steps, as all that have values as targets are."""
    return settings.target is not None and any(
        phase.answer and (values or not isinstance(phase.answer, bool)) for phase in settings.phases
    )


class Stretch(Protocol):
    """A phase as a simulation or a mirror takes it."""

    @property
    def steps(self) -> int:
        """Its duration in time steps."""

    @property
    def answer(self) -> tuple[int, int] | None:
        """First and last step, counted from 1, that count for the answer."""


AnyStretch = TypeVar("AnyStretch", bound=Stretch)


def up_to_the_answer(phases: Sequence[AnyStretch]) -> tuple[AnyStretch, ...]:
    """Return the phases of a test: they end with the last step that counts; all of them if no step does."""
    last = max((k for k, phase in enumerate(phases) if phase.answer is not None), default=None)
    if last is None:
        return tuple(phases)
    counted = phases[last].answer
    assert counted is not None
    return (*phases[:last], replace(phases[last], steps=counted[1]))  # type: ignore[type-var]  # both are dataclasses
