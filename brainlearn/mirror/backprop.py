"""Backpropagation through the mirror: a linear readout, a cross-entropy, and Adam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from brainlearn.mirror.mirror import Mirror, MirrorState


@dataclass(frozen=True)
class Stretch:
    """A phase of a presentation: how many steps, and whether states are reset at its start."""

    steps: int
    reset: bool = True


class Backprop:
    """A mirror that learns to name classes by the gradient of the cross-entropy.

    The activity of some populations, brought to a root mean square of about 1, goes through a linear map whose
    weights start at 0; the map learns together with the circuit.

    Parameters
    ----------
    mirror : Mirror
    read_from : sequence of str
        Paths of the populations that are read.
    classes : int
    phases : sequence of Stretch
        What a presentation consists of; it is read at the end.
    step : float
        Step size of Adam (Kingma & Ba 2015, arXiv 1412.6980).
    decay : float
        Decoupled weight decay per unit of step (Loshchilov & Hutter 2019, arXiv 1711.05101).
    checkpoint_every : int, optional
        See `Mirror.present`.
    """

    def __init__(
        self,
        mirror: Mirror,
        read_from: Sequence[str],
        classes: int,
        phases: Sequence[Stretch],
        step: float = 1e-3,
        decay: float = 0.0,
        checkpoint_every: int | None = None,
    ) -> None:
        self.mirror, self.read_from, self.phases = mirror, tuple(read_from), tuple(phases)
        self.step, self.checkpoint_every = step, checkpoint_every
        features = sum(mirror.populations[path].size for path in self.read_from)
        self.readout = nn.Linear(features, classes, dtype=mirror.dtype, device=mirror.device)
        nn.init.zeros_(self.readout.weight)
        nn.init.zeros_(self.readout.bias)
        self._optimiser = torch.optim.AdamW(
            [*mirror.parameters(), *self.readout.parameters()], lr=step, weight_decay=decay
        )
        self.state: MirrorState | None = None

    def learn(self, stimuli: Mapping[str, np.ndarray], labels: np.ndarray, factor: float = 1.0) -> float:
        """Take one step down the gradient.

        Parameters
        ----------
        stimuli : mapping of str to (copy, unit) array
        labels : (copy,) array of int
        factor : float
            Multiplies the step size.

        Returns
        -------
        float
            Mean cross-entropy [nat] before the step.
        """
        for group in self._optimiser.param_groups:
            group["lr"] = self.step * factor
        loss = nn.functional.cross_entropy(self._logits(stimuli), self._labels(labels))
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()
        self.mirror.constrain()
        return float(loss.detach())

    @torch.no_grad()
    def scores(self, stimuli: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the logits of every class, (copy, class)."""
        return self._logits(stimuli).cpu().numpy()

    def _labels(self, labels: np.ndarray) -> Tensor:
        return torch.as_tensor(np.asarray(labels, dtype=np.int64), device=self.mirror.device)

    def _logits(self, stimuli: Mapping[str, np.ndarray]) -> Tensor:
        state: MirrorState | None = None
        for phase in self.phases:
            state = self.mirror.present(stimuli, phase.steps, state, phase.reset, self.checkpoint_every)
        assert state is not None
        self.state = state
        return self.readout(torch.cat([self._feature(state, path) for path in self.read_from], dim=1))

    def _feature(self, state: MirrorState, path: str) -> Tensor:
        passed_on = self.mirror.passed_on(state, path)
        normalisation = self.mirror.circuit.population(path).normalisation
        return passed_on if normalisation is None else passed_on / normalisation.rms

    def activity(self, path: str) -> np.ndarray:
        """Return what a population did in the last presentation, (copy, unit): spikes per step, or its output."""
        assert self.state is not None
        return self.mirror.activity(self.state, path).detach().cpu().numpy()

    def weights(self, name: str) -> np.ndarray:
        """Return the (pre, post) weights of projection `name`."""
        return self.mirror.weights[name].detach().cpu().numpy()

    def mask(self, name: str) -> np.ndarray | None:
        """Return which pairs projection `name` connects, (pre, post) bool; None if all."""
        mask = self.mirror.mask(name)
        return None if mask is None else mask.cpu().numpy()
