from __future__ import annotations

from pathlib import Path

import pytest
import xarray as xr

from brainlearn.results.record import RunRecord
from brainlearn.results.schema import (
    ALIGNMENT,
    EPISODES,
    FILMS,
    METRICS,
    ROOT_NUMBERS,
    ROOT_NUMBERS_LATER,
    ROOT_TEXT,
    SCHEMA_VERSION,
    SPIKES,
    TEST,
    WEIGHT_TEXT,
    WEIGHTS,
)
from brainlearn.results.simulation_schema import GROUPS, SIMULATION_NUMBERS, SIMULATION_SCHEMA, SIMULATION_TEXT
from brainlearn.results.summary import summary
from brainlearn.results.tree import result_tree
from brainlearn.results.variables import RESERVED_DIMENSIONS
from tests.results.small_run import with_tasks

PAGE = (Path(__file__).parents[2] / "docs" / "results.md").read_text(encoding="utf-8")


VARIABLES = (*METRICS, *TEST, *EPISODES, *FILMS, *ALIGNMENT, *SPIKES, *WEIGHTS)
ATTRIBUTES = (*ROOT_TEXT, *ROOT_NUMBERS, *ROOT_NUMBERS_LATER, *WEIGHT_TEXT)


@pytest.mark.parametrize("name", dict.fromkeys((*VARIABLES, *ATTRIBUTES, *RESERVED_DIMENSIONS)))
def test_the_page_names_everything_in_the_schema(name: str) -> None:
    assert f"`{name}`" in PAGE


SIMULATION_PAGE = (Path(__file__).parents[2] / "docs" / "simulate.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    dict.fromkeys((*GROUPS, *SIMULATION_TEXT, *SIMULATION_NUMBERS, *(n for each in GROUPS.values() for n in each))),
)
def test_the_page_of_simulations_names_everything_in_their_schema(name: str) -> None:
    assert f"`{name}`" in SIMULATION_PAGE


def test_the_page_of_simulations_names_the_version_of_their_schema() -> None:
    assert f"Version of this schema: {SIMULATION_SCHEMA}" in SIMULATION_PAGE


def test_the_page_names_every_key_of_the_summary(record: RunRecord) -> None:
    assert [key for key in summary(with_tasks(record)) if f"`{key}`" not in PAGE] == []


def test_runs_are_compared_as_the_page_says(record: RunRecord) -> None:
    trees = [result_tree(record), result_tree(record)]
    metrics = xr.concat([tree["metrics"].to_dataset() for tree in trees], dim="run")
    assert metrics["validation_error"].mean("run").values.tolist() == [40.0, 10.0, 12.5]


def test_the_page_names_the_version_of_the_schema() -> None:
    assert f"version of this page: {SCHEMA_VERSION}" in PAGE
