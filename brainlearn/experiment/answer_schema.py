"""Tables of an experiment file that say who gives the answer, where it is not the goodness of every label."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from brainlearn.circuit.schema import Finite, Path, Size, Table, Time


class TargetTable(Table):
    """What outputs are nudged towards: instead of positive and negative presentations."""

    population: Path = Field(
        description="one unit for each class, or `units_per_class`; its neuron model has `input` and `nudging`"
    )
    units_per_class: Size = Field(1, description="adjacent units per class, which answer together")
    strength: Annotated[Finite, Field(gt=0)] = Field(
        1.0, description="target of the unit of the right class; 0 for the others"
    )
    symbols: bool = Field(
        False,
        description="values as targets are symbols, perhaps one in every frame: an answer is right if the target of "
        "the unit that does most is above 0",
    )


class UnitClassesTable(Table):
    """Units get classes after learning, by what they fired for: instead of labels, negatives and targets."""

    population: Path = Field(description="population whose units are assigned to classes and give the answer")
    share: Annotated[Finite, Field(gt=0, le=1)] = Field(
        0.2, description="fraction of an epoch, at its end, in which units are assigned to classes by their activity"
    )
    answer: Literal["units", "patterns"] = Field(
        "units",
        description="the class whose units fire most in the mean, or the one whose mean pattern over all units is most "
        "like what they do (cosine)",
    )


class CompletionTable(Table):
    """The circuit learns to generate images with their labels; the answer completes an image without one."""

    population: Path = Field(description="one unit for each class, which the label drives in learning")
    settle: Time = Field("10 ms", validate_default=True, description="time from the onset of an image to the answer")
    duration: Time = Field(
        "20 ms", validate_default=True, description="time over which the answer averages the activity of the units"
    )
