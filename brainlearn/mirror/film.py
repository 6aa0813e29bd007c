"""The frames that a mirror is shown; see `brainlearn.brian.film`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor


@dataclass
class MirrorFilm:
    """Frames, and where they are.

    Parameters
    ----------
    frames : mapping of str to (copy, frame, unit) Tensor
        By path of the stimulus.
    frame_steps : int
        Time steps that a frame lasts.
    step : int
        Steps in which they were shown.
    show : bool
        Whether they are shown; in a blank phase they wait.
    """

    frames: Mapping[str, Tensor] = field(default_factory=dict)
    frame_steps: int = 1
    step: int = 0
    show: bool = True

    @property
    def frame(self) -> int | None:
        """The frame that is shown in this step, counted from 0; None in a blank phase."""
        return (self.step - 1) // self.frame_steps if self.show else None

    def changes(self) -> Iterator[tuple[str, Tensor]]:
        """Advance by one step; yield what is shown from this step on, (copy, unit), 0 after the last frame."""
        if not self.show:
            return
        number, within = divmod(self.step, self.frame_steps)
        self.step += 1
        if within:
            return
        for path, frames in self.frames.items():
            if number <= frames.shape[1]:
                yield path, frames[:, number] if number < frames.shape[1] else torch.zeros_like(frames[:, 0])


def film_of(
    stimuli: Mapping[str, Tensor], frame_steps: int, step: int, show: bool
) -> tuple[dict[str, Tensor], MirrorFilm]:
    """Return what is set when a phase begins, (copy, unit) by path, and the frames that follow in its steps."""
    frames = {path: each for path, each in stimuli.items() if each.ndim == 3}
    still = {path: each for path, each in stimuli.items() if each.ndim == 2}
    if not show:
        still = {path: torch.zeros_like(each if each.ndim == 2 else each[:, 0]) for path, each in stimuli.items()}
    return still, MirrorFilm(frames, frame_steps, step, show)
