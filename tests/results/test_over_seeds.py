"""Means over seeds, and distances between a rule and its baselines."""

from __future__ import annotations

import math
from typing import Any

import pytest

from brainlearn.results.over_seeds import over_seeds

T_2, T_1 = 4.3027, 12.7062  # Student's t at 97.5 %, with two degrees of freedom and with one


def run(rule: str, seed: int, error: float | None, engine: str = "brian", experiment: str = "a") -> dict[str, Any]:
    return {"experiment": experiment, "rule": rule, "engine": engine, "seed": seed, "test_error_percent": error}


def test_a_rule_has_a_mean_with_students_interval() -> None:
    (found,) = over_seeds([run("burst", seed, error) for seed, error in ((1, 2.0), (2, 3.0), (3, 4.0))])
    assert (found.rule, found.beside, found.seeds) == ("burst", "", (1, 2, 3))
    half = T_2 / math.sqrt(3)
    assert found.interval == pytest.approx((3.0, 3.0 - half, 3.0 + half), abs=1e-3)


def test_a_distance_from_a_baseline_is_paired_by_seed() -> None:
    rule = [run("burst", seed, error) for seed, error in ((1, 10.0), (2, 20.0), (3, 90.0))]
    baseline = [run("backprop", seed, error, "mirror") for seed, error in ((2, 17.0), (1, 9.0))]
    *means, distance = over_seeds([*rule, *baseline])
    assert [mean.rule for mean in means] == ["burst", "backprop"]
    assert (distance.rule, distance.beside, distance.seeds) == ("burst", "backprop", (1, 2))
    assert distance.interval == pytest.approx((2.0, 2.0 - T_1, 2.0 + T_1), abs=1e-3)  # of 1 and 3


def test_what_was_not_tested_or_has_one_seed_says_nothing() -> None:
    assert over_seeds([run("burst", 1, 2.0), run("oja", 1, 2.0), run("oja", 1, 3.0), run("bcm", 2, None)]) == []
    assert over_seeds([run("burst", 1, 2.0), run("burst", 2, 3.0, experiment="b")]) == []
