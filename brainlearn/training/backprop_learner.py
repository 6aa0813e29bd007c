"""The mirror, which learns by backpropagation: a digital baseline, shown the same stimuli as the rule."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.brian.share import ALONE, Share
from brainlearn.circuit.wiring import AnyWiring, wire
from brainlearn.cost.events import EventTally
from brainlearn.experiment.baseline_circuit import baseline_circuit
from brainlearn.experiment.loading import Experiment
from brainlearn.mirror import Mirror
from brainlearn.mirror.backprop import Backprop
from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.cost_record import Footprint, StageCost
from brainlearn.results.record import SpikeRecord, UnitRecord
from brainlearn.saved_state import Arrays
from brainlearn.stimuli.wanted import CLASSES, Wanted
from brainlearn.tasks.task import Examples
from brainlearn.training.backward_cost import backward_cost, backward_footprint, phase_counter, stored_otherwise
from brainlearn.training.baseline_beliefs import believed_weights
from brainlearn.training.baseline_readout import baseline_phases, baseline_readout
from brainlearn.training.unit_records import unit_records

CHECKPOINTING = "checkpointing"
CHECKPOINT_EVERY = 4
AT_ONCE = 500  # presentations at once where nothing is learned


class BackpropLearner:
    """The mirror of a circuit, or of its graded twin, that learns by the gradient of a loss.

    Its rounds carry the right class of every presentation. A linear readout learns with the circuit; in an experiment
    with targets no output is nudged, and the outputs themselves are compared with the targets. See `baseline_readout`.

    Parameters
    ----------
    experiment : Experiment
    name : "backprop_through_time", "checkpointing" or "backprop"
    classes : int
    wanted : Wanted
        Of outputs with targets.
    """

    engine = "mirror"
    share: Share = ALONE
    tally: EventTally | None = None

    def __init__(self, experiment: Experiment, name: str, classes: int, wanted: Wanted = CLASSES) -> None:
        settings = experiment.settings
        self.rule = name
        self.baseline: str | None = name
        self.table = settings.baselines.chosen()[name]
        self.epochs, self.schedule = sum(settings.epochs_of_tasks(self.table)), self.table.schedule
        self.copies, self.at_once = self.table.copies, AT_ONCE
        self._seed = int(settings.seed)
        self.circuit = baseline_circuit(experiment.settings, experiment.circuit, name)
        wiring = wire(self.circuit, settings.seed)
        self._stored = stored_otherwise(wiring)
        mirror, twin = self._mirror(experiment, wiring), self.circuit is not experiment.circuit
        mirror.fix(self.table.fixed)
        mirror.believe(believed_weights(self.circuit, self.table.beliefs, settings.seed))
        self.backprop = Backprop(
            mirror,
            baseline_readout(experiment, self.table, mirror, classes, wanted),
            baseline_phases(settings, self.table, self.circuit, twin, wanted.values),
            self.table.step_size,
            self.table.decay,
            self.table.recompute_every or (CHECKPOINT_EVERY if name == CHECKPOINTING else None),
        )
        self.steps = self.backprop.phases[-1].steps
        self.loss = math.nan
        self._factor = 1.0
        self._scores = np.zeros((0, classes))

    def _mirror(self, experiment: Experiment, wiring: Mapping[str, AnyWiring]) -> Mirror:
        return Mirror(
            self.circuit,
            experiment.settings.seed,
            experiment.settings.training.precision,
            self.table.device,
            self.table.surrogate,
            self.table.slope,
            self.table.reset_gradient,
            wiring,
        )

    # ---- showing -------------------------------------------------------------------------------------------------

    def present(
        self, rounds: Iterator[Round], count: int, done: Callable[[Round], None], until_answer: bool = False
    ) -> None:
        """Show `count` rounds, and descend the gradient of those that are for learning."""
        for _ in range(count):
            shown = next(rounds)
            stimuli = self._stimuli(shown)
            if self.tally is not None:
                self.backprop.ended = phase_counter(self.backprop, self.tally, shown.learn)
            if shown.learn:
                self.loss = self.backprop.learn(*_with_labels(stimuli, shown), self._factor, shown.frame_steps)
            else:
                self._scores = self.backprop.scores(stimuli, shown.frame_steps)
            self.backprop.ended = None
            done(shown)

    def _stimuli(self, shown: Round) -> dict[str, np.ndarray]:
        """Return the stimuli; targets of outputs are not shown to a mirror."""
        if shown.then:
            wrong, hint = "a mirror shows no round that changes within a presentation", "Show it only to the rule."
            raise UserError(Mistake(f"baselines.{self.rule}", wrong, ", ".join(shown.then), suggestion=hint))
        kinds = {p.path: self.circuit.models[p.path].kind for p in self.circuit.populations}
        return {path: values for path, values in shown.stimuli.items() if kinds[path] == "stimulus"}

    def set_factor(self, factor: float) -> None:
        """Multiply the step size."""
        self._factor = factor

    # ---- reading -------------------------------------------------------------------------------------------------

    def activity(self, path: str) -> np.ndarray:
        """Return the activity of a population in the last presentation, (copy, unit): spikes per step, or output."""
        return self.backprop.activity(path)

    def own_activity(self, path: str) -> np.ndarray:
        """Return the same: one process holds all copies."""
        return self.activity(path)

    def passed_on(self, path: str) -> np.ndarray:
        """Return the output of a population, scaled to a root mean square of about 1, (copy, unit)."""
        normalisation = self.circuit.population(path).normalisation
        passed_on = self.backprop.passed_on(path)
        return (passed_on if normalisation is None else passed_on / normalisation.rms).astype(np.float32, copy=False)

    def own_passed_on(self, path: str) -> np.ndarray:
        """Return the same: one process holds all copies."""
        return self.passed_on(path)

    def goodness(self, path: str) -> np.ndarray:
        """Raise a UserError: backpropagation has no goodness."""
        wrong, hint = "backpropagation computes no goodness", "Read its output, or the scores."
        raise UserError(Mistake(path, wrong, suggestion=hint))

    def contrasted(self) -> dict[str, np.ndarray]:
        """Return nothing: no population learns by its goodness."""
        return {}

    def scores(self) -> np.ndarray:
        """Return the score of every class after a round without learning, (copy, class)."""
        return self._scores

    def cost(self, tally: EventTally) -> StageCost:
        """Return the cost of the rounds of a tally, with synapses and weights as they are now."""
        return backward_cost(self.backprop, self.learning(), tally, self._stored)

    def footprint(self) -> Footprint:
        """Return the memory of the circuit and its learning."""
        return backward_footprint(self.backprop, self.learning(), self._stored)

    def record_spikes(self, examples: Examples) -> dict[str, SpikeRecord]:
        """Record nothing: rasters are of the circuit in Brian2."""
        return {}

    def learning(self) -> tuple[str, ...]:
        """Return the names of the projections that learn: all but fixed ones and tied ones, which follow."""
        return tuple(name for name in self.backprop.mirror.weights if name not in self.table.fixed)

    def weights(self, name: str) -> np.ndarray:
        """Return the (pre, post) weights of a projection."""
        return self.backprop.weights(name)

    def set_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Set (pre, post) weights by projection name; tied weights follow."""
        self.backprop.mirror.set_weights(weights)

    def mask(self, name: str) -> np.ndarray | None:
        """Return which pairs a projection connects, (pre, post) bool; None if all."""
        return self.backprop.mask(name)

    def not_finite(self) -> Iterable[str]:
        """Yield a note for weights that are no longer finite."""
        for name in self.learning():
            if not np.isfinite(self.weights(name)).all():
                yield f"weights of {name} are not finite"

    def units(self) -> tuple[dict[str, int], tuple[str, ...]]:
        """Return the sizes of all populations but stimuli, by path, and which of them spike."""
        kinds = {p.path: self.circuit.models[p.path] for p in self.circuit.populations}
        sizes = {p.path: p.size for p in self.circuit.populations if kinds[p.path].kind != "stimulus"}
        return sizes, tuple(path for path in sizes if kinds[path].threshold)

    def unit_values(self) -> dict[str, dict[str, UnitRecord]]:
        """Return what differs between units, by population and variable."""
        return unit_records(self.circuit, self.copies, self._seed)

    # ---- saving --------------------------------------------------------------------------------------------------

    def why_not_saved(self) -> str:
        """Say why its state cannot be saved completely: it can."""
        return ""

    def state(self) -> Arrays:
        """Return all that decides how it continues, between two rounds."""
        return self.backprop.state()

    def restore(self, saved: Arrays) -> None:
        """Restore a saved state; ForeignState if it belongs to another learner."""
        self.backprop.restore(saved)


def _with_labels(stimuli: Mapping[str, np.ndarray], shown: Round) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the presentations of a round with a right answer, the first ones, and their answers."""
    if shown.labels is None:
        wrong, hint = "backpropagation needs the true class of its training items", "Give the round its labels."
        raise UserError(Mistake("Round.labels", wrong, "None", "(item,) classes", hint))
    return {path: values[: len(shown.labels)] for path, values in stimuli.items()}, shown.labels
