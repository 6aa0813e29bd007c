"""Environments of Gymnasium, by their ids."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn import load_experiment, run
from brainlearn.environments.episodes import Episodes
from brainlearn.environments.making import longest_episode, maker_of, spaces_of
from brainlearn.environments.spaces import Box, Discrete
from brainlearn.mistakes import UserError
from tests.experiment.tiny_runs import CIRCUIT

gymnasium = pytest.importorskip("gymnasium")

POLE = """
name = "tiny"
circuit = "circuit.toml"
phases = [{ name = "push", duration = "4 ms", reset = false, remember = true }]
training = { epochs = 2, copies = 3 }

[environment]
name = "CartPole-v1"
rounds = 30
test_episodes = 3
action = { populations = ["V1/E"], choice = "softmax" }

[[environment.observations]]
population = "retina/image"
encoding = "population_code"
range = [[-2.4, 2.4], [-3.0, 3.0], [-0.2, 0.2], [-3.0, 3.0]]
cells = [16, 16, 16, 16]
maximum = "200 Hz"

[rule]
name = "actor_critic"
projections = ["retina/image->V1/E"]
broadcasts_from = "V2/E"
"""


def test_spaces_and_limits_are_read() -> None:
    made = maker_of("CartPole-v1", {})()
    observations, actions = spaces_of(made, "CartPole-v1")
    assert isinstance(observations, Box)
    assert observations.size == 4
    assert np.isinf(observations.high).sum() == 2
    assert actions == Discrete(2)
    assert longest_episode(made) == 500


def test_a_typing_error_is_named() -> None:
    with pytest.raises(UserError, match=r'no such environment; .*Did you mean "CartPole-v1"\?'):
        maker_of("CartPol-v1", {})


def test_settings_that_it_does_not_take_are_named() -> None:
    with pytest.raises(UserError, match=r"cannot be made: .*gravitas"):
        maker_of("CartPole-v1", {"gravitas": 1})


def test_spaces_that_nothing_encodes_are_refused() -> None:
    with pytest.raises(UserError, match=r"observations of .* have an unsupported space; .*Tuple"):
        maker_of("Blackjack-v1", {})


def test_episodes_are_those_of_a_loop_over_gymnasium() -> None:
    episodes, rng = Episodes(maker_of("CartPole-v1", {}), 2, (7,)), np.random.default_rng(1)
    alone, number, over = [gymnasium.make("CartPole-v1") for _ in range(2)], [0, 0], [False, False]

    def begin(copy: int) -> np.ndarray:
        seed = np.random.SeedSequence([7, copy, number[copy]]).generate_state(1)[0]
        return alone[copy].reset(seed=int(seed))[0]

    expected = [begin(copy) for copy in range(2)]
    for _ in range(80):
        np.testing.assert_array_equal(episodes.observations, np.array(expected, dtype=float))
        actions = rng.integers(2, size=2)
        episodes.step(actions)
        for copy in range(2):
            if over[copy]:
                number[copy] += 1
                expected[copy], over[copy] = begin(copy), False
            else:
                expected[copy], _, over[copy], _, _ = alone[copy].step(int(actions[copy]))
    assert min(number) >= 2


def test_a_circuit_balances_a_pole_as_long_as_it_can(tmp_path) -> None:
    for name, text in (("experiment.toml", POLE), ("circuit.toml", CIRCUIT)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    tree = run(load_experiment(tmp_path / "experiment.toml"))
    for name in ("episodes", "test_episodes"):
        np.testing.assert_array_equal(tree[name]["total_reward"], tree[name]["length"])  # 1 for every decision
        assert (tree[name]["length"] >= 8).all()
    np.testing.assert_allclose(tree["episodes"]["latency"], 0.004 * tree["episodes"]["length"])
