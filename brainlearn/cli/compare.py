"""``brainlearn compare``: runs side by side, with the baselines in their folders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brainlearn.cli.cost_table import cost_tables
from brainlearn.cli.terminal import plain_table
from brainlearn.results.comparison import (
    MEMORY_WITH_ANGLES,
    angles_of,
    brief,
    groups,
    mean_and_sd,
    of_one_mean,
    several_seeds,
    spread,
)

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["angle_table", "compare", "comparison_table", "comparison_tables"]


def compare(
    runs: Annotated[list[Path], typer.Argument(help="Run folders, with their baselines.", show_default=False)],
    output: Annotated[Path | None, typer.Option("--output", help="Also write a figure, as .png or .svg.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Compare runs: errors, intervals over seeds, angles to the gradient, time, memory, operations."""
    from brainlearn.cli.summary import find_summary
    from brainlearn.cli.terminal import say_json, terminal_console

    folders = find_runs(runs)
    found = [find_summary(folder) for folder in folders]
    notes = notes_on(runs, found)
    if output is not None:
        _draw(folders, output)
    if as_json:
        say_json(as_data(folders, found, notes))
        return
    console = terminal_console()
    for table in comparison_tables(found):
        console.print(table)
    for note in notes:
        console.print(f"Note: {note}")
    if output is not None:
        console.print(f"Figure: {output}")


def find_runs(named: Sequence[Path]) -> list[Path]:
    """Return the named run folders, each followed by its baselines, none of them twice.

    Raises
    ------
    UserError
        With every folder that is missing or holds no run, or if there is one run only.
    """
    from brainlearn.mistakes import Mistake, UserError
    from brainlearn.regular_file import what_is_there
    from brainlearn.results.run_folder import RESULT, SUMMARY, RunFolder

    mistakes = []
    for folder in named:
        if (there := what_is_there(folder)) != "a folder":
            found = f"{folder.name} is {there}" if there.startswith("a ") else there
            mistakes.append(Mistake(str(folder), "no such folder", found, "run folders, as runs/NAME"))
        elif not RunFolder(folder).has_result:
            wrong = f"neither {SUMMARY} nor {RESULT}"
            mistakes.append(Mistake(str(folder), "not a run", wrong, "run folders", "Did the run end?"))
    if mistakes:
        raise UserError(*mistakes)
    runs = list({run.path.resolve(): run.path for folder in named for run in RunFolder(folder).runs()}.values())
    if len(runs) == 1:
        allowed = "two run folders, or one with baselines"
        raise UserError(Mistake(str(named[0]), "nothing to compare it with", "one run", allowed))
    return runs


def notes_on(named: Sequence[Path], found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return notes that matter for the comparison."""
    from brainlearn.results.run_folder import RunFolder

    datasets = dict.fromkeys(str(run["dataset"]) for run in found)
    notes = [f"{run} holds no result and is left out" for folder in named for run in RunFolder(folder).without_result()]
    if len(datasets) > 1:
        notes.append(f"the runs learned different datasets: {', '.join(datasets)}; their errors are not comparable")
    if any(run.get("angles") and run.get("peak_memory_mb") is not None for run in found):
        notes.append(MEMORY_WITH_ANGLES)
    return notes


def as_data(folders: Sequence[Path], found: Sequence[Mapping[str, Any]], notes: Sequence[str]) -> dict[str, Any]:
    """Return everything that is shown, ready for JSON."""
    from brainlearn.results.comparison import group_data
    from brainlearn.results.over_seeds import over_seeds

    runs = [{"folder": str(folder), **brief(run)} for folder, run in zip(folders, found, strict=True)]
    intervals = [asdict(each) | {"interval": each.interval._asdict()} for each in over_seeds(runs)]
    return {"runs": runs, "seeds": group_data(runs), "intervals": intervals, "notes": list(notes)}


def _draw(folders: Sequence[Path], output: Path) -> None:
    from brainlearn.plots.comparison import comparison
    from brainlearn.plots.save import save_figure
    from brainlearn.results.store import load_run

    save_figure(comparison([load_run(folder) for folder in folders]), output)


# ---- tables --------------------------------------------------------------------------------------------------------


def comparison_tables(runs: Sequence[Mapping[str, Any]]) -> list[Table]:
    """Return the table of the runs, and those of intervals over seeds, angles and cost, if any."""
    more = (interval_table(runs), angle_table(runs))
    return [comparison_table(runs), *(table for table in more if table is not None), *cost_tables(runs)]


def comparison_table(runs: Sequence[Mapping[str, Any]]) -> Table:
    """Return a table of errors, spikes, time and memory: a row for each run, and one for the mean over seeds.

    Parameters
    ----------
    runs : sequence of mapping
        Summaries.
    """
    shown = [brief(run) for run in runs]
    by_experiment = list(dict.fromkeys(str(run["experiment"]) for run in shown))
    numbers = [key for key in NUMBERS if any(run[key] is not None for run in shown)]
    table = plain_table(by_experiment[0], CAPTION)
    for name in NAMES:
        table.add_column(name, overflow="fold", vertical="bottom")
    for key in numbers:
        table.add_column(NUMBERS[key][0], justify="right", no_wrap=True, vertical="bottom")
    for number, experiment in enumerate(by_experiment):
        above = f"{experiment}\n" if number else ""  # that of the first is the title
        for group in groups(run for run in shown if run["experiment"] == experiment):
            for run in group:
                names = [str(run[name]) for name in NAMES]
                table.add_row(above + names[0], *names[1:], *(_number(run[key], NUMBERS[key][1]) for key in numbers))
                above = ""
            if several_seeds(group):
                shared = (f"{group[0][name]}\n" for name in NAMES[:-1])
                table.add_row(*shared, "mean\n± sd", *(_mean(group, key, NUMBERS[key][1]) for key in numbers))
            table.add_section()
    return table


def interval_table(runs: Sequence[Mapping[str, Any]]) -> Table | None:
    """Return a table of mean test errors over seeds with their intervals; None if no rule has several seeds."""
    from brainlearn.results.over_seeds import over_seeds

    rows = over_seeds(brief(run) for run in runs)
    if not rows:
        return None
    several = len({row.experiment for row in rows}) > 1
    table = plain_table("Test error over seeds, in percent", INTERVAL_CAPTION)
    for name in ("rule", "seeds"):
        table.add_column(name, overflow="fold")
    for name in ("mean", "95 % interval"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        rule = f"{row.rule} - {row.beside}" if row.beside else row.rule
        seeds = ", ".join(str(seed) for seed in row.seeds)
        mean, low, high = row.interval
        table.add_row(
            f"{row.experiment}: {rule}" if several else rule, seeds, f"{mean:.2f}", f"{low:.2f} to {high:.2f}"
        )
    return table


def angle_table(runs: Sequence[Mapping[str, Any]]) -> Table | None:
    """Return a table of the last angles to the gradient, averaged over most presentations; None if there are none."""
    rows = [(group, angles_of(group)) for group in of_one_mean([brief(run) for run in runs])]
    losses = list(dict.fromkeys(loss for _, angles in rows for _, loss in angles))
    if not losses:
        return None
    several = len({run["experiment"] for run in runs}) > 1
    table = plain_table("Angle to the negative gradient, in degrees", ANGLE_CAPTION)
    for name in ("rule", "seed", "projection"):
        table.add_column(name, overflow="fold")
    for loss in losses:
        table.add_column(loss, justify="right", no_wrap=True)
    for group, angles in rows:
        for projection in dict.fromkeys(projection for projection, _ in angles):
            found = (angles.get((projection, loss), []) for loss in losses)
            seeds = ", ".join(str(run["seed"]) for run in group)
            rule = f"{group[0]['experiment']}: {group[0]['rule']}" if several else str(group[0]["rule"])
            table.add_row(rule, seeds, projection, *(mean_and_sd(values, "{:.1f}") for values in found))
    return table


NAMES = ("rule", "engine", "epochs", "seed")
NUMBERS: Mapping[str, tuple[str, str]] = {
    "test_error_percent": ("test\nerror %", "{:.2f}"),
    "one_pass_test_error_percent": ("one\npass %", "{:.2f}"),
    "forgetting_percent": ("forgot\n%", "{:.2f}"),
    "test_reward": ("\nreward", "{:.4g}"),
    "test_latency": ("latency\ns", "{:.3g}"),
    "spikes_per_presentation": ("\nspikes", "{:,.0f}"),
    "train_seconds": ("train\ns", "{:,.1f}"),
    "epoch_mean_seconds": ("epoch\ns", "{:,.1f}"),
    "peak_memory_mb": ("peak\nMB", "{:,.0f}"),
    "memory_growth_mb": ("growth\nMB", "{:+,.0f}"),
}
CAPTION = (
    "reward, latency: mean of an episode after learning; spikes: all units in a presentation of the last epoch; "
    "train: with validation; epoch: mean, training alone; peak: maximal memory of the process; growth: the part "
    "allocated after building"
)
INTERVAL_CAPTION = "interval: Student's t; differences between rule and baseline are paired by seed"
ANGLE_CAPTION = (
    "after the last measured epoch, averaged over most presentations; one column per loss (see docs/alignment.md); "
    "mean ± sd over several seeds; 90: unrelated"
)


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)


def _mean(group: Iterable[Mapping[str, Any]], key: str, form: str) -> str:
    found = spread(run[key] for run in group)
    if found is None:
        return "–\n"
    form_of_sd = form.replace("+", "")
    return f"{form.format(found[0])}\n± {form_of_sd.format(found[1])}"
