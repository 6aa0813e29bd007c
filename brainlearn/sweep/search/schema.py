"""What the table ``[search]`` of a sweep file may contain."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from brainlearn.circuit.schema import Finite, Table

Seed = Annotated[int, Field(ge=0, lt=2**32)]
Key = Annotated[str, Field(min_length=1)]
Number = Annotated[int, Field(strict=True)] | Finite
ArmName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=60)]
RULE = "rule"


class DimensionTable(Table):
    """The values that one key may take: a range of numbers, or choices."""

    low: Number | None = Field(None, description="least value; two whole numbers make a range of whole numbers")
    high: Number | None = Field(None, description="greatest value")
    log: bool = Field(False, description="search ratios, not differences")
    step: Annotated[Number, Field(gt=0)] | None = Field(None, description="values are `low`, `low + step`, …")
    unit: str | None = Field(None, description='for quantities, as in `"ms"`')
    choices: Annotated[list[Any], Field(min_length=1)] | None = Field(None, description="instead: these values")

    @model_validator(mode="after")
    def _range_or_choices(self) -> DimensionTable:
        numbers = self.low is not None or self.high is not None
        if (self.choices is None) == (not numbers):
            raise ValueError("it needs either `low` and `high`, or `choices`")
        if self.choices is not None:
            if self.log or self.step is not None or self.unit is not None:
                raise ValueError("`choices` exclude `log`, `step` and `unit`")
            return self
        if self.low is None or self.high is None or self.low >= self.high:
            raise ValueError(f"`low` must be below `high`; found {self.low} and {self.high}")
        if self.log and (self.low <= 0 or self.step is not None):
            raise ValueError("with `log` numbers are above 0 and have no `step`")
        return self


Space = dict[Key, DimensionTable]


class ArmTable(Table):
    """What is compared with the other arms, each after the same number of trials."""

    train: str = Field(RULE, description="`rule`, or the name of one baseline of the experiment")
    set: dict[Key, Any] = Field({}, description="values for all its trials, beside those of the file's `set`")
    space: Space = Field({}, description="keys that it searches beside those of `search.space`")


class SearchTable(Table):
    """Trials that Optuna proposes, judged by the validation error."""

    trials: Annotated[int, Field(ge=1, le=10_000)] = Field(description="trials of every arm")
    sampler: Literal["tpe", "random", "grid"] = Field(
        "tpe", description="Optuna's tree-structured Parzen estimator, random values, or every combination once"
    )
    seed: Seed = Field(0, description="seed of the sampler; trials use that of the experiment")
    space: Space = Field({}, description="keys of the experiment, and the range or choices of each")
    arms: dict[ArmName, ArmTable] = Field({}, description="arms to compare, by name; default: one, set by `train`")
    final_seeds: Annotated[list[Seed], Field(min_length=1)] | None = Field(
        None, description="test the best settings of every arm with these fresh seeds; default: no test"
    )
