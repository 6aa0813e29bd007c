"""All results of a sweep are one array, with labels and units."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from xarray import Dataset

from brainlearn.mistakes import UserError
from brainlearn.results.summary import summary
from brainlearn.sweep.dataset import NOT_COMPUTED, sweep_dataset
from brainlearn.sweep.loading import Sweep, load_sweep
from brainlearn.sweep.measures import DIMENSIONS, MEASURES
from brainlearn.sweep.store import load_sweep_result, save_sweep
from tests.docs.markdown import read
from tests.results.small_run import make_record, with_tasks
from tests.sweep.conftest import write_sweep
from tests.sweep.small_sweep import FAILED, swept

GRID = 'seeds = [1, 2]\n[grid]\n"phases[0].duration" = ["3 ms", "6 ms"]\n"sizes.V1/E" = [12, 24]'
LIST = '[[points]]\n"training.epochs" = 1\n[[points]]\n"training.epochs" = 2\n"negatives.kind" = "hard"'


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sweep, Path, Dataset]:
    """A grid, the folder of its results, and their dataset; all are read only."""
    folder = tmp_path_factory.mktemp("grid")
    sweep = load_sweep(write_sweep(folder, GRID))
    return sweep, folder, swept(sweep, folder)


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The dataset of a list of points; read only."""
    folder = tmp_path_factory.mktemp("list")
    return swept(load_sweep(write_sweep(folder, LIST)), folder)


def test_a_grid_has_its_keys_as_dimensions(grid: tuple[Sweep, Path, Dataset]) -> None:
    _, _, dataset = grid
    error = dataset["test_error"]
    assert error.dims == ("phases_0_duration", "sizes_V1_E", "seed")
    expected = np.arange(8.0).reshape(2, 2, 2)
    expected[1, 1, 1] = np.nan
    np.testing.assert_array_equal(error.values, expected)
    assert error.sel(phases_0_duration=6, sizes_V1_E=24, seed=1).item() == 6
    assert dataset["phases_0_duration"].attrs["units"] == "ms"
    assert dataset["phases_0_duration"].attrs["key"] == "phases[0].duration"


def test_what_has_no_result_says_why(grid: tuple[Sweep, Path, Dataset]) -> None:
    sweep, folder, dataset = grid
    last = dataset.isel(phases_0_duration=1, sizes_V1_E=1, seed=1)
    assert (last["message"].item(), last["run"].item()) == (FAILED, "")
    assert (dataset["message"] == "").sum() == 7
    assert sweep_dataset(sweep, folder, {})["message"].values[-1, -1, -1] == NOT_COMPUTED
    assert (folder / dataset["run"].values[0, 0, 0] / "result.nc").is_file()
    assert dataset.attrs["points_without_result"] == 1


def test_curves_and_populations_have_dimensions_of_their_own(grid: tuple[Sweep, Path, Dataset]) -> None:
    _, _, dataset = grid
    first = dataset.isel(phases_0_duration=0, sizes_V1_E=0, seed=0)
    assert first["validation_curve"].sel(epoch=[1, 2, 3]).values.tolist() == [40.0, 10.0, 12.5]
    assert first["activity"].sel(population="V2/I") == 4
    assert np.isnan(first["silent"].sel(population="V2/I"))
    assert set(dataset.dims) <= {"phases_0_duration", "sizes_V1_E", "seed", *DIMENSIONS}


def test_a_list_has_its_keys_along_the_points(listed: Dataset) -> None:
    assert listed["test_error"].dims == ("point", "seed")
    assert listed["seed"].values.tolist() == [5]
    assert listed["training_epochs"].values.tolist() == [1, 2]
    assert listed["negatives_kind"].values.tolist() == ["", "hard"]


def test_every_variable_has_units_and_a_long_name(grid: tuple[Sweep, Path, Dataset], listed: Dataset) -> None:
    for dataset in (grid[2], listed):
        for name, variable in dataset.variables.items():
            assert isinstance(variable.attrs["units"], str), name
            assert variable.attrs["long_name"], name


def test_it_is_read_as_it_was_written(grid: tuple[Sweep, Path, Dataset], tmp_path: Path) -> None:
    _, _, dataset = grid
    save_sweep(dataset, tmp_path / "sweep.nc")
    assert load_sweep_result(tmp_path).equals(dataset)
    assert load_sweep_result(tmp_path / "sweep.nc")["test_error"].attrs == dataset["test_error"].attrs


def test_a_damaged_or_missing_file_is_named(listed: Dataset, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        load_sweep_result(tmp_path)
    save_sweep(listed, tmp_path / "sweep.nc")
    content = bytearray((tmp_path / "sweep.nc").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "sweep.nc").write_bytes(content)
    with pytest.raises(UserError, match="checksum"):
        load_sweep_result(tmp_path)


def test_what_was_forgotten_is_kept_task_by_task() -> None:
    found = summary(with_tasks(make_record()))
    assert MEASURES["forgetting"].read(found) == {(): 40.0}
    assert MEASURES["task_error_when_learned"].read(found) == {("low",): 20.0, ("high",): 10.0}
    assert MEASURES["task_error_at_end"].read(found) == {("low",): 60.0, ("high",): 10.0}
    assert MEASURES["task_error_at_end"].read(summary(make_record())) == {}


def test_every_measure_stands_in_the_documentation() -> None:
    assert [name for name in (*MEASURES, "message", "run") if f"`{name}`" not in read("docs/sweeps.md")] == []
