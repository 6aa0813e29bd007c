"""A circuit, built in Brian2 with all its copies, that is shown stimuli and learns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal

import numpy as np
from brian2 import Clock, Network, prefs, second
from brian2 import seed as brian_seed

from brainlearn.brian.answer import Answer
from brainlearn.brian.gain import DivisiveNormalisation
from brainlearn.brian.network_run import run_network
from brainlearn.brian.phase_mean import PhaseMean
from brainlearn.brian.plasticity import (
    BEFORE,
    NUDGES,
    Neuromodulation,
    PopulationValues,
    ProjectionLearning,
    SpikePlasticity,
    StockLearning,
)
from brainlearn.brian.populations import GAIN, PopulationGroup, to_brian
from brainlearn.brian.presenter import Phase, Presenter, Round, check_learning, check_phases
from brainlearn.brian.share import ALONE, Share, check_share
from brainlearn.brian.shared_synapses import SharedSynapses
from brainlearn.brian.step_plasticity import Gathered, StepPopulation, StepSum
from brainlearn.brian.step_text import FEEDBACK, check_steps, is_told, step_terms, stock_text
from brainlearn.brian.stock_synapses import StockSynapses
from brainlearn.brian.synapse_text import check_spikes, continuous_inputs, synapse_text
from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.schema import Tied
from brainlearn.circuit.wiring import Wiring, follow, wire
from brainlearn.mistakes import UserError
from brainlearn.rules import Rule, Trace
from brainlearn.rules.constraints import Constraint, DaleSign, build_constraint
from brainlearn.rules.rule import find_weight
from brainlearn.units import Quantity

NUDGING = "nudging"  # variable of a neuron model that phases set
Delivery = Literal["shared", "stock"]


@dataclass(frozen=True)
class Plasticity:
    """Which projections learn, by which rule.

    Parameters
    ----------
    rule : Rule
    projections : tuple of str
        Names of the projections that learn.
    parameters : mapping of str to Quantity
        Values that replace the rule's defaults.
    constraints : tuple of (str, mapping)
        The chain from proposal to weights: names of `brainlearn.rules.constraints.CONSTRAINTS` with settings.
    """

    rule: Rule
    projections: tuple[str, ...]
    parameters: Mapping[str, Quantity] = field(default_factory=dict)
    constraints: tuple[tuple[str, Mapping[str, Any]], ...] = (("step", {"size": 1.0}),)

    def __post_init__(self) -> None:
        """Refuse a rule that reads weights."""
        if mistakes := find_weight(self.rule):
            raise UserError(*mistakes)

    @property
    def constants(self) -> dict[str, Quantity]:
        """All parameters of the rule, with their values."""
        return {**self.rule.parameters, **self.parameters}


class Simulation:
    """A circuit in Brian2.

    Parameters
    ----------
    circuit : Circuit
    copies : int
        Presentations at once.
    phases : sequence of Phase
        What a presentation consists of.
    plasticity : Plasticity, optional
    delivery : "shared" or "stock"
        One weight matrix for all copies, or `brian2.Synapses` with the weights in every copy: the same spikes, slower.
    seed : int
        For initial weights and random spikes.
    precision : "float32" or "float64"
    wiring : mapping of str to Wiring, optional
        Masks and weights to start from instead of those drawn with `seed`.
    share : Share
        Which of the copies this process holds, if they are spread over several. `activity`, `gain`, `state` and
        `broadcast` are of all copies, so every process has to ask for them.

    Raises
    ------
    UserError
        If a phase lets a projection learn that does not, or a rule acts on spikes that are not there, or on spikes
        at all while the copies are spread over processes.

    Examples
    --------
    >>> from brainlearn import load_circuit
    >>> circuit = load_circuit("circuits/two_areas.toml")
    >>> with Simulation(circuit, copies=4, phases=[Phase("show", 10)]) as simulation:
    ...     stimuli = {"retina/image": np.ones((4, 64))}
    ...     simulation.present(iter([Round(stimuli, np.zeros(4))]), count=1)
    """

    def __init__(
        self,
        circuit: Circuit,
        copies: int,
        phases: Sequence[Phase],
        plasticity: Plasticity | None = None,
        delivery: Delivery = "shared",
        seed: int = 0,
        precision: Literal["float32", "float64"] = "float32",
        wiring: Mapping[str, Wiring] | None = None,
        share: Share = ALONE,
    ) -> None:
        check_learning(phases, plasticity.projections if plasticity else ())
        check_share(share, copies, plasticity.rule if plasticity else None)
        prefs.codegen.target = "numpy"
        prefs.core.stop_on_keyboard_interrupt = False  # Ctrl-C ends the program, not just this call of run
        prefs.core.default_float_dtype = np.dtype(precision).type
        if plasticity is not None:
            check_steps(circuit, plasticity.projections, plasticity.rule)
        self.circuit, self.copies, self.plasticity = circuit, copies, plasticity
        self.delivery, self.seed, self.share = delivery, seed, share
        self._copies_here = len(share.own(np.arange(copies)))
        self.clock = Clock(dt=circuit.dt.value * second, name="circuit_clock*")
        self.populations = {p.path: self._population(p.path) for p in circuit.populations}
        self.wiring = dict(wiring or wire(circuit, seed))
        self.projections = {p.name: self._projection(p, k) for k, p in enumerate(circuit.projections)}
        self._gains = [
            DivisiveNormalisation(self.populations[p.path], p.normalisation.rms)
            for p in circuit.populations
            if p.normalisation is not None
        ]
        self._feedback = self._feedback_means()
        self.values = {
            path: PopulationValues(p, p.population.normalisation is not None, self._feedback.get(path))
            for path, p in self.populations.items()
        }
        self.nudge_before = 0.0
        self.neuromodulation: dict[str, Neuromodulation] = {}
        self.learning: dict[str, ProjectionLearning] = {}
        self._spike_plasticity: list[SpikePlasticity] = []
        self._step_sums: list[StepSum] = []
        self._in_steps: dict[str, StepPopulation] = {}
        if plasticity is not None:
            for name in plasticity.projections:
                self._make_plastic(name, plasticity)
        self.presenter = Presenter(self.clock, tuple(phases), self._begin, self._tick, self._finish)
        self._answer = Answer(self.presenter, self.neuromodulation)
        self.network = Network(
            self.presenter,
            self._answer,
            *(p.group for p in self.populations.values()),
            *(p.counter for p in self.populations.values() if p.counter is not None),
            *self.projections.values(),
            *self._gains,
            *self._spike_plasticity,
            *self._in_steps.values(),
            *self._step_sums,
            *self._feedback.values(),
        )
        self.round: Round | None = None
        self._polarity = np.zeros(self._copies_here)
        self._running = False
        brian_seed(seed + share.rank)

    def __enter__(self) -> Simulation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.network.stop()

    # ---- building ------------------------------------------------------------------------------------------------

    def _population(self, path: str) -> PopulationGroup:
        return PopulationGroup(
            self.circuit,
            self.circuit.population(path),
            self._copies_here,
            self.clock,
            continuous_inputs(self.circuit, path),
            self._traces(path),
            self.plasticity.constants if self.plasticity else {},
            told=self._told(path),
        )

    def _told(self, path: str) -> tuple[str, ...]:
        """Return the names of rule text that stock synapses must find in the population's variables."""
        if self.plasticity is None or self.delivery == "shared":
            return ()
        rule = self.plasticity.rule
        names = {"activity", "polarity", *rule.broadcasts, *rule.modulators, *(m.name for m in rule.memories)}
        names |= {name for name in (FEEDBACK, *BEFORE, *NUDGES) if rule.reads(name)}
        return tuple(sorted(names - {self.circuit.neurons[self.circuit.population(path).neuron].output}))

    def _traces(self, path: str) -> tuple[Trace, ...]:
        """Return the traces that the rule adds to the population."""
        if self.plasticity is None:
            return ()
        learning = [p for p in self.circuit.projections if p.name in self.plasticity.projections]
        touched = {p.source for p in learning} | {p.target for p in learning}
        return self.plasticity.rule.traces if path in touched else ()

    def _feedback_means(self) -> dict[str, PhaseMean]:
        """Return what averages the feedback of every population, if the rule reads it."""
        names = (FEEDBACK, f"{FEEDBACK}_before")
        if self.plasticity is None or not any(self.plasticity.rule.reads(name) for name in names):
            return {}
        named = {path: p.model.feedback for path, p in self.populations.items() if p.model.feedback}
        return {path: PhaseMean(self.populations[path], name) for path, name in named.items()}

    def _projection(self, projection: Projection, order: int) -> SharedSynapses | StockSynapses:
        source, target = self.populations[projection.source], self.populations[projection.target]
        wiring, text = self.wiring[projection.name], synapse_text(self.circuit, projection)
        if "transmit" in text:  # all inputs are there before any state is updated
            order -= len(self.circuit.projections)
        settings: dict[str, Any] = {
            "mask": wiring.mask,
            "delay": to_brian(projection.delay),
            "namespace": {**source.namespace, **target.namespace},
            "order": order,
            "name": "projection_" + re.sub(r"\W+", "_", projection.name),
            **text,
        }
        if self.delivery == "shared":
            return SharedSynapses(source.group, target.group, wiring.weights, self._copies_here, **settings)
        if self.plasticity is not None and projection.name in self.plasticity.projections:
            rule = self.plasticity.rule.along(projection.pathway)
            steps = stock_text(rule, source, target)
            settings["namespace"] |= steps.constants
            settings |= {"changes": rule.changes, "constants": rule.parameters}
            settings |= {"gather": steps.gather, "hold": steps.hold}
        return StockSynapses(source.group, target.group, wiring.weights, self._copies_here, **settings)

    def _make_plastic(self, name: str, plasticity: Plasticity) -> None:
        projection = next(p for p in self.circuit.projections if p.name == name)
        rule = plasticity.rule.along(projection.pathway)
        check_spikes(self.circuit, projection, rule)
        parameters = {key: value.value for key, value in plasticity.constants.items()}
        if projection.target not in self.neuromodulation:
            told = Neuromodulation(plasticity.rule, self.values[projection.target], parameters, self.share)
            self.neuromodulation[projection.target] = told
            population, modulated = self.populations[projection.target], is_told(plasticity.rule)
            self._in_steps[projection.target] = StepPopulation(told, population, modulated)
        constraints: list[Constraint] = [build_constraint(n, settings) for n, settings in plasticity.constraints]
        if projection.sign != "mixed":
            constraints.append(DaleSign(projection.sign))
        synapses = self.projections[name]
        learning_class = ProjectionLearning if self.delivery == "shared" else StockLearning
        learning = learning_class(
            rule,
            self.values[projection.source],
            self.neuromodulation[projection.target],
            synapses,
            constraints,
            self._steps(projection, rule),
        )
        self.learning[name] = learning
        if learning.spike_terms():
            label = "plasticity_" + re.sub(r"\W+", "_", name)
            target = self.populations[projection.target]
            self._spike_plasticity.append(SpikePlasticity(learning, target, label))

    def _steps(self, projection: Projection, rule: Rule) -> Gathered | None:
        """Return what adds up the rule's step terms for a projection, if it has any."""
        if not step_terms(rule):
            return None
        synapses = self.projections[projection.name]
        if isinstance(synapses, StockSynapses):
            return synapses
        source, target = self.populations[projection.source], self._in_steps[projection.target]
        label = "steps_" + re.sub(r"\W+", "_", projection.name)
        self._step_sums.append(StepSum(rule, source, target, synapses.weights, label))
        return self._step_sums[-1]

    # ---- presenting ----------------------------------------------------------------------------------------------

    def present(
        self,
        rounds: Iterator[Round],
        count: int,
        done: Callable[[Round], None] | None = None,
        after_phase: Callable[[Phase], None] | None = None,
    ) -> None:
        """Show `count` rounds within one `Network.run`.

        Parameters
        ----------
        rounds : iterator of Round
            Asked for the next round when the one before is over, so it may depend on it.
        count : int
        done : callable, optional
            Called with each round at its end, when `activity` and `broadcast` hold its outcome, after learning.
        after_phase : callable, optional
            Called with each phase at its end, in the same way.
        """
        self._rounds, self._done, self._after_phase = rounds, done, after_phase
        self.presenter.rewind()
        duration = count * self.presenter.steps * self.circuit.dt.value
        self._running = True
        try:
            run_network(self.network, duration)
        finally:
            self._running = False

    def _begin(self, phase: Phase, first: bool) -> None:
        if first:
            self.round = next(self._rounds)
            check_phases(self.round, self.presenter.phases)
            self._polarity = self.share.own(self.round.polarity)
            self._answer.begin(self._polarity, wanted=not self.round.learn)
            self._show(self.round.stimuli)
        assert self.round is not None
        self._show(self.round.then.get(phase.name, {}))
        self._begin_learning(phase)
        for population in self.populations.values():
            population.reset_state() if phase.reset else population.reset_counts()
            if population.has(NUDGING):
                population.array(NUDGING).fill(phase.nudge)
        for feedback in self._feedback.values():
            feedback.restart()
        if phase.reset:
            for projection in self.projections.values():
                projection.clear()
        for gain in self._gains:  # a normalised stimulus is passed on in the first step already
            gain.run()

    def _show(self, stimuli: Mapping[str, np.ndarray]) -> None:
        """Set the variables by which populations are told what to show."""
        for path, values in stimuli.items():
            population = self.populations[path]
            population.array(population.model.input)[:] = self.share.own(values)

    def _begin_learning(self, phase: Phase) -> None:
        """Tell whatever learns during a phase which copies take part."""
        assert self.round is not None
        learning, chosen = self._learning_in(phase), self._polarity != 0
        for plasticity in self._spike_plasticity:
            plasticity.taking_part = chosen & (plasticity.learning in learning.values())
        for name, each in self.learning.items():
            each.begin(chosen & (name in learning))
        polarity = self._polarity if learning else np.zeros_like(self._polarity)
        for population in self._in_steps.values():
            population.begin(polarity, phase.nudge, self.nudge_before)

    def _tick(self) -> None:
        for population in self.populations.values():
            population.steps += 1

    def _finish(self, phase: Phase, last: bool) -> None:
        assert self.round is not None
        for values in self.values.values():
            values.forget()
        for neuromodulation in self.neuromodulation.values():
            neuromodulation.update(self._polarity, phase.nudge, self.nudge_before)
        learning = self._learning_in(phase)
        if learning:
            self._learn(learning)
        if phase.remember:
            self.nudge_before = phase.nudge
            for values in self.values.values():
                values.remember()
        if self._after_phase is not None:
            self._after_phase(phase)
        if last and self._done is not None:
            self._done(self.round)

    def _learning_in(self, phase: Phase) -> dict[str, ProjectionLearning]:
        """Return what learns in a phase of the current round, by projection."""
        assert self.round is not None
        return {name: each for name, each in self.learning.items() if self.round.learn and phase.learns(name)}

    def _learn(self, learning: Mapping[str, ProjectionLearning]) -> None:
        """Take what projections propose into their weights, and into those that are tied to them."""
        assert self.round is not None
        taking_part = self._polarity != 0
        for each in learning.values():
            each.learn(taking_part)
        self._tie(learning)
        for neuromodulation in dict.fromkeys(each.post for each in learning.values()):
            neuromodulation.remember()

    def changed(self, names: Sequence[str]) -> None:
        """Tell that the weights of projections, by name, were changed in place: those tied to them follow."""
        for name in names:
            self.projections[name].touch()
        self._tie(names)

    def _tie(self, names: Iterable[str]) -> None:
        """Give projections that are tied to one of `names` the weights of that one."""
        for name in names:
            for projection in self.circuit.tied_to(name):
                assert isinstance(projection.weights, Tied)
                tied = self.projections[projection.name]
                own = self.wiring[projection.name].own
                tied.weights[:] = follow(self.projections[name].weights, projection.weights, own)
                tied.touch()

    # ---- time ----------------------------------------------------------------------------------------------------

    @property
    def next_step(self) -> int:
        """The step that comes next; at the end of a round the one after that which is just ending."""
        return int(self.clock.variables["timestep"].get_value()[0]) + self._running

    def set_step(self, step: int) -> None:
        """Let the step `step` come next."""
        self.network.t_ = step * self.clock.dt_
        self.clock.set_interval(self.network.t, self.network.t)

    # ---- reading -------------------------------------------------------------------------------------------------

    def activity(self, path: str) -> np.ndarray:
        """Return what population `path` did in the phase that just ended, (copy, unit): spikes per step, or output."""
        return self.share.all_of(self.values[path]["activity"], self.copies)

    def state(self, path: str, name: str) -> np.ndarray:
        """Return a state variable of population `path` as it is now, (copy, unit), in SI units; perhaps a view."""
        return self.share.all_of(self.populations[path].array(name), self.copies)

    def finite(self, path: str) -> bool:
        """Tell whether all states of population `path` are finite numbers, in all copies."""
        return self.share.total(int(not self.populations[path].finite())) == 0

    def gain(self, path: str) -> np.ndarray:
        """Return the gain of each copy of population `path`, (copy, 1); 1 without normalisation."""
        if self.populations[path].population.normalisation is None:
            return np.ones((self.copies, 1))
        return self.share.all_of(self.populations[path].array(GAIN)[:, :1], self.copies)

    def broadcast(self, path: str, name: str) -> np.ndarray:
        """Return a broadcast or modulator of population `path`, (copy,)."""
        return self.share.all_of(self.neuromodulation[path].per_copy[name][:, 0], self.copies)

    def answer(self, path: str) -> np.ndarray:
        """Return the goodness of population `path`, summed over the steps that count, (copy,); see `Phase.answer`."""
        return self.share.all_of(self._answer.total[path], self.copies)

    def weights(self, name: str) -> np.ndarray:
        """Return the (pre, post) weights of projection `name`; a view."""
        weights: np.ndarray = self.projections[name].weights
        return weights
