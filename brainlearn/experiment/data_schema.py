"""What an experiment file may say about data: a dataset, and tasks that follow each other."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from brainlearn.circuit.schema import Finite, Name, Table

Class = Annotated[int, Field(ge=0)]


class DatasetTable(Table):
    """What is learned."""

    name: str = Field(
        "digits",
        description="see `brainlearn list datasets`; with `file`: the name used in results, default: the file's name",
    )
    file: Annotated[str, Field(min_length=1)] | None = Field(
        None, description="your own data: npz, netCDF or folder, from this file's folder or from `--data`"
    )
    test: Annotated[Finite, Field(gt=0, lt=1)] | None = Field(
        None,
        description="fraction of its items drawn for the test (file only); default: the items that it defines, or 0.2",
    )
    range: Annotated[list[Finite], Field(min_length=2, max_length=2)] | None = Field(
        None, description="values of black and white (file only); default: [0, 255] for bytes, otherwise [0, 1]"
    )
    labels: Literal["numbers", "names"] = Field(
        "numbers", description="whether integer labels are class numbers or names (file only)"
    )
    validation: Annotated[int, Field(ge=0)] = Field(0, description="training items reserved for validation")
    wrong_labels: Annotated[Finite, Field(ge=0, lt=1)] = Field(
        0.0,
        description="fraction of the training items with a wrong label throughout, drawn by the experiment's seed; "
        "validation and test items keep theirs",
    )
    seed: int = Field(0, ge=0, description="seed for drawing test items (digits, file) or generating data")


class TaskTable(Table):
    """What is learned in its turn."""

    name: Name = Field(description="free to choose")
    epochs: Annotated[int, Field(ge=1, le=100_000)] | None = Field(None, description="default: training.epochs")
    dataset: DatasetTable | None = Field(None, description="as in [dataset]; default: the value there")
    classes: Annotated[list[Class], Field(min_length=1)] | None = Field(
        None, description="items of these classes; default: of all"
    )
    labels: Annotated[list[Class], Field(min_length=1)] | None = Field(
        None, description="labels of these classes in this task, one for each; default: unchanged"
    )
    permute: Annotated[int, Field(ge=0)] | None = Field(
        None, description="seed of a permutation of the pixels of all items; default: none"
    )
