"""What the runs cost, beside what they reached; and how they can be made again."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence

from brainlearn.report.blocks import Block, Facts, Section, Table, Words
from brainlearn.report.runs import Run
from brainlearn.report.words import duration, number, percent
from brainlearn.results.comparison import MEMORY_WITH_ANGLES, brief

ABOUT = (
    "Spikes are those of all units in a presentation of the last epoch. Training is wall time with validation; memory "
    "is the most that the process held, and growth what came after everything was built."
)


def cost(runs: Sequence[Run]) -> Section:
    """Return one row for each run: error, spikes, time, memory."""
    columns = ("run", "engine", "epochs", "test error", "one pass", "spikes", "training", "epoch", "memory", "growth")
    table = Table("Errors and cost of every run", columns, tuple(_row(run) for run in runs))
    blocks: list[Block] = [table, Words(ABOUT)]
    datasets = dict.fromkeys(str(run.tree.attrs["dataset"]) for run in runs)
    if len(datasets) > 1:
        blocks.append(Words(f"The runs learned different datasets ({', '.join(datasets)}): do not compare errors."))
    if any("alignment" in run.tree.children for run in runs):
        blocks.append(Words(MEMORY_WITH_ANGLES[0].upper() + MEMORY_WITH_ANGLES[1:] + "."))
    return Section("cost", "Cost", tuple(blocks))


def _row(run: Run) -> tuple[str | int, ...]:
    found = brief(run.summary)
    return (
        run.label,
        str(found["engine"]),
        int(found["epochs"]),
        percent(found["test_error_percent"]),
        percent(found["one_pass_test_error_percent"]),
        number(found["spikes_per_presentation"]),
        duration(found["train_seconds"]),
        duration(found["epoch_mean_seconds"]),
        _megabytes(found["peak_memory_mb"]),
        _megabytes(found["memory_growth_mb"]),
    )


def _megabytes(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f} MB"


def provenance(runs: Sequence[Run]) -> Section:
    """Say what is needed to make the runs again."""
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
    """Write an ISO 8601 time for people; what is none stays as it is.

    >>> _when("2026-03-09T14:05:07+00:00")
    '9 March 2026, 14:05 UTC'
    """
    try:
        time = datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)
    except ValueError:
        return text
    return f"{time.day} {time:%B %Y, %H:%M} UTC"
