"""A search as tables: the best trial of every arm, and its settings' results with fresh seeds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from brainlearn.cli.terminal import plain_table
from brainlearn.results.comparison import mean_and_sd

if TYPE_CHECKING:
    from rich.table import Table
    from xarray import Dataset

CAPTION = "chosen by the validation error alone; arms/NAME/best.toml has the best settings as an experiment"


def search_tables(dataset: Dataset) -> list[Table]:
    """Return a table with a row for each arm, and one of the best settings."""
    table = plain_table(f"{dataset.attrs['trials']} trials of every arm, {dataset.attrs['sampler']}", CAPTION)
    columns = ["arm", "trials", "failed", "best", "validation\nerror %"]
    tested = "test_error" in dataset
    for name in [*columns, *(["test\nerror %", "seeds"] if tested else [])]:
        table.add_column(name, justify="left" if name == "arm" else "right", vertical="bottom", overflow="fold")
    for arm in dataset["arm"].values:
        row = dataset.sel(arm=arm)
        states, best = row["state"].values.tolist(), int(row["best"])
        error = "–" if best < 0 else f"{float(row['validation_error'][best]):.2f}"
        begun = sum(state != "not begun" for state in states)
        cells = [str(arm), str(begun), str(states.count("failed")), "–" if best < 0 else str(best), error]
        if tested:
            known = [value for value in row["test_error"].values.tolist() if value == value]
            cells += [mean_and_sd(known, "{:.2f}"), str(len(known))]
        table.add_row(*cells)
    return [table, _settings(dataset)]


def _settings(dataset: Dataset) -> Table:
    """Return the best settings of every arm."""
    table = plain_table("Best settings", "")
    for head in ("arm", "key", "value"):
        table.add_column(head, overflow="fold")
    keys = [name for name, each in dataset.data_vars.items() if "key" in each.attrs]
    for arm in dataset["arm"].values:
        best = int(dataset["best"].sel(arm=arm))
        for name in keys if best >= 0 else ():
            text = _written(dataset[name].sel(arm=arm).values[best], str(dataset[name].attrs["units"]))
            if text:
                table.add_row(str(arm), str(dataset[name].attrs["key"]), text)
    return table


def _written(value: object, unit: str) -> str:
    """Return a value as text; nothing where an arm does not search it."""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return "" if text in ("nan", "") else text + (f" {unit}" if unit != "1" else "")


def failed_trials(dataset: Dataset) -> Iterator[str]:
    """Yield a line for each trial, and each fresh seed, without a result."""
    for name, of in (("message", "trial"), ("final_message", "seed")):
        for arm in dataset["arm"].values if name in dataset else ():
            for number, text in zip(dataset[of].values, dataset[name].sel(arm=arm).values, strict=True):
                if text:
                    yield f"{arm}, {of} {number}: {text}"
