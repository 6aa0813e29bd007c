"""Which projections of a simulation learn, and everything that lets them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from brian2 import BrianObject

from brainlearn.brian.learning.neuromodulation import Neuromodulation
from brainlearn.brian.learning.population_values import PopulationValues
from brainlearn.brian.learning.projection import ProjectionLearning
from brainlearn.brian.learning.spikes import SpikePlasticity
from brainlearn.brian.learning.step_checks import is_told, step_terms
from brainlearn.brian.learning.steps import Gathered, PopulationNow, StepSum
from brainlearn.brian.learning.stock_projection import StockLearning
from brainlearn.brian.presenter import Phase
from brainlearn.brian.share import Share
from brainlearn.brian.stock_synapses import StockSynapses
from brainlearn.brian.text.synapse_text import check_spikes
from brainlearn.circuit import Circuit, Projection
from brainlearn.mistakes import UserError
from brainlearn.rules import Rule
from brainlearn.rules.rule import find_weight
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
    """

    rule: Rule
    projections: tuple[str, ...]
    parameters: Mapping[str, Quantity] = field(default_factory=dict)
    updates: tuple[tuple[str, Mapping[str, Any]], ...] = (("step", {"size": 1.0}),)

    def __post_init__(self) -> None:
        """Refuse a rule that reads weights."""
        if mistakes := find_weight(self.rule):
            raise UserError(*mistakes)

    @property
    def constants(self) -> dict[str, Quantity]:
        """All parameters of the rule, with their values."""
        return {**self.rule.parameters, **self.parameters}

    def touches(self, circuit: Circuit, path: str) -> bool:
        """Tell whether a projection that learns begins or ends in population `path`."""
        learning = (p for p in circuit.projections if p.name in self.projections)
        return any(path in (p.source, p.target) for p in learning)


class Learning:
    """The rule at work in a simulation.

    Parameters
    ----------
    circuit : Circuit
    plasticity : Plasticity
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
    """

    def __init__(
        self,
        circuit: Circuit,
        plasticity: Plasticity,
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
        self._sums: list[StepSum] = []
        self._plasticity, self._values, self._synapses, self._share = plasticity, values, projections, share
        for projection in circuit.projections:
            if projection.name in plasticity.projections:
                rule = plasticity.rule.along(projection.pathway)
                check_spikes(circuit, projection, rule)
                self._let_learn(projection, rule)

    def objects(self) -> Iterator[BrianObject]:
        """Yield what takes part in the network."""
        yield from self.spikes
        yield from self.now.values()
        yield from self._sums

    def settle(self, phases: Iterable[Phase]) -> None:
        """Let the weights settle that a presentation of these phases taught, when it ends, and those tied to them."""
        for name, learning in self.projections.items():
            if any(phase.learns(name) for phase in phases) and learning.settle():
                self._tie(name)

    def _let_learn(self, projection: Projection, rule: Rule) -> None:
        synapses = self._synapses[projection.name]
        told, now = self._of_target(projection.target)
        kind: Callable[..., ProjectionLearning]
        kind = StockLearning if isinstance(synapses, StockSynapses) else ProjectionLearning
        steps = self._steps(projection, rule, now)
        learning = kind(rule, self._values[projection.source], told, synapses, self._chain(projection), steps)
        self.projections[projection.name] = learning
        if learning.spike_terms():
            self.spikes.append(
                SpikePlasticity(learning, now, f"plasticity_{projection.index}", partial(self._tie, projection.name))
            )

    def _of_target(self, path: str) -> tuple[Neuromodulation, PopulationNow]:
        """Return what all projections onto a population share."""
        if path not in self.neuromodulation:
            rule, constants = self._plasticity.rule, self._plasticity.constants
            parameters = {key: value.value for key, value in constants.items()}
            told = Neuromodulation(rule, self._values[path], parameters, self._share)
            self.neuromodulation[path] = told
            self.now[path] = PopulationNow(told, self._values[path], is_told(rule))
        return self.neuromodulation[path], self.now[path]

    def _chain(self, projection: Projection) -> list[Update]:
        chain: list[Update] = [build_update(n, settings) for n, settings in self._plasticity.updates]
        return chain if projection.sign == "mixed" else [*chain, DaleSign(projection.sign)]

    def _steps(self, projection: Projection, rule: Rule, now: PopulationNow) -> Gathered | None:
        """Return what adds up the rule's step terms for a projection, if it has any."""
        if not step_terms(rule):
            return None
        synapses = self._synapses[projection.name]
        if isinstance(synapses, StockSynapses):
            return synapses
        pre, label = self._values[projection.source], f"steps_{projection.index}"
        self._sums.append(StepSum(rule, pre, now, synapses.weights, label))
        return self._sums[-1]
