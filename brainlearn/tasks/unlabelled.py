"""Training without labels: images against hybrids of two images; a linear readout beside it reads the circuit."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.brian.share import ALONE, Share
from brainlearn.experiment.loading import Experiment
from brainlearn.results.record import EpochRecord, SpikeRecord, TestRecord
from brainlearn.saved_state import Arrays, below, under
from brainlearn.stimuli import Dataset, Split, hybrid_images
from brainlearn.tasks.answers import subsets
from brainlearn.tasks.softmax_readout import SoftmaxReadout
from brainlearn.tasks.stimulus_maker import Layout, StimulusMaker, images_only, join
from brainlearn.training.activity_readout import passed_on
from brainlearn.training.brian_learner import BrianMachine
from brainlearn.training.epoch import begin_or_go_on, saved_epoch
from brainlearn.training.learner import error_percent, step_factor
from brainlearn.training.progress import Watcher
from brainlearn.training.spike_recording import IMAGES, record_spikes
from brainlearn.training.tally import Tally


class UnsupervisedTrainer(BrianMachine):
    """A run in which the circuit sees images only, real ones and hybrids.

    Labels reach the linear readouts, which change nothing in the circuit: one of the populations that the file names,
    whose answer counts, and one of each of `readouts.subsets`.

    Source: Hinton 2022, arXiv 2212.13345, section 3.2.
    """

    def __init__(
        self, experiment: Experiment, dataset: Dataset, split: Split, watcher: Watcher, share: Share = ALONE
    ) -> None:
        super().__init__(experiment, dataset, split, watcher, share)
        readout = experiment.settings.readout
        self.layout = Layout(min(self.copies // 2, len(split.train_labels)), neutral=False)
        chosen = readout.one_pass_populations or self.read_out
        self.paths = tuple(dict.fromkeys((*self.read_out, *chosen)))
        self.answer = " + ".join(chosen)
        self.read = {**subsets(self.read_out), self.answer: [self.paths.index(path) for path in chosen]}
        sizes = [experiment.circuit.population(path).size for path in self.paths]
        self.softmax = {
            name: SoftmaxReadout(sum(sizes[k] for k in part), dataset.classes, readout.one_pass_step)
            for name, part in self.read.items()
        }

    # ---- one epoch -----------------------------------------------------------------------------------------------

    def epoch(self, number: int) -> EpochRecord:
        """Train for one epoch (counted from 0), or for what is left of it, validate, and return its record."""
        start, schedule = time.perf_counter(), self.experiment.settings.training.schedule
        tally = Tally(self.simulation, self.layout)
        order, seconds_before = begin_or_go_on(self, len(self.split.train_labels), tally)
        start -= seconds_before
        count, items = max(len(order) // self.layout.items, 1), self.layout.items

        def done(_: Round) -> None:
            chosen = order[tally.rounds * items :][:items]
            tally.add()
            self.drift(count)
            factor = step_factor(schedule, number, self.epochs, tally.rounds / count)
            self.set_factor(factor)
            features = self._features()
            for name, softmax in self.softmax.items():
                softmax.learn(features[name][self.layout.positive], self.split.train_labels[chosen], factor)
            goodness = tally.goodness_of(self.read_out)
            self.show("training", number, tally.rounds, count, 2 * items, start, goodness)
            self.pauses.between_rounds()

        self.under_way = lambda: saved_epoch(order, tally, start)
        self.set_factor(step_factor(schedule, number, self.epochs, tally.rounds / count))
        left = order[: count * items].reshape(count, -1)[tally.rounds :]
        self.simulation.present(self._rounds(left), len(left), done)
        seconds = time.perf_counter() - start
        self.pauses.before_answers()
        self.under_way = None
        self.presentations += count * 2 * items
        return EpochRecord(
            epoch=number + 1,
            seconds=seconds,
            presentations=count * 2 * items,
            validation_error_percent=self._validate(number),
            goodness_positive=tally.goodness_positive(),
            goodness_negative=tally.goodness_negative(),
            activity=tally.activity(),
            silent_percent=tally.silent_percent(),
            saturated_percent=tally.saturated_percent(),
        )

    def _rounds(self, order: np.ndarray) -> Iterator[Round]:
        """Show the images of each row of `order`, (round, item), beside their hybrids."""
        blurs = self.experiment.settings.negatives.blurs
        for chosen in order:
            yield image_and_hybrid(self.maker, self.split.train_images[chosen], blurs, self.copies, self.rng)

    def _features(self) -> dict[str, np.ndarray]:
        """Return what each readout reads, (copy, feature)."""
        parts = passed_on(self.simulation, self.experiment.circuit, self.paths)
        return {name: np.concatenate([parts[k] for k in part], axis=1) for name, part in self.read.items()}

    # ---- testing -------------------------------------------------------------------------------------------------

    def _validate(self, number: int) -> float:
        """Return the error of the answer on validation items [percent]; nan if there are none, or not yet."""
        images, labels = self.validation_items(number)
        if not len(labels):
            return math.nan
        found = self._probabilities(images, "validation", number)[self.answer]
        self.error = error_percent(found.argmax(axis=1), labels)
        return self.error

    def test(self, images: np.ndarray, labels: np.ndarray) -> TestRecord:
        """Answer by each linear readout, (item, pixel) images in one pass."""
        began = time.perf_counter()
        found = self._probabilities(images, "test", None)
        cost = {"one_pass": 1}, {"one_pass": time.perf_counter() - began}
        answers = {name: probabilities.argmax(axis=1) for name, probabilities in found.items()}
        return TestRecord(labels, answers[self.answer], found[self.answer], None, None, answers, *cost)

    def record_spikes(self, images: np.ndarray, labels: np.ndarray) -> dict[str, SpikeRecord]:
        """Note every spike while a few (item, pixel) images are shown, without a label."""
        few = labels[: min(IMAGES, self.copies)]
        stimuli = join([self.maker.image_alone(images[: len(few)])], self.simulation.copies)
        return record_spikes(self.simulation, stimuli, few, np.full_like(few, -1))

    def _probabilities(self, images: np.ndarray, stage: str, number: int | None) -> dict[str, np.ndarray]:
        """Return what each readout believes, (item, class)."""
        start, count = time.perf_counter(), -(-len(images) // self.copies)
        found: list[dict[str, np.ndarray]] = []

        def done(_: Round) -> None:
            features = self._features()
            found.append({name: softmax.probabilities(features[name]) for name, softmax in self.softmax.items()})
            self.show(stage, number, len(found), count, self.copies, start)
            self.pauses.while_answering()

        self.simulation.present(images_only(self.maker, images, self.copies), count, done)
        return {name: np.concatenate([each[name] for each in found])[: len(images)] for name in self.softmax}

    # ---- saving --------------------------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Return all that decides how it goes on, between two rounds of learning or two epochs; perhaps views."""
        readouts = [under(f"softmax/{name}", softmax.state()) for name, softmax in self.softmax.items()]
        return super().state() | {name: array for part in readouts for name, array in part.items()}

    def restore(self, saved: Arrays) -> None:
        """Go on from a saved state; ForeignState if it is that of another experiment."""
        super().restore(saved)
        for name, softmax in self.softmax.items():
            softmax.restore(below(f"softmax/{name}", saved))


def image_and_hybrid(
    maker: StimulusMaker, images: np.ndarray, blurs: int, copies: int, rng: np.random.Generator
) -> Round:
    """Show (item, pixel) images as positives and as many hybrids of them as negatives, without labels."""
    assert maker.sheet is not None  # experiment/checks.py
    shown = maker.for_training(images, rng)
    parts = [maker.image_alone(shown), maker.image_alone(hybrid_images(shown, maker.sheet, blurs, rng))]
    polarity = np.zeros(copies, dtype=np.float32)
    polarity[: len(shown)], polarity[len(shown) : 2 * len(shown)] = 1, -1
    return Round(join(parts, copies), polarity)
