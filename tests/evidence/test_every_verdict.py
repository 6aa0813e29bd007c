"""Every verdict of docs/evidence.md is computed anew; no row lacks a control, an interval or a prediction."""

from __future__ import annotations

import re
from functools import cache
from math import isfinite
from typing import Any

import pytest

from pages.evidence.claims import load_claims
from pages.evidence.experiments import load_recorded
from pages.evidence.verdicts import Judged, judge
from tests.evidence.recomputed import CLAIMS, ROOT, claim_verdict, recomputed

PAGE = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
ROWS = {int(n): rest.split(" | ") for n, rest in re.findall(r"^\| \[(\d+)\]\(\S+\) \| (.*) \|$", PAGE, re.MULTILINE)}
COMPARED = [(claim["number"], k) for claim in CLAIMS for k in range(len(claim.get("comparison", [])))]
OF_NUMBER: dict[int, dict[str, Any]] = {claim["number"]: claim for claim in CLAIMS}


@cache
def claims() -> dict[int, Any]:
    return {claim.number: claim for claim in load_claims(ROOT / "docs" / "claims.toml")}


@cache
def computed(number: int, index: int) -> Judged:
    return judge(claims()[number].comparisons[index], ROOT / "experiments")


@cache
def prediction(experiment: str) -> str:
    return load_recorded(ROOT / "experiments" / experiment).prediction.strip()


def test_there_is_a_row_for_each_of_31_claims() -> None:
    assert sorted(ROWS) == list(range(1, 32)) == sorted(OF_NUMBER)


@pytest.mark.parametrize("number", sorted(OF_NUMBER))
def test_the_verdict_on_the_page_follows_from_the_records(number: int) -> None:
    assert ROWS[number][1] == f"**{claim_verdict(OF_NUMBER[number])}**"


@pytest.mark.parametrize(("number", "index"), COMPARED)
def test_interval_and_verdict_of_each_comparison_follow_from_the_records(number: int, index: int) -> None:
    mean, low, high, seeds, verdict = recomputed(OF_NUMBER[number]["comparison"][index])
    judged = computed(number, index)
    assert judged.difference.together == pytest.approx((mean, low, high), rel=1e-6, abs=1e-9, nan_ok=True)
    assert (judged.seeds, judged.verdict) == (seeds, verdict)


@pytest.mark.parametrize(("number", "index"), COMPARED)
def test_each_comparison_has_a_control_an_interval_and_a_prediction(number: int, index: int) -> None:
    comparison = claims()[number].comparisons[index]
    judged = computed(number, index)
    assert comparison.control.what if comparison.control.value is not None else comparison.control.file
    assert all(map(isfinite, judged.difference.together)) or (judged.seeds < 3 and judged.verdict == "undecided")
    assert prediction(comparison.experiment)


@pytest.mark.parametrize("number", sorted(OF_NUMBER))
def test_what_does_not_hold_yet_names_the_experiment_that_would_decide(number: int) -> None:
    assert ROWS[number][1] == "**holds**" or OF_NUMBER[number]["needs"]


def test_no_claim_holds_with_fewer_than_three_seeds() -> None:
    assert all(int(row[-1]) >= 3 for row in ROWS.values() if row[1] == "**holds**")
