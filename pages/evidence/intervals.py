"""Mean test errors of recorded seeds with their intervals, as READMEs of experiments name them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.interval import of_one_more
from brainlearn.results.over_seeds import OverSeeds, over_seeds
from brainlearn.results.read_summary import read_summary

COMPARISON, SEEDS, SUMMARY = "comparison.json", "seeds.json", "summary.json"


def recorded_intervals(experiment: Path) -> list[OverSeeds]:
    """Return what the seeds in the folder ``result/`` of an experiment say together.

    Raises
    ------
    UserError
        If there is no record of several seeds.
    """
    result = experiment / "result"
    found = over_seeds([*_runs(result / COMPARISON), *_of_seeds(result)])
    if not found:
        allowed = f"{SEEDS} or {COMPARISON} with two seeds or more"
        raise UserError(Mistake(str(result), "no record of several seeds", "", allowed))
    return found


def interval_lines(experiment: Path) -> list[str]:
    """Return the lines that are printed for an experiment."""
    lines = [f"{experiment}: test error over seeds [percent], mean and 95 % interval (Student's t)"]
    for found in recorded_intervals(experiment):
        mean, low, high = found.interval
        what = f"{found.rule} - {found.beside}, paired by seed" if found.beside else found.rule
        seeds = ", ".join(str(seed) for seed in found.seeds)
        lines.append(f"  {what}, seeds {seeds}: {mean:.2f}, {low:.2f} to {high:.2f}")
    return lines


def expected_of_one_more(experiment: Path) -> tuple[OverSeeds, float, float]:
    """Return the recorded seeds of an experiment's rule, and between which errors another is expected [percent].

    Raises
    ------
    UserError
        If there is no record of several seeds.
    """
    (recorded, *_) = (each for each in recorded_intervals(experiment) if not each.beside)
    _, low, high = of_one_more(recorded.interval, len(recorded.seeds))
    return recorded, low, high


def expected_lines(runs: Sequence[Path], experiment: Path) -> list[str]:
    """Return for each run of an experiment whether its test error is one to expect of a new seed.

    Raises
    ------
    UserError
        If there is no record of several seeds; if a run is missing, is not of this experiment, has no test error, or
        has a seed that is recorded.
    """
    recorded, low, high = expected_of_one_more(experiment)
    lines = [
        f"{experiment}: test error expected of a new seed, by {len(recorded.seeds)} recorded ones: "
        f"{max(low, 0):.2f} to {high:.2f} % (95 % prediction interval)"
    ]
    for run in runs:
        found = read_summary(run / SUMMARY)
        error, seed = found["test_error_percent"], found["seed"]
        if (found["experiment"], found["rule"]) != (recorded.experiment, recorded.rule):
            wrong, allowed = "a run of another experiment", f"{recorded.experiment}, {recorded.rule}"
            raise UserError(Mistake(str(run), wrong, f"{found['experiment']}, {found['rule']}", allowed))
        if error is None or seed in recorded.seeds:
            wrong = "no test error" if error is None else "its seed is one of those recorded"
            raise UserError(Mistake(str(run), wrong, f"seed {seed}", "a tested run with another seed"))
        lines.append(f"  {run}, seed {seed}: {error:.2f} %, {'within' if low <= error <= high else 'OUTSIDE'}")
    return lines


def _runs(path: Path) -> list[Mapping[str, Any]]:
    """Read the recorded runs and baselines; none if there is no such file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


def _of_seeds(result: Path) -> list[Mapping[str, Any]]:
    """Return every recorded seed as a run of the rule, unless the comparison has these runs."""
    if not (result / SEEDS).is_file() or (result / COMPARISON).is_file():
        return []
    summary = read_summary(result / SUMMARY)
    of_all = {key: summary[key] for key in ("experiment", "rule", "engine")}
    return [{**of_all, **run} for run in _runs(result / SEEDS)]
