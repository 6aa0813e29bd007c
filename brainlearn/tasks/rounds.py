"""How items are laid out over the rounds of an epoch and over the copies of a circuit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.results.episodes_record import EpisodesRecord
from brainlearn.saved_state import Arrays, ForeignState, find
from brainlearn.tasks.task import Question, Reading

Stimuli = dict[str, np.ndarray]
EXAMPLES = 4  # images of which spikes are recorded


class DrawnOrder:
    """Items in a drawn order, some at once; what fills no round is left out, but for a first one that is not full.

    Parameters
    ----------
    items : int
    at_once : int
    rng : Generator

    Attributes
    ----------
    rows : (round, item) array of int
    begun : int
        Rounds that have begun.
    """

    def __init__(self, items: int, at_once: int, rng: np.random.Generator) -> None:
        order = rng.permutation(items)
        self.at_once = min(at_once, items)
        self.count = items // self.at_once
        self.rows = order[: self.count * self.at_once].reshape(self.count, self.at_once)
        self.begun, self._items = 0, items

    def state(self) -> Arrays:
        """Return the order of the items, and how many rounds have begun."""
        return {"order": self.rows, "begun": np.array(self.begun)}

    def restore(self, saved: Arrays) -> None:
        """Continue after the last round that had begun; ForeignState if it was one of other items."""
        rows = find("order", saved)
        if rows.shape != self.rows.shape or rows.max(initial=0) >= self._items:
            raise ForeignState("the order belongs to other items")
        self.rows, self.begun = rows, int(find("begun", saved))


class ItemRounds:
    """Rounds that do not depend on each other, each of some items in a drawn order.

    Parameters
    ----------
    order : DrawnOrder
    show : callable
        Makes the round of the items with (item,) numbers.
    after : callable, optional
        As `Rounds.after_round`; default: a round leaves nothing behind.
    contrast : bool
        Whether each round has, after the items, as many negative presentations.
    """

    episodes = EpisodesRecord()

    def __init__(
        self,
        order: DrawnOrder,
        show: Callable[[np.ndarray], Round],
        after: Callable[[Reading, Round, float | None], None] | None = None,
        contrast: bool = False,
    ) -> None:
        self._order, self._show, self._after = order, show, after
        items = order.at_once
        self.count, self.shown, self.watched = order.count, items * (2 if contrast else 1), slice(0, items)
        self.contrast = (slice(0, items), slice(items, 2 * items)) if contrast else None

    def __iter__(self) -> Iterator[Round]:
        while self._order.begun < self.count:
            self._order.begun += 1
            yield self._show(self._order.rows[self._order.begun - 1])

    def after_round(self, reading: Reading, shown: Round, factor: float | None) -> None:
        """Let the task take what a round leaves behind."""
        if self._after is not None:
            self._after(reading, shown, factor)

    def state(self) -> Arrays:
        """Return the order of the items, and how many rounds have begun."""
        return self._order.state()

    def restore(self, saved: Arrays) -> None:
        """Continue after the last round that had begun; ForeignState if it was one of other items."""
        self._order.restore(saved)


def join(parts: Sequence[Stimuli]) -> Stimuli:
    """Lay parts one after the other over the copies.

    >>> join([{"retina/image": np.zeros((2, 3))}, {"retina/image": np.ones((1, 3))}])["retina/image"][:, 0].tolist()
    [0.0, 0.0, 1.0]
    """
    return {path: np.concatenate([part[path] for part in parts]) for path in parts[0]}


def without_learning(stimuli: Stimuli, frame_steps: int = 1) -> Round:
    """Return a round in which no copy learns."""
    nobody = np.zeros(len(next(iter(stimuli.values()))), dtype=np.float32)
    return Round(stimuli, nobody, learn=False, frame_steps=frame_steps)


def each_once(
    images: np.ndarray,
    at_once: int,
    show: Callable[[np.ndarray], Stimuli],
    read: Callable[[Reading], np.ndarray],
    until_answer: bool = False,
    frame_steps: int = 1,
) -> Question:
    """Ask about each of the (item, pixel) images, shown once.

    Parameters
    ----------
    images : (item, pixel) or (item, frame, pixel) array
    at_once : int
        Images in a round.
    show : callable
        Makes stimuli of (item, pixel) images.
    read, until_answer
        As for `Question`.
    frame_steps : int
        Time steps that a frame lasts.
    """
    starts = range(0, len(images), at_once)
    rounds = (without_learning(show(images[start : start + at_once]), frame_steps) for start in starts)
    return Question(rounds, len(starts), at_once, len(images), read, until_answer)


def labels_of(shown: Round) -> np.ndarray:
    """Return the right classes of a round that has them, (item,)."""
    assert shown.labels is not None
    return shown.labels
