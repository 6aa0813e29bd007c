"""Sweeps and comparisons of circuits that act: by their reward, and the same as single runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_experiment, load_result, run, run_sweep
from brainlearn.cli.compare import comparison_table
from brainlearn.cli.sweep_table import sweep_table
from brainlearn.results.summary import summary
from tests.docs.markdown import ROOT

TWO_ARM = ROOT / "experiments" / "47_goodness_as_value" / "two_arm.toml"
SHORT = {"environment.rounds": 5, "environment.test_episodes": 32}


def heads(table: object) -> list[str]:
    return [str(column.header).replace("\n", " ").strip() for column in table.columns]  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_sweep_has_the_rewards_of_single_runs_and_shows_them(tmp_path: Path) -> None:
    found = run_sweep(
        load_experiment(TWO_ARM, SHORT), tmp_path, workers=1, grid={"training.epochs": [1, 2]}, seeds=[1, 2]
    )
    assert found["test_reward"].dims == ("training_epochs", "seed")
    alone = run(load_experiment(TWO_ARM, SHORT | {"training.epochs": 2, "seed": 2}))
    point = found.sel(training_epochs=2, seed=2)
    assert float(point["test_reward"]) == summary(alone)["episodes"]["test_total_reward"]
    kept = load_result(tmp_path / str(point["run"].item()) / "result.nc")
    assert len(alone["weights"].children) == 3
    for name, projection in alone["weights"].children.items():
        np.testing.assert_array_equal(kept["weights"][name]["final"], projection["final"])
    assert "test reward" in heads(sweep_table(found))
    assert "test error %" not in heads(sweep_table(found))


def test_runs_that_act_are_compared_by_their_reward() -> None:
    tree = run(load_experiment(TWO_ARM, SHORT | {"training.epochs": 1}))
    found = summary(tree)
    shown = comparison_table([found, found | {"seed": 2}])
    assert "reward" in heads(shown)
    assert "latency s" in heads(shown)
    assert "test error %" not in heads(shown)
    rewards = list(shown.columns[heads(shown).index("reward")].cells)
    assert float(str(rewards[0])) == pytest.approx(found["episodes"]["test_total_reward"], rel=1e-3)
