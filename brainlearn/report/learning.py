"""The course of learning: error, goodness of positives and negatives, loss."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from xarray import Dataset

from brainlearn.plots.comparison import draw_curves
from brainlearn.plots.learning_curve import draw_error, draw_goodness, slow_readout
from brainlearn.plots.task_errors import draw_task_errors, has_tasks, turns_of
from brainlearn.report.blocks import Block, Gallery, Picture, Section, Table, Words
from brainlearn.report.panel import named, panel
from brainlearn.report.runs import Run, groups_of
from brainlearn.report.words import number, percent, short
from brainlearn.results.summary import validation_curve

ALL_RUNS = (
    "On items set apart from those that are learned; the answer is read as each run reads it. Every line has marks of "
    "its own; runs that differ only in their seed look alike."
)
GOODNESS = (
    "How active a population is, as its rule counts it. Learning parts the two: positive presentations show an image "
    "with its own label, negative ones with a wrong one."
)

TASKS = (
    "On the test items of each task, those that are still to come too. At the top is which one is learned. A task is "
    "forgotten as far as its error rises after its turn."
)


def learning(runs: Sequence[Run]) -> Section:
    """Draw error and goodness over the epochs, the errors of all runs in one picture first."""
    blocks: list[Block] = []
    if len(runs) > 1:
        blocks.append(Gallery("Validation error of all runs", (_all_curves(runs),), ALL_RUNS))
    contrasts = tuple(_goodness(run) for run in runs if _has_goodness(run))
    if contrasts:
        blocks.append(Gallery("Goodness of positives and negatives", contrasts, GOODNESS))
    errors = Gallery("Error of every run" if len(runs) > 1 else "Error over training", tuple(map(_error, runs)))
    blocks.insert(0 if len(runs) == 1 else len(blocks), errors)
    if tasks := tuple(_tasks(run) for run in runs if has_tasks(run.tree)):
        blocks.append(Gallery("Error on every task", tasks, TASKS))
    if not contrasts:
        blocks.append(Words("No goodness was measured: the rule has no positive and negative presentations."))
    return Section("learning", "Learning", tuple(blocks))


def metrics_of(run: Run) -> Dataset:
    """Return the measurements of every epoch of a run."""
    return run.tree.children["metrics"].to_dataset(inherit=False)


def curve(name: str, epochs: Iterable[float], values: Iterable[float], unit: str = "") -> str:
    """Describe a curve in a sentence.

    >>> curve("Error", [1, 2, 3], [40.0, 10.0, 12.5], " %")
    'Error: 40 % after epoch 1, 12.5 % after epoch 3, least 10 % after epoch 2.'
    """
    known = [(epoch, value) for epoch, value in zip(epochs, values, strict=True) if np.isfinite(value)]
    if not known:
        return f"{name}: not measured."
    (first, start), (last, end) = known[0], known[-1]
    best, least = min(known, key=lambda pair: pair[1])
    text = f"{name}: {number(start)}{unit} after epoch {first:g}"
    text += f", {number(end)}{unit} after epoch {last:g}" if last != first else ""
    return text + (f", least {number(least)}{unit} after epoch {best:g}." if best not in (first, last) else ".")


def _all_curves(runs: Sequence[Run]) -> Picture:
    groups = groups_of(runs)
    told = [
        curve(run.label, metrics_of(run)["epoch"].values, metrics_of(run)["validation_error"].values, " %")
        for run in runs
    ]
    drawn = [[{"validation_curve": validation_curve(run.tree)} for run in group.runs] for group in groups]
    figure = panel(draw_curves, drawn, [group.label for group in groups], width=5.4, height=3.4)
    rows = tuple(
        (run.label, int(epoch), short(float(value)))
        for run in runs
        for epoch, value in zip(
            metrics_of(run)["epoch"].values, metrics_of(run)["validation_error"].values, strict=True
        )
        if np.isfinite(value)
    )
    table = Table("Validation error of all runs", ("run", "epoch", "validation error [percent]"), rows)
    alt = (
        "Validation error over the epochs, a line for each run; runs that differ only in their seed look alike. "
        + " ".join(told)
    )
    return Picture("validation_errors", "all runs", alt, figure, "metrics/validation_error", table)


def _error(run: Run) -> Picture:
    metrics = metrics_of(run)
    epochs = metrics["epoch"].values
    alt = curve(f"Validation error, {slow_readout(run.tree)}", epochs, metrics["validation_error"].values, " %")
    columns = ["epoch", "validation error [percent]"]
    values = [metrics["validation_error"].values]
    if np.isfinite(metrics["one_pass_error"].values).any():
        columns.append("one-pass validation error [percent]")
        values.append(metrics["one_pass_error"].values)
        alt += " " + curve("One pass", epochs, values[-1], " %")
    if "loss" in metrics:
        columns.append("loss [nat]")
        values.append(metrics["loss"].values)
    if run.summary["test_error_percent"] is not None:
        alt += f" Test error: {percent(run.summary['test_error_percent'])}."
    table = Table(f"Error over training: {run.label}", tuple(columns), _rows(epochs, values))
    source = "metrics/validation_error, metrics/one_pass_error, test/prediction"
    return Picture(named("error", run), run.label, alt, panel(draw_error, run.tree), source, table)


def _has_goodness(run: Run) -> bool:
    return bool(np.isfinite(metrics_of(run)["goodness_positive"].values).any())


def _goodness(run: Run) -> Picture:
    metrics = metrics_of(run)
    epochs = metrics["epoch"].values
    columns, values, told = ["epoch"], [], []
    for path in metrics["population"].values:
        pair = [metrics[f"goodness_{sign}"].sel(population=path).values for sign in ("positive", "negative")]
        if np.isfinite(pair).any():
            columns += [f"{path} positive", f"{path} negative"]
            values += pair
            told.append(f"{path}: {number(pair[0][-1])} for positives and {number(pair[1][-1])} for negatives")
    alt = f"Mean goodness over the epochs. After the last epoch, {'; '.join(told)}."
    table = Table(f"Goodness: {run.label}", tuple(columns), _rows(epochs, values))
    source = "metrics/goodness_positive, metrics/goodness_negative"
    return Picture(named("goodness", run), run.label, alt, panel(draw_goodness, run.tree, width=5.4), source, table)


def _tasks(run: Run) -> Picture:
    metrics = metrics_of(run)
    epochs, names = metrics["epoch"].values, [str(name) for name in metrics["task"].values]
    values = [metrics["task_error"].sel(task=name).values for name in names]
    told = [curve(f"Task {name}", epochs, each, " %") for name, each in zip(names, values, strict=True)]
    turns = ", ".join(f"{name} in epochs {first} to {last}" for name, first, last in turns_of(metrics))
    alt = f"Error on every task over the epochs; learned are {turns}. {' '.join(told)}"
    columns = ("epoch", *(f"task {name} [percent]" for name in names))
    table = Table(f"Error on every task: {run.label}", columns, _rows(epochs, values))
    figure = panel(draw_task_errors, run.tree, width=5.4)
    return Picture(named("tasks", run), run.label, alt, figure, "metrics/task_error, metrics/task_learned", table)


def _rows(epochs: np.ndarray, values: list[np.ndarray]) -> tuple[tuple[float | None, ...], ...]:
    return tuple((int(epoch), *(short(float(v[k])) for v in values)) for k, epoch in enumerate(epochs))
