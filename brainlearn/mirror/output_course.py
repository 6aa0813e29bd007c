"""The answer is what an output population does in the steps that count."""

from __future__ import annotations

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
    """

    def __init__(self, mirror: Mirror, population: str, strength: float, loss: str) -> None:
        self.mirror, self.population, self.strength = mirror, population, strength
        self._loss = TARGET_LOSSES[loss]
        self._spiking = mirror.populations[population].spiking
        self._steps: list[tuple[int | None, Tensor]] = []

    def parameters(self) -> Iterable[nn.Parameter]:
        """Return what learns besides the circuit: nothing."""
        return ()

    def record(self, phase: Stretch, state: MirrorState) -> None:
        """Take in a step."""
        if state.step == 1:
            self._steps = []
        if phase.answer is not None and phase.answer[0] <= state.counted <= phase.answer[1]:
            output = state.spikes[self.population] if self._spiking else self.mirror.activity(state, self.population)
            self._steps.append((state.film.frame, output))

    def scores(self, state: MirrorState) -> Tensor:
        """Return the mean over the steps that count, (copy, unit)."""
        return torch.stack([output for _, output in self._steps]).mean(dim=0)

    def loss(self, state: MirrorState, wanted: Tensor) -> Tensor:
        """Return the mean loss for (copy,) labels, or for (copy, unit) or (copy, frame, unit) values."""
        if wanted.ndim == 3:
            frames = self.frames(wanted.shape[1])
            losses = [self._loss.of(output, wanted[:, frame], 1) for frame, output in frames.items()]
            return torch.stack(losses).mean()
        output = self.scores(state)
        if wanted.ndim == 1:
            wanted = self.strength * nn.functional.one_hot(wanted, output.shape[1]).to(output)
        return self._loss.of(output, wanted, len(self._steps) if self._spiking else 1)

    def frames(self, count: int) -> dict[int, Tensor]:
        """Return the mean over the steps that count of each of `count` frames, (copy, unit); others are left out."""
        of_frame: dict[int, list[Tensor]] = {}
        for frame, output in self._steps:
            if frame is not None and frame < count:
                of_frame.setdefault(frame, []).append(output)
        return {frame: torch.stack(outputs).mean(dim=0) for frame, outputs in of_frame.items()}
