"""Which pairs of units a projection connects."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from brainlearn.circuit.table import LARGEST_POPULATION, ArrayFile, Finite, Size, Table

MOST_SYNAPSES = 1_000_000_000
"""Of one projection."""


class AllToAll(Table):
    """Every source unit reaches every target unit."""

    kind: Literal["all_to_all"]


class Probability(Table):
    """Every pair of units is connected with the same probability."""

    kind: Literal["probability"]
    probability: Annotated[Finite, Field(gt=0, le=1)] = Field(description="probability that a pair is connected")


class Local(Table):
    """A target unit sees the source units around its own place; both populations need a sheet."""

    kind: Literal["local"]
    radius: Annotated[Finite, Field(gt=0)] = Field(description="radius of the receptive field, in source units")


class Square(Table):
    """A target unit sees a square of source units around its own place; both populations need a sheet."""

    kind: Literal["square"]
    side: Size = Field(description="source units along each side; the field is cut at the edge of the sheet")


Periodic = Annotated[bool, Field(description="periodic boundaries: sheets continue beyond an edge at the opposite one")]


Nearest = Annotated[Finite, Field(gt=0, le=1, description="connection probability at distance 0")]


class Gaussian(Table):
    """Pairs are connected by chance, the less likely the farther apart; both populations need a sheet."""

    kind: Literal["gaussian"]
    probability: Annotated[Finite, Field(gt=0, le=1)] = Field(description="connection probability at distance 0")
    sd: Annotated[Finite, Field(gt=0)] = Field(
        description="in source units: the probability at distance d is that at distance 0 times exp(-d**2/(2*sd**2))"
    )
    periodic: Periodic = False


class ExponentialDecay(Table):
    """Pairs are connected by chance, which falls exponentially with distance; both populations need a sheet."""

    kind: Literal["exponential"]
    probability: Annotated[Finite, Field(gt=0, le=1)] = Field(description="connection probability at distance 0")
    length: Annotated[Finite, Field(gt=0)] = Field(
        description="in source units: the probability at distance d is that at distance 0 times exp(-d/length)"
    )
    periodic: Periodic = False


BY_DISTANCE = Gaussian | ExponentialDecay


class OneToOne(Table):
    """Every source unit reaches the target unit of its own number; both populations have as many units."""

    kind: Literal["one_to_one"]


class AllButOwn(Table):
    """Every source unit reaches all target units but that of its own number; both populations have as many units."""

    kind: Literal["all_but_own"]


Multapses = Annotated[bool, Field(description="allow several synapses between two units")]
Degree = Annotated[int, Field(ge=1, le=LARGEST_POPULATION * 10)]


class FixedInDegree(Table):
    """Every target unit has the same number of synapses, from source units that are drawn."""

    kind: Literal["fixed_in_degree"]
    in_degree: Degree = Field(description="synapses onto every target unit")
    multapses: Multapses


class FixedOutDegree(Table):
    """Every source unit has the same number of synapses, onto target units that are drawn."""

    kind: Literal["fixed_out_degree"]
    out_degree: Degree = Field(description="synapses of every source unit")
    multapses: Multapses


class FixedTotalNumber(Table):
    """The projection has a number of synapses, each between a source and a target unit that are drawn."""

    kind: Literal["fixed_total_number"]
    number: Annotated[int, Field(ge=1, le=MOST_SYNAPSES)] = Field(description="synapses of the projection")
    multapses: Multapses


class FromFile(Table):
    """Synapses are listed in a file: arrays `pre` and `post`, (synapse,), with units from 0, or edges of SONATA."""

    kind: Literal["file"]
    file: ArrayFile = Field(
        description="name of an npz or SONATA file (.h5) in the folder of the circuit file; weights and delays may be "
        "arrays of it too"
    )
    population: Annotated[str, Field(max_length=200)] = Field(
        "", description="of edges in a SONATA file; default: the only one"
    )
    multapses: Multapses


class Reciprocal(Table):
    """Every synapse of another projection has one in the other direction, between the same two units."""

    kind: Literal["reciprocal"]
    to: str = Field(description="name of the projection in the other direction")


def _both_sides(value: Any) -> Any:
    return (value, value) if isinstance(value, int) else tuple(value) if isinstance(value, list) else value


_EITHER = BeforeValidator(_both_sides, json_schema_input_type=int | list[int])
Window = Annotated[tuple[Size, Size], _EITHER]
Margin = Annotated[int, Field(ge=0, le=LARGEST_POPULATION)]
Padding = Annotated[
    tuple[Margin, Margin],
    _EITHER,
    Field(description="empty rows and columns that are added at each edge of the source sheet; default: none"),
]


class Convolution(Table):
    """Weights that all positions of the target share, onto their windows of the source.

    There is one kernel for each pair of channels.
    """

    kind: Literal["convolution"]
    kernel: Window = Field(description="rows and columns of the window; one number: of both")
    stride: Window = Field((1, 1), description="source rows and columns from one window to the next; default: 1")
    padding: Padding = (0, 0)


class AveragePooling(Table):
    """Every target unit receives the mean over a window of the units of its own channel, times one constant weight."""

    kind: Literal["average_pooling"]
    kernel: Window = Field(description="rows and columns of the window; one number: of both")
    stride: Window | None = Field(
        None, description="source rows and columns from one window to the next; default: those of the kernel"
    )
    padding: Padding = (0, 0)


CONVOLVED = Convolution | AveragePooling

FixedNumber = FixedInDegree | FixedOutDegree | FixedTotalNumber
AnyConnectivity = (
    AllToAll
    | Probability
    | Local
    | Square
    | BY_DISTANCE
    | CONVOLVED
    | OneToOne
    | AllButOwn
    | FixedNumber
    | FromFile
    | Reciprocal
)
Connectivity = Annotated[AnyConnectivity, Field(discriminator="kind")]
