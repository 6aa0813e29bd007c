"""The gradient of a loss of goodness with respect to every weight of a circuit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from brainlearn.expression import Expression
from brainlearn.mirror.backprop import Stretch
from brainlearn.mirror.losses import LOSSES
from brainlearn.mirror.mirror import Mirror, MirrorState


class GoodnessGradients:
    """Gradients of losses at given weights and stimuli.

    Parameters
    ----------
    mirror : Mirror
    phases : sequence of Stretch
    read_from : sequence of str
        Populations whose goodness counts.
    goodness : Expression
        Of ``activity``; its mean over units is the goodness.
    width : float
        Of the sigmoid.
    """

    def __init__(
        self, mirror: Mirror, phases: Sequence[Stretch], read_from: Sequence[str], goodness: Expression, width: float
    ) -> None:
        self.mirror, self.phases, self.read_from = mirror, tuple(phases), tuple(read_from)
        self._goodness, self._width = goodness, width

    def __call__(
        self,
        weights: Mapping[str, np.ndarray],
        stimuli: Mapping[str, np.ndarray],
        items: int,
        thresholds: Mapping[str, float],
        losses: Sequence[str],
    ) -> dict[str, dict[str, np.ndarray]]:
        """Return gradients per presentation, (pre, post), by loss and projection.

        Parameters
        ----------
        weights : mapping of str to (pre, post) array
        stimuli : mapping of str to (copy, unit) array
            First `items` positive presentations, then as many negative ones of the same items.
        items : int
        thresholds : mapping of str to float
            By population.
        losses : sequence of str
            Keys of `LOSSES`.
        """
        self.mirror.set_weights(weights)
        state: MirrorState | None = None
        for phase in self.phases:
            state = self.mirror.present(stimuli, phase.steps, state, phase.reset)
        assert state is not None
        goodness = {path: self._of(state, path) for path in self.read_from}
        positive = {path: values[:items] for path, values in goodness.items()}
        negative = {path: values[items : 2 * items] for path, values in goodness.items()}
        parameters = {name: self.mirror.weights[name] for name in weights}
        found = {}
        for number, name in enumerate(losses, start=1):
            loss = LOSSES[name].of(positive, negative, thresholds, self._width)
            gradients = torch.autograd.grad(
                loss, list(parameters.values()), retain_graph=number < len(losses), materialize_grads=True
            )
            found[name] = {n: g.cpu().numpy() for n, g in zip(parameters, gradients, strict=True)}
        return found

    def _of(self, state: MirrorState, path: str) -> Tensor:
        value: Tensor = self._goodness({"activity": self.mirror.activity(state, path)})
        return value.mean(dim=1)
