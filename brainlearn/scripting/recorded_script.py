"""What scripts of experiments have in common: their options, and a result that is written, summarised and drawn."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from matplotlib.figure import Figure
from xarray import Dataset, concat, load_dataset

from brainlearn.mistakes import Mistake, UserError
from brainlearn.plots.save import save_figure
from brainlearn.results.json_file import write_json
from brainlearn.results.netcdf import write_netcdf
from brainlearn.results.run_folder import FIGURE, RESULT, SUMMARY
from brainlearn.results.run_list import Run
from brainlearn.results.whole_file import whole_file

Measured = TypeVar("Measured")
RUNS = "runs.json"  # of a script of many runs


def script_options(description: str, output: Path, seeds: Sequence[int]) -> argparse.ArgumentParser:
    """Return the options that each script has: ``--output``, ``--seeds``, ``--join`` and ``--again``.

    Parameters
    ----------
    description : str
        What the script asks.
    output : Path
        Default of the folder of the result.
    seeds : sequence of int
        Their default.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--output", type=Path, default=output, help="folder; default: result/ here")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(seeds), help="default: %(default)s")
    parser.add_argument("--join", type=Path, nargs="+", default=[], help="do not learn: folders of some seeds' results")
    parser.add_argument(
        "--again", action="store_true", help="only summary and figure, from the result.nc that is there"
    )
    return parser


def record_script(
    asked: argparse.Namespace,
    measure: Callable[[], Dataset],
    summary: Callable[[Dataset], dict[str, Any]],
    draw: Callable[[Dataset], Figure],
) -> None:
    """Write ``result.nc``, ``summary.json`` and ``figure.png`` as the options of `script_options` ask.

    Parameters
    ----------
    asked : argparse.Namespace
    measure : callable
        Returns the result, with a dimension ``seed``; called unless one is there, or is joined of several.
    summary, draw : callable
        Return what was found, and its figure, from the result.
    """
    result = asked.output / RESULT
    if asked.again:
        data = load_dataset(result, engine="h5netcdf")
    else:
        data = _joined(asked.join) if asked.join else measure()
        asked.output.mkdir(parents=True, exist_ok=True)
        with whole_file(result) as part:
            write_netcdf(data, part)
    save_figure(draw(data), asked.output / FIGURE)
    write_json(summary(data), asked.output / SUMMARY)


def runs_options(description: str, output: Path | None, seeds: Sequence[int] = ()) -> argparse.ArgumentParser:
    """Return the options that each script of many runs has: ``--output``, ``--again`` and, with seeds, ``--seeds``.

    Parameters
    ----------
    description : str
        What the script asks.
    output : Path or None
        Default of the folder of the result; None if it depends on other options.
    seeds : sequence of int
        Their default.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    within = "" if output else ", or a folder within it"
    parser.add_argument("--output", type=Path, default=output, help=f"folder; default: result/ here{within}")
    if seeds:
        parser.add_argument("--seeds", type=int, nargs="+", default=list(seeds), help="default: %(default)s")
    parser.add_argument("--again", action="store_true", help=f"only summary and figure, from the {RUNS} that is there")
    return parser


def record_runs(
    asked: argparse.Namespace,
    measure: Callable[[Path], list[Run]],
    summary: Callable[[list[Run]], dict[str, Any]],
    draw: Callable[[list[Run]], Figure],
) -> list[Run]:
    """Write ``runs.json``, ``summary.json`` and ``figure.png`` as the options of `runs_options` ask.

    Parameters
    ----------
    asked : argparse.Namespace
        With the folder ``output``, and ``again``: whether the runs are those of the file.
    measure : callable
        Given the path of ``runs.json``, returns the runs, as `measure_missing` does; not called with ``again``.
    summary, draw : callable
        Return what was found, and its figure, from the runs.

    Returns
    -------
    list of dict
        The runs.

    Raises
    ------
    UserError
        With ``again``, if there is no ``runs.json``.
    """
    store = asked.output / RUNS
    if not asked.again:
        asked.output.mkdir(parents=True, exist_ok=True)
        runs = measure(store)
    elif store.exists():
        runs = json.loads(store.read_text(encoding="utf-8"))
    else:
        hint = "Measure first, without --again, or name the folder with --output."
        raise UserError(Mistake(str(store), "no runs to draw again", "no such file", f"a {RUNS} of this script", hint))
    write_json(summary(runs), asked.output / SUMMARY)
    save_figure(draw(runs), asked.output / FIGURE)
    return runs


def by_seed(seeds: Sequence[int], measure: Callable[[int], Measured]) -> list[Measured]:
    """Measure with one seed after the other, and print how long the others will take."""
    began, found = time.perf_counter(), []
    for done, seed in enumerate(seeds, start=1):
        found.append(measure(seed))
        left = (time.perf_counter() - began) / done * (len(seeds) - done) / 60
        print(f"seed {seed}, {done} of {len(seeds)}: done, {left:.1f} min left", flush=True)
    return found


def labelled_dataset(
    experiment: str,
    axes: Mapping[str, tuple[str, str]],
    labels: Mapping[str, Sequence[Any]],
    measures: Mapping[str, tuple[tuple[str, ...], str, str]],
    values: Mapping[str, Any],
) -> Dataset:
    """Return arrays with names and units on everything.

    Parameters
    ----------
    experiment : str
        Its name, an attribute of the result.
    axes : mapping of str to (str, str)
        Unit and meaning of every dimension.
    labels : mapping of str to sequence
        What lies along each.
    measures : mapping of str to (tuple of str, str, str)
        Dimensions, unit and meaning of every variable.
    values : mapping of str to array
        Of these dimensions.
    """
    coordinates = {name: (name, labels[name], {"units": u, "long_name": text}) for name, (u, text) in axes.items()}
    variables = {
        name: (dims, values[name], {"units": units, "long_name": text})
        for name, (dims, units, text) in measures.items()
    }
    return Dataset(variables, coordinates, {"experiment": experiment})


def _joined(folders: Sequence[Path]) -> Dataset:
    parts = [load_dataset(folder / RESULT, engine="h5netcdf") for folder in folders]
    return concat(parts, "seed", data_vars="minimal", combine_attrs="override").sortby("seed")
