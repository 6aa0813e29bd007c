"""``brainlearn verify``: whether a circuit does, and learns, the same in stock Brian2, in copies and in the mirror."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from brainlearn.circuit import Circuit
    from brainlearn.experiment import Experiment
    from brainlearn.mistakes import Mistake
    from brainlearn.running.engines_compared import LearningCompared
    from brainlearn.verification.outcome import Verification
    from brainlearn.verification.same_spikes import Comparison

NOT_VERIFIED = 1  # exit code


def verify(
    circuit: Annotated[Path, typer.Argument(help="A circuit file, or an experiment file.", show_default=False)],
    duration: Annotated[str, typer.Option(help="Simulated time, divided among several stimuli.")] = "300 ms",
    copies: Annotated[int, typer.Option(min=1, max=100_000, help="Number of copies simulated at once.")] = 4,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of weights and stimuli.")] = 0,
    strength: Annotated[float, typer.Option(help="Largest value of the random stimuli.")] = 1.0,
    size: Annotated[
        list[str] | None,
        typer.Option(help="Another population size, as V1/E=100 or V1/E=10x10; may be repeated.", show_default=False),
    ] = None,
    device: Annotated[str, typer.Option(help="Device of the mirror: cpu, cuda, cuda:1, …")] = "cpu",
    rounds: Annotated[int, typer.Option(min=0, help="Training rounds of an experiment on both engines.")] = 3,
    data: Annotated[
        Path | None, typer.Option(help="Folder of the datasets; default: $BRAINLEARN_DATA.", show_default=False)
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only reasons for failure.")] = False,
) -> None:
    """Compare spikes and states of a circuit in stock Brian2, in copies and in the mirror.

    An experiment is also trained for a few rounds in Brian2 and in the mirror, and the weights are compared.
    """
    from brainlearn.cli.display import step_display
    from brainlearn.cli.terminal import say, terminal_console

    if not quiet:
        say(f"Reading {circuit} ...")
    loaded, steps, experiment = _read(circuit, size or [], duration, strength, device)

    from brainlearn.verification import verify as verification

    with step_display(quiet, "building stock Brian2, copies and mirror") as watch:
        found = verification.verify(loaded, steps, copies, seed, strength, device=device, watch=watch)
    console = terminal_console(error=quiet)
    if not quiet:
        console.print(difference_table(found))
    if not (quiet and found.holds):
        console.print(str(found))
    learned = experiment is None or not rounds or _learns_the_same(experiment, data, rounds, device, quiet)
    if not (found.holds and learned):
        raise typer.Exit(NOT_VERIFIED)


def _learns_the_same(experiment: Experiment, data: Path | None, rounds: int, device: str, quiet: bool) -> bool:
    """Train on both engines, and return whether weights agree; an experiment that cannot be compared is not unlike."""
    from brainlearn.cli.terminal import say, terminal_console
    from brainlearn.mistakes import UserError
    from brainlearn.running.engines_compared import compare_engines

    def told(engine: str) -> None:
        if not quiet:
            say(f"Learning on {'Brian2' if engine == 'brian' else 'the mirror'} ...")

    console = terminal_console(error=quiet)
    try:
        found = compare_engines(experiment, data, rounds, device, told=told)
    except UserError as error:
        console.print("Learning was not compared: " + " ".join(map(str, error.mistakes)))
        return True
    if not quiet:
        console.print(learning_table(found))
    if not (quiet and found.holds):
        console.print(str(found))
    return found.holds


# ---- what was asked ------------------------------------------------------------------------------------------------


def _read(
    file: Path, sizes: list[str], duration: str, strength: float, device: str
) -> tuple[Circuit, int, Experiment | None]:
    """Return the circuit, with its sizes, the number of steps, and the experiment if it is that of one.

    Raises
    ------
    UserError
        With every mistake in the file and in the options.
    """
    from brainlearn.circuit.schema import MOST_STEPS
    from brainlearn.circuit.time_steps import steps_of
    from brainlearn.cli.check import find_mistakes
    from brainlearn.cli.describe import read
    from brainlearn.mistakes import UserError

    mistakes = find_mistakes(file)
    asked, wrong_sizes = _sizes(sizes)
    circuit, experiment = (None, None) if mistakes or wrong_sizes else read(file, asked)
    steps, wrong = steps_of(duration, None if circuit is None else circuit.dt, MOST_STEPS, "--duration")
    mistakes += [*wrong_sizes, *wrong, *_check_strength(strength), *_check_device(device)]
    if mistakes or circuit is None:
        raise UserError(*mistakes)
    return circuit, steps, experiment


def _sizes(texts: list[str]) -> tuple[dict[str, int | tuple[int, int]], list[Mistake]]:
    """Return the units of populations, by path, or the rows and columns of their sheets."""
    from brainlearn.mistakes import Mistake

    found: dict[str, int | tuple[int, int]] = {}
    mistakes = []
    for text in texts:
        if match := re.fullmatch(r"([^=\s]+)=([0-9]{1,9})(?:x([0-9]{1,9}))?", text):
            path, units, columns = match.groups()
            found[path] = int(units) if columns is None else (int(units), int(columns))
        else:
            mistakes.append(Mistake("--size", "not a size", f'"{text}"', "as V1/E=100, or V1/E=10x10 for a sheet"))
    return found, mistakes


def _check_strength(strength: float) -> list[Mistake]:
    from brainlearn.mistakes import Mistake

    right = math.isfinite(strength) and strength > 0
    return [] if right else [Mistake("--strength", "not a strength", f"{strength:g}", "a finite number above 0")]


def _check_device(device: str) -> list[Mistake]:
    from dataclasses import replace

    from brainlearn.mirror.choice import choose_device
    from brainlearn.mistakes import UserError

    try:
        choose_device(device)
    except UserError as error:
        return [replace(mistake, where="--device") for mistake in error.mistakes]
    return []


# ---- what was found ------------------------------------------------------------------------------------------------


def difference_table(found: Verification) -> Table:
    """Return a table of spikes and state variables, population by population."""
    from rich.table import Table

    from brainlearn.brian.populations import GAIN
    from brainlearn.reserved import PREFIX

    names = list(found.machines)
    title = "Matching spikes, and largest differences (SI units)"
    table = Table("population", "variable", "Brian2", *names, title=title, title_justify="left")
    for column in table.columns[2:]:
        column.justify = "right"
    first = found.machines.get("copies") or next(iter(found.machines.values()))
    seen = ""
    for name, size in first.sizes.items():
        path, variable = name.rsplit(".", 1)
        if variable == GAIN and size == 0:  # brainlearn adds it to every population; it is in use with normalisation
            continue
        if path != seen and path in found.spikes:
            spikes = (_of_spikes(comparison, path) for comparison in found.machines.values())
            table.add_row(path, "spikes", f"{found.spikes[path]:,}", *spikes)
        shown = "" if path == seen or path in found.spikes else path
        differences = (_difference(each, name, _allowed(each, found.tolerance)) for each in found.machines.values())
        table.add_row(shown, variable.removeprefix(PREFIX), f"{size:.3g}", *differences)
        seen = path
    return table


def learning_table(found: LearningCompared) -> Table:
    """Return a table of changes and differences of weights, projection by projection."""
    from rich.table import Table

    table = Table("projection", "largest change", "largest difference", title="Weights", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, change in found.changes.items():
        apart = f"{found.differences[name]:.1g}"
        table.add_row(name, f"{change:.2g}", f"[red]{apart}[/red]" if name in found.unlike else apart)
    return table


def _of_spikes(comparison: Comparison, path: str) -> str:
    text = f"{comparison.agreeing[path]:,} of {comparison.all_spikes[path]:,}"
    return f"[red]{text}[/red]" if path in comparison.misfiring() else text


def _allowed(comparison: Comparison, tolerance: float) -> float:
    """Return the tolerance of states, in multiples of their largest value: larger where rounding errors grow."""
    return comparison.divergence.before if comparison.divergence.grown(tolerance) else tolerance


def _difference(comparison: Comparison, name: str, tolerance: float) -> str:
    if name not in comparison.differences:
        return "-"
    text = f"{comparison.differences[name]:.1g}"
    return f"[red]{text}[/red]" if name in comparison.deviating(tolerance) else text
