"""What runs are judged by: their test error, or the reward of those that act."""

from __future__ import annotations

import numpy as np
import pytest
from xarray import Dataset

from brainlearn.results.episodes import judged_by, judged_by_reward

NONE = float("nan")
CASES = [
    ([1.5, 2.0], [None, None], True),
    ([1.5, None], [None, None], True),  # one of them did not end
    ([NONE, NONE], [NONE, NONE], False),
    ([1.5, NONE], [NONE, 3.0], False),  # one learned labels: all have an error or none is compared
    ([None, None], [10.0, NONE], False),
    ([0.0, -2.0], [NONE, NONE], True),
]


@pytest.mark.parametrize(("rewards", "errors", "by_reward"), CASES)
def test_runs_are_judged_by_reward_if_some_have_one_and_none_has_an_error(rewards, errors, by_reward) -> None:
    assert judged_by_reward(rewards, errors) is by_reward
    values = {"test_reward": rewards, "test_error": errors}
    sweep = Dataset({name: ("seed", np.array(each, dtype=float)) for name, each in values.items()})
    assert judged_by(sweep) == ("test_reward" if by_reward else "test_error")


def test_a_sweep_without_rewards_is_judged_by_its_error() -> None:
    assert judged_by(Dataset({"test_error": ("seed", [NONE, NONE])})) == "test_error"
