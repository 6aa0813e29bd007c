"""The environments of our own keep to what they say."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn.environments import ENVIRONMENTS
from brainlearn.environments.delayed_reward import DelayedReward
from brainlearn.environments.gaze import Gaze
from brainlearn.environments.making import longest_episode, spaces_of
from brainlearn.environments.spaces import Discrete
from brainlearn.environments.two_arm import TwoArm
from brainlearn.environments.water_maze import STARTS, WaterMaze


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_same_seed_is_the_same_episode(name: str) -> None:
    def lived(seed: int) -> list[object]:
        environment, rng = ENVIRONMENTS[name].make(), np.random.default_rng(0)
        _, actions = spaces_of(environment, name)
        seen, left = [np.asarray(environment.reset(seed=seed)[0]).tolist()], longest_episode(environment)
        assert left is not None
        over = False
        while not over:
            action = rng.integers(actions.n) if isinstance(actions, Discrete) else rng.normal(size=actions.size)
            observation, reward, terminated, truncated, _ = environment.step(action)
            seen.append((np.asarray(observation).tolist(), reward))
            over, left = terminated or truncated, left - 1
        assert left >= 0
        return seen

    assert lived(1) == lived(1)
    assert any(lived(seed) != lived(1) for seed in range(2, 8))


def test_the_better_arm_of_a_cue_pays_more_often() -> None:
    environment, paid = TwoArm(better=0.9, worse=0.3, cues=3), np.zeros((3, 2, 2))
    for seed in range(6000):
        cue, _ = environment.reset(seed=seed)
        _, reward, terminated, _, _ = environment.step(seed % 2)
        assert terminated
        paid[cue, seed % 2] += 1, reward
    expected = [[0.9, 0.3], [0.3, 0.9], [0.9, 0.3]]
    np.testing.assert_allclose(paid[..., 1] / paid[..., 0], expected, atol=0.06)  # four standard deviations


def test_the_reward_of_a_choice_comes_after_the_delay() -> None:
    environment = DelayedReward(delay=3)
    for seed in range(10):
        cue, _ = environment.reset(seed=seed)
        steps = [environment.step(cue if seed % 2 and k == 0 else 1 - cue) for k in range(4)]
        assert [reward for _, reward, *_ in steps] == [0, 0, 0, 1.0 if seed % 2 else -1.0]
        assert [terminated for _, _, terminated, *_ in steps] == [False, False, False, True]
        assert {observation for observation, *_ in steps} == {2}


def test_a_swimmer_reaches_the_platform_on_a_straight_line() -> None:
    environment = WaterMaze(platform=(0.0, 0.0), radius=0.25, stride=0.1)
    place, _ = environment.reset(seed=0)
    assert place.tolist() in STARTS.tolist()
    for decision in range(1, 8):  # from 0.9 to 0.2 < 0.25
        place, reward, found, given_up, _ = environment.step(-3.0 * place)
        np.testing.assert_allclose(np.hypot(*place), 0.9 - 0.1 * decision)
        assert (reward, found, given_up) == (float(decision == 7), decision == 7, False)


def test_the_wall_keeps_a_swimmer_in_and_may_cost_something() -> None:
    environment = WaterMaze(platform=(0.0, 0.0), wall=-1.0, max_steps=3)
    place, _ = environment.reset(seed=0)
    rewards, ends = zip(*(environment.step(place)[1:4:2] for _ in range(3)), strict=True)
    assert rewards == (0.0, -1.0, -1.0)  # 1.0 is still within
    assert ends == (False, False, True)
    np.testing.assert_allclose(np.hypot(*environment.step(place)[0]), 1.0)


def test_slip_is_what_the_eyes_leave_of_the_heads_velocity_and_is_told_late() -> None:
    environment, heads, told = Gaze(period=20, delay=3, cycles=2), [], []
    seen, _ = environment.reset(seed=4)
    for _ in range(40):
        heads.append(seen[0])
        seen, reward, _, given_up, _ = environment.step(np.array([-0.75 * seen[0]]))
        told.append(seen[1])
        np.testing.assert_allclose(reward, -(seen[1] ** 2))
    assert given_up
    assert told[:3] == [0, 0, 0]
    np.testing.assert_allclose(told[3:], 0.25 * np.array(heads[:-3]))
    np.testing.assert_allclose(heads[:20], heads[20:], atol=1e-12)
    assert max(heads) > 0.98
