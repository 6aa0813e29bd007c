"""What tables of a circuit file consist of: names, numbers, quantities, and tables that refuse unknown keys."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from brainlearn.units import Quantity, parse_quantity, parse_quantity_of

LARGEST_POPULATION = 1_000_000

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=60)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
ArrayFile = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*\.(npz|h5)$", max_length=200)]
"""Arrays of npz, or edges of SONATA."""
ArrayName = Annotated[str, StringConstraints(max_length=200)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Size = Annotated[int, Field(ge=1, le=LARGEST_POPULATION)]


def _time(value: Any) -> Any:
    return value if isinstance(value, Quantity) else parse_quantity_of(value, "time")


def _quantity(value: Any) -> Any:
    return value if isinstance(value, Quantity) else parse_quantity(value)


Time = Annotated[
    Quantity,
    BeforeValidator(_time, json_schema_input_type=str),
    Field(json_schema_extra={"type": "string", "examples": ["1 ms"]}),
]
AnyQuantity = Annotated[Quantity, BeforeValidator(_quantity, json_schema_input_type=str | float)]


class Table(BaseModel):
    """A TOML table: unknown keys are mistakes, and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
