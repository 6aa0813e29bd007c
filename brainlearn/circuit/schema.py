"""What a circuit file may contain, table by table."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from brainlearn.circuit.connectivity import (
    BY_DISTANCE,
    CONVOLVED,
    MOST_SYNAPSES,
    AllButOwn,
    AllToAll,
    AnyConnectivity,
    AveragePooling,
    Connectivity,
    Convolution,
    ExponentialDecay,
    FixedInDegree,
    FixedOutDegree,
    FixedTotalNumber,
    FromFile,
    Gaussian,
    Local,
    OneToOne,
    Probability,
    Reciprocal,
    Square,
)
from brainlearn.circuit.distributions import Delay, Value
from brainlearn.circuit.fast_weights import FastWeights
from brainlearn.circuit.poisson_input import PoissonInput
from brainlearn.circuit.short_term import ShortTermPlasticity
from brainlearn.circuit.table import LARGEST_POPULATION, AnyQuantity, Finite, Name, Size, Table, Text, Time
from brainlearn.circuit.weights import (
    AnyWeights,
    Constant,
    Exponential,
    Gamma,
    Lognormal,
    Normal,
    ProjectionName,
    Stored,
    Tied,
    Uniform,
    Weights,
)
from brainlearn.neurons import NeuronKind
from brainlearn.synapses import Sign
from brainlearn.units import Quantity, parse_quantity

__all__ = [
    "BY_DISTANCE",
    "CONVOLVED",
    "LARGEST_POPULATION",
    "MOST_STEPS",
    "MOST_SYNAPSES",
    "AllButOwn",
    "AllToAll",
    "AnyConnectivity",
    "AnyQuantity",
    "AnyWeights",
    "AreaTable",
    "AveragePooling",
    "BlockException",
    "CircuitFile",
    "Connectivity",
    "Constant",
    "Convolution",
    "Exponential",
    "ExponentialDecay",
    "FastWeights",
    "Finite",
    "FixedInDegree",
    "FixedOutDegree",
    "FixedTotalNumber",
    "FromFile",
    "Gamma",
    "Gaussian",
    "Local",
    "Lognormal",
    "Name",
    "NeuronTable",
    "Normal",
    "Normalisation",
    "OneToOne",
    "Path",
    "Pathway",
    "PopulationTable",
    "Probability",
    "ProjectionBlock",
    "ProjectionName",
    "ProjectionTable",
    "Reciprocal",
    "Sheet",
    "ShortTermPlasticity",
    "Size",
    "Square",
    "Stored",
    "SynapseTable",
    "Table",
    "Text",
    "Tied",
    "Time",
    "Uniform",
    "Weights",
]

MOST_STEPS = 10_000_000
"""Limit for phases, presentations and delays; more is probably a wrong unit."""

Pathway = Literal["bottom_up", "top_down", "lateral"]
Method = Literal["exact", "exponential_euler", "euler", "rk2", "rk4", "heun", "milstein"]
Path = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*/[A-Za-z][A-Za-z0-9_]*$", max_length=121)]


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Sheet = Annotated[tuple[Size, Size], BeforeValidator(_as_tuple, json_schema_input_type=list[int])]


class Normalisation(Table):
    """Divisive normalisation of what a population passes on."""

    rms: Annotated[Finite, Field(gt=0)] = Field(
        description="root mean square to which the activity of a presentation is scaled"
    )


class NeuronTable(Table):
    """A neuron model: a built-in one with other parameters (`model`), or Brian2 text (`equations`)."""

    model: str = Field(
        "",
        description="model to start from: a built-in one (see `brainlearn list neurons`) or one of the file",
    )
    kind: NeuronKind | None = Field(
        None,
        description="default: inferred from its keys, `input`: stimulus, `threshold`: spiking, `output`: graded",
    )
    equations: Text = Field("", description="Brian2 equations, one per line, each with its unit")
    threshold: Text = Field("", description="condition for a spike, as in `v > 1`")
    reset: Text = Field("", description="statements after a spike, as in `v = 0`")
    refractory: Text = Field("", description="time or condition without spikes, as in `2*ms`")
    method: Method | None = Field(None, description="how Brian2 integrates the equations; default `euler`")
    parameters: dict[Name, Value] = Field(
        {}, description="constants of the text, with units: the same for all units, or a table from which each gets one"
    )
    initial: dict[Name, Value] = Field({}, description="variables at the onset of a presentation; others are 0")
    output: str = Field("", description="variable that continuous synapses transmit")
    input: str = Field("", description="the variable set for every unit of a stimulus or target")
    feedback: str = Field("", description="the variable with top-down or teaching input")
    kept: list[str] = Field(
        [],
        description="variables that a unit keeps over presentations, as a threshold that adapts slowly; all copies "
        "share them, and they change only while the circuit learns",
    )


class SynapseTable(Table):
    """A synapse model as Brian2 text: give one of `on_pre` and `transmit`."""

    on_pre: Text = Field("", description="statements for a presynaptic spike, as in `v_post += w*mV`")
    transmit: Text = Field("", description="continuous transmission, as in `drive_post = w*activity_pre`")
    sign: Sign = Field("mixed", description="the sign that its weights must have")

    @model_validator(mode="after")
    def _one_text(self) -> SynapseTable:
        if bool(self.on_pre.strip()) == bool(self.transmit.strip()):
            raise ValueError("give exactly one of on_pre and transmit")
        return self


class PopulationTable(Table):
    """Units of one kind within an area."""

    name: Name = Field(description="unique within its area")
    size: Size | None = Field(None, description="number of units")
    sheet: Sheet | None = Field(
        None, description="rows and columns of a two-dimensional sheet; the size is their product, times `channels`"
    )
    channels: Size = Field(1, description="channels, or feature maps: units at every position of the sheet")
    neuron: Name = Field(description="a neuron model of this file, or a built-in one")
    sign: Sign = Field("mixed", description="Dale sign: sign of all outgoing synapses of the population")
    normalisation: Normalisation | None = Field(None, description="scale the output of the population")
    poisson_input: list[PoissonInput] = Field([], description="external spikes, as independent Poisson trains")
    parameters: dict[Name, Value] = Field({}, description="replace parameters of its neuron model")
    initial: dict[Name, Value] = Field({}, description="replace initial values of its neuron model")

    @model_validator(mode="after")
    def _size_or_sheet(self) -> PopulationTable:
        if self.size is None and self.sheet is None:
            raise ValueError("give a size or a sheet")
        if self.sheet is None and self.channels > 1:
            raise ValueError("channels need a sheet")
        product = self.sheet[0] * self.sheet[1] * self.channels if self.sheet else self.size
        if self.size not in (None, product):
            raise ValueError(f"size is {self.size}, but the sheet has {product} units")
        if product is not None and product > LARGEST_POPULATION:
            raise ValueError(f"the sheet has {product} units; at most {LARGEST_POPULATION} are allowed")
        return self


class AreaTable(Table):
    """A cortical area, or the place where stimuli enter (level 0 by custom)."""

    name: Name = Field(description="unique within the circuit")
    level: Annotated[int, Field(ge=0, le=1000)] = Field(
        description="position in the hierarchy; bottom-up projections lead to a higher level"
    )
    populations: list[PopulationTable] = Field(min_length=1, description="at least one")


class ProjectionTable(Table):
    """Synapses from one population to another."""

    name: ProjectionName = Field("", description="unique; default `source->target`", validate_default=False)
    source: Path = Field(description="population that sends, as `area/population`")
    target: Path = Field(description="population that receives, as `area/population`")
    pathway: Pathway = Field(
        description="`bottom_up` leads to a higher level, `top_down` to a lower one, `lateral` within a level"
    )
    synapse: Name = Field(description="a synapse model of this file, or a built-in one")
    weights: Weights = Field(
        description='initial weights, as in `{ distribution = "normal", sd = 1.0, per_input = true }`'
    )
    delay: Delay = Field(
        parse_quantity("0 ms"), description="a multiple of dt, or a table from which every synapse gets its own delay"
    )
    short_term_plasticity: ShortTermPlasticity | None = Field(
        None, description="short-term depression and facilitation of the synapses"
    )
    fast_weights: FastWeights | None = Field(None, description="a second, decaying weight of every synapse and copy")
    connectivity: Connectivity = Field(AllToAll(kind="all_to_all"), description="which pairs of units are connected")
    sign: Sign | None = Field(None, description="Dale sign of the weights; default: that of the source population")
    self_connections: bool = Field(False, description="allow self-connections (autapses)")


def _named_apart(name: str) -> str:
    if "{source}" not in name or "{target}" not in name:
        raise ValueError("projections need unique names: {source} and {target} are replaced by the populations")
    return name


BlockName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z{][A-Za-z0-9_/>{}-]*$", max_length=80), AfterValidator(_named_apart)
]


Degree = Annotated[int, Field(ge=0, le=MOST_SYNAPSES)]


class BlockException(Table):
    """Exceptions for some entries of a table of projections."""

    sources: list[Path] | None = Field(None, min_length=1, description="of these sources; default: of all")
    targets: list[Path] | None = Field(None, min_length=1, description="onto these targets; default: onto all")
    synapse: Name | None = Field(None, description="as in `[[projections]]`")
    weights: Weights | None = Field(None, description="as in `[[projections]]`")
    delay: Delay | None = Field(None, description="as in `[[projections]]`")
    short_term_plasticity: ShortTermPlasticity | None = Field(None, description="as in `[[projections]]`")
    sign: Sign | None = Field(None, description="as in `[[projections]]`")
    self_connections: bool | None = Field(None, description="as in `[[projections]]`")


class ProjectionBlock(Table):
    """Projections between several populations, each with its own number: one row a target, one column a source."""

    sources: list[Path] = Field(min_length=1, description="populations that send: the columns")
    targets: list[Path] = Field(min_length=1, description="populations that receive: the rows")
    probabilities: list[list[Finite]] | None = Field(
        None, description="probability that a pair of units is connected; 0: no projection"
    )
    numbers: list[list[Degree]] | None = Field(None, description="synapses of each projection; 0: no projection")
    in_degrees: list[list[Degree]] | None = Field(None, description="synapses onto every target unit; 0: no projection")
    out_degrees: list[list[Degree]] | None = Field(None, description="synapses of every source unit; 0: no projection")
    kind: Literal["probability", "fixed_total_number"] | None = Field(
        None,
        description='what becomes of `probabilities`: `"fixed_total_number"` draws with replacement as many synapses '
        "as connect a pair with that probability, ln(1 - p)/ln(1 - 1/(sources*targets)); default: each pair by chance",
    )
    multapses: bool | None = Field(
        None, description="for numbers of synapses: allow several synapses between two units"
    )
    connectivity: Connectivity | None = Field(
        None, description="instead of a table of numbers: that of all projections, as in `[[projections]]`"
    )
    name: BlockName = Field(
        "{source}->{target}",
        description="of the projections; a second table between the same populations needs another",
    )
    synapse: Name = Field(description="as in `[[projections]]`")
    weights: Weights = Field(description="as in `[[projections]]`")
    delay: Delay = Field(parse_quantity("0 ms"), description="as in `[[projections]]`")
    short_term_plasticity: ShortTermPlasticity | None = Field(None, description="as in `[[projections]]`")
    sign: Sign | None = Field(None, description="as in `[[projections]]`")
    self_connections: bool = Field(False, description="as in `[[projections]]`")
    exceptions: list[BlockException] = Field([], description="entries that differ; later ones take precedence")


def _positive(value: Quantity) -> Quantity:
    if value.value <= 0:
        raise ValueError(f'"{value.text}" is not above 0')
    return value


class CircuitFile(Table):
    """A circuit: time step, models, areas with their populations, and projections."""

    name: Name = Field(description="name of the circuit")
    description: Text = Field("", description="what it is for")
    dt: Annotated[Time, AfterValidator(_positive)] = Field(description="time step")
    neurons: dict[Name, NeuronTable] = Field({}, description="neuron models of this file, by name")
    synapses: dict[Name, SynapseTable] = Field({}, description="synapse models of this file, by name")
    areas: list[AreaTable] = Field(min_length=1, description="at least one")
    projections: list[ProjectionTable] = Field([], description="in any order")
    projection_tables: list[ProjectionBlock] = Field([], description="many projections in one table")
