"""Training and testing: rounds go into the simulation, goodness comes out."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np

from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.experiment.loading import Experiment
from brainlearn.experiment.presentations import (
    ContrastiveRounds,
    Layout,
    StimulusMaker,
    every_label,
    neutral_only,
)
from brainlearn.experiment.progress import Progress, Watcher
from brainlearn.experiment.softmax_readout import SoftmaxReadout
from brainlearn.experiment.tally import Tally
from brainlearn.results.record import EpochRecord, TestRecord
from brainlearn.rules import RULES
from brainlearn.stimuli import Dataset, Split

SHOW_EVERY = 0.2  # seconds between two signs of progress
DEFAULT_CONSTRAINTS = (("adam", {"size": 1e-3}),)


def step_factor(schedule: str, epoch: int, epochs: int, within: float) -> float:
    """Return the factor of the step size.

    Parameters
    ----------
    schedule : "constant", "linear" or "linear_half"
        The second falls linearly to 0, the third does so over the second half of training (as Hinton's published
        program).
    epoch, epochs : int
        Epoch counted from 0, and how many there are.
    within : float
        Share of the epoch that is over.
    """
    left = max(0.0, 1.0 - (epoch + within) / epochs)
    return {"constant": 1.0, "linear": left, "linear_half": min(1.0, 2.0 * left)}[schedule]


class Trainer:
    """One run in progress: the simulation, its readouts, and the loop over epochs.

    Parameters
    ----------
    experiment : Experiment
    dataset : Dataset
    split : Split
    watcher : Watcher
    """

    def __init__(self, experiment: Experiment, dataset: Dataset, split: Split, watcher: Watcher) -> None:
        self.experiment, self.dataset, self.split, self.watcher = experiment, dataset, split, watcher
        settings = experiment.settings
        self.copies = settings.training.copies
        self.rng = np.random.default_rng([settings.seed, 1])
        self.maker = StimulusMaker(settings.stimulus, dataset.classes)
        self.layout = Layout(min(self.copies // settings.parts, len(split.train_labels)), settings.parts == 3)
        self.simulation = build_simulation(experiment)
        self.read_out = experiment.read_out
        one_pass = settings.readout.one_pass_populations
        self.one_pass_from = tuple(one_pass) if one_pass is not None else self.read_out
        sizes = sum(experiment.circuit.population(path).size for path in self.one_pass_from)
        self.softmax = None
        if self.layout.neutral:
            self.softmax = SoftmaxReadout(sizes, dataset.classes, settings.readout.one_pass_step)
        self.presentations = 0
        self._began = time.perf_counter()
        self._shown = 0.0
        self._error = math.nan

    # ---- one epoch -----------------------------------------------------------------------------------------------

    def epoch(self, number: int) -> EpochRecord:
        """Train for one epoch (counted from 0), validate, and return its record."""
        start = time.perf_counter()
        split, settings = self.split, self.experiment.settings
        rounds = ContrastiveRounds(
            self.maker,
            settings.negatives,
            self.layout,
            self.copies,
            split.train_images,
            split.train_labels,
            self.rng,
        )
        tally = Tally(self.simulation, self._watched(), self.layout)

        def done(_: Round) -> None:
            tally.add()
            factor = step_factor(
                settings.training.schedule, number, settings.training.epochs, tally.rounds / rounds.count
            )
            self._set_factor(factor)
            if self.softmax is not None and rounds.ahead is not None:
                rounds.propose(self.softmax.learn(self._features()[self.layout.ahead], rounds.ahead.labels, factor))
            self._show("training", number, tally.rounds, rounds.count, start, tally)

        self._set_factor(step_factor(settings.training.schedule, number, settings.training.epochs, 0.0))
        self.simulation.present(iter(rounds), rounds.count, done)
        seconds = time.perf_counter() - start
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

    def _watched(self) -> Sequence[str]:
        return tuple(self.simulation.neuromodulation)

    def _set_factor(self, factor: float) -> None:
        for learning in self.simulation.learning.values():
            learning.factor = factor

    def _features(self) -> np.ndarray:
        """Return what the populations pass on, brought to a root mean square of about 1, (copy, feature)."""
        parts = []
        for path in self.one_pass_from:
            normalisation = self.experiment.circuit.population(path).normalisation
            activity = self.simulation.activity(path)
            if normalisation is not None:
                activity = activity * (self.simulation.gain(path) / normalisation.rms)
            parts.append(activity)
        return np.concatenate(parts, axis=1).astype(np.float32, copy=False)

    # ---- testing -------------------------------------------------------------------------------------------------

    def _validate(self, number: int) -> tuple[float, float]:
        """Return the errors [percent] of both readouts on validation items; nan if there are none, or not yet."""
        readout, epochs = self.experiment.settings.readout, self.experiment.settings.training.epochs
        due = (number + 1) % readout.validate_every == 0 or number + 1 == epochs
        limit = None if number + 1 == epochs else readout.validate_on
        images, labels = self.split.validation_images[:limit], self.split.validation_labels[:limit]
        if not len(labels) or not due:
            return math.nan, math.nan
        record = self.test(images, labels, "validation", number)
        self._error = error_percent(record.prediction, labels)
        return self._error, math.nan if record.one_pass is None else error_percent(record.one_pass, labels)

    def test(
        self, images: np.ndarray, labels: np.ndarray, stage: str = "test", number: int | None = None
    ) -> TestRecord:
        """Answer by the greatest goodness over every label and, if there is one, by the one-pass readout.

        Parameters
        ----------
        images : (item, pixel) array
        labels : (item,) array
        stage : str
            For the progress display.
        number : int, optional
            Current epoch, counted from 0.
        """
        start, classes = time.perf_counter(), self.dataset.classes
        at_once = self.copies // classes
        count = -(-len(labels) // at_once)
        found: list[np.ndarray] = []

        def done(_: Round) -> None:
            goodness = np.sum([self.simulation.broadcast(path, "goodness") for path in self.read_out], axis=0)
            found.append((goodness[: at_once * classes]).reshape(at_once, classes))
            self._show(stage, number, len(found), count, start, None)

        self.simulation.present(every_label(self.maker, images, self.copies), count, done)
        goodness = np.concatenate(found)[: len(labels)]
        return TestRecord(labels, goodness.argmax(axis=1), goodness, self._one_pass(images))

    def _one_pass(self, images: np.ndarray) -> np.ndarray | None:
        if self.softmax is None:
            return None
        softmax, found = self.softmax, []

        def done(_: Round) -> None:
            found.append(softmax.probabilities(self._features()).argmax(axis=1))

        count = -(-len(images) // self.copies)
        self.simulation.present(neutral_only(self.maker, images, self.copies), count, done)
        return np.concatenate(found)[: len(images)]

    # ---- progress ------------------------------------------------------------------------------------------------

    def _show(self, stage: str, number: int | None, done: int, total: int, start: float, tally: Tally | None) -> None:
        now = time.perf_counter()
        if now - self._shown < SHOW_EVERY and done < total:
            return
        self._shown = now
        epochs = self.experiment.settings.training.epochs
        epoch = epochs if number is None else number + 1
        shown = done * (2 * self.layout.items if tally is not None else self.copies)
        share = (epoch - 1 + done / total) / epochs if tally is not None else epoch / epochs
        left = (now - self._began) * (1 - share) / share if share > 0 else math.nan
        self.watcher.progress(
            Progress(
                stage,
                epoch,
                epochs,
                done,
                total,
                shown / max(now - start, 1e-9),
                float(np.mean([tally.goodness_positive()[p] for p in self.read_out])) if tally else math.nan,
                float(np.mean([tally.goodness_negative()[p] for p in self.read_out])) if tally else math.nan,
                self._error,
                left,
            )
        )


def error_percent(prediction: np.ndarray, labels: np.ndarray) -> float:
    """Return how many of the (item,) predictions are wrong [percent]."""
    return 100.0 * float(np.mean(prediction != labels))


def build_simulation(experiment: Experiment) -> Simulation:
    """Build the experiment's circuit in Brian2, ready to learn."""
    settings, circuit = experiment.settings, experiment.circuit
    phases = [Phase(p.name, round(p.duration.value / circuit.dt.value), p.reset, p.learn) for p in settings.phases]
    constraints = tuple((c.name, dict(c.model_extra or {})) for c in settings.rule.constraints)
    plasticity = Plasticity(
        RULES[settings.rule.name],
        experiment.learning,
        settings.rule.parameters,
        constraints or DEFAULT_CONSTRAINTS,
    )
    return Simulation(
        circuit,
        settings.training.copies,
        phases,
        plasticity,
        settings.training.delivery,
        settings.seed,
        settings.training.precision,
    )
