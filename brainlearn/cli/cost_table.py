"""The cost of runs, as tables: operations of a presentation, and bytes in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from brainlearn.cli.terminal import plain_table
from brainlearn.results.comparison import brief, of_one_mean
from brainlearn.results.cost_words import ABOUT, OCCUPIED, PER_PRESENTATION, amount, occupied, stage_rows

if TYPE_CHECKING:
    from rich.table import Table


def cost_tables(runs: Sequence[Mapping[str, Any]]) -> list[Table]:
    """Return tables of operations, and of bytes, for every rule and baseline; none if nobody counted.

    Parameters
    ----------
    runs : sequence of mapping
        Summaries.
    """
    groups = [group for group in of_one_mean([brief(run) for run in runs]) if any(run.get("cost") for run in group)]
    if not groups:
        return []
    several = len({run["experiment"] for run in runs}) > 1
    named = [(f"{g[0]['experiment']}: {g[0]['rule']}" if several else str(g[0]["rule"]), g) for g in groups]
    return [_operations(named), _bytes(named)]


def _operations(named: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]) -> Table:
    table = _table("Operations of a presentation", ABOUT, ("rule", "stage"))
    for name in (*PER_PRESENTATION.values(), "activation sparsity"):
        table.add_column(name.replace(" ", "\n"), justify="right", no_wrap=True)
    for rule, group in named:
        for stage, numbers, sparsity in stage_rows(group):
            table.add_row(rule, stage, *map(amount, numbers), amount(sparsity))
    return table


def _bytes(named: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]) -> Table:
    caption = "of one copy; learning: what it holds beside; operations: of the whole training, effective"
    table = _table("Footprint, and operations of training", caption, ("rule",))
    for name in (*OCCUPIED.values(), "training operations"):
        table.add_column(name.replace(" ", "\n").replace(",", ""), justify="right", no_wrap=True)
    for rule, group in named:
        if (numbers := occupied(group)) is not None:
            table.add_row(rule, *map(amount, numbers))
    return table


def _table(title: str, caption: str, names: Sequence[str]) -> Table:
    table = plain_table(title, caption)
    for name in names:
        table.add_column(name, overflow="fold")
    return table
