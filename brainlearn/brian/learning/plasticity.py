"""Which projections of a simulation learn, and everything that lets them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from brian2 import BrianObject

from brainlearn.brian.answer import GOODNESS
from brainlearn.brian.learning.continuous import ContinuousPlasticity
from brainlearn.brian.learning.neuromodulation import Neuromodulation
from brainlearn.brian.learning.population_values import PopulationValues, UnitNow
from brainlearn.brian.learning.projection import ProjectionLearning
from brainlearn.brian.learning.spikes import SpikePlasticity
from brainlearn.brian.learning.state_drive import StateDrive
from brainlearn.brian.learning.state_equations import spike_jumps, state_system
from brainlearn.brian.learning.step_checks import is_told, step_terms
from brainlearn.brian.learning.steps import Gathered, PopulationNow, StepSum
from brainlearn.brian.learning.stock_projection import StockLearning
from brainlearn.brian.learning.switched_rule import rule_along
from brainlearn.brian.learning.synaptic_states import SynapticStates
from brainlearn.brian.learning.traces import rule_constant
from brainlearn.brian.presenter import Phase
from brainlearn.brian.share import Share
from brainlearn.brian.stock_synapses import StockSynapses
from brainlearn.brian.text.synapse_text import check_synapses
from brainlearn.circuit import Circuit, Projection
from brainlearn.mistakes import Mistake, UserError
from brainlearn.rules import Rule
from brainlearn.rules.rule import CONTINUOUS, IN_STEPS, find_weight
from brainlearn.rules.updates import DaleSign, Update, build_update
from brainlearn.units import Quantity


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
    updates : tuple of (str, mapping)
        The chain from proposal to weights: names of `brainlearn.rules.updates.UPDATES` with settings.
    broadcaster : str
        Path of the population whose broadcasts all synapses of the rule receive, as a critic; empty:
        each projection receives those of its own target.
    """

    rule: Rule
    projections: tuple[str, ...]
    parameters: Mapping[str, Quantity] = field(default_factory=dict)
    updates: tuple[tuple[str, Mapping[str, Any]], ...] = (("step", {"size": 1.0}),)
    broadcaster: str = ""

    def __post_init__(self) -> None:
        """Refuse a rule that reads weights."""
        if mistakes := find_weight(self.rule):
            raise UserError(*mistakes)

    @property
    def constants(self) -> dict[str, Quantity]:
        """All parameters of the rule, with their values."""
        return {**self.rule.parameters, **self.parameters}

    def touches(self, circuit: Circuit, path: str) -> bool:
        """Return whether a projection that learns begins or ends in population `path`."""
        return bool(self.sides(circuit, path))

    def sides(self, circuit: Circuit, path: str) -> set[str]:
        """Return on which sides of synapses that learn population `path` is: ``"pre"``, ``"post"``, both or none."""
        learning = [p for p in circuit.projections if p.name in self.projections]
        ends = [("pre", p.source) for p in learning] + [("post", p.target) for p in learning]
        ends += [("post", self.broadcaster)]
        return {side for side, end in ends if end == path}


def as_tuple(plasticity: Plasticity | Sequence[Plasticity] | None) -> tuple[Plasticity, ...]:
    """Return what learns as a tuple: nothing, or one rule after the other, each with projections of its own.

    Raises
    ------
    UserError
        If two rules change one projection.
    """
    if plasticity is None:
        return ()
    rules = (plasticity,) if isinstance(plasticity, Plasticity) else tuple(plasticity)
    names = [name for each in rules for name in dict.fromkeys(each.projections)]
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        wrong = "a projection can learn by only one rule, but several rules name this one"
        raise UserError(*(Mistake("plasticity", wrong, f'"{name}"') for name in twice))
    return rules


class Learning:
    """One rule at work in a simulation.

    Parameters
    ----------
    circuit : Circuit
    plasticity : Plasticity
    number : int
        Of the rule, from 0: what it adds to populations has names of its own.
    values : mapping of str to PopulationValues
        By population.
    projections : mapping of str to SharedSynapses or StockSynapses
        By name.
    share : Share
    tie : callable
        Called with the name of a projection whose weights were changed on spikes: those tied to it follow.

    Attributes
    ----------
    neuromodulation : dict of str to Neuromodulation
        By target population.
    projections : dict of str to ProjectionLearning
        By the name of the projection.
    now : dict of str to PopulationNow
        By target population.
    spikes : list of SpikePlasticity
    continuous : list of ContinuousPlasticity
    states : list of SynapticStates
    """

    def __init__(
        self,
        circuit: Circuit,
        plasticity: Plasticity,
        number: int,
        values: Mapping[str, PopulationValues],
        projections: Mapping[str, Any],
        share: Share,
        tie: Callable[[str], None],
    ) -> None:
        self._tie = tie
        self.neuromodulation: dict[str, Neuromodulation] = {}
        self.projections: dict[str, ProjectionLearning] = {}
        self.now: dict[str, PopulationNow] = {}
        self.spikes: list[SpikePlasticity] = []
        self.continuous: list[ContinuousPlasticity] = []
        self.states: list[SynapticStates] = []
        self._sums: list[StepSum] = []
        self._plasticity, self._synapses, self._share = plasticity, projections, share
        self._values = {path: each.of_rule(number) for path, each in values.items()}
        for projection in circuit.projections:
            if projection.name in plasticity.projections:
                rule = rule_along(plasticity.rule, circuit, projection)
                check_synapses(circuit, projection, rule)
                self._let_learn(projection, rule, bool(circuit.tied_to(projection.name)))

    def objects(self) -> Iterator[BrianObject]:
        """Yield what takes part in the network."""
        yield from self.states
        yield from self.spikes
        yield from self.continuous
        yield from self.now.values()
        yield from self._sums

    def within_a_phase(self) -> Iterator[SpikePlasticity | ContinuousPlasticity]:
        """Yield what changes weights before a phase ends."""
        yield from self.spikes
        yield from self.continuous

    def begin(
        self,
        chosen: np.ndarray,
        learning: Collection[ProjectionLearning],
        polarity: np.ndarray,
        nudge: float,
        nudge_before: float,
    ) -> None:
        """Start a phase.

        Parameters
        ----------
        chosen : (copy,) bool array
            Copies that take part in what learns.
        learning : collection of ProjectionLearning
            What learns in the phase.
        polarity : (copy,) array
        nudge, nudge_before : float
            Strength with which outputs are nudged, in the phase and in the one that is remembered.
        """
        for each in self.within_a_phase():
            each.begin(chosen & (each.learning in learning))
        for population in self.now.values():
            population.begin(polarity, nudge, nudge_before)

    def settle(self, phases: Iterable[Phase]) -> None:
        """Let the weights settle that a presentation of these phases taught, when it ends, and those tied to them."""
        for name, learning in self.projections.items():
            if any(phase.learns(name) for phase in phases) and learning.settle():
                self._tie(name)

    def _let_learn(self, projection: Projection, rule: Rule, followed: bool) -> None:
        synapses = self._synapses[projection.name]
        told, now = self._of_target(projection.target)
        kind: Callable[..., ProjectionLearning]
        kind = StockLearning if isinstance(synapses, StockSynapses) else ProjectionLearning
        states = self._states(projection, rule)
        steps = self._steps(projection, rule, now, states)
        learning = kind(rule, self._values[projection.source], told, synapses, self._chain(projection), steps, states)
        self.projections[projection.name] = learning
        label, changed = f"plasticity_{projection.index}", partial(self._tie, projection.name)
        if learning.acts_on_spikes():
            self.spikes.append(SpikePlasticity(learning, now, label, changed if followed else None))
        if learning.continuous_terms():
            self.continuous.append(ContinuousPlasticity(learning, now, f"{label}_continuous", changed))

    def _of_target(self, path: str) -> tuple[Neuromodulation, PopulationNow]:
        """Return what all projections onto a population share."""
        if path not in self.neuromodulation:
            rule, constants = self._plasticity.rule, self._plasticity.constants
            parameters = {key: value.value for key, value in constants.items()}
            broadcaster = self._values.get(self._plasticity.broadcaster)
            told = Neuromodulation(rule, self._values[path], parameters, self._share, broadcaster)
            self.neuromodulation[path] = told
            continuous = any(change.when == CONTINUOUS for change in (*rule.changes, *rule.top_down))
            self.now[path] = PopulationNow(told, self._values[path], is_told(rule), continuous)
        return self.neuromodulation[path], self.now[path]

    def _chain(self, projection: Projection) -> list[Update]:
        chain: list[Update] = [build_update(n, settings) for n, settings in self._plasticity.updates]
        return chain if projection.sign == "mixed" else [*chain, DaleSign(projection.sign)]

    def _states(self, projection: Projection, rule: Rule) -> SynapticStates | None:
        """Return the states of a projection's synapses, if the rule has any and they share their weights."""
        synapses, constants = self._synapses[projection.name], self._plasticity.constants
        if not rule.states or isinstance(synapses, StockSynapses):
            return None
        dt, weights, name = synapses.clock.dt_, synapses.weights, f"states_{projection.index}"
        pre, post = self._values[projection.source], self._values[projection.target]
        numbers = {name: value.value for name, value in constants.items()}
        system, drive = state_system(rule, constants, dt, f'the rule "{rule.name}"'), None
        if system.drives or system.factors:
            units = {"pre": UnitNow(pre), "post": UnitNow(post)}
            own = {"dt": dt, **{rule_constant(key): value for key, value in numbers.items()}}
            drive = StateDrive(system, units, own, synapses.shape, weights.dtype, synapses.clock, f"{name}_drive")
        states = SynapticStates(
            system,
            spike_jumps(rule, constants, dt),
            pre,
            post,
            synapses,
            numbers,
            name,
            any(change.synapse and change.when in IN_STEPS for change in rule.changes),
            drive,
        )
        self.states.append(states)
        return states

    def _steps(
        self, projection: Projection, rule: Rule, now: PopulationNow, states: SynapticStates | None
    ) -> Gathered | None:
        """Return what adds up the rule's step terms for a projection, if it has any."""
        if not step_terms(rule):
            return None
        synapses = self._synapses[projection.name]
        if isinstance(synapses, StockSynapses):
            return synapses.changes
        pre, label = self._values[projection.source], f"steps_{projection.index}"
        self._sums.append(StepSum(rule, pre, now, synapses, label, states))
        return self._sums[-1]


def told_most(rules: Iterable[Learning]) -> dict[str, Neuromodulation]:
    """Return what each population is told by the first rule with a goodness there, else by the first rule."""
    found: dict[str, Neuromodulation] = {}
    for rule in rules:
        for path, told in rule.neuromodulation.items():
            if path not in found or (GOODNESS in told.rule.broadcasts) > (GOODNESS in found[path].rule.broadcasts):
                found[path] = told
    return found
