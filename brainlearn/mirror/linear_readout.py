"""A linear map from the activity of some populations to a score for every class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from brainlearn.mirror.mirror import Mirror
from brainlearn.mirror.state import MirrorState


class LinearReadout:
    """A linear map that learns together with the circuit, by the cross-entropy.

    The activity of the populations is brought to a root mean square of about 1; the weights of the map start at 0.

    Parameters
    ----------
    mirror : Mirror
    read_from : sequence of str
        Paths of the populations that are read.
    classes : int
    """

    record = None

    def __init__(self, mirror: Mirror, read_from: Sequence[str], classes: int) -> None:
        self.mirror, self.read_from = mirror, tuple(read_from)
        features = sum(mirror.populations[path].size for path in self.read_from)
        self.linear = nn.Linear(features, classes, dtype=mirror.dtype, device=mirror.device)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def parameters(self) -> Iterable[nn.Parameter]:
        """Return what learns in addition to the circuit."""
        return self.linear.parameters()

    def scores(self, state: MirrorState) -> Tensor:
        """Return the logit of every class, (copy, class)."""
        logits: Tensor = self.linear(torch.cat([self._feature(state, path) for path in self.read_from], dim=1))
        return logits

    def loss(self, state: MirrorState, labels: Tensor) -> Tensor:
        """Return the mean cross-entropy [nat] for (copy,) labels."""
        return nn.functional.cross_entropy(self.scores(state), labels)

    def _feature(self, state: MirrorState, path: str) -> Tensor:
        passed_on = self.mirror.passed_on(state, path)
        normalisation = self.mirror.circuit.population(path).normalisation
        return passed_on if normalisation is None else passed_on / normalisation.rms
