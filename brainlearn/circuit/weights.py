"""How initial weights are drawn; weights have no unit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from brainlearn.circuit.draws import check_numbers
from brainlearn.circuit.table import ArrayFile, ArrayName, Finite, Table

ProjectionName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_/>-]*$", max_length=200)]


PerInput = Annotated[bool, Field(description="divide by the square root of the number of synapses onto the unit")]
Spread = Annotated[Finite, Field(ge=0, description="standard deviation of the weights, before they are truncated")]
Low = Annotated[Finite | None, Field(description="weights below are drawn again, before `per_input` divides")]
High = Annotated[Finite | None, Field(description="weights above are drawn again, before `per_input` divides")]
OneSided = Annotated[Finite, Field(description="mean of the weights; below 0 all are negative")]


class DrawnWeights(Table):
    """Weights that are drawn, or all the same."""

    @model_validator(mode="after")
    def _makes_sense(self) -> DrawnWeights:
        check_numbers(self)
        return self


class Normal(DrawnWeights):
    """Weights drawn from a normal distribution; with `low` or `high` from a truncated one."""

    distribution: Literal["normal"] = Field(description="drawn from a normal distribution")
    mean: Finite = Field(0.0, description="mean of the weights, before they are truncated")
    sd: Spread = 1.0
    low: Low = None
    high: High = None
    per_input: PerInput = False


class Uniform(DrawnWeights):
    """Weights drawn from a uniform distribution."""

    distribution: Literal["uniform"] = Field(description="drawn between two bounds")
    low: Finite = Field(description="smallest weight")
    high: Finite = Field(description="largest weight")
    per_input: PerInput = False


class Lognormal(DrawnWeights):
    """Weights drawn from a lognormal distribution, by mean and sd of the weights, not of their logarithm."""

    distribution: Literal["lognormal"] = Field(description="drawn from a lognormal distribution")
    mean: OneSided
    sd: Spread
    low: Low = None
    high: High = None
    per_input: PerInput = False


class Gamma(DrawnWeights):
    """Weights drawn from a gamma distribution by mean and sd: its shape is (mean/sd)**2, its scale sd**2/mean."""

    distribution: Literal["gamma"] = Field(description="drawn from a gamma distribution")
    mean: OneSided
    sd: Spread
    low: Low = None
    high: High = None
    per_input: PerInput = False


class Exponential(DrawnWeights):
    """Weights drawn from an exponential distribution."""

    distribution: Literal["exponential"] = Field(description="drawn from an exponential distribution")
    mean: OneSided
    low: Low = None
    high: High = None
    per_input: PerInput = False


class Constant(DrawnWeights):
    """Equal weights."""

    distribution: Literal["constant"] = Field(description="all the same")
    value: Finite = Field(description="every weight")
    per_input: PerInput = False


class Tied(Table):
    """The weights of another projection, transposed and scaled, whenever they change."""

    distribution: Literal["tied"] = Field(description="those of another projection")
    to: ProjectionName = Field(
        description="name of the projection in the other direction, or of one from as many units as there are targets "
        "to as many as there are sources"
    )
    scale: Finite = Field(1.0, description="factor of its weights")
    correlation: Annotated[Finite, Field(ge=-1, le=1)] = Field(
        1.0, description="correlation with its initial weights; below 1, a fixed random part is added"
    )

    @property
    def per_input(self) -> bool:
        """Nothing is divided: the scale says all."""
        return False


class Stored(Table):
    """Weights that were learned or drawn elsewhere, in a file next to the circuit file."""

    distribution: Literal["file"] = Field(description="from a file")
    file: ArrayFile = Field(
        description="name of an npz file in the folder of the circuit file; of synapses from a file also a SONATA file"
    )
    array: ArrayName = Field(
        "",
        description="name of the (pre, post) array in it; default: the name of the projection. Where synapses come "
        "from a file too: of the (synapse,) array; default: `weight`, in SONATA `syn_weight`",
    )
    zeros: bool = Field(False, description="weights of 0 are synapses too, which can learn; default: no synapse there")

    @property
    def per_input(self) -> bool:
        """Nothing is divided: the file says all."""
        return False


AnyDrawnWeights = Normal | Uniform | Lognormal | Gamma | Exponential | Constant
AnyWeights = AnyDrawnWeights | Tied | Stored
Weights = Annotated[AnyWeights, Field(discriminator="distribution")]
