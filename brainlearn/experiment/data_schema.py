"""What may stand in an experiment file about data: a dataset, and tasks that follow each other."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from brainlearn.circuit.schema import Finite, Name, Table

Class = Annotated[int, Field(ge=0)]


class DatasetTable(Table):
    """What is learned."""

    name: str = Field(
        "digits", description="see `brainlearn list datasets`; with `file` what results call it, else its name"
    )
    file: Annotated[str, Field(min_length=1)] | None = Field(
        None, description="your own data: npz, netCDF or folder, from this file's folder or from `--data`"
    )
    test: Annotated[Finite, Field(gt=0, lt=1)] | None = Field(
        None, description="share of its items drawn for the test (file only); default: those it names, or 0.2"
    )
    range: Annotated[list[Finite], Field(min_length=2, max_length=2)] | None = Field(
        None, description="values that become black and white (file only); default: [0, 255] for bytes, else [0, 1]"
    )
    labels: Literal["numbers", "names"] = Field(
        "numbers", description="whether whole numbers as labels count classes, or only name them (file only)"
    )
    validation: Annotated[int, Field(ge=0)] = Field(0, description="training items set apart for validation")
    seed: int = Field(0, ge=0, description="draws the test items, where they are drawn (digits, file)")


class TaskTable(Table):
    """What is learned in its turn."""

    name: Name = Field(description="free to choose")
    epochs: Annotated[int, Field(ge=1, le=100_000)] | None = Field(None, description="default: training.epochs")
    dataset: DatasetTable | None = Field(None, description="as in [dataset]; default: what stands there")
    classes: Annotated[list[Class], Field(min_length=1)] | None = Field(
        None, description="items of these classes; default: of all"
    )
    labels: Annotated[list[Class], Field(min_length=1)] | None = Field(
        None, description="what these classes are called in this task, one for each; default: what they are"
    )
    permute: Annotated[int, Field(ge=0)] | None = Field(
        None, description="seed by which the pixels of all items are exchanged; default: they stay in their places"
    )
