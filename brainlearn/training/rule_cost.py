"""The cost of a circuit that learns by its rule: events are counted at the end of each phase, operations afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from brainlearn.brian.populations import SPIKE_COUNT
from brainlearn.brian.presenter import Phase
from brainlearn.brian.simulation import Simulation
from brainlearn.cost.carriers import carriers
from brainlearn.cost.events import EventTally
from brainlearn.cost.fan import Fan, fan_of
from brainlearn.cost.memory import footprint, remembered, rule_bytes, with_traffic
from brainlearn.cost.rule_learning import with_rule_learning
from brainlearn.cost.showing import showing_cost
from brainlearn.results.cost_record import Footprint, StageCost

WIDTH = {"float32": 4, "float64": 8}  # bytes of a number


class PhaseCounter:
    """Adds what units sent in a phase to a tally; called at the end of each phase of a simulation.

    Parameters
    ----------
    simulation : Simulation
    tally : EventTally
    """

    def __init__(self, simulation: Simulation, tally: EventTally) -> None:
        self.simulation, self.tally = simulation, tally
        self._copies = simulation.share.own(np.arange(simulation.copies))
        self._shown = np.ones(len(self._copies), dtype=bool)

    def begin(self, presentations: int) -> None:
        """Begin a round, in which so many copies show a presentation, and the rest nothing."""
        self._shown = self._copies < presentations

    def __call__(self, phase: Phase) -> None:
        """Add a phase that has ended."""
        shown = self.simulation.round
        assert shown is not None
        learning = self.simulation.share.own(shown.polarity != 0) & shown.learn
        sent = {path: _sent(population) for path, population in self.simulation.populations.items()}
        self.tally.add(phase.name, phase.steps, self._shown, learning, sent)


def _sent(population: Any) -> np.ndarray:
    """Return how often each unit sent something in the phase, (copy, unit)."""
    if population.spiking:
        found: np.ndarray = population.array(SPIKE_COUNT)
        return found
    return (population.activity() != 0) * np.float32(population.steps)


def rule_cost(simulation: Simulation, phases: Sequence[Phase], tally: EventTally) -> StageCost:
    """Return the cost of the rounds of a tally, with synapses and weights as they are now."""
    circuit, rules, fans = simulation.circuit, simulation.plasticity, fans_of(simulation)
    tally = tally.over(simulation.share.total)
    cost = showing_cost(tally, circuit, carriers(circuit), fans, rules)
    cost = with_rule_learning(cost, tally, circuit, phases, rules, fans)
    remembers = {name: remembered(each) for each in rules for name in each.projections}
    return with_traffic(cost, fans, WIDTH[simulation.precision], remembers)


def rule_footprint(simulation: Simulation) -> Footprint:
    """Return the memory of a circuit and its rules."""
    circuit, fans, width = simulation.circuit, fans_of(simulation), WIDTH[simulation.precision]
    learning = rule_bytes(circuit, simulation.plasticity, fans, width)
    return footprint(circuit, carriers(circuit), fans, width, learning)


def fans_of(simulation: Simulation) -> dict[str, Fan]:
    """Return the synapses of every projection, counted by unit."""
    projections = simulation.projections.items()
    return {name: fan_of(each.weights, each.mask, each.kernels or each.rows) for name, each in projections}
