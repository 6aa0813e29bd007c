"""What may stand in ``[environment]``: in what a circuit acts, what it sees, and how its activity becomes action."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from brainlearn.circuit.schema import AnyQuantity, Finite, Path, Table
from brainlearn.units import parse_quantity

Count = Annotated[int, Field(ge=1)]
Positive = Annotated[Finite, Field(gt=0)]
Range = Annotated[list[Finite], Field(min_length=2, max_length=2)]


class ObservationTable(Table):
    """What one stimulus population shows of every observation."""

    population: Path = Field(description="a stimulus population")
    encoding: Literal["one_hot", "opposed", "place_cells", "population_code", "values"] = Field(
        description="how numbers become activity; docs/environments.md"
    )
    dimensions: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)] | None = Field(
        None, description="which numbers of the observation, from 0; default: all"
    )
    range: list[Range] | None = Field(
        None, description="least and greatest value of each that is encoded; default: those of the environment"
    )
    cells: list[Annotated[int, Field(ge=2)]] | None = Field(
        None, description="units along each number (place_cells, population_code)"
    )
    width: Positive = Field(1.0, description="standard deviation of a bump, in distances between neighbours")
    repeat: Count = Field(1, description="units that show each activity, next to each other")
    maximum: AnyQuantity = Field(
        parse_quantity("1"), description='activity of a unit at its best, as `1.0`, or `"100 Hz"` for Poisson units'
    )


class ActionTable(Table):
    """How the activity of populations in the last phase of a presentation becomes an action."""

    populations: list[Path] = Field(
        min_length=1, description="one for each action, or one whose units are divided equally among the actions"
    )
    choice: Literal["argmax", "softmax", "population_vector"] = Field(
        "argmax",
        description="the most active action, one drawn by its activity, or the mean of what units stand for (boxes)",
    )
    temperature: Positive = Field(
        1.0, description="of softmax, in spikes of a unit in the window, or activity of a graded one"
    )


class EnvironmentTable(Table):
    """In what the circuit acts: each copy in an environment of its own."""

    name: str = Field(description="see `brainlearn list environments`, or the id of one of Gymnasium, as CartPole-v1")
    settings: dict[str, bool | int | float | str | list[Finite]] = Field(
        {}, description="what it is made with: keyword arguments"
    )
    observations: list[ObservationTable] = Field(min_length=1, description="what stimulus populations show")
    action: ActionTable = Field(description="how activity becomes action")
    rounds: Count = Field(description="presentations of an epoch: each shows an observation, and ends with an action")
    test_episodes: Annotated[int, Field(ge=0)] = Field(
        100, description="episodes after learning, in which nothing learns, one or more in every copy"
    )
