"""Shows one stimulus after the other within a single `Network.run`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from brian2 import BrianObject, Clock

from brainlearn.mistakes import Mistake, UserError, closest

NUDGING, ASLEEP = "nudging", "asleep"  # variables of a neuron model that phases set


@dataclass(frozen=True)
class Phase:
    """A part of a presentation.

    Parameters
    ----------
    name : str
    steps : int
        Its duration in time steps.
    reset : bool
        Whether membranes, traces and spikes in transit are reset at its start.
    learn : bool or tuple of str
        Whether rules apply at its end, to all projections that learn or to those named.
    nudge : float
        Value of the variable ``nudging`` of units that have one: 0 means no nudge.
    remember : bool
        Whether rules in later phases read the values at its end, as ``activity_before`` and the like.
    answer : (int, int), optional
        First and last step, counted from 1, over which goodness is summed to an answer.
    show : bool
        Whether stimuli are shown; otherwise they are 0, frames pause, and earlier stimuli continue after it.
    polarity : float
        Factor of the polarity of every presentation: -1 where rules unlearn what the circuit does, as in sleep.
    """

    name: str
    steps: int
    reset: bool = True
    learn: bool | tuple[str, ...] = True
    nudge: float = 0.0
    remember: bool = False
    answer: tuple[int, int] | None = None
    show: bool = True
    polarity: float = 1.0

    @property
    def told(self) -> dict[str, float]:
        """What units are told that have a variable of the name, until the next phase."""
        return {NUDGING: self.nudge, ASLEEP: float(self.polarity < 0)}

    def learns(self, projection: str) -> bool:
        """Return whether a projection that learns does so in this phase."""
        return self.learn if isinstance(self.learn, bool) else projection in self.learn


@dataclass(frozen=True)
class Round:
    """What all copies are shown in one presentation.

    Parameters
    ----------
    stimuli : mapping of str to (copy, unit) or (copy, frame, unit) array
        Values for the stimulus populations; those not named keep theirs. Frames are shown one after the other, from
        the onset and again from every phase that resets, and 0 after the last.
    polarity : (copy,) array
        +1 positive, -1 negative presentation, 0 without learning.
    learn : bool
        Whether weights change at all.
    then : mapping of str to mapping of str to (copy, unit) array
        What changes within the presentation: by the name of a phase, values that are set when it begins, as in
        `stimuli`. The frames of a film are phases without a reset, each with its own image.
    labels : (item,) array of int, optional
        Right classes of the first copies: for readouts, and for whatever learns by the error of an answer. No rule
        sees them.
    frame_steps : int
        Time steps that a frame lasts.
    reward : (copy,) array, optional
        What the last action of every copy brought; 0 without. Rules read it as ``reward``.
    continues : (copy,) array, optional
        0 for copies whose episode ended with that action, else 1; 1 without. Rules read it as ``continues``.
    restart : (copy,) bool array, optional
        Copies that begin an episode: their membranes, traces and synaptic states are put back at the onset.
    judged : bool
        Whether the goodness that answers is added up although weights change: for what comes after the round.
    """

    stimuli: Mapping[str, np.ndarray]
    polarity: np.ndarray
    learn: bool = True
    then: Mapping[str, Mapping[str, np.ndarray]] = field(default_factory=dict)
    labels: np.ndarray | None = None
    frame_steps: int = 1
    reward: np.ndarray | None = None
    continues: np.ndarray | None = None
    restart: np.ndarray | None = None
    judged: bool = False

    def outcomes(self) -> dict[str, np.ndarray]:
        """Return what an environment reports to the rules, (copy,) each, by the name that they read."""
        told = {"reward": (self.reward, 0.0), "continues": (self.continues, 1.0)}
        return {name: np.full(len(self.polarity), by) if each is None else each for name, (each, by) in told.items()}


def check_learning(phases: Sequence[Phase], learning: Sequence[str]) -> None:
    """Raise a UserError if a phase names a projection that is not among those that learn."""
    mistakes = [
        Mistake(f"phase {phase.name}: learn", "no projection of this name learns", f'"{name}"', ", ".join(learning))
        for phase in phases
        if not isinstance(phase.learn, bool)
        for name in phase.learn
        if name not in learning
    ]
    if mistakes:
        raise UserError(*mistakes)


def check_round(shown: Round, phases: Sequence[Phase], copies: int, sizes: Mapping[str, int]) -> None:
    """Raise a UserError if a round does not fit: a phase or a population is not there, or an array has another shape.

    Parameters
    ----------
    shown : Round
    phases : sequence of Phase
    copies : int
    sizes : mapping of str to int
        Units of the populations that have an input, by path.
    """
    names = [phase.name for phase in phases]
    mistakes = [
        Mistake("Round.then", f'no phase "{name}"', f'"{name}"', ", ".join(names), closest(name, names))
        for name in shown.then
        if name not in names
    ]
    mistakes += _misfits(
        "Round.stimuli", {path: _one_frame(each) for path, each in shown.stimuli.items()}, copies, sizes
    )
    for name, stimuli in shown.then.items():
        mistakes += _misfits(f'Round.then["{name}"]', stimuli, copies, sizes)
    for name in ("polarity", "reward", "continues", "restart"):
        values = getattr(shown, name)
        if values is not None and np.shape(values) != (copies,):
            found, allowed = f"shape {np.shape(values)}", f"({copies},): one number for each copy"
            mistakes.append(Mistake(f"Round.{name}", "does not fit the copies", found, allowed))
    if mistakes:
        raise UserError(*mistakes)


def _one_frame(values: np.ndarray) -> np.ndarray:
    """Return the first frame of (copy, frame, unit) values; others as they are."""
    return np.asarray(values)[:, 0] if np.ndim(values) == 3 and np.shape(values)[1] else values


def _misfits(where: str, stimuli: Mapping[str, np.ndarray], copies: int, sizes: Mapping[str, int]) -> Iterator[Mistake]:
    """Yield a mistake for every population that is not there, and for every array of another shape."""
    for path, values in stimuli.items():
        if path not in sizes:
            wrong = f'no stimulus population "{path}"'
            yield Mistake(where, wrong, f'"{path}"', ", ".join(sizes), closest(path, sizes))
        elif np.shape(values) != (copies, sizes[path]):
            found, allowed = f"shape {np.shape(values)}", f"{(copies, sizes[path])}: (copy, unit)"
            yield Mistake(f'{where}["{path}"]', "does not fit the population", found, allowed)


class Presenter(BrianObject):
    """Calls back at the start and at the end of every phase, and sets the stimuli.

    Runs twice a step: this object before all else, also before what is ``(constant over dt)`` is computed, and its
    `closing` partner in the slot ``end``.
    """

    add_to_magic_network = False

    def __init__(
        self,
        clock: Clock,
        phases: tuple[Phase, ...],
        begin: Callable[[Phase, bool], None],
        tick: Callable[[], None],
        finish: Callable[[Phase, bool], None],
        rest: Callable[[], int],
        skip: Callable[[int], None],
    ) -> None:
        super().__init__(clock=clock, when="before_start", order=-10, name="presenter")
        self.phases, self._begin, self._tick = phases, begin, tick
        self._rest, self._skip = rest, skip
        self.closing = _Closing(clock, self, finish)
        self._contained_objects.append(self.closing)
        self.rewind()

    @property
    def steps(self) -> int:
        """Steps in one presentation."""
        return sum(phase.steps for phase in self.phases)

    @property
    def now(self) -> tuple[Phase, int]:
        """The phase that is shown, and its step, counted from 1."""
        return self.phases[self.index], self.step + 1

    def rewind(self) -> None:
        """Be at the start of a presentation."""
        self.index, self.step = 0, 0

    def run(self) -> None:
        """Begin a phase if it is time."""
        if self.step == 0:
            self._begin(self.phases[self.index], self.index == 0)
        self._tick()

    def rest(self) -> int:
        """Return for how many steps, this one included, nothing begins, and nothing that is shown changes."""
        return min(self.closing.rest(), self._rest())

    def skip(self, steps: int) -> None:
        """Pass over steps in which nothing changes."""
        self._skip(steps)

    def advance(self) -> tuple[Phase, bool] | None:
        """Count a step; return the phase that it ended, and whether that ended the presentation."""
        self.step += 1
        phase = self.phases[self.index]
        if self.step < phase.steps:
            return None
        last = self.index == len(self.phases) - 1
        self.index, self.step = (0 if last else self.index + 1), 0
        return phase, last


class _Closing(BrianObject):
    """The presenter's part in the slot ``end``."""

    add_to_magic_network = False

    def __init__(self, clock: Clock, presenter: Presenter, finish: Callable[[Phase, bool], None]) -> None:
        super().__init__(clock=clock, when="end", order=10, name="presenter_closing")
        self._presenter, self._finish = presenter, finish

    def rest(self) -> int:
        """Return how many steps of the phase are left."""
        return self._presenter.phases[self._presenter.index].steps - self._presenter.step

    def skip(self, steps: int) -> None:
        """Count steps that do not end the phase."""
        self._presenter.step += steps

    def run(self) -> None:
        """End a phase if it is time."""
        ended = self._presenter.advance()
        if ended is not None:
            self._finish(*ended)
