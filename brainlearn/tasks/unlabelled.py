"""The task without labels: images against hybrids of two images; linear readouts besides the circuit name classes.

Labels reach the readouts alone, which change nothing in the circuit. Source: Hinton 2022, arXiv 2212.13345,
section 3.2.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.brian.share import Part
from brainlearn.experiment.schema import NegativesTable, ReadoutTable
from brainlearn.results.record import TestRecord
from brainlearn.saved_state import Arrays, below, under
from brainlearn.stimuli import hybrid_images
from brainlearn.tasks.answers import error_percent, subsets
from brainlearn.tasks.rounds import EXAMPLES, DrawnOrder, ItemRounds, each_once, join, labels_of, without_learning
from brainlearn.tasks.softmax_readout import SoftmaxReadout
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.tasks.task import Ask, Examples, Reading, Validation


class Unlabelled:
    """Images, real ones and hybrids.

    There is a linear readout of the populations that the file names, whose answer counts, and one of each of
    `answers.subsets`.

    Parameters
    ----------
    maker : StimulusMaker
    negatives : NegativesTable
    readout : ReadoutTable
    sizes : mapping of str to int
        Of all populations that are read, by path.
    read_out : tuple of str
        Populations whose goodness is shown; default of those that the readouts read.
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
        self.maker, self.negatives, self.copies = maker, negatives, copies
        chosen = readout.one_pass_populations or read_out
        self.paths = tuple(dict.fromkeys((*read_out, *chosen)))
        self.answer = " + ".join(chosen)
        self.read = {**subsets(read_out), self.answer: [self.paths.index(path) for path in chosen]}
        self.softmax = {
            name: SoftmaxReadout(sum(sizes[self.paths[k]] for k in part), maker.classes, readout.one_pass_step_size)
            for name, part in self.read.items()
        }

    # ---- learning ------------------------------------------------------------------------------------------------

    def rounds(self, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> ItemRounds:
        """Return the rounds of an epoch: images as positives, and as many hybrids of them as negatives."""

        def show(chosen: np.ndarray) -> Round:
            return image_and_hybrid(self.maker, images[chosen], labels[chosen], self.negatives.blurs, rng)

        return ItemRounds(DrawnOrder(len(labels), self.copies // 2, rng), show, self._learn, contrast=True)

    def _learn(self, reading: Reading, shown: Round, factor: float | None) -> None:
        """Let every readout learn from the images of a round."""
        if factor is None:
            return
        labels = labels_of(shown)
        part = Part.of(reading.share, slice(0, len(labels)))
        parts = [reading.own_passed_on(path)[part.rows] for path in self.paths]
        for name, features in self._joined(parts).items():
            self.softmax[name].learn(features, labels[part.which], factor, part)

    def _features(self, reading: Reading) -> dict[str, np.ndarray]:
        """Return what each readout reads, (copy, feature)."""
        return self._joined([reading.passed_on(path) for path in self.paths])

    def _joined(self, parts: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
        return {name: np.concatenate([parts[k] for k in part], axis=1) for name, part in self.read.items()}

    # ---- answering -----------------------------------------------------------------------------------------------

    def validate(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> Validation:
        """Tell how often the readout whose answer counts is wrong."""
        return Validation(error_percent(self._probabilities(ask, images)[self.answer].argmax(axis=1), labels))

    def test(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> TestRecord:
        """Answer by each linear readout, (item, pixel) images in one pass."""
        began = time.perf_counter()
        found = self._probabilities(ask, images)
        cost = {"one_pass": 1}, {"one_pass": time.perf_counter() - began}
        answers = {name: probabilities.argmax(axis=1) for name, probabilities in found.items()}
        return TestRecord(labels, answers[self.answer], found[self.answer], None, None, answers, *cost)

    def _probabilities(self, ask: Ask, images: np.ndarray) -> dict[str, np.ndarray]:
        """Return how likely each class is to each readout, (item, class)."""

        def read(reading: Reading) -> np.ndarray:
            features = self._features(reading)
            return np.stack([each.probabilities(features[name]) for name, each in self.softmax.items()], axis=1)

        found = ask(each_once(images, self.copies, self.maker.image_alone, read))
        return {name: np.ascontiguousarray(found[:, k]) for k, name in enumerate(self.softmax)}

    def examples(self, images: np.ndarray, labels: np.ndarray) -> Examples:
        """Return a few images, without a label."""
        few = labels[: min(EXAMPLES, self.copies)]
        return Examples(without_learning(self.maker.image_alone(images[: len(few)])), few, np.full_like(few, -1))

    # ---- saving --------------------------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Return what the readouts have learned."""
        parts = [under(f"softmax/{name}", softmax.state()) for name, softmax in self.softmax.items()]
        return {name: array for part in parts for name, array in part.items()}

    def restore(self, saved: Arrays) -> None:
        """Restore a saved state; ForeignState if it belongs to another task."""
        for name, softmax in self.softmax.items():
            softmax.restore(below(f"softmax/{name}", saved))


def image_and_hybrid(
    maker: StimulusMaker, images: np.ndarray, labels: np.ndarray, blurs: int, rng: np.random.Generator
) -> Round:
    """Show (item, pixel) images as positives and as many hybrids of them as negatives; no label is shown."""
    assert maker.sheet is not None  # experiment/checks/answers.py
    shown = maker.for_training(images, rng)
    parts = [maker.image_alone(shown), maker.image_alone(hybrid_images(shown, maker.sheet, blurs, rng))]
    polarity = np.repeat(np.array([1, -1], dtype=np.float32), len(shown))
    return Round(join(parts), polarity, labels=labels)
