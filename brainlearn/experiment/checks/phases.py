"""Check that phases fit the time step, are not endless, and that the rule applies in one of them."""

from __future__ import annotations

from collections.abc import Iterator

from brainlearn.circuit import Circuit
from brainlearn.circuit.schema import MOST_STEPS
from brainlearn.circuit.validation import unknown
from brainlearn.experiment.learning import learning_projections
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake


def check_durations(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that every phase is a whole number of time steps, and a presentation no more than anybody can simulate."""
    lengths = [phase.duration.value / circuit.dt.value for phase in settings.phases]
    for k, (phase, steps) in enumerate(zip(settings.phases, lengths, strict=True)):
        key = f"phases[{k}].duration"
        if steps < 1 - 1e-6 or abs(steps - round(steps)) > 1e-6:
            allowed = f"a multiple of dt = {circuit.dt.text}"
            yield Mistake(key, "does not fit the time step", phase.duration.text, allowed)
        elif steps > MOST_STEPS:
            allowed = f"at most {MOST_STEPS:,} steps of {circuit.dt.text}"
            yield Mistake(key, "too long", f"{phase.duration.text}, {steps:,.0f} steps", allowed)
    if sum(lengths) > MOST_STEPS >= max(lengths):
        allowed = f"at most {MOST_STEPS:,} steps of {circuit.dt.text}"
        yield Mistake("phases", "too long in total", f"{sum(lengths):,.0f} steps", allowed)


def check_learning(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that the rule applies in a phase, and that projections which a phase names are among those that learn."""
    if not any(phase.learn for phase in settings.phases):
        yield Mistake("phases", "the rule applies in no phase", suggestion="Set learn = true in one.")
    learning = [projection.name for projection in learning_projections(settings, circuit)]
    for k, phase in enumerate(settings.phases):
        for n, name in enumerate(() if isinstance(phase.learn, bool) else phase.learn):
            if name not in learning:
                yield unknown(f"phases[{k}].learn[{n}]", "projection that learns", name, learning)
