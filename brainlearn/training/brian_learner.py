"""What every run in Brian2 has: the simulation, its weights, the splits and the progress display."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from brainlearn.brian.presenter import Phase
from brainlearn.brian.share import ALONE, Share
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.brian.simulation_state import restore_simulation, simulation_state, why_not_saved
from brainlearn.experiment.loading import Experiment
from brainlearn.experiment.schema import PhaseTable
from brainlearn.results.record import AlignmentRecord
from brainlearn.rules import RULES
from brainlearn.saved_state import Arrays, below, find, generator_state, put_generator_back, under
from brainlearn.stimuli import Dataset, Split
from brainlearn.tasks.answer_phase import answer_steps
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.training.drift import restore_walks, walks, walks_state
from brainlearn.training.pauses import NoPauses, Pauses
from brainlearn.training.progress import Progress, Watcher

SHOW_EVERY = 0.2  # seconds between two signs of progress
DEFAULT_CONSTRAINTS = (("adam", {"size": 1e-3}),)


class BrianMachine:
    """A circuit in Brian2 that learns by its rule.

    Parameters
    ----------
    experiment : Experiment
    dataset : Dataset
    split : Split
    watcher : Watcher
    share : Share
        Which of the copies this process simulates; everything else every process does alike.
    """

    engine = "brian"

    def __init__(
        self, experiment: Experiment, dataset: Dataset, split: Split, watcher: Watcher, share: Share = ALONE
    ) -> None:
        self.experiment, self.dataset, self.split, self.watcher = experiment, dataset, split, watcher
        settings = experiment.settings
        self.rule, self.epochs = settings.rule.name, settings.training.epochs
        self.copies = settings.training.copies
        self.rng = np.random.default_rng([settings.seed, 1])
        self.maker = StimulusMaker(settings.stimulus, dataset.classes, experiment.image_sheet)
        self.simulation = build_simulation(experiment, share)
        self.walks = walks(experiment)
        self.read_out = experiment.read_out
        self.presentations = 0
        self.error = math.nan  # of the last validation [percent]
        self.pauses: Pauses = NoPauses()
        self.under_way: Callable[[], Arrays] | None = None  # what an epoch that has begun would go on from
        self.left_over: Arrays = {}  # what an epoch that was saved under way goes on from
        self._began = time.perf_counter()
        self._shown = 0.0

    def set_factor(self, factor: float) -> None:
        """Multiply the step sizes of all projections."""
        for learning in self.simulation.learning.values():
            learning.factor = factor

    def drift(self, rounds: int) -> None:
        """Let weights that drift take one of the `rounds` steps of an epoch."""
        for name, walk in self.walks.items():
            walk.step(self.simulation.weights(name), rounds)
        self.simulation.changed(tuple(self.walks))

    def validation_items(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Return images and labels to validate on after epoch `number` (counted from 0); none if it is not due."""
        readout, last = self.experiment.settings.readout, number + 1 == self.epochs
        due = last or (number + 1) % readout.validate_every == 0
        limit = None if last else readout.validate_on
        stop = limit if due else 0
        return self.split.validation_images[:stop], self.split.validation_labels[:stop]

    # ---- what the run reads --------------------------------------------------------------------------------------

    def learning(self) -> tuple[str, ...]:
        """Return the names of the projections that learn."""
        return self.experiment.learning

    def weights(self, name: str) -> np.ndarray:
        """Return the (pre, post) weights of a projection; a view."""
        return self.simulation.weights(name)

    def mask(self, name: str) -> np.ndarray | None:
        """Return which pairs a projection connects, (pre, post) bool; None if all."""
        return self.simulation.projections[name].mask

    def not_finite(self) -> Iterable[str]:
        """Yield a note for weights and states that are no longer finite numbers."""
        for name in self.experiment.learning:
            if not np.isfinite(self.weights(name)).all():
                yield f"weights of {name} are not finite"
        for path in self.simulation.populations:
            if not self.simulation.finite(path):
                yield f"states of {path} are not finite"

    def units(self) -> tuple[dict[str, int], tuple[str, ...]]:
        """Return the sizes of all populations but stimuli, by path, and which of them spike."""
        areas = {path: p for path, p in self.simulation.populations.items() if p.model.kind != "stimulus"}
        return {path: p.population.size for path, p in areas.items()}, tuple(p for p in areas if areas[p].spiking)

    def align(self, number: int) -> Iterable[AlignmentRecord]:
        """Compare nothing; a kind of training that can be compared with gradients says how."""
        return ()

    # ---- saving --------------------------------------------------------------------------------------------------

    def why_not_saved(self) -> str:
        """Tell why its state cannot be saved whole; nothing if it can."""
        return why_not_saved(self.simulation)

    def state(self) -> Arrays:
        """Return all that decides how it goes on, between two rounds of learning or two epochs; perhaps views."""
        numbers = {
            "presentations": np.array(self.presentations),
            "error": np.array(self.error),
            "seconds": np.array(time.perf_counter() - self._began),
        }
        epoch = {} if self.under_way is None else under("epoch", self.under_way())
        saved = {**numbers, "rng": generator_state(self.rng), **epoch, **under("walk", walks_state(self.walks))}
        return saved | under("simulation", simulation_state(self.simulation))

    def restore(self, saved: Arrays) -> None:
        """Go on from a saved state; ForeignState if it is that of another experiment."""
        self.presentations, self.error = int(find("presentations", saved)), float(find("error", saved))
        self._began = time.perf_counter() - float(find("seconds", saved))
        put_generator_back(self.rng, "rng", saved)
        restore_walks(self.walks, below("walk", saved))
        restore_simulation(self.simulation, below("simulation", saved))
        self.left_over = below("epoch", saved)

    # ---- progress ------------------------------------------------------------------------------------------------

    def show(
        self,
        stage: str,
        number: int | None,
        done: int,
        total: int,
        at_once: int,
        start: float,
        goodness: tuple[float, float] = (math.nan, math.nan),
    ) -> None:
        """Tell the watcher how far a stage has come, a few times a second.

        Parameters
        ----------
        stage : str
        number : int, optional
            Current epoch, counted from 0.
        done, total : int
            Rounds.
        at_once : int
            Presentations in a round.
        start : float
            When the stage began.
        goodness : (float, float)
            Of positive and of negative presentations so far.
        """
        now = time.perf_counter()
        if now - self._shown < SHOW_EVERY and done < total:
            return
        self._shown = now
        epoch = self.epochs if number is None else number + 1
        share = (epoch - 1 + done / total) / self.epochs if stage == "training" else epoch / self.epochs
        left = (now - self._began) * (1 - share) / share if share > 0 else math.nan
        per_second = done * at_once / max(now - start, 1e-9)
        self.watcher.progress(Progress(stage, epoch, self.epochs, done, total, per_second, *goodness, self.error, left))


def simulated_phases(tables: Sequence[PhaseTable], dt: float, goodness: bool) -> list[Phase]:
    """Return phases as the simulation takes them, in steps of `dt` [s]; goodness is read at the end if nothing else."""
    phases = [
        Phase(
            p.name,
            round(p.duration.value / dt),
            p.reset,
            p.learn if isinstance(p.learn, bool) else tuple(p.learn),
            p.nudge,
            p.remember,
            answer_steps(p, dt) if goodness else None,
        )
        for p in tables
    ]
    if goodness and not any(phase.answer for phase in phases):
        phases[-1] = replace(phases[-1], answer=(phases[-1].steps, phases[-1].steps))
    return phases


def build_simulation(experiment: Experiment, share: Share = ALONE) -> Simulation:
    """Build the experiment's circuit in Brian2, or the part of its copies that a process holds, ready to learn."""
    settings, circuit = experiment.settings, experiment.circuit
    phases = simulated_phases(settings.phases, circuit.dt.value, goodness=settings.target is None)
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
        share=share,
    )
