"""The circuit, in Brian2 or in PyTorch, which learns by its rule."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from brainlearn.brian.building import Build, BuiltCircuit
from brainlearn.brian.populations import GAIN
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.share import ALONE, Share
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.brian.simulation_state import restore_simulation, simulation_state, why_not_saved
from brainlearn.circuit import Circuit
from brainlearn.cost.events import EventTally
from brainlearn.experiment.learning import learning_by
from brainlearn.experiment.loading import Experiment
from brainlearn.experiment.rule_of import rule_of
from brainlearn.experiment.rule_schema import RuleTable
from brainlearn.experiment.schema import PhaseTable, TrainingTable
from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.cost_record import Footprint, StageCost
from brainlearn.results.record import SpikeRecord, UnitRecord
from brainlearn.saved_state import Arrays
from brainlearn.stimuli.wanted import CLASSES, Wanted
from brainlearn.tasks.answer_phase import (
    answer_phases,
    answer_steps,
    completion_phases,
    output_steps,
    reads_steps,
    up_to_the_answer,
)
from brainlearn.tasks.task import Examples
from brainlearn.training.output_course import OutputCourse
from brainlearn.training.rule_cost import PhaseCounter, rule_cost, rule_footprint
from brainlearn.training.spike_recording import record_spikes
from brainlearn.training.unit_records import unit_records

DEFAULT_UPDATES = (("adam", {"size": 1e-3}),)


class RuleLearner:
    """A circuit that learns by its rule, on the engine that the experiment asks for.

    Parameters
    ----------
    experiment : Experiment
    share : Share
        Which of the copies this process simulates; everything else every process does alike.
    wanted : Wanted
        Of outputs with targets.
    """

    baseline: str | None = None
    loss = math.nan
    tally: EventTally | None = None

    def __init__(self, experiment: Experiment, share: Share = ALONE, wanted: Wanted = CLASSES) -> None:
        settings = experiment.settings
        self.engine: str = settings.training.engine
        self.rule, self.epochs = settings.rule_name, sum(settings.epochs_of_tasks())
        self.schedule = settings.training.schedule
        self.copies = self.at_once = settings.training.copies
        self.share = share
        self.simulation = build_simulation(experiment, share, wanted.values)
        self.phases = self.simulation.presenter.phases
        self.steps = self.phases[-1].steps
        answering = settings.target or settings.completion
        self.outputs = None if answering is None else answering.population
        self._learning = experiment.learning
        self._course: OutputCourse | None = None
        if settings.target is not None and reads_steps(settings, wanted.values):
            self._course = OutputCourse(self.simulation, settings.target.population, wanted.frames)
        if settings.completion is not None:
            self._course = OutputCourse(self.simulation, settings.completion.population, 0)
            self._answer_phases = completion_phases(settings.completion, experiment.circuit.dt.value)
            return
        leading = settings.phases if settings.contrasts else answer_phases(settings.phases)
        self._answer_phases = up_to_the_answer(self.phases[: len(leading)])

    # ---- showing -------------------------------------------------------------------------------------------------

    def present(
        self, rounds: Iterator[Round], count: int, done: Callable[[Round], None], until_answer: bool = False
    ) -> None:
        """Show `count` rounds, and let the rule learn from those that are for learning."""
        self.simulation.presenter.phases = self._answer_phases if until_answer else self.phases
        counter = None if self.tally is None else PhaseCounter(self.simulation, self.tally)
        self.simulation.present((self._filled(shown, counter) for shown in rounds), count, done, counter)

    def _filled(self, shown: Round, counter: PhaseCounter | None) -> Round:
        if counter is not None:
            counter.begin(len(shown.polarity))
        return filled(shown, self.copies)

    def set_factor(self, factor: float) -> None:
        """Multiply the step sizes of all projections."""
        for learning in self.simulation.learning.values():
            learning.factor = float(factor)

    # ---- reading -------------------------------------------------------------------------------------------------

    def activity(self, path: str) -> np.ndarray:
        """Return the activity of a population in the last phase, (copy, unit): spikes per step, or its output."""
        return self.simulation.activity(path)

    def own_activity(self, path: str) -> np.ndarray:
        """Return the same of the copies that this process holds, without waiting for others."""
        return self.simulation.values[path]["activity"]

    def passed_on(self, path: str) -> np.ndarray:
        """Return the output of a population, scaled to a root mean square of about 1, (copy, unit)."""
        return self.share.all_of(self.own_passed_on(path), self.copies)

    def own_passed_on(self, path: str) -> np.ndarray:
        """Return the same of the copies that this process holds, without waiting for others."""
        activity, normalisation = self.own_activity(path), self.simulation.circuit.population(path).normalisation
        if normalisation is not None:
            activity = activity * (self.simulation.populations[path].array(GAIN)[:, :1] / normalisation.rms)
        return activity.astype(np.float32, copy=False)

    def goodness(self, path: str) -> np.ndarray:
        """Return the goodness of a population over the steps that count, (copy,); a UserError if there is none."""
        told = self.simulation.neuromodulation.get(path)
        if told is None or "goodness" not in told.per_copy:
            wrong = f'the rule "{self.rule}" computes no goodness for it'
            raise UserError(Mistake(path, wrong, suggestion="Read its output, or the scores of outputs."))
        return self.simulation.answer(path)

    def contrasted(self) -> dict[str, np.ndarray]:
        """Return the goodness of every population that learns by it, in the last phase, (own copy,) by path."""
        told = self.simulation.neuromodulation
        return {
            path: self.simulation.broadcast(path, "goodness", own=True)
            for path, each in told.items()
            if "goodness" in each.per_copy
        }

    def scores(self) -> np.ndarray:
        """Return what the outputs do.

        Returns
        -------
        (copy, class) or (copy, frame, unit) array
            Their activity, with what charge is left, which breaks ties. Where steps count, the mean over these; and
            where each frame has a target, over those of each frame, nan where none counts.
        """
        if self.outputs is None:
            wrong, hint = "the circuit has no outputs that represent classes", "Name them: [target] population."
            raise UserError(Mistake("target", wrong, suggestion=hint))
        if self._course is not None:
            return self._course.means()
        population = self.simulation.populations[self.outputs]
        activity = np.array(self.simulation.activity(self.outputs))
        if population.spiking and population.has("v"):
            activity += self.simulation.state(self.outputs, "v") / max(population.steps, 1)
        return activity

    def learning(self) -> tuple[str, ...]:
        """Return the names of the projections that learn."""
        return self._learning

    def weights(self, name: str) -> np.ndarray:
        """Return the (pre, post) weights of a projection; a view."""
        return self.simulation.weights(name)

    def set_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Set (pre, post) weights by projection name; tied weights follow."""
        for name, values in weights.items():
            self.simulation.weights(name)[:] = values
        self.simulation.changed(tuple(weights))

    def mask(self, name: str) -> np.ndarray | None:
        """Return which pairs a projection connects, (pre, post) bool; None if all."""
        return self.simulation.projections[name].mask

    def not_finite(self) -> Iterable[str]:
        """Yield a note for weights and states that are no longer finite."""
        for name in self._learning:
            if not np.isfinite(self.weights(name)).all():
                yield f"weights of {name} are not finite"
        for path in self.simulation.populations:
            if not self.simulation.finite(path):
                yield f"states of {path} are not finite"

    def units(self) -> tuple[dict[str, int], tuple[str, ...]]:
        """Return the sizes of all populations but stimuli, by path, and which of them spike."""
        areas = {path: p for path, p in self.simulation.populations.items() if p.model.kind != "stimulus"}
        return {path: p.population.size for path, p in areas.items()}, tuple(p for p in areas if areas[p].spiking)

    def unit_values(self) -> dict[str, dict[str, UnitRecord]]:
        """Return what differs between units, by population and variable."""
        return unit_records(self.simulation.circuit, self.copies, self.simulation.seed)

    def cost(self, tally: EventTally) -> StageCost:
        """Return the cost of the rounds of a tally, with synapses and weights as they are now."""
        return rule_cost(self.simulation, self.phases, tally)

    def footprint(self) -> Footprint:
        """Return the memory of the circuit and its learning."""
        return rule_footprint(self.simulation)

    def record_spikes(self, examples: Examples) -> dict[str, SpikeRecord]:
        """Record every spike while a few examples are shown through all phases; empty where nothing spikes."""
        self.simulation.presenter.phases = self.phases
        shown = filled(examples.round, self.copies)
        return record_spikes(self.simulation, shown, examples.true_label, examples.shown_label)

    # ---- saving --------------------------------------------------------------------------------------------------

    def why_not_saved(self) -> str:
        """Say why its state cannot be saved completely; empty if it can."""
        return why_not_saved(self.simulation)

    def state(self) -> Arrays:
        """Return all that decides how it continues, between two rounds; perhaps views."""
        return simulation_state(self.simulation)

    def restore(self, saved: Arrays) -> None:
        """Restore a saved state; ForeignState if it belongs to another learner."""
        restore_simulation(self.simulation, saved)


def filled(shown: Round, copies: int) -> Round:
    """Return a round for all copies: spare ones see nothing, and learn nothing."""
    missing = copies - len(shown.polarity)
    if not missing:
        return shown

    def fill(values: np.ndarray) -> np.ndarray:
        return np.concatenate([values, np.zeros((missing, *values.shape[1:]), values.dtype)])

    def fill_all(stimuli: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {path: fill(values) for path, values in stimuli.items()}

    then = {name: fill_all(stimuli) for name, stimuli in shown.then.items()}
    outcomes = (None if each is None else fill(each) for each in (shown.reward, shown.continues, shown.restart))
    reward, continues, restart = outcomes
    return replace(
        shown,
        stimuli=fill_all(shown.stimuli),
        polarity=fill(shown.polarity),
        then=then,
        reward=reward,
        continues=continues,
        restart=restart,
    )


def simulated_phases(tables: Sequence[PhaseTable], dt: float, goodness: bool, values: bool = False) -> list[Phase]:
    """Return phases as the simulation takes them, in steps of `dt` [s]; goodness is read at the end if nothing else.

    Without goodness outputs have targets, which are `values` or not.
    """
    phases = [
        Phase(
            p.name,
            round(p.duration.value / dt),
            p.reset,
            p.learn if isinstance(p.learn, bool) else tuple(p.learn),
            p.nudge,
            p.remember,
            answer_steps(p, dt) if goodness else output_steps(p, dt, values),
            p.show,
            float(p.polarity),
        )
        for p in tables
    ]
    if goodness and not any(phase.answer for phase in phases):
        phases[-1] = replace(phases[-1], answer=(phases[-1].steps, phases[-1].steps))
    return phases


def plasticity_of(table: RuleTable, circuit: Circuit) -> Plasticity:
    """Return what a table ``[rule]`` says: which projections learn, by which rule and updates."""
    rule, names = rule_of(table), tuple(projection.name for projection in learning_by(table, circuit))
    assert rule is not None, "a loaded experiment has a rule"
    updates = tuple((each.name, dict(each.model_extra or {})) for each in table.updates)
    return Plasticity(rule, names, table.parameters, updates or DEFAULT_UPDATES, table.broadcasts_from or "")


def machine_of(training: TrainingTable) -> Build:
    """Return the builder of the circuit and all its copies: with Brian2's groups, or PyTorch's tensors."""
    if training.engine == "brian":
        return BuiltCircuit
    from brainlearn.mirror.learning.circuit import MirrorCircuit  # PyTorch is read only where it learns

    return partial(MirrorCircuit, precision=training.precision, device=training.device)


def build_simulation(experiment: Experiment, share: Share = ALONE, values: bool = False) -> Simulation:
    """Build the experiment's circuit on its engine, with this process's share of copies, ready to learn."""
    settings, circuit = experiment.settings, experiment.circuit
    phases = simulated_phases(settings.phases, circuit.dt.value, settings.contrasts, values)
    plasticity = [plasticity_of(table, circuit) for table in settings.rule_tables.values()]
    return Simulation(
        circuit,
        settings.training.copies,
        phases,
        plasticity,
        settings.training.delivery,
        settings.seed,
        settings.training.precision,
        share=share,
        build=machine_of(settings.training),
    )
