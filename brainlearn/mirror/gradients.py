"""The gradient of a loss, of goodness or of the distance to a target, with respect to every weight of a circuit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from brainlearn.expression import Expression
from brainlearn.mirror.backprop import Stretch, present_phases
from brainlearn.mirror.losses import LOSSES
from brainlearn.mirror.mirror import Mirror
from brainlearn.mirror.output_activity import OutputActivity
from brainlearn.mirror.state import MirrorState


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
        state = present_phases(self.mirror, stimuli, self.phases)
        goodness = {path: self._of(state, path) for path in self.read_from}
        positive = {path: values[:items] for path, values in goodness.items()}
        negative = {path: values[items : 2 * items] for path, values in goodness.items()}
        of = {name: LOSSES[name].of(positive, negative, thresholds, self._width) for name in losses}
        return _gradients(of, {name: self.mirror.weights[name] for name in weights})

    def _of(self, state: MirrorState, path: str) -> Tensor:
        value: Tensor = self._goodness({"activity": self.mirror.activity(state, path)})
        return value.mean(dim=1)


class TargetGradients:
    """Gradients of losses of what outputs do, at given weights and stimuli.

    Parameters
    ----------
    mirror : Mirror
    phases : sequence of Stretch
        Those up to the answer; no output is nudged.
    population : str
        Path of the outputs.
    strength : float
        Target of the output of the right class; 0 for the others.
    per_class : int
        Outputs of a class, next to each other.
    """

    def __init__(
        self, mirror: Mirror, phases: Sequence[Stretch], population: str, strength: float, per_class: int = 1
    ) -> None:
        self.mirror, self.phases = mirror, tuple(phases)
        self._outputs = population, strength
        self._per_class = per_class

    def __call__(
        self,
        weights: Mapping[str, np.ndarray],
        stimuli: Mapping[str, np.ndarray],
        labels: np.ndarray,
        losses: Sequence[str],
    ) -> dict[str, dict[str, np.ndarray]]:
        """Return gradients per presentation, (pre, post), by loss and projection.

        Parameters
        ----------
        weights : mapping of str to (pre, post) array
            Weights tied to one of them follow, and their part of the gradient goes to it.
        stimuli : mapping of str to (copy, unit) array
        labels : (copy,) array of int
        losses : sequence of str
            Keys of `TARGET_LOSSES`.
        """
        self.mirror.set_weights(weights)
        state = present_phases(self.mirror, stimuli, self.phases)
        right = torch.as_tensor(np.asarray(labels, dtype=np.int64), device=self.mirror.device)
        of = {
            name: OutputActivity(self.mirror, *self._outputs, name, self._per_class).loss(state, right)
            for name in losses
        }
        return _gradients(of, {name: self.mirror.weights[name] for name in weights})


def _gradients(losses: Mapping[str, Tensor], parameters: Mapping[str, Tensor]) -> dict[str, dict[str, np.ndarray]]:
    """Return the gradient of every loss with respect to every parameter; 0 for those that it does not depend on."""
    found = {}
    for number, (name, loss) in enumerate(losses.items(), start=1):
        gradients = torch.autograd.grad(
            loss, list(parameters.values()), retain_graph=number < len(losses), materialize_grads=True
        )
        found[name] = {n: g.cpu().numpy() for n, g in zip(parameters, gradients, strict=True)}
    return found
