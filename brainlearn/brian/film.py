"""What populations are shown during a presentation: still values, frames, and nothing in blank phases."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np

from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.stretch.rest import FOR_EVER


class Film:
    """Tells populations what to show, step by step.

    Frames follow each other in the steps of phases that are not blank. They start over with a phase that resets, as
    the presentation does; after the last one everything is 0.

    Parameters
    ----------
    tell : callable
        Receives a path and (copy, unit) values.
    stimuli : collection of str
        Paths of populations that only show what is set: they show 0 in a blank phase.
    """

    def __init__(self, tell: Callable[[str, np.ndarray], None], stimuli: Collection[str]) -> None:
        self._tell, self._stimuli = tell, frozenset(stimuli)
        self._still: dict[str, np.ndarray] = {}
        self._frames: dict[str, np.ndarray] = {}
        self._frame_steps, self._step, self._blank = 1, 0, False

    def begin(self, shown: Round) -> None:
        """Start a presentation; what it says nothing of continues as it was."""
        told = {path: np.asarray(values) for path, values in shown.stimuli.items()}
        given = {path: values for path, values in told.items() if values.ndim == 2}
        self._frames = {path: values for path, values in told.items() if values.ndim == 3}
        self._still = {path: each for path, each in (self._still | given).items() if path not in self._frames}
        self._show(self._still if self._blank else given)
        self._frame_steps, self._step, self._blank = shown.frame_steps, 0, False

    def begin_phase(self, phase: Phase, then: Mapping[str, np.ndarray]) -> None:
        """Start a phase, from which on other (copy, unit) values are shown."""
        self._still |= then
        if phase.reset:
            self._step = 0
        if not phase.show:
            nothing = {path: np.zeros_like(frames[:, 0]) for path, frames in self._frames.items()}
            nothing |= {path: np.zeros_like(values) for path, values in self._still.items()}
            self._show({path: values for path, values in nothing.items() if path in self._stimuli})
            self._show({path: values for path, values in then.items() if path not in self._stimuli})
        else:
            self._show(self._still if self._blank else then)
        self._blank = not phase.show

    def run(self) -> None:
        """Show the next frame if it is time."""
        if self._blank:
            return
        number, within = divmod(self._step, self._frame_steps)
        self._step += 1
        if within:
            return
        for path, frames in self._frames.items():
            if number < frames.shape[1]:
                self._tell(path, frames[:, number])
            elif number == frames.shape[1]:
                self._tell(path, np.zeros_like(frames[:, 0]))

    def rest(self) -> int:
        """Return for how many steps, with the one that is just shown, nothing changes."""
        return 1 + -self._step % self._frame_steps if self._frames and not self._blank else FOR_EVER

    def skip(self, steps: int) -> None:
        """Pass over steps in which nothing changes."""
        if not self._blank:
            self._step += steps

    @property
    def frame(self) -> int | None:
        """The frame that is shown in this step, counted from 0; None in a blank phase."""
        return None if self._blank else (self._step - 1) // self._frame_steps

    def _show(self, values: Mapping[str, np.ndarray]) -> None:
        for path, each in values.items():
            self._tell(path, each)
