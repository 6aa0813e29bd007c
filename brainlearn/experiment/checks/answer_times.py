"""Check that the steps over which an answer is summed are there."""

from __future__ import annotations

from collections.abc import Iterator

from brainlearn.circuit import Circuit
from brainlearn.experiment.schema import ExperimentFile, PhaseTable
from brainlearn.mistakes import Mistake


def check_answer_times(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Yield every mistake about answers that are given as two times."""
    for k, phase in enumerate(settings.phases):
        if isinstance(phase.answer, bool):
            continue
        yield from _check_times(phase, circuit, f"phases[{k}].answer")


def _check_times(phase: PhaseTable, circuit: Circuit, place: str) -> Iterator[Mistake]:
    assert not isinstance(phase.answer, bool)
    first, last = (time.value / circuit.dt.value for time in phase.answer)
    length = phase.duration.value / circuit.dt.value
    if any(abs(steps - round(steps)) > 1e-6 for steps in (first, last)):
        yield Mistake(place, "does not fit the time step", _text(phase), f"multiples of dt = {circuit.dt.text}")
    elif not 0.5 < first <= last < length + 0.5:
        allowed = f"two times from {circuit.dt.text} to {phase.duration.text}, the earlier one first"
        yield Mistake(place, f'not an interval of the phase "{phase.name}"', _text(phase), allowed)


def _text(phase: PhaseTable) -> str:
    assert not isinstance(phase.answer, bool)
    return "[" + ", ".join(f'"{time.text}"' for time in phase.answer) + "]"
