from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from xarray import DataTree

from brainlearn.plots.alignment import NO_ANGLE, alignment, alignment_as_recorded, first_middle_last
from brainlearn.plots.save import save_figure
from brainlearn.results.alignment_seeds import alignment_of_seeds as of_seeds
from brainlearn.results.alignment_seeds import load_alignment, save_alignment
from brainlearn.results.tree import result_tree
from tests.results.small_run import make_baseline, make_record, with_seed


@pytest.fixture
def seeds() -> list[DataTree]:
    return [result_tree(with_seed(make_record(), seed)) for seed in (7, 8, 9)]


def panel(figure: Figure, title: str) -> Axes:
    return next(axes for axes in figure.axes if axes.get_title("left") == title)


def points(drawn: ErrorbarContainer) -> list[list[float]]:
    return [list(drawn.lines[0].get_xdata()), list(drawn.lines[0].get_ydata())]


def test_one_run_is_drawn(seeds: list[DataTree], tmp_path: Path) -> None:
    save_figure(alignment(seeds[0]), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_angles_over_training_are_means_over_seeds(seeds: list[DataTree]) -> None:
    axes = panel(alignment(*seeds), "loss contrast")
    assert points(axes.containers[0]) == [[0, 3], [59.0, 59.0]]
    (bars,) = axes.containers[0].lines[2]
    lower, upper = bars.get_segments()[0][:, 1]
    assert (lower, upper) == pytest.approx((58.0, 60.0))  # a standard deviation of 1


def test_the_averaging_curve_has_a_line_for_first_middle_and_last_epoch(seeds: list[DataTree]) -> None:
    axes = panel(alignment(*seeds), "retina/image->V1/E, contrast")
    assert axes.get_xscale() == "log"
    assert [points(drawn) for drawn in axes.containers] == [[[100, 200, 400], [79.0, 69.0, 59.0]]] * 2
    thin = [line for line in axes.get_lines() if line.get_linewidth() < 0.8]
    assert thin[0].get_ydata().tolist() == [30.0, 15.0, 0.0]  # the gradient's own


def test_null_angle_right_angle_and_shuffled_changes_are_lines(seeds: list[DataTree]) -> None:
    axes = panel(alignment(seeds[0]), "loss every_area")
    heights = {float(np.asarray(line.get_ydata())[0]) for line in axes.get_lines()}
    assert {88.0, 89.5, 90.0} <= heights


def test_recorded_angles_are_drawn_as_those_of_the_runs_were(seeds: list[DataTree], tmp_path: Path) -> None:
    angles = of_seeds(seeds)
    assert angles is not None
    save_alignment(angles, tmp_path / "alignment.nc")
    again, first = alignment_as_recorded(load_alignment(tmp_path / "alignment.nc")), alignment(*seeds)
    assert again.get_suptitle() == first.get_suptitle()
    title = "loss contrast"
    assert points(panel(again, title).containers[0]) == points(panel(first, title).containers[0])


def test_the_title_fits_into_the_figure(seeds: list[DataTree]) -> None:
    figure = alignment(*seeds)
    figure.draw_without_rendering()
    (title,) = figure.texts
    assert title.get_window_extent().x1 <= figure.bbox.x1


def test_a_projection_without_an_angle_says_so(seeds: list[DataTree]) -> None:
    figure = alignment(seeds[0])
    assert NO_ANGLE in [text.get_text() for axes in figure.axes for text in axes.texts]


def test_angles_above_a_right_angle_stay_in_sight() -> None:
    record = make_record()
    record.alignments[0].angle["retina/image->V1/E"][:] = 120.0
    figure = alignment(result_tree(record))
    assert panel(figure, "loss contrast").get_ylim()[1] > 120
    assert panel(figure, "retina/image->V1/E, contrast").get_ylim()[1] > 120


def test_a_result_without_angles_says_how_to_get_them() -> None:
    (axes,) = alignment(result_tree(make_baseline())).axes
    assert "[alignment]" in axes.texts[0].get_text()


def test_epochs_to_show_are_the_first_a_middle_and_the_last() -> None:
    assert first_middle_last(np.array([0, 1, 2, 5, 10, 20])) == [0, 5, 20]
    assert first_middle_last(np.array([0, 20])) == [0, 20]
    assert first_middle_last(np.array([3])) == [3]
