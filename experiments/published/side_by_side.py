"""A published model in brainlearn, compared with a script of the same model in stock Brian2, over seeds."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

Measured = dict[str, float]
Run = Callable[[int], Measured]


def side_by_side(where: str, ours: Run, stock: Run, by: str = "Brian2") -> None:
    """Run both over the seeds of the command line, print a table, and write ``result.json`` next to the script.

    Parameters
    ----------
    where : str
        ``__file__`` of the script; its docstring is of the command.
    ours, stock : callable
        From a seed to what is measured, by name with unit.
    by : str
        What runs the other side.
    """
    _record(where, {"brainlearn": ours, by: stock}, {})


def beside_published(where: str, ours: Run, by: str, published: Measured) -> None:
    """Do the same with published numbers, `by` whom, instead of a script."""
    _record(where, {"brainlearn": ours}, {by: [published]})


def _record(where: str, runs: dict[str, Run], known: dict[str, list[Measured]]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--keep", action="store_true", help="add the seeds to those in result.json")
    given = parser.parse_args()
    path = Path(where).with_name("result.json")
    if given.keep and not path.is_file():
        parser.error(f"{path}: no such file. Without --keep it is written.")
    before = json.loads(path.read_text(encoding="utf-8")) if given.keep else {"seeds": []}
    if again := set(given.seeds) & set(before["seeds"]):
        parser.error(f"{path} has seeds {sorted(again)} already")
    found = {name: before["measured"][name] if given.keep else [] for name in runs}
    seconds = {name: before["seconds"][name] if given.keep else [] for name in runs}
    for seed in given.seeds:
        for name, run in runs.items():
            begin = time.process_time()
            found[name].append(run(seed))
            seconds[name].append(time.process_time() - begin)
            print(f"seed {seed}, {name}: {found[name][-1]}, {seconds[name][-1]:.0f} s of one core", flush=True)
    found |= known
    result = {"seeds": [*before["seeds"], *given.seeds], "measured": found, "seconds": seconds}
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(table(found))


def table(found: dict[str, list[Measured]]) -> str:
    """Return means and standard deviations over seeds as a Markdown table, from what ours and another one measured.

    The last column is the difference of the means in standard errors: with three seeds each, beyond 2.8 is a difference
    at the 5 % level (t test, 4 degrees of freedom). Beside a single number, it is in percent of that.
    """
    ours, other = found
    single = len(found[other]) == 1
    lines = [
        f"| measured | {ours} | {other} | difference{'' if single else ' in standard errors'} |",
        "|---|---|---|---|",
    ]
    for name in found[other][0]:
        both = [[each[name] for each in found[key]] for key in (ours, other)]
        means = [statistics.mean(values) for values in both]
        cells = [shown(values) for values in both]
        apart = f"{100 * (means[0] / means[1] - 1):+.1f} %" if single else _apart(both)
        lines.append(f"| {name} | {cells[0]} | {cells[1]} | {apart} |")
    return "\n".join(lines)


def shown(values: Sequence[float]) -> str:
    """Return mean and standard deviation; a single number as it is.

    >>> shown([1.0, 2.0, 3.0]), shown([0.903])
    ('2 ± 1', '0.903')
    """
    mean = f"{statistics.mean(values):.4g}"
    return f"{mean} ± {statistics.stdev(values):.2g}" if len(values) > 1 else mean


def _apart(both: Sequence[Sequence[float]]) -> str:
    """Return the difference of the means in standard errors."""
    means = [statistics.mean(values) for values in both]
    spreads = [statistics.stdev(values) if len(values) > 1 else 0.0 for values in both]
    error = sum(spread**2 / len(values) for spread, values in zip(spreads, both, strict=True)) ** 0.5
    return f"{(means[0] - means[1]) / error:+.1f}" if error else "exact" if means[0] == means[1] else "-"
