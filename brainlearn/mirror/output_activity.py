"""The activity of an output population is the answer: no readout learns in addition to the circuit."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor, nn

from brainlearn.mirror.losses import TARGET_LOSSES
from brainlearn.mirror.mirror import Mirror
from brainlearn.mirror.state import MirrorState

MEMBRANE = "v"


class OutputActivity:
    """Reads the activity of outputs, one or some for each class, and compares it with a target.

    Parameters
    ----------
    mirror : Mirror
    population : str
        Path of the outputs.
    strength : float
        Target of the output of the right class; 0 for the others.
    loss : str
        A key of `TARGET_LOSSES`.
    per_class : int
        Outputs of a class, next to each other.
    """

    record = None

    def __init__(
        self, mirror: Mirror, population: str, strength: float = 1.0, loss: str = "squared", per_class: int = 1
    ) -> None:
        self.mirror, self.population, self.strength, self.per_class = mirror, population, strength, per_class
        self._loss = TARGET_LOSSES[loss]

    def parameters(self) -> Iterable[nn.Parameter]:
        """Return what learns in addition to the circuit: nothing."""
        return ()

    def scores(self, state: MirrorState) -> Tensor:
        """Return the activity, (copy, unit); of spiking outputs with the charge that is left, which breaks ties."""
        activity = self.mirror.activity(state, self.population)
        values = state.populations[self.population]
        if self.mirror.populations[self.population].spiking and MEMBRANE in values:
            return activity + values[MEMBRANE] / max(state.counted, 1)
        return activity

    def loss(self, state: MirrorState, labels: Tensor) -> Tensor:
        """Return the mean loss of the activity for (copy,) labels."""
        activity = self.mirror.activity(state, self.population)
        return self._loss.of_labels(activity, labels, self.strength, self.per_class, state.counted)
