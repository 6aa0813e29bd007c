"""What ``[environment]`` may contain: in what a circuit acts, what it sees, and how its activity becomes action."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from brainlearn.circuit.schema import AnyQuantity, Finite, Path, Table
from brainlearn.units import parse_quantity

Count = Annotated[int, Field(ge=1)]
Positive = Annotated[Finite, Field(gt=0)]
Range = Annotated[list[Finite], Field(min_length=2, max_length=2)]


class ObservationTable(Table):
    """What one stimulus population shows of every observation."""

    population: Path = Field(description="a stimulus population")
    encoding: Literal["one_hot", "opposed", "place_cells", "population_code", "values"] = Field(
        description="encoding of numbers as activity; docs/environments.md"
    )
    dimensions: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)] | None = Field(
        None, description="indices of numbers in the observation, from 0; default: all"
    )
    range: list[Range] | None = Field(
        None, description="minimum and maximum of each encoded number; default: those of the environment"
    )
    cells: list[Annotated[int, Field(ge=2)]] | None = Field(
        None, description="units along each number (place_cells, population_code)"
    )
    width: Positive = Field(1.0, description="standard deviation of a bump, in distances between neighbours")
    repeat: Count = Field(1, description="number of adjacent units with the same activity")
    maximum: AnyQuantity = Field(
        parse_quantity("1"), description='maximal activity of a unit, as `1.0`, or `"100 Hz"` for Poisson units'
    )


class ActionTable(Table):
    """How the activity of populations in the last phase of a presentation becomes an action."""

    populations: list[Path] = Field(
        min_length=1, description="one for each action, or one whose units are divided equally among the actions"
    )
    choice: Literal["argmax", "softmax", "population_vector"] = Field(
        "argmax",
        description="the most active action, one drawn by activity, or the mean of the units' preferred values (boxes)",
    )
    temperature: Positive = Field(
        1.0, description="of softmax, in spikes of a unit in the window, or activity of a graded one"
    )


class EnvironmentTable(Table):
    """The environment in which the circuit acts; each copy has its own."""

    name: str = Field(description="see `brainlearn list environments`, or a Gymnasium id, as CartPole-v1")
    settings: dict[str, bool | int | float | str | list[Finite]] = Field(
        {}, description="keyword arguments of the environment"
    )
    make: SkipJsonSchema[Any] = Field(
        None, exclude=True, description="in scripts only: your own environment, or what makes it; no file holds it"
    )
    observations: list[ObservationTable] = Field(min_length=1, description="input of stimulus populations")
    action: ActionTable = Field(description="decoding of activity as action")
    rounds: Count = Field(description="presentations of an epoch: each shows an observation, and ends with an action")
    test_episodes: Annotated[int, Field(ge=0)] = Field(
        100, description="test episodes after training, at least one per copy"
    )
