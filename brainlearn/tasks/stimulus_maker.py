"""Positive, negative and neutral presentations, laid out over the copies of a circuit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.experiment.schema import NegativesTable, StimulusTable, TargetTable
from brainlearn.saved_state import Arrays, ForeignState, find
from brainlearn.stimuli import (
    ENCODINGS,
    embed_values,
    hard_negatives,
    neutral_label,
    one_hot,
    random_negatives,
    shift_images,
)


class StimulusMaker:
    """Turns images and labels into values for the stimulus populations.

    Parameters
    ----------
    table : StimulusTable
    classes : int
    sheet : (rows, columns), optional
        Of the image; only shifted images need it.
    """

    def __init__(self, table: StimulusTable, classes: int, sheet: tuple[int, int] | None = None) -> None:
        self.table, self.classes, self.sheet = table, classes, sheet
        poisson = table.encoding == "poisson"
        self._settings = {"maximum": table.maximum_rate.value} if poisson else {"rms": table.rms}

    def for_training(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return (item, pixel) images as one presentation for learning shows them: shifted, if the file says so."""
        if not self.table.shift:
            return images
        assert self.sheet is not None  # experiment/checks.py
        return shift_images(images, self.sheet, self.table.shift, rng)

    def labelled(self, images: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
        """Show each image with a label; (item, pixel) and (item,)."""
        return self._encode(images, one_hot(labels, self.classes, self.table.label_strength))

    def neutral(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Show each image with a label that says nothing."""
        return self._encode(images, neutral_label(len(images), self.classes, self.table.label_strength))

    def image_alone(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Show each image without a label, (item, pixel)."""
        encoded = ENCODINGS[self.table.encoding](self._seen(images), None, **self._settings)
        return {self.table.image: next(iter(encoded["image"].values()))}

    def _seen(self, images: np.ndarray) -> np.ndarray:
        """Return (item, pixel) images as they are, or their differences from their means."""
        return images - images.mean(axis=1, keepdims=True) if self.table.centre else images

    def _encode(self, images: np.ndarray, values: np.ndarray) -> dict[str, np.ndarray]:
        encode = ENCODINGS[self.table.encoding]
        images = self._seen(images)
        if self.table.embed_label or self.table.label is None:
            encoded = encode(embed_values(images, values), None, **self._settings)
        else:
            encoded = encode(images, values, **self._settings)
        paths = {"image": self.table.image, "label": self.table.label}
        return {str(paths[part]): next(iter(set_to.values())) for part, set_to in encoded.items()}


def join(parts: list[dict[str, np.ndarray]], copies: int) -> dict[str, np.ndarray]:
    """Lay parts one after the other over the copies; copies that are left over see nothing."""
    joined = {}
    for path in parts[0]:
        values = np.concatenate([part[path] for part in parts])
        missing = copies - len(values)
        joined[path] = (
            np.concatenate([values, np.zeros((missing, values.shape[1]), values.dtype)]) if missing else values
        )
    return joined


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


@dataclass(frozen=True)
class Layout:
    """Which copies show what: positives first, then negatives, then neutral presentations of the next items.

    Parameters
    ----------
    items : int
        Items in a round.
    neutral : bool
        Whether there are neutral presentations.
    """

    items: int
    neutral: bool

    @property
    def positive(self) -> slice:
        """Copies that show items with their own label."""
        return slice(0, self.items)

    @property
    def negative(self) -> slice:
        """Copies that show items with a wrong label."""
        return slice(self.items, 2 * self.items)

    @property
    def ahead(self) -> slice:
        """Copies that show the next round's items with a neutral label."""
        return slice(2 * self.items, 3 * self.items)


class ContrastiveRounds:
    """The rounds of one epoch, each with positive and negative presentations side by side.

    With hard negatives, or a one-pass readout, a third of the copies shows the *next* items with a neutral label:
    what the circuit makes of them decides which wrong labels they get one round later.

    Parameters
    ----------
    maker : StimulusMaker
    negatives : NegativesTable
    layout : Layout
    copies : int
    images, labels : (item, pixel) and (item,) arrays
        The training items.
    rng : Generator

    Attributes
    ----------
    begun : int
        Rounds that have begun.
    """

    def __init__(
        self,
        maker: StimulusMaker,
        negatives: NegativesTable,
        layout: Layout,
        copies: int,
        images: np.ndarray,
        labels: np.ndarray,
        rng: np.random.Generator,
    ) -> None:
        self.maker, self.negatives, self.layout, self.copies = maker, negatives, layout, copies
        self.images, self.labels, self.rng = images, labels, rng
        order = rng.permutation(len(labels))
        self.count = max(len(order) // layout.items, 1)
        self._order = order[: self.count * layout.items].reshape(self.count, -1)
        self.begun = 0
        self.ahead: Batch | None = None

    def __iter__(self) -> Iterator[Round]:
        if self.ahead is None:
            self.ahead = self._batch(0)
        while self.begun < self.count:
            now = self.ahead
            self.begun += 1
            self.ahead = self._batch(self.begun) if self.begun < self.count else now
            yield self._round(now)

    def state(self) -> Arrays:
        """Return the order of the items, how many rounds have begun, and images and wrong labels of the next."""
        assert self.ahead is not None
        numbers = {"order": self._order, "begun": np.array(self.begun)}
        return {**numbers, "images": self.ahead.images, "wrong": self.ahead.wrong}

    def restore(self, saved: Arrays) -> None:
        """Go on after the last round that had begun; ForeignState if it was one of other items."""
        order = find("order", saved)
        if order.shape != self._order.shape or order.max(initial=0) >= len(self.labels):
            raise ForeignState("the order is that of other items")
        self._order, self.begun = order, int(find("begun", saved))
        chosen = order[min(self.begun, self.count - 1)]
        self.ahead = Batch(find("images", saved), self.labels[chosen], find("wrong", saved))

    def _batch(self, k: int) -> Batch:
        """Return the items of round `k` with random wrong labels."""
        chosen = self._order[k]
        labels = self.labels[chosen]
        images = self.maker.for_training(self.images[chosen], self.rng)
        return Batch(images, labels, random_negatives(labels, self.maker.classes, self.rng))

    def _round(self, now: Batch) -> Round:
        parts = [self.maker.labelled(now.images, now.labels), self.maker.labelled(now.images, now.wrong)]
        if self.layout.neutral:
            assert self.ahead is not None
            parts.append(self.maker.neutral(self.ahead.images))
        polarity = np.zeros(self.copies, dtype=np.float32)
        polarity[self.layout.positive][: len(now.labels)] = 1
        polarity[self.layout.negative][: len(now.labels)] = -1
        return Round(join(parts, self.copies), polarity, learn=True)

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


def with_targets(
    maker: StimulusMaker,
    target: TargetTable,
    images: np.ndarray,
    labels: np.ndarray,
    copies: int,
    order: np.ndarray,
    rng: np.random.Generator,
) -> Iterator[Round]:
    """Show images in the order of `order`, (item,), `copies` at once, each with its target."""
    for start in range(0, len(order) - copies + 1, copies):
        chosen = order[start : start + copies]
        stimuli = maker.image_alone(maker.for_training(images[chosen], rng))
        stimuli[target.population] = one_hot(labels[chosen], maker.classes, target.strength)
        yield Round(stimuli, np.ones(copies, dtype=np.float32))


def images_only(maker: StimulusMaker, images: np.ndarray, copies: int) -> Iterator[Round]:
    """Show each image once, without a label or target."""
    for start in range(0, len(images), copies):
        stimuli = maker.image_alone(images[start : start + copies])
        yield Round(join([stimuli], copies), np.zeros(copies, dtype=np.float32), learn=False)


def with_each(maker: StimulusMaker, images: np.ndarray, labels: np.ndarray, copies: int) -> Iterator[Round]:
    """Show each image with each of its labels, (item, tried); as many images at once as there are copies for that."""
    tried = labels.shape[1]
    at_once = copies // tried
    for start in range(0, len(images), at_once):
        chosen = slice(start, start + at_once)
        stimuli = maker.labelled(np.repeat(images[chosen], tried, axis=0), labels[chosen].ravel())
        yield Round(join([stimuli], copies), np.zeros(copies, dtype=np.float32), learn=False)


def neutral_only(maker: StimulusMaker, images: np.ndarray, copies: int) -> Iterator[Round]:
    """Show each image once, with a neutral label."""
    for start in range(0, len(images), copies):
        stimuli = maker.neutral(images[start : start + copies])
        yield Round(join([stimuli], copies), np.zeros(copies, dtype=np.float32), learn=False)
