"""Verdicts of made-up records, and the intervals that they rest on."""

from __future__ import annotations

import json
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from brainlearn.mistakes import UserError
from pages.evidence.claims import Claim, load_claims
from pages.evidence.comparison import Comparison, Side
from pages.evidence.difference import over_items, over_seeds, wilson
from pages.evidence.recorded_values import clipped
from pages.evidence.verdicts import judge, verdict_of


def side(**values: Any) -> Side:
    return Side("01_small", file="runs.json", measure="error", **values)


def compared(rule: list[float], control: list[float], folder: Path, **limit: Any) -> Comparison:
    """Return a comparison of errors, one for each seed from 1 on, and keep their record."""
    runs = [{"rule": "rule", "seed": seed, "error": error} for seed, error in enumerate(rule, start=1)]
    runs += [{"rule": "control", "seed": seed, "error": error} for seed, error in enumerate(control, start=1)]
    result = folder / "01_small" / "result"
    result.mkdir(parents=True, exist_ok=True)
    (result / "runs.json").write_text(json.dumps(runs))
    sides = side(where={"rule": "rule"}), side(where={"rule": "control"})
    return Comparison("how much worse", "01_small", *sides, **limit)


def claim(*comparisons: Comparison, shown: tuple[str, ...] = ()) -> Claim:
    return Claim(1, "It learns.", "Somebody", "Digits.", "soon", comparisons=comparisons, shown=shown)


# Differences 1.9, 2.0, 2.1: 2 ± 4.303 × 0.1 / √3 = 2 ± 0.248.
@pytest.mark.parametrize(
    ("limit", "verdict"),
    [
        ({"at_most": 2.3}, "holds"),
        ({"at_most": 2.1}, "undecided"),
        ({"at_most": 1.7}, "does not hold"),
        ({"at_least": 1.7}, "holds"),
        ({"at_least": 1.9}, "undecided"),
        ({"at_least": 2.3}, "does not hold"),
    ],
)
def test_the_whole_interval_decides(tmp_path: Path, limit: dict[str, float], verdict: str) -> None:
    judged = judge(compared([2.9, 4.0, 5.1], [1.0, 2.0, 3.0], tmp_path, **limit), tmp_path)
    assert judged.difference.paired
    assert judged.difference.together == pytest.approx((2.0, 1.7516, 2.2484), abs=1e-4)
    assert judged.verdict == verdict


def test_two_seeds_decide_nothing(tmp_path: Path) -> None:
    assert judge(compared([5.0, 5.0], [1.0, 1.0], tmp_path, at_most=0), tmp_path).verdict == "undecided"


def test_few_test_items_leave_undecided_what_seeds_alone_would_decide(tmp_path: Path) -> None:
    errors = [12.0, 12.1, 11.9], [10.0, 10.1, 9.9]
    assert judge(compared(*errors, tmp_path, at_most=1, items=1_000_000), tmp_path).verdict == "does not hold"
    assert judge(compared(*errors, tmp_path, at_most=1, items=100), tmp_path).verdict == "undecided"


def test_what_is_subtracted_is_subtracted_seed_by_seed(tmp_path: Path) -> None:
    compared([3.0, 5.0, 9.0], [1.0, 4.0, 8.5], tmp_path, at_most=0)
    gap = side(where={"rule": "rule"}, less={"rule": "control"})
    known = Side("01_small", value=0.0, what="none")
    judged = judge(Comparison("gap", "01_small", gap, known, at_least=0), tmp_path)
    assert judged.difference.over_seeds.mean == pytest.approx((2.0 + 1.0 + 0.5) / 3)


def test_without_shared_seeds_the_interval_is_that_of_welch() -> None:
    interval, paired, _ = over_seeds({1: 1.0, 2: 2.0, 3: 3.0}, {4: 1.0, 5: 2.0, 6: 3.0})
    assert not paired
    assert interval == pytest.approx((0.0, -2.776445 * (2 / 3) ** 0.5, 2.776445 * (2 / 3) ** 0.5))  # t with 4 degrees
    assert isnan(over_seeds({1: 1.0}, {4: 1.0, 5: 2.0})[0].low)


def test_shares_have_the_intervals_of_wilson_and_newcombe() -> None:
    # Newcombe 1998, Statistics in Medicine 17, 873, table II: 56 of 70 less 48 of 80, methods 3 and 10.
    assert wilson(80.0, 70) == pytest.approx((69.18, 87.70), abs=0.02)
    both = over_items([(1, 80.0), (-1, 60.0)], 20.0, 70)
    low, high = wilson(60.0, 70)
    down, up = ((80 - 69.18) ** 2 + (high - 60) ** 2) ** 0.5, ((87.70 - 80) ** 2 + (60 - low) ** 2) ** 0.5
    assert both == pytest.approx((20.0, 20.0 - down, 20.0 + up), abs=0.02)


def test_a_claim_fails_with_one_comparison_and_parts_decide_nothing(tmp_path: Path) -> None:
    def verdict(*judged: tuple[float, bool]) -> str:
        found = [
            judge(compared([3.0, 3.2, 2.8], [1.0, 1.1, 0.9], tmp_path, at_most=most, part=part), tmp_path)
            for most, part in judged
        ]
        return verdict_of(claim(), found)

    holds, fails, open_ = 9.0, 0.0, 2.0
    assert verdict((holds, False), (holds, False)) == "holds"
    assert verdict((holds, False), (fails, False)) == "does not hold"
    assert verdict((holds, False), (fails, True)) == "holds"
    assert verdict((holds, False), (open_, False)) == "undecided"
    assert verdict((holds, True)) == "touched only"
    assert verdict_of(claim(shown=("figure.png",)), []) == "touched only"
    assert verdict_of(claim(), []) == "not tested"


def test_limits_of_angles_that_were_cut_off_are_told_from_those_that_are_measured() -> None:
    limits, measured = (xr.DataArray(np.array(each), dims="seed") for each in ([0, 180, 0, 40], [60, 77, 0.0, 41]))
    assert clipped(limits, measured).values.tolist() == [True, True, False, False]


def test_a_comparison_without_control_or_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    path.write_text("""
[sources]
paper = "Somebody 2022"

[[claim]]
number = 1
text = "It learns."
source = "paper"
test = "Digits."
yes = "below 5 %"

[[claim.comparison]]
asks = "error"
experiment = "01_small"
run = { file = "seeds.json" }
""")
    with pytest.raises(UserError) as caught:
        load_claims(path)
    text = str(caught.value)
    assert "claim[0].comparison[0].control: must be dict" in text
    assert "claim[0].comparison[0]: needs one limit; allowed: at_most or at_least" in text
    assert "claim[0].comparison[0].run: names no recorded measure" in text


def test_a_record_that_is_missing_is_named(tmp_path: Path) -> None:
    known = Side("01_small", value=0.0, what="none")
    with pytest.raises(UserError, match="no such record"):
        judge(Comparison("error", "01_small", side(), known, at_most=0), tmp_path)
