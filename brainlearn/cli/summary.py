"""``brainlearn summary``: the results of a run, in one table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def summary(
    run: Annotated[Path, typer.Argument(help="Run folder, or its result.nc or summary.json.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Show the results of a run: errors, goodness, activity, times, operations."""
    from brainlearn.cli.cost_table import cost_tables
    from brainlearn.cli.terminal import say_json, terminal_console

    found = find_summary(run)
    if as_json:
        say_json(found)
        return
    console = terminal_console()
    for table in (run_table(found), readout_table(found), population_table(found), *cost_tables([found])):
        if table is not None:
            console.print(table)
    for note in found.get("notes", []):
        console.print(f"Note: {note}")


def find_summary(run: Path) -> dict[str, Any]:
    """Return the summary of a run: as written, or else made from its result.

    Raises
    ------
    UserError
        If `run` holds neither.
    """
    from brainlearn.results.read_summary import read_summary
    from brainlearn.results.run_folder import RunFolder

    if run.suffix == ".json":
        return read_summary(run)
    if RunFolder(run).ended:
        return RunFolder(run).read_summary()
    from brainlearn.results.store import load_run
    from brainlearn.results.summary import summary as summarise

    return summarise(load_run(run))


def run_table(found: dict[str, Any]) -> Any:
    """Return a `rich.table.Table` of the whole run."""
    from rich.table import Table

    table = Table("", "", title=str(found["experiment"]), title_justify="left", show_header=False)
    for name in ("circuit", "dataset", "rule", "engine", "seed"):
        table.add_row(name, str(found[name]))
    table.add_row("epochs", f"{found['epochs']} ({found['presentations']:,} presentations)")
    for name, text in ERRORS.items():
        if found.get(name) is not None:
            table.add_row(text, percent(found[name]))
    if found.get("test_mean_squared_error") is not None:
        table.add_row("test mean squared error", f"{found['test_mean_squared_error']:.3g}")
    for name, errors in (found.get("tasks") or {}).items():
        learned, end = (percent(errors[f"error_{key}_percent"]) for key in ("when_learned", "at_end"))
        table.add_row(f"task {name}", f"{learned} when learned, {end} at the end")
    if found.get("forgetting_percent") is not None:
        table.add_row("forgetting", percent(found["forgetting_percent"]))
    for part, text in EPISODES.items():
        if (found.get("episodes") or {}).get(f"{part}_total_reward") is not None:
            reward, latency = (found["episodes"][f"{part}_{key}"] for key in ("total_reward", "latency"))
            table.add_row(text, f"reward {number(reward)}, latency {number(latency)} s")
    table.add_row("training", seconds(found["train_seconds"]))
    return table


ERRORS = {
    "test_error_percent": "test error",
    "one_pass_test_error_percent": "test error, one pass",
    "short_list_test_error_percent": "test error, short list",
    "validation_error_percent": "validation error",
    "one_pass_validation_error_percent": "validation error, one pass",
}
EPISODES = {
    "first": "first episode of each copy",
    "last": "last 100 episodes",
    "test": "episodes after learning",
}
READOUTS = {
    "every_label": ("goodness of every label", "test_error_percent"),
    "one_pass": ("one pass", "one_pass_test_error_percent"),
    "short_list": ("goodness of a short list", "short_list_test_error_percent"),
}
COLUMNS = {
    "goodness_positive": "goodness +",
    "goodness_negative": "goodness -",
    "activity": "spikes or activity",
    "silent_percent": "silent %",
    "saturated_percent": "saturated %",
}


def readout_table(found: dict[str, Any]) -> Any:
    """Return a `rich.table.Table` of the cost of each readout, and of populations read alone; None without either."""
    from rich.table import Table

    costs, subsets = found.get("readouts") or {}, found.get("subsets") or {}
    if len(costs) < 2 and len(subsets) < 2:
        return None
    items = f"{found['test_presentations']:,} answers"
    table = Table("readout", "test error", "presentations", items, title="Readouts", title_justify="left")
    for name, cost in costs.items():
        text, key = READOUTS[name]
        table.add_row(text, percent(found[key]), str(cost["presentations"]), seconds(cost["seconds"]))
    how = "goodness of" if "every_label" in costs else "linear readout of"
    for name, error in subsets.items() if len(subsets) > 1 else ():
        table.add_row(f"{how} {name}", percent(error))
    return table


def population_table(found: dict[str, Any]) -> Any:
    """Return a `rich.table.Table` of the populations after the last epoch."""
    from rich.table import Table

    table = Table("population", *COLUMNS.values(), title="After the last epoch", title_justify="left")
    for path, state in found.get("last", {}).get("populations", {}).items():
        table.add_row(path, *(number(state.get(name)) for name in COLUMNS))
    return table


def percent(value: float | None) -> str:
    """Return ``"2.50 %"``; a dash for None."""
    return "–" if value is None else f"{value:.2f} %"


def number(value: float | None) -> str:
    """Return a number with four significant digits; a dash for None."""
    return "–" if value is None else f"{value:.4g}"


def seconds(value: float) -> str:
    """Return a duration as people say it.

    >>> seconds(75.2)
    '1 min 15 s'
    """
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{value:.1f} s"
