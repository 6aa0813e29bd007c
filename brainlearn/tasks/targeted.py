"""Training with targets: outputs are nudged, and the answer is what they do by themselves."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.brian.share import ALONE, Share
from brainlearn.experiment.loading import Experiment
from brainlearn.results.record import AlignmentRecord, EpochRecord, SpikeRecord, TestRecord
from brainlearn.stimuli import Dataset, Split, one_hot
from brainlearn.tasks.answer_phase import answer_phases
from brainlearn.tasks.stimulus_maker import images_only, join, with_targets
from brainlearn.training.activity_tally import ActivityTally
from brainlearn.training.brian_learner import BrianMachine
from brainlearn.training.epoch import begin_or_go_on, saved_epoch
from brainlearn.training.learner import error_percent, step_factor
from brainlearn.training.progress import Watcher
from brainlearn.training.spike_recording import IMAGES, record_spikes


class TargetTrainer(BrianMachine):
    """A run in which every image has a target for the outputs.

    All copies show images at once; the phases of the experiment follow each other, some with the outputs nudged, and
    the rule compares them. The answer is read at the end of the phase with ``answer = true``, before any nudge.
    """

    def __init__(
        self, experiment: Experiment, dataset: Dataset, split: Split, watcher: Watcher, share: Share = ALONE
    ) -> None:
        super().__init__(experiment, dataset, split, watcher, share)
        assert experiment.settings.target is not None
        self.target = experiment.settings.target
        self.copies = min(self.copies, len(split.train_labels))
        self._all_phases = self.simulation.presenter.phases
        self._answer_phases = self._all_phases[: len(answer_phases(experiment.settings.phases))]

    def epoch(self, number: int) -> EpochRecord:
        """Train for one epoch (counted from 0), or for what is left of it, validate, and return its record."""
        start, schedule = time.perf_counter(), self.experiment.settings.training.schedule
        split, copies = self.split, self.simulation.copies
        sizes, spiking = self.units()
        tally = ActivityTally(sizes, frozenset(spiking))
        order, seconds_before = begin_or_go_on(self, len(split.train_labels), tally)
        start -= seconds_before
        count = len(order) // copies

        def done(_: Round) -> None:
            tally.add(self.simulation.activity)
            self.drift(count)
            self.set_factor(step_factor(schedule, number, self.epochs, tally.rounds / count))
            self.show("training", number, tally.rounds, count, copies, start)
            self.pauses.between_rounds()

        self.under_way = lambda: saved_epoch(order, tally, start)
        self.set_factor(step_factor(schedule, number, self.epochs, tally.rounds / count))
        left = order[tally.rounds * copies :]
        rounds = with_targets(self.maker, self.target, split.train_images, split.train_labels, copies, left, self.rng)
        self.simulation.presenter.phases = self._all_phases
        self.simulation.present(rounds, count - tally.rounds, done)
        seconds = time.perf_counter() - start
        self.pauses.before_answers()
        self.under_way = None
        self.presentations += count * copies
        return EpochRecord(
            epoch=number + 1,
            seconds=seconds,
            presentations=count * copies,
            validation_error_percent=self._validate(number),
            activity=tally.activity(self._all_phases[-1].steps),
            silent_percent=tally.silent_percent(),
            saturated_percent=tally.saturated_percent(),
        )

    def _validate(self, number: int) -> float:
        """Return the error on validation items [percent]; nan if there are none, or not yet."""
        images, labels = self.validation_items(number)
        if not len(labels):
            return math.nan
        self.error = error_percent(self._scores(images, "validation", number).argmax(axis=1), labels)
        return self.error

    def test(self, images: np.ndarray, labels: np.ndarray) -> TestRecord:
        """Answer by the output that did most, (item, pixel) images."""
        scores = self._scores(images, "test", None)
        return TestRecord(labels, scores.argmax(axis=1), scores)

    def _scores(self, images: np.ndarray, stage: str, number: int | None) -> np.ndarray:
        """Return what the outputs did without a nudge, (item, class)."""
        start, copies = time.perf_counter(), self.simulation.copies
        count = -(-len(images) // copies)
        found: list[np.ndarray] = []

        def done(_: Round) -> None:
            found.append(self._output())
            self.show(stage, number, len(found), count, copies, start)
            self.pauses.while_answering()

        self.simulation.presenter.phases = self._answer_phases
        self.simulation.present(images_only(self.maker, images, copies), count, done)
        return np.concatenate(found)[: len(images)]

    def _output(self) -> np.ndarray:
        """Return the activity of the outputs; of spiking ones with the charge that is left, which breaks ties."""
        path = self.target.population
        population = self.simulation.populations[path]
        activity = np.array(self.simulation.activity(path))
        if population.spiking and population.has("v"):
            activity += self.simulation.state(path, "v") / max(population.steps, 1)
        return activity

    def record_spikes(self, images: np.ndarray, labels: np.ndarray) -> dict[str, SpikeRecord]:
        """Note every spike while a few (item, pixel) images are shown through all phases, each with its target."""
        few = labels[: min(IMAGES, self.copies)]
        stimuli = self.maker.image_alone(images[: len(few)])
        stimuli[self.target.population] = one_hot(few, self.maker.classes, self.target.strength)
        self.simulation.presenter.phases = self._all_phases
        return record_spikes(self.simulation, join([stimuli], self.simulation.copies), few, few)

    def align(self, number: int) -> Iterable[AlignmentRecord]:
        """Compare the rule's changes with gradients after `number` epochs, if that was asked for."""
        table = self.experiment.settings.alignment
        if table is None or number not in table.epochs or self.simulation.share.size > 1:
            return ()
        from brainlearn.alignment.of_targets import measure_target_alignment

        self.simulation.presenter.phases = self._all_phases
        return measure_target_alignment(self, table, number)
