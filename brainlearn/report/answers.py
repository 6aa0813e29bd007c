"""Answers of the runs on held-out data: confusion of labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from brainlearn.plots.confusion import confusion, confusion_matrix
from brainlearn.plots.values import draw_values, of_values
from brainlearn.report.blocks import Block, Cell, Gallery, Heat, Picture, Section, Table, Words
from brainlearn.report.panel import named, panel
from brainlearn.report.runs import Run
from brainlearn.report.words import duration, number, percent

READOUTS = {
    "every_label": ("goodness of every label", "test_error_percent"),
    "one_pass": ("one pass with a neutral label", "one_pass_test_error_percent"),
    "short_list": ("goodness of a short list", "short_list_test_error_percent"),
}


def answers(runs: Sequence[Run]) -> Section:
    """Show the confusion matrix of every run that was tested, and the error of every label."""
    valued = [run for run in runs if of_values(run.tree)]
    tested = [run for run in runs if run.summary["test_presentations"] and run not in valued]
    blocks: list[Block] = []
    if valued:
        blocks = [Gallery("Values", tuple(_values(run) for run in valued), "Targets are dashed."), _errors(valued)]
    elif tested:
        about = "Rows are true labels, columns are answers. Correct answers are on the diagonal; mistakes are shaded."
        blocks = [Gallery("Confusion", tuple(_confusion(run) for run in tested), about), _by_label(tested)]
        blocks += [table for table in (_costs(tested), _alone(tested)) if table.rows]
    else:
        blocks = [Words("The run was not tested.")]
    return Section("answers", "Answers on held-out data", tuple(blocks))


def _values(run: Run) -> Picture:
    alt = f"Outputs of {run.label} and their targets. Mean squared error: {_squared(run)}."
    return Picture(named("values", run), run.label, alt, panel(draw_values, run.tree), "test/output, test/target")


def _errors(runs: Sequence[Run]) -> Table:
    rows = tuple((run.label, _squared(run), percent(run.summary["test_error_percent"])) for run in runs)
    return Table("Test error of values", ("run", "mean squared error", "in percent of the variance"), rows)


def _squared(run: Run) -> str:
    return number(run.summary["test_mean_squared_error"])


def _confusion(run: Run) -> Heat:
    labels, counts = confusion_matrix(run.tree)
    mistakes = counts - np.diag(np.diag(counts))
    shades = mistakes / max(mistakes.max(), 1)
    caption = f"{run.label}: {mistakes.sum():,} mistakes in {counts.sum():,}" + _most(labels, mistakes)
    return Heat(
        named("confusion", run),
        caption,
        "true",
        "answer",
        tuple(str(label) for label in labels),
        tuple(tuple(int(n) for n in row) for row in counts),
        tuple(tuple(round(float(s), 3) for s in row) for row in shades),
        "test/true_label, test/prediction",
        confusion(run.tree),
    )


def _most(labels: np.ndarray, mistakes: np.ndarray) -> str:
    """Name the most frequent mistake."""
    if not mistakes.any():
        return ""
    true, answer = np.unravel_index(mistakes.argmax(), mistakes.shape)
    return f"; most often {labels[true]} taken for {labels[answer]}, {mistakes[true, answer]} times"


def _costs(runs: Sequence[Run]) -> Table:
    """Return a row for each readout of a run, if there is more than one."""
    rows: list[tuple[Cell, ...]] = []
    for run in runs:
        found = run.summary["readouts"] or {}
        for name, cost in found.items() if len(found) > 1 else ():
            text, key = READOUTS[name]
            rows.append((run.label, text, percent(run.summary[key]), cost["presentations"], duration(cost["seconds"])))
    items = ", ".join(dict.fromkeys(f"{run.summary['test_presentations']:,}" for run in runs))
    columns = ("run", "readout", "test error", "presentations", f"{items} answers")
    caption = "What an answer costs: presentations for each, and the time for all"
    return Table(caption, columns, tuple(rows), heads=2)


def _alone(runs: Sequence[Run]) -> Table:
    """Return a row for each set of populations that was read alone."""
    rows: list[tuple[Cell, ...]] = []
    for run in runs:
        found = run.summary["subsets"] or {}
        how = "goodness" if "every_label" in (run.summary["readouts"] or {}) else "linear readout"
        rows += [(run.label, name, how, percent(error)) for name, error in found.items()] if len(found) > 1 else []
    return Table("Some populations alone", ("run", "populations", "read by", "test error"), tuple(rows), heads=2)


def _by_label(runs: Sequence[Run]) -> Table:
    found = {}
    for run in runs:
        labels, counts = confusion_matrix(run.tree)
        shown = counts.sum(axis=1)
        errors = np.where(shown, 100 * (1 - np.diag(counts) / np.maximum(shown, 1)), np.nan)
        found[run.label] = {str(label): (int(n), percent(e)) for label, n, e in zip(labels, shown, errors, strict=True)}
    every = dict.fromkeys(label for each in found.values() for label in each)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            label,
            next(each[label][0] for each in found.values() if label in each),
            *(each.get(label, (0, "–"))[1] for each in found.values()),
        )
        for label in every
    )
    return Table("Test error by label", ("label", "items", *found), rows)
