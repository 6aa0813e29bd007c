"""A line for each value of the second axis, through the means over seeds."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from xarray import DataArray, Dataset

from brainlearn.plots.sweep import sweep_figure


def dataset(dims: dict[str, list[float]], values: np.ndarray) -> Dataset:
    coords = {name: (name, np.array(at), {"units": "1", "key": f"key.{name}"}) for name, at in dims.items()}
    attrs = {"units": "percent", "long_name": "test error"}
    return Dataset(
        {"test_error": DataArray(values, coords, tuple(dims), attrs=attrs)}, attrs={"sweep": "s", "experiment": "e"}
    )


def lines(axes: Axes) -> dict[str, list[float]]:
    """Return the means that are drawn, by the text of their line."""
    return {str(line.get_label()): list(line.get_ydata()) for line in axes.lines if line.get_linestyle() == "-"}  # type: ignore[arg-type]


def test_lines_are_means_over_seeds_and_gaps_stay_out() -> None:
    values = np.arange(12.0).reshape(2, 3, 2)
    values[1, 1] = np.nan
    values[1, 2, 1] = np.nan
    (axes,) = sweep_figure(dataset({"size": [0.1, 0.2], "units": [10, 20, 30], "seed": [1, 2]}, values)).axes
    assert lines(axes) == {"10": [0.5, 6.5], "20": [2.5], "30": [4.5, 10.0]}
    assert axes.get_xlabel() == "key.size"
    assert axes.get_ylabel() == "test error [percent]"
    legend = axes.get_legend()
    assert legend is not None
    assert legend.get_title().get_text() == "key.units"


@pytest.mark.parametrize("seeds", [[1], [1, 2, 3]])
def test_seeds_alone_are_an_axis(seeds: list[float]) -> None:
    (axes,) = sweep_figure(dataset({"seed": seeds}, np.arange(float(len(seeds))))).axes
    assert not lines(axes)
    assert list(axes.lines[0].get_ydata()) == list(range(len(seeds)))


def test_points_of_a_list_have_no_order_and_so_no_line() -> None:
    (axes,) = sweep_figure(dataset({"point": [0, 1], "seed": [1, 2]}, np.arange(4.0).reshape(2, 2))).axes
    assert not lines(axes)
    assert list(axes.lines[0].get_ydata()) == [0.5, 2.5]


def test_further_axes_are_panels_and_wide_ones_logarithmic() -> None:
    dims = {"size": [0.001, 0.1], "units": [10.0, 20.0], "time": [3.0, 6.0], "seed": [1.0]}
    values = np.arange(8.0).reshape(2, 2, 2, 1)
    figure = sweep_figure(dataset(dims, values))
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["key.time = 3", "key.time = 6"]
    assert lines(figure.axes[1]) == {"10": [1.0, 5.0], "20": [3.0, 7.0]}
    assert figure.axes[0].get_xscale() == "log"


def test_a_sweep_without_results_says_so() -> None:
    figure = sweep_figure(dataset({"size": [1.0], "seed": [1.0]}, np.full((1, 1), np.nan)))
    assert "no point has a result" in [text.get_text() for text in figure.axes[0].texts]


def test_points_of_a_list_are_named_by_what_they_change() -> None:
    points = dataset({"point": [0, 1, 2], "seed": [1, 2]}, np.ones((3, 2)))
    points = points.assign_coords(
        rule=("point", ["fast", "slow", ""], {"units": "1", "key": "rule.name"}),
        tau=("point", [np.nan, 8.0, np.nan], {"units": "ms", "key": "rule.parameters.tau"}),
    )
    (axes,) = sweep_figure(points).axes
    assert [text.get_text() for text in axes.get_xticklabels()] == ["fast", "slow, 8", "as it is"]


def test_circuits_that_act_are_drawn_by_their_reward() -> None:
    found = dataset({"size": [1.0, 2.0], "seed": [1]}, np.full((2, 1), np.nan))
    rewards = DataArray([[0.5], [0.75]], dims=("size", "seed"), attrs={"units": "1", "long_name": "mean reward"})
    (axes,) = sweep_figure(found.assign(test_reward=rewards)).axes
    assert axes.get_ylabel() == "mean reward [1]"
    assert axes.lines[0].get_ydata().tolist() == [0.5, 0.75]
