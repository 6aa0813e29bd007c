"""Running sums over the rounds of an epoch: activity, goodness and loss."""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np

from brainlearn.brian.share import Part
from brainlearn.saved_state import Arrays, below, find, under
from brainlearn.training.activity_tally import ActivityTally
from brainlearn.training.learner import Learner


class Tally:
    """Goodness, loss, and the activity of every population but stimuli, over the rounds of an epoch.

    Each process adds up what its own copies do; at the end of the epoch all of them `join` what they found.

    Parameters
    ----------
    learner : Learner
    watched : slice
        Copies whose activity counts.
    contrast : (slice, slice), optional
        Copies with positive and with negative presentations, whose goodness counts.

    Attributes
    ----------
    units : ActivityTally
        Of watched copies.
    """

    def __init__(self, learner: Learner, watched: slice, contrast: tuple[slice, slice] | None = None) -> None:
        self._learner, self._watched = learner, Part.of(learner.share, watched)
        self._contrast = None if contrast is None else tuple(Part.of(learner.share, each) for each in contrast)
        sizes, spiking = learner.units()
        self.units = ActivityTally(sizes, frozenset(spiking))
        self._positive: dict[str, float] = {}
        self._negative: dict[str, float] = {}
        self._loss = 0.0

    @property
    def rounds(self) -> int:
        """Rounds so far."""
        return self.units.rounds

    def add(self) -> None:
        """Add the round that just ended."""
        self.units.add(lambda path: self._learner.own_activity(path)[self._watched.rows])
        self._loss += self._learner.loss
        if self._contrast is None:
            return
        positive, negative = self._contrast
        for path, goodness in self._learner.contrasted().items():
            self._positive[path] = self._positive.get(path, 0.0) + positive.mean(goodness)
            self._negative[path] = self._negative.get(path, 0.0) + negative.mean(goodness)

    def join(self) -> None:
        """Take in what the other processes added up: once, after the last round."""
        share = self._learner.share
        if share.size == 1:
            return
        self.units.join(share, self._watched.of_all)
        for part, sums in zip(self._contrast or (), (self._positive, self._negative), strict=False):
            everywhere = share.total(part.of_all * np.array(list(sums.values())))
            sums.update(zip(sums, everywhere.tolist(), strict=True))

    def state(self) -> Arrays:
        """Return the sums so far."""
        goodness = under("positive", self._positive) | under("negative", self._negative)
        return {**under("units", self.units.state()), **goodness, "loss": np.array(self._loss)}

    def restore(self, saved: Arrays) -> None:
        """Continue from saved sums."""
        self.units.restore(below("units", saved))
        self._positive = {path: float(value) for path, value in below("positive", saved).items()}
        self._negative = {path: float(value) for path, value in below("negative", saved).items()}
        self._loss = float(find("loss", saved))

    def goodness_positive(self) -> dict[str, float]:
        """Mean goodness of positive presentations, per population that learns."""
        return {path: value / self.rounds for path, value in self._positive.items()}

    def goodness_negative(self) -> dict[str, float]:
        """Mean goodness of negative presentations, per population that learns."""
        return {path: value / self.rounds for path, value in self._negative.items()}

    def goodness_of(self, paths: Collection[str]) -> tuple[float, float]:
        """Mean goodness of positive and of negative presentations, over some populations; nan without a contrast."""
        if self._contrast is None:
            return math.nan, math.nan
        positive, negative = self.goodness_positive(), self.goodness_negative()
        return float(np.mean([positive[p] for p in paths])), float(np.mean([negative[p] for p in paths]))

    def loss(self) -> float:
        """Mean loss; nan for rules that have none."""
        return self._loss / max(self.rounds, 1)

    def activity(self) -> dict[str, float]:
        """Spikes per unit and presentation, or mean activity of graded units."""
        return self.units.activity(self._learner.steps)

    def silent_percent(self) -> dict[str, float]:
        """Units that were never active [percent]."""
        return self.units.silent_percent()

    def saturated_percent(self) -> dict[str, float]:
        """Spiking units that spiked in every step of every presentation [percent]."""
        return self.units.saturated_percent()
