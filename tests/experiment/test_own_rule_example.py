"""The example with a rule of its own learns."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainlearn import load_experiment, run

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_rule.toml"


@pytest.mark.slow
def test_a_rule_written_in_an_experiment_learns_digits() -> None:
    tree = run(load_experiment(EXAMPLE), only="rule")
    test = tree["test"].ds
    assert 100 * float((test["prediction"] != test["true_label"]).mean()) < 25  # guessing: 90
