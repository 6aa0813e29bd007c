"""A sweep as a table: a row for each point, with the mean over its seeds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from brainlearn.results.comparison import mean_and_sd
from brainlearn.results.episodes import judged_by

if TYPE_CHECKING:
    from rich.table import Table
    from xarray import DataArray, Dataset

SEED = "seed"
COLUMNS: Mapping[str, tuple[str, str]] = {
    "test_error": ("test\nerror %", "{:.2f}"),
    "one_pass_test_error": ("one\npass %", "{:.2f}"),
    "test_reward": ("test\nreward", "{:.4g}"),
    "test_latency": ("latency\ns", "{:.3g}"),
    "spikes_per_presentation": ("\nspikes", "{:,.0f}"),
    "train_seconds": ("train\ns", "{:,.1f}"),
}


def sweep_table(dataset: Dataset) -> Table:
    """Return the table: axes, means and standard deviations over seeds, and of how many runs."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    axes = [dim for dim in dataset["test_error"].dims if dim != SEED]
    keys = _labels(dataset)
    without = {"test_error"} if judged_by(dataset) != "test_error" else set()
    columns = {name: words for name, words in COLUMNS.items() if name in dataset and name not in without}
    for coordinate in keys:
        table.add_column(_title(coordinate), overflow="fold", vertical="bottom")
    for title, _ in columns.values():
        table.add_column(title, justify="right", no_wrap=True, vertical="bottom")
    table.add_column("of\nruns", justify="right", vertical="bottom")
    for index in itertools.product(*(range(dataset.sizes[dim]) for dim in axes)):
        row = dataset.isel(dict(zip(axes, index, strict=True)))
        cells = [_short(_cell(row[coordinate.name])) for coordinate in keys]
        known = {name: [v for v in row[name].values.tolist() if v == v] for name in columns}
        numbers = [mean_and_sd(known[name], form) for name, (_, form) in columns.items()]
        runs = f"{int((row['message'] == '').sum())}/{row.sizes[SEED]}"
        table.add_row(*cells, *numbers, runs)
    return table


def failures(dataset: Dataset) -> Iterator[str]:
    """Yield a line for each point without a result."""
    message = dataset["message"]
    keys = [coordinate.name for coordinate in _labels(dataset)]
    for index in itertools.product(*(range(size) for size in message.shape)):
        point = dataset.isel(dict(zip(message.dims, index, strict=True)))
        if text := str(point["message"].item()):
            at = [f"{dataset[key].attrs['key']} = {_cell(point[key])}" for key in (*keys, SEED)]
            yield f"{', '.join(at)}: {text}"


def _labels(dataset: Dataset) -> list[DataArray]:
    """Return the coordinates that say what a point is, without the seed."""
    axes = dataset["test_error"].dims
    return [each for name, each in dataset.coords.items() if each.dims[0] in axes and name != SEED]


def _title(coordinate: DataArray) -> str:
    units = coordinate.attrs["units"]
    key = str(coordinate.attrs["key"]).replace(".", ".\n")
    return key + (f" [{units}]" if units != "1" else "")


def _cell(value: DataArray) -> str:
    """Return a value as text; nothing where a point leaves a key as it is."""
    if value.dtype.kind != "f":
        return str(value.item())
    return "" if value.isnull() else f"{value.item():g}"


def _short(text: str) -> str:
    """Return a list or a table of TOML as its brackets: the sweep file says what is in them."""
    return f"{text[0]}…{text[-1]}" if text[:1] in ("[", "{") else text
