"""Positive, negative and neutral presentations of labelled images, laid out over the copies of a circuit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.experiment.schema import NegativesTable
from brainlearn.results.episodes_record import EpisodesRecord
from brainlearn.saved_state import Arrays, find
from brainlearn.stimuli import false_labels, hard_negatives, random_negatives
from brainlearn.tasks.answers import best_of
from brainlearn.tasks.rounds import DrawnOrder, join
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.tasks.task import Reading

Believe = Callable[[Reading, slice, np.ndarray, float | None], np.ndarray]
Judge = Callable[[Reading], np.ndarray]


@dataclass
class Batch:
    """The items of one round.

    Parameters
    ----------
    images : (item, pixel) array
    labels, wrong : (item,) array
        True labels, and those of the negative presentations.
    candidates : (item, candidate) array, optional
        False labels, among which goodness chooses.
    """

    images: np.ndarray
    labels: np.ndarray
    wrong: np.ndarray
    candidates: np.ndarray | None = None


class ContrastiveRounds:
    """The rounds of one epoch, each with positive and negative presentations side by side.

    Positives come first, then negatives. The other copies show the *next* items: what the circuit makes of them decides
    which wrong labels they get one round later. With hard negatives, or a one-pass readout, as many show them with a
    neutral label. With negatives by goodness, each of them is shown with all of its candidates, side by side; that of
    the greatest goodness becomes its wrong label.

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
    judge : callable, optional
        Called after every round with candidates, with the reading; returns the goodness by which answers are chosen,
        (copy,).

    Attributes
    ----------
    ahead : Batch or None
        The items of the next round.
    trial : slice
        Copies with candidates, item by item.
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
        judge: Judge | None = None,
    ) -> None:
        self.maker, self.negatives, self.neutral = maker, negatives, neutral
        self.images, self.labels, self.rng = images, labels, rng
        self._believe, self._judge = believe, judge
        self._tried = negatives.candidates if negatives.kind == "by_goodness" else 0
        before = 3 if neutral else 2
        self._order = DrawnOrder(len(labels), copies // (before + self._tried), rng)
        items = self._order.at_once
        self.trial = slice(before * items, (before + self._tried) * items)
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
        """Let neutral presentations, or candidates, decide which wrong labels their items get in the next round."""
        if self._believe is not None and self.ahead is not None:
            ahead = slice(2 * self.items, 3 * self.items)
            self.propose(self._believe(reading, ahead, self.ahead.labels, factor))
        if self._judge is not None and self._tried:
            self.choose(self._judge(reading)[self.trial].reshape(self.items, self._tried))

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

    def choose(self, goodness: np.ndarray) -> None:
        """Make the candidate of the greatest goodness, (item, candidate), the wrong label of each of the next items.

        A `random_fraction` of the items keeps its random one.
        """
        if self.ahead is None or self.ahead.candidates is None:
            return
        kept = self.rng.random(self.items) < self.negatives.random_fraction
        self.ahead.wrong = np.where(kept, self.ahead.wrong, best_of(self.ahead.candidates, goodness))

    def state(self) -> Arrays:
        """Return the order of the items, how many rounds have begun, and images and wrong labels of the next."""
        assert self.ahead is not None
        candidates = {} if self.ahead.candidates is None else {"candidates": self.ahead.candidates}
        return {**self._order.state(), "images": self.ahead.images, "wrong": self.ahead.wrong, **candidates}

    def restore(self, saved: Arrays) -> None:
        """Continue after the last round that had begun; ForeignState if it was one of other items."""
        self._order.restore(saved)
        chosen = self._order.rows[min(self._order.begun, self.count - 1)]
        candidates = find("candidates", saved) if self._tried else None
        self.ahead = Batch(find("images", saved), self.labels[chosen], find("wrong", saved), candidates)

    def _batch(self, k: int) -> Batch:
        """Return the items of round `k` with random wrong labels."""
        chosen = self._order.rows[k]
        labels = self.labels[chosen]
        images = self.maker.for_training(self.images[chosen], self.rng)
        if self._tried:
            candidates = false_labels(labels, self.maker.classes, self._tried, self.rng)
            return Batch(images, labels, candidates[:, 0], candidates)
        return Batch(images, labels, random_negatives(labels, self.maker.classes, self.rng))

    def _round(self, now: Batch) -> Round:
        parts = [self.maker.labelled(now.images, now.labels), self.maker.labelled(now.images, now.wrong)]
        polarity = [np.full(self.items, 1, np.float32), np.full(self.items, -1, np.float32)]
        ahead = self.ahead
        assert ahead is not None
        if self.neutral:
            parts.append(self.maker.neutral(ahead.images))
            polarity.append(np.zeros(self.items, np.float32))
        if ahead.candidates is not None:
            each = np.repeat(ahead.images, self._tried, axis=0)
            parts.append(self.maker.labelled(each, ahead.candidates.ravel()))
            polarity.append(np.zeros(len(each), np.float32))
        return Round(join(parts), np.concatenate(polarity), judged=ahead.candidates is not None)
