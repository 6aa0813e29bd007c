"""The fast readout: one pass with a neutral label, softmax on what the populations passed on."""

from __future__ import annotations

import numpy as np

from brainlearn.brian.share import Part
from brainlearn.rules.updates import Adam, past, put_past_back
from brainlearn.saved_state import Arrays, below, put_back, under


class SoftmaxReadout:
    """Multinomial regression from normalised activity to classes, learned as presentations come.

    It reads the circuit and never changes it. Source: Hinton 2022, arXiv 2212.13345, section 3.3 (one-pass test, and
    the proposal of hard negatives); steps as in Kingma & Ba 2015, arXiv 1412.6980.

    Parameters
    ----------
    features, classes : int
    step : float
        Size of a step.
    decay : float
        Share by which weights shrink at each step, relative to the step.
    """

    def __init__(self, features: int, classes: int, step: float = 1e-3, decay: float = 1e-3) -> None:
        self.weights = np.zeros((features + 1, classes), dtype=np.float32)
        self.decay = decay
        self._adam = Adam(size=step)

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Return the probability of each class, (item, class), for (item, feature) activities."""
        logits = features @ self.weights[:-1] + self.weights[-1]
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return odds / odds.sum(axis=1, keepdims=True)

    def learn(
        self, features: np.ndarray, labels: np.ndarray, factor: float = 1.0, part: Part | None = None
    ) -> np.ndarray:
        """Take one step towards the labels; return the probabilities before it, (item, class).

        With `part`, features and labels are those of this process: the step is towards the labels of all items, and
        probabilities are those of all items.
        """
        probabilities = self.probabilities(features)
        error = -probabilities
        error[np.arange(len(labels)), labels] += 1
        count = np.full((1, error.shape[1]), len(labels), dtype=error.dtype)
        sums = np.concatenate([features.T @ error, error.sum(axis=0, keepdims=True), count])
        if part is not None:
            sums, probabilities = part.summed_and_joined(sums, probabilities)
        change = sums[:-1] / sums[-1, 0]
        change[:-1] -= self.decay * self.weights[:-1]
        self.weights += self._adam.change(change, self.weights, factor)
        return probabilities

    def state(self) -> Arrays:
        """Return the weights and what the steps remember."""
        return {"weights": self.weights, **under("adam", past(self._adam))}

    def restore(self, saved: Arrays) -> None:
        """Continue from a saved state."""
        put_back(self.weights, "weights", saved)
        put_past_back(self._adam, below("adam", saved))
