"""A circuit as read: plain frozen data that everything else works on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from types import MappingProxyType
from typing import Any

from brainlearn.circuit.distributions import AnyDrawn, StoredQuantity
from brainlearn.circuit.entry import Entry
from brainlearn.circuit.poisson_input import PoissonInput
from brainlearn.circuit.schema import (
    AnyConnectivity,
    AnyWeights,
    AveragePooling,
    FastWeights,
    Normalisation,
    Pathway,
    ShortTermPlasticity,
    Tied,
)
from brainlearn.circuit.validation import join
from brainlearn.neurons import NeuronModel
from brainlearn.neurons.switched import switched
from brainlearn.neurons.varying import Values, with_values
from brainlearn.synapses import Sign, SynapseModel
from brainlearn.units import Quantity


@dataclass(frozen=True)
class Population:
    """Units of one kind within an area.

    Parameters
    ----------
    name, area : str
        Its own name and that of its area.
    size : int
        Number of units.
    sheet : (int, int) or None
        Rows and columns, if it has a place in two dimensions.
    channels : int
        Units at every position of the sheet, numbered channel by channel: unit ``channel * positions + position``.
    neuron : str
        Name of its neuron model, a key of `Circuit.neurons`.
    sign : "excitatory", "inhibitory" or "mixed"
        Dale sign.
    normalisation : Normalisation or None
        How what it passes on is scaled.
    poisson_input : tuple of PoissonInput
        Spikes that its units receive from outside.
    parameters, initial : mapping of str to Quantity or table
        Where its units differ from those of its neuron model, or from each other.
    dropout : float
        Fraction of its units that are switched off in each presentation while the circuit learns.
    """

    name: str
    area: str
    size: int
    sheet: tuple[int, int] | None
    neuron: str
    sign: Sign
    normalisation: Normalisation | None
    channels: int = 1
    poisson_input: tuple[PoissonInput, ...] = ()
    parameters: Values = field(default_factory=dict)
    initial: Values = field(default_factory=dict)
    dropout: float = 0.0

    @property
    def scaled(self) -> bool:
        """Whether its units multiply what they send by a gain."""
        return self.normalisation is not None or self.dropout > 0

    @property
    def path(self) -> str:
        """As projections call it: ``V1/E``."""
        return f"{self.area}/{self.name}"


@dataclass(frozen=True)
class Area:
    """A cortical area with its place in the hierarchy."""

    name: str
    level: int
    populations: tuple[Population, ...]


@dataclass(frozen=True)
class Projection:
    """Synapses from one population to another.

    Parameters
    ----------
    name : str
        Unique within the circuit.
    source, target : str
        Paths of populations.
    pathway : "bottom_up", "top_down" or "lateral"
        Its role.
    synapse : str
        Name of its synapse model, a key of `Circuit.synapses`.
    weights : Normal, Uniform, Constant, Tied or Stored
        How the initial weights are drawn.
    delay : Quantity or table
        From spike to effect: a multiple of the time step, or a distribution from which every synapse gets one.
    connectivity : AllToAll, Probability, Local, Square, OneToOne or AllButOwn
        Which pairs are connected.
    sign : "excitatory", "inhibitory" or "mixed"
        Dale sign of the weights.
    self_connections : bool
        Whether a unit may project to itself.
    index : int
        Its place in the file, for messages.
    short_term_plasticity : ShortTermPlasticity, optional
        How its synapses tire and facilitate.
    fast_weights : FastWeights, optional
        The second, decaying weights of its synapses.
    entry : Entry, optional
        The place of one that a table of projections makes.
    """

    name: str
    source: str
    target: str
    pathway: Pathway
    synapse: str
    weights: AnyWeights
    delay: Quantity | AnyDrawn | StoredQuantity
    connectivity: AnyConnectivity
    sign: Sign
    self_connections: bool
    index: int
    short_term_plasticity: ShortTermPlasticity | None = None
    fast_weights: FastWeights | None = None
    entry: Entry | None = field(default=None, compare=False)

    def place(self, *steps: str | int) -> str:
        """Return its key path in the file, or that of one of its keys."""
        return self.entry.place(steps) if self.entry is not None else join("", ("projections", self.index, *steps))

    @property
    def common_delay(self) -> float:
        """From spike to effect [s]; 0 where every synapse has its own delay."""
        return self.delay.value if isinstance(self.delay, Quantity) else 0.0

    @property
    def delayed(self) -> bool:
        """Whether effects come later than spikes."""
        return not isinstance(self.delay, Quantity) or self.delay.value > 0


@dataclass(frozen=True)
class Circuit:
    """A whole circuit.

    Parameters
    ----------
    name, description, path : str
        `path` is the file that it was read from; circuits of two files may be equal.
    dt : Quantity
        Time step [s].
    areas : tuple of Area
    projections : tuple of Projection
    neurons : mapping of str to NeuronModel
        The models in use and those that the file defines.
    synapses : mapping of str to SynapseModel
        The models in use and those that the file defines.
    """

    name: str
    description: str
    path: str = field(compare=False)
    dt: Quantity
    areas: tuple[Area, ...]
    projections: tuple[Projection, ...]
    neurons: Mapping[str, NeuronModel]
    synapses: Mapping[str, SynapseModel]

    def __repr__(self) -> str:
        counts = [
            f"{number:,} {word}" + ("" if number == 1 else "s")
            for number, word in (
                (len(self.areas), "area"),
                (len(self.populations), "population"),
                (len(self.projections), "projection"),
                (sum(population.size for population in self.populations), "unit"),
            )
        ]
        return f'Circuit "{self.name}": {", ".join(counts)}'

    def with_parts(self, **parts: Any) -> Circuit:
        """Return the circuit with other fields, which nobody checks."""
        return Circuit(**{each.name: getattr(self, each.name) for each in fields(Circuit)} | parts)

    def tied_to(self, name: str) -> tuple[Projection, ...]:
        """Return the projections whose weights are tied to those of projection `name`."""
        return tuple(p for p in self.projections if isinstance(p.weights, Tied) and p.weights.to == name)

    @property
    def learnable(self) -> tuple[Projection, ...]:
        """The projections whose weights can learn: not those that follow others, and not those of pooling."""
        own = (p for p in self.projections if not isinstance(p.weights, Tied))
        return tuple(p for p in own if not isinstance(p.connectivity, AveragePooling))

    @cached_property
    def models(self) -> Mapping[str, NeuronModel]:
        """The neuron model of every population, by path, with the population's own parameters and initial values."""
        return MappingProxyType(
            {
                p.path: _own_model(self.neurons[p.neuron], p)
                for p in reversed(self.populations)  # of two with one path, the first
                if p.neuron in self.neurons
            }
        )

    @property
    def populations(self) -> tuple[Population, ...]:
        """All populations, area by area."""
        return tuple(population for area in self.areas for population in area.populations)

    def population(self, path: str) -> Population:
        """Return the population at `path`, as in ``"V1/E"``.

        Raises
        ------
        KeyError
            If there is none.
        """
        for population in self.populations:
            if population.path == path:
                return population
        raise KeyError(path)

    def projection(self, name: str) -> Projection:
        """Return the projection called `name`.

        Raises
        ------
        KeyError
            If there is none.
        """
        for projection in self.projections:
            if projection.name == name:
                return projection
        raise KeyError(name)

    def area(self, name: str) -> Area:
        """Return the area called `name`.

        Raises
        ------
        KeyError
            If there is none.
        """
        for area in self.areas:
            if area.name == name:
                return area
        raise KeyError(name)


def _own_model(model: NeuronModel, population: Population) -> NeuronModel:
    """Return a neuron model as the units of a population have it."""
    if population.parameters or population.initial:
        model = with_values(model, population.parameters, population.initial)
    return switched(model) if population.dropout > 0 else model
