"""What the runs cost and reached, and how to repeat them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping, Sequence

from brainlearn.report.blocks import Block, Cell, Facts, Section, Table, Words
from brainlearn.report.runs import Run, groups_of
from brainlearn.report.words import duration, megabytes, number, percent
from brainlearn.results.comparison import MEMORY_WITH_ANGLES, brief, spread
from brainlearn.results.cost_words import ABOUT as ABOUT_OPERATIONS
from brainlearn.results.cost_words import OCCUPIED, PER_PRESENTATION, occupied, stage_rows

ABOUT = (
    "Spikes are those of all units in a presentation of the last epoch. Training is wall time with validation; memory "
    "is the most that the process held, and growth what came after everything was built."
)


COLUMNS: Mapping[str, tuple[str, Callable[[float | None], str]]] = {
    "test_error_percent": ("test error", percent),
    "one_pass_test_error_percent": ("one pass", percent),
    "short_list_test_error_percent": ("short list", percent),
    "spikes_per_presentation": ("spikes", number),
    "train_seconds": ("training", duration),
    "epoch_mean_seconds": ("epoch", duration),
    "peak_memory_mb": ("memory", megabytes),
    "memory_growth_mb": ("growth", megabytes),
}


def cost(runs: Sequence[Run]) -> Section:
    """Return one row for each run: error, spikes, time, memory; and means over those that differ in their seed only."""
    shown = [brief(run.summary) for run in runs]
    names = [name for name in COLUMNS if any(found[name] is not None for found in shown)]
    head = ("run", "engine", "epochs", *(COLUMNS[name][0] for name in names))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (run.label, str(found["engine"]), int(found["epochs"]), *(COLUMNS[name][1](found[name]) for name in names))
        for run, found in zip(runs, shown, strict=True)
    )
    blocks: list[Block] = [Table("Errors and cost of every run", head, rows), *_means(runs, names), Words(ABOUT)]
    blocks += _operations(runs)
    datasets = dict.fromkeys(str(run.tree.attrs["dataset"]) for run in runs)
    if len(datasets) > 1:
        blocks.append(Words(f"The runs learned different datasets ({', '.join(datasets)}): do not compare errors."))
    if any("alignment" in run.tree.children for run in runs):
        blocks.append(Words(MEMORY_WITH_ANGLES[0].upper() + MEMORY_WITH_ANGLES[1:] + "."))
    return Section("cost", "Cost", tuple(blocks))


def _means(runs: Sequence[Run], names: Sequence[str]) -> list[Table]:
    """Return a table of means and standard deviations over seeds, if there are several of any run."""
    rows = []
    for group in groups_of(runs):
        if group.several:
            spreads = (spread(group.values(name)) for name in names)
            shown = (_spread(pair, COLUMNS[name][1]) for name, pair in zip(names, spreads, strict=True))
            rows.append((group.label, ", ".join(str(run.tree.attrs["seed"]) for run in group.runs), *shown))
    head = ("runs", "seeds", *(COLUMNS[name][0] for name in names))
    return [Table("Mean ± standard deviation over seeds", head, tuple(rows), heads=2)] if rows else []


def _operations(runs: Sequence[Run]) -> list[Block]:
    """Return tables of operations in a presentation, and of bytes, for every run that counted them."""
    found = [(run.label, [run.summary]) for run in runs if run.summary.get("cost")]
    stages = tuple(
        (label, stage, *map(number, [*numbers, sparsity]))
        for label, run in found
        for stage, numbers, sparsity in stage_rows(run)
    )
    held = tuple((label, *map(number, numbers)) for label, run in found if (numbers := occupied(run)) is not None)
    if not found:
        return []
    head = ("run", "stage", *PER_PRESENTATION.values(), "activation sparsity")
    return [
        Table("Operations of a presentation", head, stages, heads=2),
        Table("Footprint of one copy, and operations of training", ("run", *OCCUPIED.values(), "operations"), held),
        Words(ABOUT_OPERATIONS + "."),
    ]


def _spread(pair: tuple[float, float] | None, form: Callable[[float | None], str]) -> str:
    return "–" if pair is None else f"{form(pair[0])} ± {form(pair[1])}"


def provenance(runs: Sequence[Run]) -> Section:
    """Describe what is needed to repeat the runs."""
    columns = ("run", "started", "seed", "folder", "experiment (SHA-256)", "circuit (SHA-256)")
    rows = tuple(
        (
            run.label,
            _when(str(run.tree.attrs["started"])),
            int(run.tree.attrs["seed"]),
            run.folder.name or str(run.folder),
            str(run.tree.attrs["experiment_sha256"])[:12],
            str(run.tree.attrs["circuit_sha256"])[:12],
        )
        for run in runs
    )
    versions = json.loads(runs[0].tree.attrs["versions"])
    again = "brainlearn run experiment.toml, within the run folder, makes the first run again."
    return Section(
        "provenance",
        "How it was made",
        (Table("Runs", columns, rows), Facts(tuple(sorted(versions.items()))), Words(again)),
    )


def _when(text: str) -> str:
    """Write an ISO 8601 time for people; anything else stays unchanged.

    >>> _when("2026-03-09T14:05:07+00:00")
    '9 March 2026, 14:05 UTC'
    """
    try:
        time = datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)
    except ValueError:
        return text
    return f"{time.day} {time:%B %Y, %H:%M} UTC"
