"""Quantities that differ: distributions with units, and how numbers are drawn from them.

Constants and initial states of units, and delays of synapses, are drawn from these tables; weights, which have no
unit, from those of `brainlearn.circuit.weights`. `draw` takes both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from brainlearn.circuit.draws import check_numbers, draw, support
from brainlearn.circuit.place_expression import PlaceError, dimension_of_text
from brainlearn.circuit.table import AnyQuantity, ArrayFile, ArrayName, Table, Time
from brainlearn.expression import ExpressionError
from brainlearn.units import DIMENSIONS, NONE, Dimension, Quantity, UnitError, parse_quantity, wrong_dimension

__all__ = [
    "AnyDistribution",
    "AnyDrawn",
    "ConstantQuantity",
    "Delay",
    "DrawnValue",
    "ExponentialQuantity",
    "GammaQuantity",
    "LognormalQuantity",
    "NormalQuantity",
    "PlaceQuantity",
    "QuantityTable",
    "StoredQuantity",
    "UniformQuantity",
    "Value",
    "draw",
]


class QuantityTable(Table):
    """A quantity that differs between units or synapses."""

    if TYPE_CHECKING:
        distribution: Any  # every kind has a word for it

    @property
    def dimension(self) -> Dimension:
        """Exponents of the SI base units."""
        return next((quantity.dimension for _, quantity in self.quantities()), NONE)

    @property
    def text(self) -> str:
        """In words: ``normal (mean 10 ms, sd 2 ms)``."""
        said = (name for name in type(self).model_fields if name in self.model_fields_set and name != "distribution")
        parts = (
            name.replace("_", " ") if getattr(self, name) is True else f"{name} {getattr(self, name)}"
            for name in said
            if getattr(self, name) is not False
        )
        return f"{self.distribution} ({', '.join(parts)})"

    def __str__(self) -> str:
        return self.text

    def quantities(self) -> Iterator[tuple[str, Quantity]]:
        """Yield every key that holds a quantity, with it."""
        for name in type(self).model_fields:
            if isinstance(value := getattr(self, name), Quantity):
                yield name, value

    @model_validator(mode="after")
    def _one_unit(self) -> QuantityTable:
        for name, quantity in self.quantities():
            if quantity.dimension != self.dimension:
                error = wrong_dimension(quantity, self.dimension)
                raise UnitError(f"{error.wrong} of {name}", error.found, error.allowed, error.suggestion)
        check_numbers(self)
        return self


Low = Annotated[AnyQuantity | None, Field(description="values below are drawn again")]
High = Annotated[AnyQuantity | None, Field(description="values above are drawn again")]
Mean = Annotated[AnyQuantity, Field(description="mean before it is truncated")]
OneSided = Annotated[AnyQuantity, Field(description="mean of the value itself; below 0 all values are negative")]
Spread = Annotated[AnyQuantity, Field(description="standard deviation before it is truncated")]
EachCopy = Annotated[bool, Field(description="draw for every copy of the circuit; default: all copies have the same")]


class NormalQuantity(QuantityTable):
    """A normal distribution; with `low` or `high` a truncated one, whose mean and sd differ from those given."""

    distribution: Literal["normal"] = Field(description="drawn from a normal distribution")
    mean: Mean
    sd: Spread
    low: Low = None
    high: High = None
    each_copy: EachCopy = False


class UniformQuantity(QuantityTable):
    """Everything between two bounds is as likely."""

    distribution: Literal["uniform"] = Field(description="drawn between two bounds")
    low: AnyQuantity = Field(description="smallest value")
    high: AnyQuantity = Field(description="largest value")
    each_copy: EachCopy = False


class LognormalQuantity(QuantityTable):
    """A lognormal distribution, by mean and sd of the value itself, not of its logarithm."""

    distribution: Literal["lognormal"] = Field(description="drawn from a lognormal distribution")
    mean: OneSided
    sd: Spread
    low: Low = None
    high: High = None
    each_copy: EachCopy = False


class GammaQuantity(QuantityTable):
    """A gamma distribution by mean and sd: its shape is (mean/sd)**2, its scale sd**2/mean."""

    distribution: Literal["gamma"] = Field(description="drawn from a gamma distribution")
    mean: OneSided
    sd: Spread
    low: Low = None
    high: High = None
    each_copy: EachCopy = False


class ExponentialQuantity(QuantityTable):
    """An exponential distribution."""

    distribution: Literal["exponential"] = Field(description="drawn from an exponential distribution")
    mean: OneSided
    low: Low = None
    high: High = None
    each_copy: EachCopy = False


class ConstantQuantity(QuantityTable):
    """The same everywhere; a quantity without a table says so too."""

    distribution: Literal["constant"] = Field(description="all the same")
    value: AnyQuantity = Field(description="every value")


class StoredQuantity(QuantityTable):
    """One number for every unit, or for every synapse of a file, from a file next to the circuit file."""

    distribution: Literal["file"] = Field(description="from a file")
    file: ArrayFile = Field(
        description="name of an npz file in the folder of the circuit file; of synapses from a file also a SONATA file"
    )
    array: ArrayName = Field("", description="name of the array in it; default: the name of the variable, or `delay`")
    unit: str = Field("", description='unit of its numbers, as in `"ms"`; default: none')

    @property
    def scale(self) -> Quantity:
        """The factor of the numbers."""
        return parse_quantity(f"1 {self.unit}")

    @property
    def dimension(self) -> Dimension:
        """Exponents of the SI base units."""
        return self.scale.dimension

    @model_validator(mode="after")
    def _is_unit(self) -> StoredQuantity:
        if self.unit.strip()[:1].isdigit() or not math.isfinite(self.scale.value):
            raise UnitError("not a unit", f'"{self.unit}"', 'a unit, as in `unit = "ms"`')
        return self


class PlaceQuantity(QuantityTable):
    """An expression of the place of a unit."""

    distribution: Literal["expression"] = Field(description="computed from the position of the unit")
    value: str = Field(
        description="arithmetic with units, as in `10*ms + 1*ms*row`, of `i` and `N`, the number of the unit and of "
        "all, and of `row` and `column` on the sheet, counted from 0"
    )

    @property
    def dimension(self) -> Dimension:
        """Exponents of the SI base units."""
        return dimension_of_text(self.value)

    @model_validator(mode="after")
    def _is_expression(self) -> PlaceQuantity:
        try:
            dimension_of_text(self.value)
        except (ExpressionError, PlaceError) as error:
            raise UnitError(str(error)) from None
        return self


AnyDrawn = NormalQuantity | UniformQuantity | LognormalQuantity | GammaQuantity | ExponentialQuantity | ConstantQuantity
AnyDistribution = AnyDrawn | StoredQuantity | PlaceQuantity


def _form(value: Any) -> str:
    return "table" if isinstance(value, dict | QuantityTable) else "quantity"


Value = Annotated[
    Annotated[AnyQuantity, Tag("quantity")]
    | Annotated[Annotated[AnyDistribution, Field(discriminator="distribution")], Tag("table")],
    Discriminator(_form),
]
"""A quantity, or a table from which every unit gets its own value."""


DrawnValue = Annotated[
    Annotated[AnyQuantity, Tag("quantity")]
    | Annotated[Annotated[AnyDrawn, Field(discriminator="distribution")], Tag("table")],
    Discriminator(_form),
]
"""A quantity, or a distribution from which every synapse gets its own value."""


def _of_time(table: AnyDrawn | StoredQuantity) -> AnyDrawn | StoredQuantity:
    if table.dimension != DIMENSIONS["time"]:
        quantity = next((each for _, each in table.quantities()), table)
        raise wrong_dimension(quantity, DIMENSIONS["time"])
    if isinstance(table, StoredQuantity):
        return table
    if getattr(table, "each_copy", False):
        raise UnitError("all copies have the same synapses, with the same delays", "each_copy = true", "nothing")
    if support(table)[0] < 0:
        raise UnitError(
            "the distribution allows negative delays", table.text, 'a `low` of 0 ms or more, as in `low = "1 ms"`'
        )
    return table


Delay = Annotated[
    Annotated[Time, Tag("quantity")]
    | Annotated[
        Annotated[AnyDrawn | StoredQuantity, Field(discriminator="distribution"), AfterValidator(_of_time)],
        Tag("table"),
    ],
    Discriminator(_form),
]
"""A time, or a table from which every synapse gets its own; the caller that draws it rounds it to time steps."""
