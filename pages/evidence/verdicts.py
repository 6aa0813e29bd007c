"""Verdicts, computed: of every comparison from its interval, of every claim from its comparisons."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path

from pages.evidence.claims import Claim
from pages.evidence.comparison import Comparison, Side
from pages.evidence.difference import Difference, over_items, over_seeds
from pages.evidence.recorded_values import search_points, terms, undetermined_angles, values_by_seed

HOLDS, FAILS, UNDECIDED, TOUCHED, UNTESTED = "holds", "does not hold", "undecided", "touched only", "not tested"
VERDICTS = (HOLDS, FAILS, UNDECIDED, TOUCHED, UNTESTED)
LEAST_SEEDS = 3


@dataclass(frozen=True)
class Judged:
    """A comparison with what the records say of it.

    Parameters
    ----------
    comparison : Comparison
    run, control : float
        Mean over seeds of each side.
    difference : Difference
    items : int or None
        Test items of each side; None: not recorded, or the measure is no share of items.
    tried : (int or None, int or None)
        Settings that the recorded search of each side tried; None: not recorded.
    undetermined : str
        Why the measure decides nothing; empty if it may.
    """

    comparison: Comparison
    run: float
    control: float
    difference: Difference
    items: int | None
    tried: tuple[int | None, int | None]
    undetermined: str

    @property
    def seeds(self) -> int:
        """How many the difference rests on."""
        return len(self.difference.seeds)

    @property
    def verdict(self) -> str:
        """Whether the whole interval lies within the limit, beyond it, or neither; undecided with too few seeds."""
        _, low, high = self.difference.together
        if self.undetermined or self.seeds < LEAST_SEEDS or isnan(low) or isnan(high):
            return UNDECIDED
        most, least = self.comparison.at_most, self.comparison.at_least
        if most is not None:
            return HOLDS if high <= most else FAILS if low > most else UNDECIDED
        assert least is not None
        return HOLDS if low >= least else FAILS if high < least else UNDECIDED


def verdict_of(claim: Claim, judged: Sequence[Judged]) -> str:
    """Return the verdict of a claim: it holds if every comparison that decides holds, and fails if one fails."""
    deciding = [each.verdict for each in judged if not each.comparison.part]
    if not deciding:
        return TOUCHED if judged or claim.shown else UNTESTED
    return FAILS if FAILS in deciding else UNDECIDED if UNDECIDED in deciding else HOLDS


def deciding_one(judged: Sequence[Judged]) -> Judged | None:
    """Return the comparison that the verdict rests on: the first that fails, else that is undecided, else the first."""
    deciding = [each for each in judged if not each.comparison.part] or list(judged)
    for wanted in (FAILS, UNDECIDED, HOLDS):
        for each in deciding:
            if each.verdict == wanted:
                return each
    return None


def judge(comparison: Comparison, experiments: Path) -> Judged:
    """Compute a comparison from the records below `experiments`; UserError if they lack what it names."""
    run = values_by_seed(comparison.run, experiments)
    known = comparison.control.value
    control = float(known) if known is not None else values_by_seed(comparison.control, experiments)
    between, paired, seeds = over_seeds(run, control)
    items = _items(comparison, experiments)
    sampled = None
    if items is not None:
        shares = terms(comparison.run, experiments)
        if known is None:
            shares += [(-sign, share) for sign, share in terms(comparison.control, experiments)]
        sampled = over_items(shares, between.mean, items)
    return Judged(
        comparison,
        _mean(run),
        control if isinstance(control, float) else _mean(control),
        Difference(between, sampled, paired, seeds),
        items,
        (search_points(comparison.run, experiments), search_points(comparison.control, experiments)),
        undetermined_angles(comparison.run, experiments),
    )


def _mean(values: dict[int, float]) -> float:
    return sum(values.values()) / len(values)


def _items(comparison: Comparison, experiments: Path) -> int | None:
    """Return the number of test items, of errors in percent only: recorded, else as the comparison says."""
    if comparison.items is not None:
        return comparison.items
    recorded = {_recorded_items(side, experiments) for side in (comparison.run, comparison.control) if side.file}
    found = {count for count in recorded if count is not None}
    return min(found) if found else None


def _recorded_items(side: Side, experiments: Path) -> int | None:
    path = experiments / side.experiment / "result" / "summary.json"
    if not side.measure.endswith("test_error_percent") or not path.is_file():
        return None
    return json.loads(path.read_text(encoding="utf-8")).get("test_presentations")
