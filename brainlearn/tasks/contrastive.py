"""The contrastive task: images with their own label against images with a wrong one; goodness is the answer.

Source: Hinton 2022, arXiv 2212.13345, section 3.3.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.brian.share import Part
from brainlearn.experiment.schema import NegativesTable, ReadoutTable
from brainlearn.results.record import TestRecord
from brainlearn.saved_state import Arrays, below, under
from brainlearn.tasks.answers import answers_of_subsets, best_of, error_percent, likeliest
from brainlearn.tasks.contrastive_rounds import ContrastiveRounds
from brainlearn.tasks.rounds import EXAMPLES, each_once, without_learning
from brainlearn.tasks.softmax_readout import SoftmaxReadout
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.tasks.task import Ask, Examples, Question, Reading, Validation


class Contrastive:
    """Positive and negative presentations; the label of the greatest goodness is the answer.

    Parameters
    ----------
    maker : StimulusMaker
    negatives : NegativesTable
    readout : ReadoutTable
    sizes : mapping of str to int
        Of the populations whose goodness is the answer, and of those that the one-pass readout reads, by path.
    read_out : tuple of str
        The former.
    copies : int
        Presentations at once.
    """

    def __init__(
        self,
        maker: StimulusMaker,
        negatives: NegativesTable,
        readout: ReadoutTable,
        sizes: dict[str, int],
        read_out: tuple[str, ...],
        copies: int,
    ) -> None:
        self.maker, self.negatives, self.readout = maker, negatives, readout
        self.read_out, self.copies = read_out, copies
        chosen = readout.one_pass_populations
        self.one_pass_from = tuple(chosen) if chosen is not None else read_out
        self.softmax = None
        if negatives.kind == "hard" or readout.one_pass:
            features = sum(sizes[path] for path in self.one_pass_from)
            self.softmax = SoftmaxReadout(features, maker.classes, readout.one_pass_step_size)

    # ---- learning ------------------------------------------------------------------------------------------------

    def rounds(self, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> ContrastiveRounds:
        """Return the rounds of an epoch; every image is shown with its label and with a wrong one."""
        believe = None if self.softmax is None else self._believe
        neutral = self.softmax is not None
        judge = self._judge if self.negatives.kind == "by_goodness" else None
        return ContrastiveRounds(self.maker, self.negatives, neutral, self.copies, images, labels, rng, believe, judge)

    def _judge(self, reading: Reading) -> np.ndarray:
        """Return the goodness by which answers are chosen, (copy,)."""
        return self._of_populations(reading).sum(axis=0)

    def _of_populations(self, reading: Reading) -> np.ndarray:
        """Return the goodness of each population whose goodness is the answer, (population, copy)."""
        return np.array([reading.goodness(path) for path in self.read_out])

    def _believe(self, reading: Reading, ahead: slice, labels: np.ndarray, factor: float | None) -> np.ndarray:
        """Return the predictions of the one-pass readout for neutral presentations, and let it learn from them."""
        assert self.softmax is not None
        if factor is None:
            return self.softmax.probabilities(self.features(reading)[ahead])
        part = Part.of(reading.share, ahead)
        features = np.concatenate([reading.own_passed_on(path)[part.rows] for path in self.one_pass_from], axis=1)
        return self.softmax.learn(features, labels[part.which], factor, part)

    def features(self, reading: Reading) -> np.ndarray:
        """Return what the one-pass readout reads, (copy, feature)."""
        return np.concatenate([reading.passed_on(path) for path in self.one_pass_from], axis=1)

    # ---- answering -----------------------------------------------------------------------------------------------

    def validate(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> Validation:
        """Return how often the greatest goodness, and the one-pass readout, choose a wrong label."""
        goodness = self._goodness(ask, images, self._every_label(images))
        error = error_percent(goodness.sum(axis=0).argmax(axis=1), labels)
        if self.softmax is None:
            return Validation(error)
        return Validation(error, error_percent(self.one_pass(ask, images).argmax(axis=1), labels))

    def test(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> TestRecord:
        """Answer by the goodness of every label and, if there is one, by the one-pass readout, and by both joined."""
        every, short = self._every_label(images), self.readout.short_list
        began = time.perf_counter()
        goodness = self._goodness(ask, images, every)
        seconds, shown = {"every_label": time.perf_counter() - began}, {"every_label": every.shape[1]}
        of_subsets = answers_of_subsets(goodness, self.read_out)
        total = goodness.sum(axis=0)
        if self.softmax is None:
            return TestRecord(labels, total.argmax(axis=1), total, None, None, of_subsets, shown, seconds)
        began = time.perf_counter()
        probabilities = self.one_pass(ask, images)
        seconds["one_pass"], shown["one_pass"], listed = time.perf_counter() - began, 1, None
        if short is not None:
            tried = likeliest(probabilities, short)
            listed = best_of(tried, self._goodness(ask, images, tried).sum(axis=0))
            seconds["short_list"], shown["short_list"] = time.perf_counter() - began, 1 + short
        one_pass = probabilities.argmax(axis=1)
        return TestRecord(labels, total.argmax(axis=1), total, one_pass, listed, of_subsets, shown, seconds)

    def _every_label(self, images: np.ndarray) -> np.ndarray:
        return np.tile(np.arange(self.maker.classes), (len(images), 1))

    def _goodness(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Return the goodness of each image with each of its labels, (population, item, tried)."""
        tried = labels.shape[1]

        def read(reading: Reading) -> np.ndarray:
            goodness = self._of_populations(reading)
            whole = goodness.shape[1] // tried * tried  # copies that are left over saw nothing
            return goodness[:, :whole].reshape(len(goodness), -1, tried).transpose(1, 0, 2)

        found = ask(with_each(self.maker, images, labels, self.copies, read))
        return np.ascontiguousarray(found.transpose(1, 0, 2))  # sums over populations are taken in one order

    def one_pass(self, ask: Ask, images: np.ndarray) -> np.ndarray:
        """Return how likely each class is after one pass with a neutral label, (item, class)."""
        softmax = self.softmax
        assert softmax is not None
        question = each_once(
            images, self.copies, self.maker.neutral, lambda reading: softmax.probabilities(self.features(reading))
        )
        return ask(replace(question, told=False))

    def examples(self, images: np.ndarray, labels: np.ndarray) -> Examples:
        """Return a few images, each with its label and with the next one."""
        count = min(EXAMPLES, len(labels), self.copies // 2)
        true = np.repeat(labels[:count], 2)
        shown = np.stack([labels[:count], (labels[:count] + 1) % self.maker.classes], axis=1).ravel()
        stimuli = self.maker.labelled(np.repeat(images[:count], 2, axis=0), shown)
        return Examples(without_learning(stimuli), true, shown)

    # ---- saving --------------------------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Return what the one-pass readout has learned."""
        return {} if self.softmax is None else under("softmax", self.softmax.state())

    def restore(self, saved: Arrays) -> None:
        """Restore a saved state; ForeignState if it belongs to another task."""
        if self.softmax is not None:
            self.softmax.restore(below("softmax", saved))


def with_each(
    maker: StimulusMaker, images: np.ndarray, labels: np.ndarray, copies: int, read: Callable[[Reading], np.ndarray]
) -> Question:
    """Test each image with each of its labels, (item, tried); as many images at once as there are copies for."""
    tried = labels.shape[1]
    at_once = copies // tried
    starts = range(0, len(images), at_once)

    def rounds() -> Iterator[Round]:
        for start in starts:
            chosen = slice(start, start + at_once)
            yield without_learning(maker.labelled(np.repeat(images[chosen], tried, axis=0), labels[chosen].ravel()))

    return Question(rounds(), len(starts), at_once * tried, len(images), read, until_answer=True)
