"""What a sweep file may contain."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from brainlearn.circuit.schema import Table
from brainlearn.sweep.search.schema import RULE, Key, SearchTable, Seed

Values = Annotated[list[Any], Field(min_length=1)]


class SweepFile(Table):
    """A sweep: one experiment, and the values that some of its keys take."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=80)] = Field(description="its name")
    experiment: str = Field(description="path of the experiment file, from this file's folder")
    train: str = Field(RULE, description="`rule`, or the name of one baseline of the experiment")
    set: dict[Key, Any] = Field({}, description="values for all points: keys of the experiment, as `--set` takes them")
    grid: dict[Key, Values] = Field({}, description="a list of values for each key: every combination is a point")
    points: list[Annotated[dict[Key, Any], Field(min_length=1)]] = Field(
        [], description="instead of `grid`: one table of keys and values for each point"
    )
    seeds: Annotated[list[Seed], Field(min_length=1)] | None = Field(
        None, description="seeds for every point; default: that of the experiment"
    )

    search: SearchTable | None = Field(None, description="instead of `grid`: trials that Optuna proposes")

    @model_validator(mode="after")
    def _something_is_swept(self) -> SweepFile:
        if self.search is not None:
            return self._searching()
        if self.grid and self.points:
            raise ValueError("the file contains both [grid] and [[points]]; use one of them")
        if not self.grid and not self.points and self.seeds is None:
            raise ValueError("nothing to sweep: the file has no [grid], [[points]], seeds or [search]")
        return self

    def _searching(self) -> SweepFile:
        assert self.search is not None
        if self.grid or self.points or self.seeds is not None:
            raise ValueError("a [search] excludes [grid], [[points]] and seeds; final_seeds tests the best settings")
        if self.search.arms and self.train != RULE:
            raise ValueError("each of search.arms says what it trains; remove `train`")
        return self
