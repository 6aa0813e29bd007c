"""Positive, negative and neutral presentations of labelled images, laid out over the copies of a circuit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.experiment.schema import NegativesTable
from brainlearn.results.episodes_record import EpisodesRecord
from brainlearn.saved_state import Arrays, find
from brainlearn.stimuli import hard_negatives, random_negatives
from brainlearn.tasks.rounds import DrawnOrder, join
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.tasks.task import Reading

Believe = Callable[[Reading, slice, np.ndarray, float | None], np.ndarray]


@dataclass
class Batch:
    """The items of one round.

    Parameters
    ----------
    images : (item, pixel) array
    labels, wrong : (item,) array
        True labels, and those of the negative presentations.
    """

    images: np.ndarray
    labels: np.ndarray
    wrong: np.ndarray


class ContrastiveRounds:
    """The rounds of one epoch, each with positive and negative presentations side by side.

    Positives come first, then negatives. With hard negatives, or a one-pass readout, a third of the copies shows the
    *next* items with a neutral label: what the circuit makes of them decides which wrong labels they get one round
    later.

    Parameters
    ----------
    maker : StimulusMaker
    negatives : NegativesTable
    neutral : bool
        Whether there are neutral presentations.
    copies : int
    images, labels : (item, pixel) and (item,) arrays
        The training items.
    rng : Generator
    believe : callable, optional
        Called after every round with neutral presentations, with the reading, their copies, their labels and the
        factor of `after_round`; returns how likely each class is, (item, class).

    Attributes
    ----------
    ahead : Batch or None
        The items of the next round.
    """

    episodes = EpisodesRecord()

    def __init__(
        self,
        maker: StimulusMaker,
        negatives: NegativesTable,
        neutral: bool,
        copies: int,
        images: np.ndarray,
        labels: np.ndarray,
        rng: np.random.Generator,
        believe: Believe | None = None,
    ) -> None:
        self.maker, self.negatives, self.neutral = maker, negatives, neutral
        self.images, self.labels, self.rng, self._believe = images, labels, rng, believe
        self._order = DrawnOrder(len(labels), copies // (3 if neutral else 2), rng)
        items = self._order.at_once
        self.items, self.count, self.shown, self.watched = items, self._order.count, 2 * items, slice(0, items)
        self.contrast: tuple[slice, slice] | None = slice(0, items), slice(items, 2 * items)
        self.ahead: Batch | None = None

    def __iter__(self) -> Iterator[Round]:
        if self.ahead is None:
            self.ahead = self._batch(0)
        while self._order.begun < self.count:
            now = self.ahead
            self._order.begun += 1
            self.ahead = self._batch(self._order.begun) if self._order.begun < self.count else now
            yield self._round(now)

    def after_round(self, reading: Reading, shown: Round, factor: float | None) -> None:
        """Let neutral presentations decide which wrong labels their items get in the next round."""
        if self._believe is not None and self.ahead is not None:
            ahead = slice(2 * self.items, 3 * self.items)
            self.propose(self._believe(reading, ahead, self.ahead.labels, factor))

    def propose(self, probabilities: np.ndarray) -> None:
        """Draw the next items' wrong labels in proportion to `probabilities`, (item, class)."""
        if self.ahead is None or self.negatives.kind != "hard":
            return
        self.ahead.wrong = hard_negatives(
            self.ahead.labels,
            probabilities,
            self.rng,
            self.negatives.temperature,
            self.negatives.random_fraction,
        )

    def state(self) -> Arrays:
        """Return the order of the items, how many rounds have begun, and images and wrong labels of the next."""
        assert self.ahead is not None
        return {**self._order.state(), "images": self.ahead.images, "wrong": self.ahead.wrong}

    def restore(self, saved: Arrays) -> None:
        """Continue after the last round that had begun; ForeignState if it was one of other items."""
        self._order.restore(saved)
        chosen = self._order.rows[min(self._order.begun, self.count - 1)]
        self.ahead = Batch(find("images", saved), self.labels[chosen], find("wrong", saved))

    def _batch(self, k: int) -> Batch:
        """Return the items of round `k` with random wrong labels."""
        chosen = self._order.rows[k]
        labels = self.labels[chosen]
        images = self.maker.for_training(self.images[chosen], self.rng)
        return Batch(images, labels, random_negatives(labels, self.maker.classes, self.rng))

    def _round(self, now: Batch) -> Round:
        parts = [self.maker.labelled(now.images, now.labels), self.maker.labelled(now.images, now.wrong)]
        polarity = [np.full(self.items, 1, np.float32), np.full(self.items, -1, np.float32)]
        if self.neutral:
            assert self.ahead is not None
            parts.append(self.maker.neutral(self.ahead.images))
            polarity.append(np.zeros(self.items, np.float32))
        return Round(join(parts), np.concatenate(polarity))
