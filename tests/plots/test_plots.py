from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from xarray import DataTree

from brainlearn.mistakes import UserError
from brainlearn.plots.appearance import entitle, new_figure
from brainlearn.plots.confusion import confusion_matrix
from brainlearn.plots.learning_curve import learning_curve
from brainlearn.plots.receptive_fields import first_level, largest, mosaic, receptive_fields, with_strips
from brainlearn.plots.save import save_figure
from brainlearn.plots.table import PLOTS
from brainlearn.results.record import EpochRecord, RunRecord, TestRecord, WeightRecord
from brainlearn.results.store import metrics_only
from brainlearn.results.tree import result_tree
from tests.results.small_run import make_record, with_tasks


@pytest.fixture
def record() -> RunRecord:
    rng = np.random.default_rng(0)
    nan = float("nan")
    record = RunRecord("01_small", "two_areas", "digits", "forward_forward", "brian", 7, "{}", "")
    for number, error in enumerate((60.0, nan, 3.0), start=1):
        goodness = {"V1/E": 0.01 * number, "V2/E": 0.02 * number}
        record.epochs.append(EpochRecord(number, 1.0, 10, error, error, goodness, goodness))
    label = np.array([0, 1, 2, 2])
    record.test = TestRecord(label, np.array([0, 1, 2, 1]), rng.random((4, 3)), label)
    image, upper, shown = rng.normal(size=(6, 8)), rng.normal(size=(8, 4)), rng.normal(size=(3, 8))
    record.weights = {
        "V1/E->V2/E": WeightRecord(upper, upper, None, "V1/E", "V2/E", "bottom_up", (2, 4)),
        "label": WeightRecord(shown, shown, None, "retina/label", "V1/E", "bottom_up"),
        "image": WeightRecord(image, image, None, "retina/image", "V1/E", "bottom_up", (2, 3)),
    }
    return record


@pytest.fixture
def tree(record: RunRecord) -> DataTree:
    return result_tree(record)


def texts(figure: Figure) -> str:
    return "\n".join(axes.get_xlabel() + axes.get_ylabel() + axes.get_title("left") for axes in figure.axes)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_draws_a_whole_result(name: str, tree: DataTree, tmp_path: Path) -> None:
    save_figure(PLOTS[name](tree), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_tasks_have_a_line_each_and_a_mark_where_the_next_begins() -> None:
    (axes,) = PLOTS["task_errors"](result_tree(with_tasks(make_record()))).axes
    low, high, mark = axes.lines
    assert (low.get_label(), low.get_xydata().tolist()) == ("task low", [[1, 20], [3, 60]])
    assert (high.get_label(), high.get_xydata().tolist()) == ("task high", [[1, 90], [3, 10]])
    assert mark.get_xdata() == [1.5, 1.5]
    assert [text.get_text() for text in axes.texts] == ["low", "high"]


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_draws_an_empty_result(name: str, record: RunRecord, tmp_path: Path) -> None:
    record.epochs, record.test, record.weights = [], None, {}
    save_figure(PLOTS[name](result_tree(record)), tmp_path / "a.svg")
    assert b"<svg" in (tmp_path / "a.svg").read_bytes()


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_draws_the_small_part_of_a_result(name: str, tree: DataTree, tmp_path: Path) -> None:
    save_figure(PLOTS[name](metrics_only(tree)), tmp_path / "a.png")


@pytest.mark.parametrize("name", PLOTS)
def test_no_plot_changes_the_result(name: str, tree: DataTree, record: RunRecord) -> None:
    PLOTS[name](tree)
    assert tree.identical(result_tree(record))


def test_plots_draw_a_run_without_validation(record: RunRecord, tmp_path: Path) -> None:
    record.epochs = [EpochRecord(1, 1.0, 10, float("nan"))]
    save_figure(PLOTS["overview"](result_tree(record)), tmp_path / "a.png")


def test_plots_draw_weights_that_are_not_finite(record: RunRecord, tmp_path: Path) -> None:
    record.weights["image"].final[:] = np.nan
    save_figure(PLOTS["overview"](result_tree(record)), tmp_path / "a.png")


def test_plots_draw_a_run_without_any_mistake(record: RunRecord, tmp_path: Path) -> None:
    assert record.test is not None
    record.test.prediction[:] = record.test.label
    save_figure(PLOTS["overview"](result_tree(record)), tmp_path / "a.png")


def test_axes_of_the_learning_curve_have_units(tree: DataTree) -> None:
    shown = texts(learning_curve(tree))
    assert "error [percent]" in shown
    assert "mean goodness [1]" in shown


def test_the_learning_curve_skips_epochs_without_validation(tree: DataTree) -> None:
    line = learning_curve(tree).axes[0].get_lines()[0]
    np.testing.assert_array_equal(line.get_xdata(), [1, 3])
    np.testing.assert_array_equal(line.get_ydata(), [60.0, 3.0])


def test_confusion_counts_true_labels_in_rows(tree: DataTree) -> None:
    labels, counts = confusion_matrix(tree)
    assert labels.tolist() == [0, 1, 2]
    assert counts.tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 1]]


def test_the_first_level_is_what_nothing_else_projects_to(tree: DataTree) -> None:
    group = first_level(tree)
    assert group is not None
    assert group.attrs["source"] == "retina/image"


def test_black_and_white_stand_for_equally_strong_weights(tree: DataTree) -> None:
    low, high = receptive_fields(tree).axes[0].images[0].get_clim()
    assert low == -high


def test_units_with_the_longest_weight_vectors_come_first() -> None:
    weights = np.array([[1.0, 3.0, 0.0], [0.0, 0.0, 2.0]])
    assert largest(weights, 2).tolist() == [1, 2]


def test_a_mosaic_keeps_every_weight_in_place() -> None:
    tiles = np.arange(12.0).reshape(2, 2, 3)
    nan = np.nan
    expected = [[0, 1, 2, nan, 6, 7, 8], [3, 4, 5, nan, 9, 10, 11]]
    np.testing.assert_array_equal(mosaic(tiles)[:, :7], expected)


def test_label_strips_fit_below_their_tiles() -> None:
    tiles = with_strips(np.zeros((1, 2, 3)), np.array([[1.0, -2.0]]), limit=0.5)
    assert tiles.shape[2] == 6
    np.testing.assert_array_equal(tiles[0, -1], [0.25, 0.25, 0.25, -0.5, -0.5, -0.5])


def test_a_strip_shows_which_labels_a_unit_prefers_however_weak_its_weights() -> None:
    tiles = with_strips(np.zeros((2, 2, 2)), np.array([[8.0, -4.0], [-0.2, 0.1]]), limit=0.5)
    assert tiles[:, -1].tolist() == [[0.5, -0.25], [-0.5, 0.25]]


def test_no_strips_of_labels_that_were_never_shown(tree: DataTree, record: RunRecord) -> None:
    assert "strips" in texts(receptive_fields(tree))
    label, believed = np.array([0, 1, 2]), np.eye(3)
    record.test = TestRecord(label, label, believed, shown={"one_pass": 1}, seconds={"one_pass": 0.1})
    assert "strips" not in texts(receptive_fields(result_tree(record)))


def test_figures_are_nobodys_open_windows(tree: DataTree) -> None:
    PLOTS["overview"](tree)
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_same_result_gives_the_same_file(tree: DataTree, tmp_path: Path, ending: str) -> None:
    for name in ("a", "b"):
        save_figure(PLOTS["learning_curve"](tree), tmp_path / f"{name}.{ending}")
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_an_unknown_format_is_a_mistake(tree: DataTree, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"found \.jpg; allowed: \.png, \.svg"):
        save_figure(Figure(), tmp_path / "a.jpg")


def test_a_failing_drawing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").write_bytes(b"old")

    def fail(self: Figure, path: Path, **options: object) -> None:
        path.write_bytes(b"half")
        raise RuntimeError

    monkeypatch.setattr(Figure, "savefig", fail)
    with pytest.raises(RuntimeError):
        save_figure(Figure(), tmp_path / "a.png")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.png", b"old")]


@pytest.mark.parametrize("width", [4.0, 11.0])
def test_a_long_title_takes_more_lines_and_stays_within_the_figure(width: float) -> None:
    figure = new_figure(width, 3.0)
    figure.subplots()
    entitle(
        figure,
        "47_goodness_as_value: water_maze_active_critic acts in water_maze by " + "forward_forward_reward + " * 3,
    )
    figure.draw_without_rendering()
    (title,) = (text for text in figure.texts if text.get_text().startswith("47"))
    box = title.get_window_extent()
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.width
