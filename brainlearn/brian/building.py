"""A circuit as objects of Brian2: groups, synapses and gains, before anything is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal

import numpy as np
from brian2 import BrianObject, Network, prefs, second

from brainlearn.brian.clockwork import circuit_clock
from brainlearn.brian.fast_matrices import FastMatrices, fast_matrices
from brainlearn.brian.gain import DivisiveNormalisation
from brainlearn.brian.joint_delivery import joined
from brainlearn.brian.kept_states import KeptStates
from brainlearn.brian.learning.additions import added_traces, feedback_means
from brainlearn.brian.learning.plasticity import Plasticity
from brainlearn.brian.learning.population_values import PopulationValues
from brainlearn.brian.learning.stock_text import StockText, all_told, stock_text
from brainlearn.brian.learning.switched_rule import rule_along
from brainlearn.brian.one_copy import OnsetTime
from brainlearn.brian.poisson_drive import PoissonDrive
from brainlearn.brian.populations import PopulationGroup
from brainlearn.brian.share import Share
from brainlearn.brian.shared_synapses import SharedSynapses
from brainlearn.brian.stock_fast import StockFast, stock_fast
from brainlearn.brian.stock_synapses import StockSynapses
from brainlearn.brian.stretch.section import Section
from brainlearn.brian.text.synapse_constants import synapse_constants, with_own_constants
from brainlearn.brian.text.synapse_text import continuous_inputs, inputs_of, synapse_text
from brainlearn.circuit import Circuit, Population, Projection
from brainlearn.circuit.fast_memory import refuse_too_many
from brainlearn.circuit.kernels import Kernels
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.short_term import ReleaseValues, short_term_values
from brainlearn.circuit.unit_values import unit_values
from brainlearn.circuit.wiring import AnyWiring

Delivery = Literal["shared", "stock"]
Build = Callable[..., Any]
"""Makes a circuit and all its copies: takes the parameters of `BuiltCircuit`, returns what has its attributes."""


class BuiltCircuit:
    """The objects that a circuit and all its copies are made of.

    Parameters
    ----------
    circuit : Circuit
    copies : int
        Copies of all processes.
    wiring : mapping of str to Wiring, Rows or Kernels
    plasticity : sequence of Plasticity
        What learns, since rules add variables to populations.
    delivery : "shared" or "stock"
    share : Share
        Which of the copies this process holds.
    seed : int
        Of what differs between units, and of spikes from outside.

    Attributes
    ----------
    clock : Clock
    onset : OnsetTime
    populations : dict of str to PopulationGroup
        By path.
    projections : dict of str to SharedSynapses or StockSynapses
        By name.
    joint : tuple of JointDelivery
        What carries several of the projections together.
    section : Section
        What runs many of the objects together, where that pays.
    gains : list of DivisiveNormalisation
    drives : dict of str to PoissonDrive
        By path and number.
    kept : dict of str to KeptStates
        By path, where units keep anything over presentations.
    feedback : dict of str to PhaseMean
        By path, where a rule reads it.
    values : dict of str to PopulationValues
        By path.
    """

    def __init__(
        self,
        circuit: Circuit,
        copies: int,
        wiring: Mapping[str, AnyWiring],
        plasticity: Sequence[Plasticity],
        delivery: Delivery,
        share: Share,
        seed: int,
    ) -> None:
        self.circuit, self.plasticity, self.delivery, self.wiring = circuit, plasticity, delivery, wiring
        self.copies, self.share, self.seed = copies, share, seed
        self.copies_here = len(share.own(np.arange(copies)))
        refuse_too_many(circuit, self.copies_here, np.dtype(prefs.core.default_float_dtype).itemsize)
        self.clock = circuit_clock(circuit)
        self.onset = OnsetTime(circuit.dt.value)
        self.populations = {p.path: self._population(p.path) for p in circuit.populations}
        self.projections = {p.name: self._projection(p, k) for k, p in enumerate(circuit.projections)}
        self.section = Section(self.clock, self.onset)
        self.joint = tuple(joined(self.projections.values()))
        self.gains = [
            DivisiveNormalisation(self.populations[p.path], p.normalisation.rms)
            for p in circuit.populations
            if p.normalisation is not None
        ]
        self.drives = {name: drive for p in circuit.populations for name, drive in self._drives(p, seed + share.rank)}
        self.kept = {path: KeptStates(p, share) for path, p in self.populations.items() if p.model.kept}
        self.feedback = feedback_means(self.populations, plasticity)
        self.values = {path: PopulationValues(p, self.feedback.get(path)) for path, p in self.populations.items()}

    def planned(self, network: Network) -> AbstractContextManager[None]:
        """Return a context in which a network runs many steps at once, where that pays."""
        return self.section.planned(network)

    def objects(self) -> Iterator[BrianObject]:
        """Yield what takes part in the network."""
        for population in self.populations.values():
            yield population.group
            if population.counter is not None:
                yield population.counter
        yield from (self.section, *self.projections.values(), *self.joint)
        yield from self.drives.values()
        yield from self.gains
        yield from self.kept.values()
        yield from self.feedback.values()

    # ---- populations ---------------------------------------------------------------------------------------------

    def _population(self, path: str) -> PopulationGroup:
        stock = self.delivery == "stock"
        inputs = continuous_inputs(self.circuit, path)
        values = unit_values(self.circuit, path, self.copies, self.seed)
        return PopulationGroup(
            self.circuit,
            self.circuit.population(path),
            self.copies_here,
            self.clock,
            self.onset,
            parts=[each for each in inputs if each.in_equations or (stock and each.in_parts)],
            traces=tuple(added_traces(self.circuit, path, self.plasticity)),
            told=self._told() if stock else (),
            values={name: self.share.own(each) for name, each in values.items()},
        )

    def _drives(self, population: Population, seed: int) -> Iterator[tuple[str, PoissonDrive]]:
        """Yield the sources of spikes from outside, by name."""
        for number, table in enumerate(population.poisson_input):
            name = f"{population.path} {number}"
            yield name, PoissonDrive(self.populations[population.path], table, name, seed, len(self.projections))

    def _told(self) -> tuple[str, ...]:
        """Return the variables in which stock synapses find what rules broadcast."""
        names = (name for number, each in enumerate(self.plasticity) for name in all_told(each.rule, number))
        return tuple(dict.fromkeys(names))

    # ---- projections ---------------------------------------------------------------------------------------------

    def _projection(self, projection: Projection, order: int) -> SharedSynapses | StockSynapses:
        source, target = self.populations[projection.source], self.populations[projection.target]
        stock, inputs = self.delivery == "stock", inputs_of(self.circuit, projection)
        wiring, text = self.wiring[projection.name], synapse_text(self.circuit, projection, own_part=stock)
        if "transmit" in text:  # all inputs are there before any state is updated
            order -= len(self.circuit.projections) + 1
        settings: dict[str, Any] = {
            "mask": wiring.mask,
            "delay": projection.common_delay * second,
            "namespace": synapse_constants(self.circuit, projection),
            "order": order,
            "short_term": self._short_term(projection, wiring),
            "fast": self._fast(projection, target),
            **text,
            "name": f"projection_{projection.index}_{re.sub(r'[^A-Za-z0-9]+', '_', projection.name)}",
        }
        weights = wiring if isinstance(wiring, Rows | Kernels) else wiring.weights
        ends = source.group, target.group, weights, self.copies_here
        if not stock:
            return SharedSynapses(*ends, **settings, sole_writer=inputs is None or inputs.alone)
        settings |= with_own_constants(settings)
        return StockSynapses(*ends, **settings, rule=self._rule_text(projection))

    def _short_term(self, projection: Projection, wiring: AnyWiring) -> ReleaseValues | None:
        """Return how the synapses of a projection tire and facilitate, if they do."""
        table = projection.short_term_plasticity
        synapses = len(wiring.posts) if isinstance(wiring, Rows) else 0
        return None if table is None else short_term_values(table, projection.name, synapses, self.seed)

    def _fast(self, projection: Projection, target: PopulationGroup) -> FastMatrices | StockFast | None:
        """Return the fast weights of a projection, if it has some."""
        if projection.fast_weights is None:
            return None
        if self.delivery == "stock":
            return stock_fast(self.circuit, projection, target)
        mask = self.wiring[projection.name].mask
        return fast_matrices(self.circuit, projection, target, mask, self.share, self.copies)

    def _rule_text(self, projection: Projection) -> StockText | None:
        """Return the rule of a projection as Brian2 runs it, if it learns."""
        ends = self.populations[projection.source], self.populations[projection.target]
        for number, plasticity in enumerate(self.plasticity):
            if projection.name in plasticity.projections:
                rule = rule_along(plasticity.rule, self.circuit, projection)
                return stock_text(rule, plasticity.constants, *ends, number)
        return None
