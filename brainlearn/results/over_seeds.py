"""What several seeds say together: the mean error of a rule with its interval, and how far it is from another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from brainlearn.results.comparison import groups, several_seeds
from brainlearn.results.interval import Interval, mean_interval
from brainlearn.results.learned_by import by_gradients

Runs = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class OverSeeds:
    """A mean over seeds.

    Parameters
    ----------
    experiment, rule : str
    beside : str
        The rule or baseline from which it is the distance, paired by seed; empty: it is no distance.
    seeds : tuple of int
    interval : Interval
        Mean and its 95 % interval by Student's t.
    """

    experiment: str
    rule: str
    beside: str
    seeds: tuple[int, ...]
    interval: Interval


def over_seeds(runs: Iterable[Mapping[str, Any]], measure: str = "test_error_percent") -> list[OverSeeds]:
    """Return the mean of every rule and baseline, and the distance of a rule from each of its baselines.

    Parameters
    ----------
    runs : iterable of mapping
        Summaries, or what `brainlearn.results.comparison.brief` makes of them.
    measure : str
        Of them; runs without it are left out.
    """
    known = sorted((run for run in runs if run.get(measure) is not None), key=lambda run: str(run["experiment"]))
    found: list[OverSeeds] = []
    for experiment, together in groupby(known, key=lambda run: str(run["experiment"])):
        several = [group for group in groups(together) if several_seeds(group)]
        found += [_mean(experiment, group, measure) for group in several]
        found += _distances(experiment, several, measure)
    return found


def _mean(experiment: str, group: Runs, measure: str) -> OverSeeds:
    values, seeds = [run[measure] for run in group], tuple(run["seed"] for run in group)
    return OverSeeds(experiment, str(group[0]["rule"]), "", seeds, mean_interval(values))


def _distances(experiment: str, several: Sequence[Runs], measure: str) -> Iterator[OverSeeds]:
    """Yield how far each rule is from each baseline over the seeds that both have."""
    learned = [by_gradients(str(group[0]["engine"]), str(group[0]["rule"])) for group in several]
    rules, baselines = (
        [group for group, known in zip(several, learned, strict=True) if known == which] for which in (False, True)
    )
    for group in rules:
        for baseline in baselines:
            of_baseline = {run["seed"]: run[measure] for run in baseline}
            pairs = {
                run["seed"]: run[measure] - of_baseline[run["seed"]] for run in group if run["seed"] in of_baseline
            }
            if len(pairs) > 1:
                names = str(group[0]["rule"]), str(baseline[0]["rule"])
                yield OverSeeds(experiment, *names, tuple(pairs), mean_interval(list(pairs.values())))
