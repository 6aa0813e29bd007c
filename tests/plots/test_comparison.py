from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.figure import Figure
from xarray import DataTree

from brainlearn.plots.comparison import comparison, form_of
from brainlearn.plots.save import save_figure
from brainlearn.results.tree import result_tree
from tests.results.small_run import make_baseline, make_record, with_seed


def labels(figure: Figure) -> list[str]:
    return [tick.get_text() for tick in panel(figure, "Test error").get_yticklabels()]


@pytest.fixture
def trees() -> list[DataTree]:
    """Two seeds of a rule, and a baseline."""
    return [result_tree(record) for record in (make_record(), with_seed(make_record(), 9), make_baseline())]


def every_text(figure: Figure) -> str:
    figure.canvas.draw()
    return "\n".join(text.get_text() for axes in figure.axes for text in axes.findobj() if hasattr(text, "get_text"))


def panel(figure: Figure, title: str):
    return next(axes for axes in figure.axes if axes.get_title("left") == title)


def test_runs_are_drawn_beside_each_other(trees: list[DataTree], tmp_path: Path) -> None:
    figure = comparison(trees)
    save_figure(figure, tmp_path / "a.png")
    shown = every_text(figure)
    for text in ("forward_forward", "backprop_through_time", "error [percent]", "wall time [s]", "[MB]", "[degree]"):
        assert text in shown


def test_seeds_of_one_rule_share_a_bar_as_long_as_their_mean(trees: list[DataTree]) -> None:
    time = panel(comparison(trees), "Training time")
    assert [bar.get_width() for bar in time.patches] == [5.75, 4.75]
    assert time.get_lines()[0].get_xdata().tolist() == [4.75, 6.75]
    assert "5.75 ± 1.41" in [text.get_text() for text in time.texts]


def test_memory_shows_what_came_after_building(trees: list[DataTree]) -> None:
    memory = panel(comparison(trees[-1:]), "Peak memory")
    assert [(bar.get_x(), bar.get_width()) for bar in memory.patches] == [(0.0, 420.0), (300.0, 120.0)]


def test_every_run_has_its_learning_curve(trees: list[DataTree]) -> None:
    curves = panel(comparison(trees), "Validation error").get_lines()
    assert [line.get_ydata().tolist() for line in curves] == [[40.0, 10.0, 12.5]] * 3
    assert [line.get_marker() for line in curves] == ["o", "o", "s"]  # told apart without colour


def test_labels_tell_runs_apart(trees: list[DataTree]) -> None:
    twice = [trees[0], trees[0], trees[2]]
    assert len(set(labels(comparison(twice)))) == 3


def test_labels_tell_how_long_runs_were_if_they_differ(trees: list[DataTree]) -> None:
    assert labels(comparison(trees)) == ["forward_forward", "backprop_through_time"]
    shorter = make_baseline("checkpointing")
    shorter.epochs = shorter.epochs[:1]
    assert labels(comparison([trees[0], result_tree(shorter)])) == [
        "forward_forward\nepochs: 3",
        "checkpointing\nepochs: 1",
    ]


def test_without_angles_there_is_no_panel_for_them(trees: list[DataTree]) -> None:
    assert not any("Angle" in axes.get_title("left") for axes in comparison(trees[-1:]).axes)


def test_what_no_run_has_is_said_in_its_place(tmp_path: Path) -> None:
    record = make_baseline("backprop")
    record.epochs, record.test, record.sizes, record.spiking = [], None, {}, ()
    record.memory_before_mb = record.peak_memory_mb = float("nan")
    figure = comparison([result_tree(record)])
    save_figure(figure, tmp_path / "a.svg")
    shown = every_text(figure)
    for text in ("no validation error", "test error: not", "memory: not", "spikes: not"):
        assert text in shown


def test_numbers_are_written_as_their_size_asks() -> None:
    assert [form_of(value).format(value) for value in (1.234, 99.0, 1332.4)] == ["1.23", "99.00", "1,332"]


def test_circuits_that_act_are_compared_by_their_reward(tmp_path: Path) -> None:
    from brainlearn.plots.comparison import comparison_as_recorded
    from brainlearn.results.summary import recorded

    record = recorded(result_tree(make_record())) | {"test_error_percent": None, "validation_curve": [], "angles": {}}
    runs = [record | {"seed": seed, "test_reward": reward} for seed, reward in ((1, -3.0), (2, -5.0))]
    figure = comparison_as_recorded(runs)
    titles = [axes.get_title("left") for axes in figure.axes]
    assert titles[0] == "Reward"
    assert "Test error" not in titles
    assert "Validation error" not in titles
    (bar,) = panel(figure, "Reward").patches
    assert (bar.get_x(), bar.get_width()) == (0, -4.0)
    low, high = panel(figure, "Reward").get_xlim()
    assert low <= -5 < 0 < high
    save_figure(figure, tmp_path / "reward.png")
