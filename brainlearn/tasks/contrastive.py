"""Training and testing: rounds go into the simulation, goodness comes out."""

from __future__ import annotations

import importlib
import math
import time
from collections.abc import Iterable

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.brian.share import ALONE, Share
from brainlearn.experiment.loading import Experiment
from brainlearn.results.record import AlignmentRecord, EpochRecord, SpikeRecord, TestRecord
from brainlearn.saved_state import Arrays, below, find, generator_state, put_generator_back, under
from brainlearn.stimuli import Dataset, Split
from brainlearn.tasks.answer_phase import up_to_the_answer
from brainlearn.tasks.answers import answers_of_subsets, best_of, likeliest
from brainlearn.tasks.softmax_readout import SoftmaxReadout
from brainlearn.tasks.stimulus_maker import (
    ContrastiveRounds,
    Layout,
    join,
    neutral_only,
    with_each,
)
from brainlearn.training.activity_readout import passed_on
from brainlearn.training.brian_learner import BrianMachine
from brainlearn.training.learner import error_percent, step_factor
from brainlearn.training.progress import Watcher
from brainlearn.training.spike_recording import IMAGES, record_spikes
from brainlearn.training.tally import Tally


class Trainer(BrianMachine):
    """A run with positive and negative presentations, and goodness as the answer.

    Parameters
    ----------
    experiment : Experiment
    dataset : Dataset
    split : Split
    watcher : Watcher
    share : Share
    """

    def __init__(
        self, experiment: Experiment, dataset: Dataset, split: Split, watcher: Watcher, share: Share = ALONE
    ) -> None:
        super().__init__(experiment, dataset, split, watcher, share)
        settings = experiment.settings
        self._phases = self.simulation.presenter.phases
        self.layout = Layout(min(self.copies // settings.parts, len(split.train_labels)), settings.parts == 3)
        if settings.alignment is not None:
            importlib.import_module("brainlearn.alignment.measure")  # now: PyTorch is no part of what training needs
        one_pass = settings.readout.one_pass_populations
        self.one_pass_from = tuple(one_pass) if one_pass is not None else self.read_out
        sizes = sum(experiment.circuit.population(path).size for path in self.one_pass_from)
        self.softmax = None
        if self.layout.neutral:
            self.softmax = SoftmaxReadout(sizes, dataset.classes, settings.readout.one_pass_step)

    # ---- one epoch -----------------------------------------------------------------------------------------------

    def epoch(self, number: int) -> EpochRecord:
        """Train for one epoch (counted from 0), or for what is left of it, validate, and return its record."""
        start, settings = time.perf_counter(), self.experiment.settings
        rounds, tally = self._rounds(), Tally(self.simulation, self.layout)
        if self.left_over:
            start -= self._go_on(rounds, tally)

        def factor() -> float:
            within = tally.rounds / rounds.count
            return step_factor(settings.training.schedule, number, settings.training.epochs, within)

        def done(_: Round) -> None:
            tally.add()
            self.drift(rounds.count)
            self.set_factor(factor())
            if self.softmax is not None and rounds.ahead is not None:
                rounds.propose(self.softmax.learn(self.features()[self.layout.ahead], rounds.ahead.labels, factor()))
            shown = 2 * self.layout.items
            self.show("training", number, tally.rounds, rounds.count, shown, start, tally.goodness_of(self.read_out))
            self.pauses.between_rounds()

        def under_way() -> Arrays:
            parts = under("rounds", rounds.state()) | under("tally", tally.state())
            return {**parts, "seconds": np.array(time.perf_counter() - start), "rng": generator_state(self.rng)}

        self.under_way = under_way
        self.set_factor(factor())
        self.simulation.present(iter(rounds), rounds.count - tally.rounds, done)
        seconds = time.perf_counter() - start
        self.pauses.before_answers()
        self.under_way = None
        self.presentations += rounds.count * 2 * self.layout.items
        error, one_pass = self._validate(number)
        return EpochRecord(
            epoch=number + 1,
            seconds=seconds,
            presentations=rounds.count * 2 * self.layout.items,
            validation_error_percent=error,
            one_pass_error_percent=one_pass,
            goodness_positive=tally.goodness_positive(),
            goodness_negative=tally.goodness_negative(),
            activity=tally.activity(),
            silent_percent=tally.silent_percent(),
            saturated_percent=tally.saturated_percent(),
        )

    def _rounds(self) -> ContrastiveRounds:
        images, labels = self.split.train_images, self.split.train_labels
        negatives = self.experiment.settings.negatives
        return ContrastiveRounds(self.maker, negatives, self.layout, self.copies, images, labels, self.rng)

    def _go_on(self, rounds: ContrastiveRounds, tally: Tally) -> float:
        """Put a saved epoch back into its rounds and sums; return how long it took until then [s]."""
        saved, self.left_over = self.left_over, {}
        rounds.restore(below("rounds", saved))
        tally.restore(below("tally", saved))
        put_generator_back(self.rng, "rng", saved)  # to draw the order anew has moved it
        return float(find("seconds", saved))

    def features(self) -> np.ndarray:
        """Return what the populations pass on, brought to a root mean square of about 1, (copy, feature)."""
        return np.concatenate(passed_on(self.simulation, self.experiment.circuit, self.one_pass_from), axis=1)

    # ---- testing -------------------------------------------------------------------------------------------------

    def _validate(self, number: int) -> tuple[float, float]:
        """Return the errors [percent] of both readouts on validation items; nan if there are none, or not yet."""
        images, labels = self.validation_items(number)
        if not len(labels):
            return math.nan, math.nan
        goodness = self._goodness(images, self._every_label(images), "validation", number)
        self.error = error_percent(goodness.sum(axis=0).argmax(axis=1), labels)
        if self.softmax is None:
            return self.error, math.nan
        return self.error, error_percent(self._one_pass(images, self.softmax).argmax(axis=1), labels)

    def test(self, images: np.ndarray, labels: np.ndarray) -> TestRecord:
        """Answer by the goodness of every label and, if there is one, by the one-pass readout, and by both joined.

        Parameters
        ----------
        images : (item, pixel) array
        labels : (item,) array
        """
        every, short = self._every_label(images), self.experiment.settings.readout.short_list
        began = time.perf_counter()
        goodness = self._goodness(images, every, "test")
        seconds, shown = {"every_label": time.perf_counter() - began}, {"every_label": every.shape[1]}
        of_subsets = answers_of_subsets(goodness, self.read_out)
        total = goodness.sum(axis=0)
        if self.softmax is None:
            return TestRecord(labels, total.argmax(axis=1), total, None, None, of_subsets, shown, seconds)
        began = time.perf_counter()
        probabilities = self._one_pass(images, self.softmax)
        seconds["one_pass"], shown["one_pass"], listed = time.perf_counter() - began, 1, None
        if short is not None:
            tried = likeliest(probabilities, short)
            listed = best_of(tried, self._goodness(images, tried, "test").sum(axis=0))
            seconds["short_list"], shown["short_list"] = time.perf_counter() - began, 1 + short
        one_pass = probabilities.argmax(axis=1)
        return TestRecord(labels, total.argmax(axis=1), total, one_pass, listed, of_subsets, shown, seconds)

    def _every_label(self, images: np.ndarray) -> np.ndarray:
        return np.tile(np.arange(self.dataset.classes), (len(images), 1))

    def _goodness(self, images: np.ndarray, labels: np.ndarray, stage: str, number: int | None = None) -> np.ndarray:
        """Return the goodness of each image with each of its labels, (population, item, tried).

        Parameters
        ----------
        images : (item, pixel) array
        labels : (item, tried) array
        stage : str
            For the progress display.
        number : int, optional
            Current epoch, counted from 0.
        """
        start, tried = time.perf_counter(), labels.shape[1]
        at_once = self.copies // tried
        count = -(-len(labels) // at_once)
        found: list[np.ndarray] = []

        def done(_: Round) -> None:
            goodness = np.array([self.simulation.answer(path) for path in self.read_out])
            found.append(goodness[:, : at_once * tried].reshape(len(goodness), at_once, tried))
            self.show(stage, number, len(found), count, self.copies, start)
            self.pauses.while_answering()

        self.simulation.presenter.phases = up_to_the_answer(self._phases)
        self.simulation.present(with_each(self.maker, images, labels, self.copies), count, done)
        self.simulation.presenter.phases = self._phases
        return np.concatenate(found, axis=1)[:, : len(labels)]

    def _one_pass(self, images: np.ndarray, softmax: SoftmaxReadout) -> np.ndarray:
        """Return the probability of each class after one pass with a neutral label, (item, class)."""
        found: list[np.ndarray] = []

        def done(_: Round) -> None:
            found.append(softmax.probabilities(self.features()))
            self.pauses.while_answering()

        count = -(-len(images) // self.copies)
        self.simulation.present(neutral_only(self.maker, images, self.copies), count, done)
        return np.concatenate(found)[: len(images)]

    def record_spikes(self, images: np.ndarray, labels: np.ndarray) -> dict[str, SpikeRecord]:
        """Note every spike while a few (item, pixel) images are shown, each with its label and with the next one."""
        count = min(IMAGES, len(labels), self.copies // 2)
        true = np.repeat(labels[:count], 2)
        shown = np.stack([labels[:count], (labels[:count] + 1) % self.dataset.classes], axis=1).ravel()
        stimuli = join([self.maker.labelled(np.repeat(images[:count], 2, axis=0), shown)], self.simulation.copies)
        return record_spikes(self.simulation, stimuli, true, shown)

    def align(self, number: int) -> Iterable[AlignmentRecord]:
        """Compare the rule's changes with gradients after `number` epochs, if that was asked for."""
        table = self.experiment.settings.alignment
        if table is None or number not in table.epochs or self.simulation.share.size > 1:
            return ()
        from brainlearn.alignment.measure import measure_alignment

        return measure_alignment(self, table, number)

    # ---- saving --------------------------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Return all that decides how it goes on, between two rounds of learning or two epochs; perhaps views."""
        return super().state() | ({} if self.softmax is None else under("softmax", self.softmax.state()))

    def restore(self, saved: Arrays) -> None:
        """Go on from a saved state; ForeignState if it is that of another experiment."""
        super().restore(saved)
        if self.softmax is not None:
            self.softmax.restore(below("softmax", saved))
