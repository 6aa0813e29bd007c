"""A digital baseline: the same stimuli, the same splits and the same result, learned by backpropagation."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable

import numpy as np

from brainlearn.experiment.loading import Experiment
from brainlearn.mirror import Mirror
from brainlearn.mirror.backprop import Backprop
from brainlearn.results.record import AlignmentRecord, EpochRecord, SpikeRecord, TestRecord
from brainlearn.saved_state import Arrays, below, find, generator_state, put_generator_back, under
from brainlearn.stimuli import Dataset, Split
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.training.activity_tally import ActivityTally
from brainlearn.training.baseline_beliefs import believed_weights
from brainlearn.training.baseline_readout import baseline_circuit, baseline_phases, baseline_readout
from brainlearn.training.drift import restore_walks, walks, walks_state
from brainlearn.training.epoch import begin_or_go_on, saved_epoch
from brainlearn.training.learner import error_percent, step_factor
from brainlearn.training.pauses import NoPauses, Pauses
from brainlearn.training.progress import Progress, Watcher

SHOW_EVERY = 0.2  # seconds between two signs of progress
CHECKPOINTING = "checkpointing"
CHECKPOINT_EVERY = 4
AT_ONCE = 500  # presentations at once where nothing is learned


class Baseline:
    """Backpropagation in progress.

    Images are shown with a neutral label, or alone where the circuit learns without labels, and a linear readout learns
    with the circuit. In an experiment with targets too, no output is nudged, and the answer is what the
    outputs do; see `baseline_readout`.

    Parameters
    ----------
    experiment : Experiment
    name : "backprop_through_time", "checkpointing" or "backprop"
    dataset : Dataset
    split : Split
    watcher : Watcher
    """

    engine = "mirror"

    def __init__(self, experiment: Experiment, name: str, dataset: Dataset, split: Split, watcher: Watcher) -> None:
        self.experiment, self.rule, self.dataset, self.split, self.watcher = experiment, name, dataset, split, watcher
        self.table = experiment.settings.baselines.chosen()[name]
        self.epochs = self.table.epochs or experiment.settings.training.epochs
        self.circuit = baseline_circuit(experiment, name)
        self.rng = np.random.default_rng([experiment.settings.seed, 1])
        self.maker = StimulusMaker(experiment.settings.stimulus, dataset.classes, experiment.image_sheet)
        mirror, twin = self._mirror(), self.circuit is not experiment.circuit
        mirror.fix(self.table.fixed)
        mirror.believe(believed_weights(self.circuit, self.table.beliefs, experiment.settings.seed))
        self.walks = walks(experiment)
        self.backprop = Backprop(
            mirror,
            baseline_readout(experiment, self.table, mirror, dataset.classes),
            baseline_phases(experiment.settings, self.table, self.circuit, twin),
            self.table.step,
            self.table.decay,
            self.table.checkpoint_every or (CHECKPOINT_EVERY if name == CHECKPOINTING else None),
        )
        self.presentations = 0
        self.pauses: Pauses = NoPauses()
        self.left_over: Arrays = {}  # what an epoch that was saved under way goes on from
        self._under_way: Callable[[], Arrays] | None = None
        self._began = time.perf_counter()
        self._shown, self._error = 0.0, math.nan

    def _mirror(self) -> Mirror:
        return Mirror(
            self.circuit,
            self.experiment.settings.seed,
            self.experiment.settings.training.precision,
            self.table.device,
            self.table.surrogate,
            self.table.slope,
            self.table.reset_gradient,
        )

    def _stimuli(self, images: np.ndarray) -> dict[str, np.ndarray]:
        return self.maker.neutral(images) if self.experiment.settings.shows_labels else self.maker.image_alone(images)

    # ---- one epoch -----------------------------------------------------------------------------------------------

    def epoch(self, number: int) -> EpochRecord:
        """Train for one epoch (counted from 0), or for what is left of it, validate, and return its record."""
        start, table, split = time.perf_counter(), self.table, self.split
        tally = ActivityTally(*self._units())
        loss = float(self.left_over.get("loss", 0.0))
        order, seconds_before = begin_or_go_on(self, len(split.train_labels), tally)
        start -= seconds_before
        count = max(len(order) // table.copies, 1)
        self._under_way = lambda: {**saved_epoch(order, tally, start), "loss": np.array(loss)}
        for chosen in np.array_split(order[: count * table.copies], count)[tally.rounds :]:
            factor = step_factor(table.schedule, number, self.epochs, tally.rounds / count)
            stimuli = self._stimuli(self.maker.for_training(split.train_images[chosen], self.rng))
            loss += self.backprop.learn(stimuli, split.train_labels[chosen], factor)
            tally.add(self.backprop.activity)
            self._drift(count)
            self.presentations += len(chosen)
            self._show("training", number, tally.rounds, count, table.copies, start, loss / tally.rounds)
            self.pauses.between_rounds()
        seconds = time.perf_counter() - start
        self.pauses.before_answers()
        self._under_way = None
        return EpochRecord(
            epoch=number + 1,
            seconds=seconds,
            presentations=count * table.copies,
            validation_error_percent=self._validate(number),
            activity=tally.activity(self.backprop.phases[-1].steps),
            silent_percent=tally.silent_percent(),
            saturated_percent=tally.saturated_percent(),
            loss=loss / count,
        )

    def _drift(self, rounds: int) -> None:
        """Let weights that drift take one of the `rounds` steps of an epoch."""
        for name, walk in self.walks.items():
            weights = np.array(self.weights(name))
            walk.step(weights, rounds)
            self.backprop.mirror.set_weights({name: weights})

    def _units(self) -> tuple[dict[str, int], frozenset[str]]:
        sizes, spiking = self.units()
        return sizes, frozenset(spiking)

    def _validate(self, number: int) -> float:
        """Return the error on validation items [percent]; nan if there are none, or not yet."""
        readout, last = self.experiment.settings.readout, number + 1 == self.epochs
        limit = None if last else readout.validate_on
        images, labels = self.split.validation_images[:limit], self.split.validation_labels[:limit]
        if not len(labels) or not (last or (number + 1) % readout.validate_every == 0):
            return math.nan
        self._error = error_percent(self._answer(images, "validation", number).argmax(axis=1), labels)
        return self._error

    # ---- testing -------------------------------------------------------------------------------------------------

    def test(self, images: np.ndarray, labels: np.ndarray) -> TestRecord:
        """Answer by the greatest score, (item, pixel) images in one pass."""
        scores = self._answer(images, "test", None)
        return TestRecord(labels, scores.argmax(axis=1), scores)

    def _answer(self, images: np.ndarray, stage: str, number: int | None) -> np.ndarray:
        start, found = time.perf_counter(), []
        count = -(-len(images) // AT_ONCE)
        for k in range(count):
            found.append(self.backprop.scores(self._stimuli(images[k * AT_ONCE : (k + 1) * AT_ONCE])))
            self._show(stage, number, k + 1, count, AT_ONCE, start, math.nan)
            self.pauses.while_answering()
        return np.concatenate(found)

    def record_spikes(self, images: np.ndarray, labels: np.ndarray) -> dict[str, SpikeRecord]:
        """Record nothing: rasters are of the circuit in Brian2."""
        return {}

    # ---- what the run reads --------------------------------------------------------------------------------------

    def learning(self) -> tuple[str, ...]:
        """Return the names of the projections that learn: all but fixed ones and tied ones, which follow."""
        return tuple(name for name in self.backprop.mirror.weights if name not in self.table.fixed)

    def weights(self, name: str) -> np.ndarray:
        """Return the (pre, post) weights of a projection."""
        return self.backprop.weights(name)

    def mask(self, name: str) -> np.ndarray | None:
        """Return which pairs a projection connects, (pre, post) bool; None if all."""
        return self.backprop.mask(name)

    def not_finite(self) -> Iterable[str]:
        """Yield a note for weights that are no longer finite numbers."""
        for name in self.learning():
            if not np.isfinite(self.weights(name)).all():
                yield f"weights of {name} are not finite"

    def units(self) -> tuple[dict[str, int], tuple[str, ...]]:
        """Return the sizes of all populations but stimuli, by path, and which of them spike."""
        kinds = {p.path: self.circuit.neurons[p.neuron] for p in self.circuit.populations}
        sizes = {p.path: p.size for p in self.circuit.populations if kinds[p.path].kind != "stimulus"}
        return sizes, tuple(path for path in sizes if kinds[path].threshold)

    def align(self, number: int) -> Iterable[AlignmentRecord]:
        """Compare nothing: the changes are the gradient."""
        return ()

    # ---- saving --------------------------------------------------------------------------------------------------

    def why_not_saved(self) -> str:
        """Tell why its state cannot be saved whole: nothing stands against it."""
        return ""

    def state(self) -> Arrays:
        """Return all that decides how it goes on, between two rounds of learning or two epochs."""
        numbers = {"presentations": self.presentations, "error": self._error}
        numbers["seconds"] = time.perf_counter() - self._began
        epoch = {} if self._under_way is None else under("epoch", self._under_way())
        saved = {**{name: np.array(value) for name, value in numbers.items()}, "rng": generator_state(self.rng)}
        return saved | epoch | under("walk", walks_state(self.walks)) | under("backprop", self.backprop.state())

    def restore(self, saved: Arrays) -> None:
        """Go on from a saved state; ForeignState if it is that of another experiment."""
        self.presentations, self._error = int(find("presentations", saved)), float(find("error", saved))
        self._began = time.perf_counter() - float(find("seconds", saved))
        put_generator_back(self.rng, "rng", saved)
        self.backprop.restore(below("backprop", saved))
        restore_walks(self.walks, below("walk", saved))
        self.left_over = below("epoch", saved)

    # ---- progress ------------------------------------------------------------------------------------------------

    def _show(
        self, stage: str, number: int | None, done: int, total: int, at_once: int, start: float, loss: float
    ) -> None:
        now = time.perf_counter()
        if now - self._shown < SHOW_EVERY and done < total:
            return
        self._shown = now
        epoch = self.epochs if number is None else number + 1
        share = (epoch - 1 + done / total) / self.epochs if stage == "training" else epoch / self.epochs
        left = (now - self._began) * (1 - share) / share if share > 0 else math.nan
        per_second = done * at_once / max(now - start, 1e-9)
        self.watcher.progress(
            Progress(stage, epoch, self.epochs, done, total, per_second, math.nan, math.nan, self._error, left, loss)
        )
