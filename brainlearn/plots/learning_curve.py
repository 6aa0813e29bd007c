"""The error over the epochs, and the goodness of positives and negatives."""

from __future__ import annotations

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from xarray import Dataset, DataTree

from brainlearn.plots.appearance import INK, epoch_axis, marks_every, new_figure, plain_axes, say, stroke
from brainlearn.results.summary import answer_errors

Dash = Literal["-", "--"]
READOUTS = {
    "validation_error": ("goodness of every label", "test_error_percent"),
    "one_pass_error": ("one-pass softmax", "one_pass_test_error_percent"),
}
DASHES: tuple[Dash, Dash] = ("-", "--")


def learning_curve(tree: DataTree) -> Figure:
    """Draw the error of both readouts, and the goodness of every population, over the epochs.

    Parameters
    ----------
    tree : xarray.DataTree
        A result; group ``metrics``, and ``test`` if there is one.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(10, 3.8)
    left, right = figure.subplots(1, 2)
    draw_error(left, tree)
    draw_goodness(right, tree)
    return figure


def draw_error(axes: Axes, tree: DataTree) -> None:
    """Draw the validation error [percent] over the epochs, and the test error as a mark at the last one."""
    metrics = tree.children["metrics"].to_dataset()
    tests = answer_errors(tree)
    shown = []
    for index, (name, (text, test_name)) in enumerate(_readouts(tree).items()):
        shown += _error_line(axes, metrics, name, text, index)
        shown += _test_mark(axes, metrics, tests[test_name], text, index)
    shown += _test_mark(axes, metrics, tests["short_list_test_error_percent"], "goodness of a short list", 2)
    if not shown:
        say(axes, "no error was measured")
        return
    plain_axes(axes, "Error")
    epoch_axis(axes, _last(metrics))
    axes.set_ylabel("error [percent]")
    percent_axis(axes, np.array(shown))
    axes.legend(fontsize="small", edgecolor="none", framealpha=0.9)


def _readouts(tree: DataTree) -> dict[str, tuple[str, str]]:
    """Return the name of each error."""
    return {**READOUTS, "validation_error": (slow_readout(tree), "test_error_percent")}


def slow_readout(tree: DataTree) -> str:
    """Return the source of the answer: goodness if there is any, else the outputs, or activities."""
    if not saw_labels(tree):
        return "linear readout"
    if (test := tree.children.get("test")) is not None and "label" not in test.sizes:
        return "outputs"  # that should take values
    measured = np.isfinite(tree.children["metrics"].to_dataset()["goodness_positive"].values).any()
    return "goodness of every label" if measured else "greatest output"


def saw_labels(tree: DataTree) -> bool:
    """Return whether labels were shown to the circuit; one that sees none has no goodness of every label."""
    test = tree.children["test"].to_dataset() if "test" in tree.children else Dataset()
    return "readout" not in test or "every_label" in test["readout"].values


def _error_line(axes: Axes, metrics: Dataset, name: str, text: str, index: int) -> list[float]:
    error = metrics[name].values
    measured = np.isfinite(error)
    look = stroke(index)
    if measured.any():
        axes.plot(
            metrics["epoch"].values[measured],
            error[measured],
            color=look.colour,
            linestyle=DASHES[index],
            marker=look.marker,
            markersize=4,
            markevery=marks_every(int(measured.sum())),
            label=f"validation, {text}",
        )
    return [float(value) for value in error[measured]]


def _test_mark(axes: Axes, metrics: Dataset, error: float | None, text: str, index: int) -> list[float]:
    if error is None:
        return []
    look = stroke(index)
    axes.axhline(error, color=look.colour, linestyle=":", linewidth=1)
    axes.plot(
        [_last(metrics)],
        [error],
        linestyle="none",
        marker=look.marker,
        markersize=9,
        markerfacecolor="none",
        markeredgecolor=look.colour,
        markeredgewidth=1.5,
        clip_on=False,
        label=f"test, {text}: {error:.2f} %",
    )
    return [error]


def _last(metrics: Dataset) -> int:
    return int(metrics["epoch"].values[-1]) if metrics.sizes["epoch"] else 0


def percent_axis(axes: Axes, shown: np.ndarray) -> None:
    """Use a logarithmic axis where the error falls far; it never lies about zero."""
    if shown.min() > 0 and shown.max() / shown.min() > 8:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_ylim(0, max(1.15 * shown.max(), 1))


def draw_goodness(axes: Axes, tree: DataTree) -> None:
    """Draw the mean goodness [1] of positive (full lines) and negative (dashed lines) presentations."""
    metrics = tree.children["metrics"].to_dataset()
    epochs = metrics["epoch"].values
    names = ("goodness_positive", "goodness_negative")
    paths = [str(p) for p in metrics["population"].values if _measured(metrics, names, str(p))]
    if not paths:
        say(axes, "no goodness was measured")
        return
    for index, path in enumerate(paths):
        for name, dash in zip(names, DASHES, strict=True):
            axes.plot(
                epochs,
                metrics[name].sel(population=path).values,
                color=stroke(index).colour,
                marker=stroke(index).marker,
                markersize=4,
                markevery=marks_every(epochs.size),
                linestyle=dash,
            )
    plain_axes(axes, "Goodness")
    epoch_axis(axes, _last(metrics))
    axes.set_ylabel("mean goodness [1]")
    keys = _goodness_keys(paths)
    axes.legend(handles=keys, frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))


def _measured(metrics: Dataset, names: tuple[str, ...], path: str) -> bool:
    return any(bool(np.isfinite(metrics[name].sel(population=path).values).any()) for name in names)


def _goodness_keys(paths: list[str]) -> list[Line2D]:
    signs = [
        Line2D([], [], color=INK, linestyle=dash, label=text)
        for dash, text in zip(DASHES, ("positive", "negative"), strict=True)
    ]
    looks = [(path, stroke(index)) for index, path in enumerate(paths)]
    populations = [
        Line2D([], [], color=look.colour, marker=look.marker, linestyle="none", markersize=5, label=path)
        for path, look in looks
    ]
    return signs + populations
