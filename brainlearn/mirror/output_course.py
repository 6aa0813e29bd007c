"""The activity of an output population in the steps that count is the answer."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from brainlearn.mirror.backprop import Stretch
from brainlearn.mirror.losses import TARGET_LOSSES
from brainlearn.mirror.mirror import Mirror
from brainlearn.mirror.state import MirrorState


class OutputCourse:
    """Reads what outputs do in the steps that phases name in `answer`, and compares it with a target.

    Parameters
    ----------
    mirror : Mirror
    population : str
        Path of the outputs.
    strength : float
        Target of the output of the right class; 0 for the others.
    loss : str
        A key of `TARGET_LOSSES`. Classes are compared with the mean over the steps; values with that over each frame
        that has some of its own, and the mean loss of these is taken.
    frames : int
        That have their own values; 0: the mean is over all steps.
    per_class : int
        Outputs of a class, next to each other.
    """

    def __init__(
        self, mirror: Mirror, population: str, strength: float, loss: str, frames: int = 0, per_class: int = 1
    ) -> None:
        self._count, self.per_class = frames, per_class
        self.mirror, self.population, self.strength = mirror, population, strength
        self._loss = TARGET_LOSSES[loss]
        self._spiking = mirror.populations[population].spiking
        self._steps: list[tuple[int | None, Tensor]] = []

    def parameters(self) -> Iterable[nn.Parameter]:
        """Return what learns in addition to the circuit: nothing."""
        return ()

    def record(self, phase: Stretch, state: MirrorState) -> None:
        """Take in a step."""
        if state.step == 1:
            self._steps = []
        if phase.answer is not None and phase.answer[0] <= state.counted <= phase.answer[1]:
            output = state.spikes[self.population] if self._spiking else self.mirror.activity(state, self.population)
            self._steps.append((state.film.frame, output))

    def scores(self, state: MirrorState) -> Tensor:
        """Return the mean over the steps that count, (copy, unit).

        Returns
        -------
        (copy, unit) or (copy, frame, unit) Tensor
            The second where frames have their own values, nan where no step counts.
        """
        if not self._count:
            return torch.stack([output for _, output in self._steps]).mean(dim=0)
        found = self._frames()
        nothing = torch.full_like(self._steps[0][1], math.nan)
        return torch.stack([found.get(frame, nothing) for frame in range(self._count)], dim=1)

    def loss(self, state: MirrorState, wanted: Tensor) -> Tensor:
        """Return the mean loss for (copy,) labels, or for (copy, unit) or (copy, frame, unit) values."""
        if self._count:
            losses = [self._loss.of(output, wanted[:, frame], 1) for frame, output in self._frames().items()]
            return torch.stack(losses).mean()
        output = self.scores(state)
        steps = len(self._steps) if self._spiking else 1
        if wanted.ndim == 1:
            return self._loss.of_labels(output, wanted, self.strength, self.per_class, steps)
        return self._loss.of(output, wanted, steps)

    def _frames(self) -> dict[int, Tensor]:
        """Return the mean over the steps that count of each frame, (copy, unit), by its number."""
        of_frame: dict[int, list[Tensor]] = {}
        for frame, output in self._steps:
            if frame is not None and frame < self._count:
                of_frame.setdefault(frame, []).append(output)
        return {frame: torch.stack(outputs).mean(dim=0) for frame, outputs in of_frame.items()}
