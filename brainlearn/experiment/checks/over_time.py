"""Check that data over time, and values as targets, can be shown, learned and read as an experiment asks."""

from __future__ import annotations

from collections.abc import Iterator

from brainlearn.circuit import Circuit
from brainlearn.circuit.validation import show
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake
from brainlearn.stimuli import Shape


def check_frame(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that a frame lasts a whole number of time steps."""
    frame, dt = settings.stimulus.frame, circuit.dt
    if frame is not None:
        steps = frame.value / dt.value
        if steps < 1 - 1e-6 or abs(steps - round(steps)) > 1e-6:
            allowed = f"a multiple of dt = {dt.text}"
            yield Mistake("stimulus.frame", "does not fit the time step", frame.text, allowed)


def find_over_time(settings: ExperimentFile, circuit: Circuit, shape: Shape) -> Iterator[Mistake]:
    """Yield what of an experiment does not fit data over time, or values as targets."""
    if shape.frames or shape.wanted.frames:
        yield from _find_in_time(settings, circuit, shape)
    elif settings.stimulus.frame is not None:
        wrong = f'dataset "{shape.name}" has static items'
        yield Mistake("stimulus.frame", wrong, settings.stimulus.frame.text, suggestion="Leave it out.")
    if shape.wanted.values:
        yield from _find_of_values(settings, circuit, shape)
    elif settings.target is not None and settings.target.symbols:
        wrong = f'dataset "{shape.name}" has classes, and symbols are values of units'
        yield Mistake("target.symbols", wrong, "true", "false", "Leave it out, or take data with `targets`.")


def _find_in_time(settings: ExperimentFile, circuit: Circuit, shape: Shape) -> Iterator[Mistake]:
    frames, dt = max(shape.frames, shape.wanted.frames), circuit.dt
    if settings.target is None:
        wrong = f'dataset "{shape.name}" varies in time, which requires an experiment with targets'
        yield Mistake("target", wrong, "no table [target]", suggestion="Add one, and a rule such as e_prop.")
    frame = settings.stimulus.frame or dt
    needed, longest = frames * round(frame.value / dt.value), _longest(settings, dt.value)
    if needed > longest:
        wrong = f'the phases are shorter than the {frames} frames of dataset "{shape.name}", of {frame.text} each'
        found = f"{1e3 * longest * dt.value:g} ms with stimuli and without a reset"
        yield Mistake("phases", wrong, found, f"{1e3 * needed * dt.value:g} ms or more")
    if settings.stimulus.shift and shape.frames:
        yield Mistake("stimulus.shift", "frames cannot be shifted", show(settings.stimulus.shift), "0")
    for name, table in settings.baselines.chosen().items():
        if name == "backprop":
            wrong = "the graded twin settles to a steady state, so it cannot be trained on time-varying data"
            yield Mistake(f"baselines.{name}", wrong, suggestion="Take backprop_through_time.")
        elif table.time_steps is not None:
            wrong = "time-varying data are shown for the duration of the phases"
            yield Mistake(f"baselines.{name}.time_steps", wrong, show(table.time_steps), suggestion="Leave it out.")
    if settings.alignment is not None:
        wrong = "angles to the gradient are not measured with data over time"
        yield Mistake("alignment", wrong, suggestion="Leave it out.")


def _longest(settings: ExperimentFile, dt: float) -> int:
    """Return the most steps for which frames continue."""
    longest = steps = 0
    for phase in settings.phases:
        steps = (0 if phase.reset else steps) + (round(phase.duration.value / dt) if phase.show else 0)
        longest = max(longest, steps)
    return longest


def _find_of_values(settings: ExperimentFile, circuit: Circuit, shape: Shape) -> Iterator[Mistake]:
    if settings.target is None:
        wrong = f'dataset "{shape.name}" has continuous targets, which require an experiment with targets'
        yield Mistake("target", wrong, "no table [target]", suggestion="Add one.")
        return
    if "strength" in settings.target.model_fields_set:
        wrong = "continuous targets need no strength"
        yield Mistake("target.strength", wrong, show(settings.target.strength), suggestion="Leave it out.")
    if not any(phase.answer for phase in settings.phases):
        wrong = "no phase selects the steps at which outputs are compared with their targets"
        yield Mistake("phases", wrong, "answer = false in all", suggestion="Set answer = true in one.")
    path = settings.target.population
    known = {p.path: circuit.models[p.path] for p in circuit.populations}
    if shape.wanted.frames and path in known and known[path].threshold:
        wrong = f"{path} spikes, so it has no value in every step"
        yield Mistake("target.population", wrong, known[path].name, "an output that does not spike, as leaky_readout")
    for name, table in settings.baselines.chosen().items():
        if table.loss == "cross_entropy" and not settings.target.symbols:
            yield Mistake(f"baselines.{name}.loss", "continuous targets are not classes", show(table.loss), "squared")
    if settings.alignment is not None and not shape.wanted.frames:
        wrong = "angles to the gradient are not measured with values as targets"
        yield Mistake("alignment", wrong, suggestion="Leave it out.")
