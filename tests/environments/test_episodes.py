"""Episodes of many copies begin and end each in its own time, and can be lived once more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brainlearn.environments.episodes import Episodes
from brainlearn.environments.spaces import Box, Discrete
from brainlearn.saved_state import ForeignState

COPIES = 3


class Counting:
    """Counts decisions; an episode lasts as many as its seed says, 1 to 4, and is given up if that is 4."""

    observation_space, action_space = Box((0.0, 0.0), (9.0, 9.0)), Discrete(2)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[list[int], dict[str, Any]]:
        assert seed is not None
        self.lasts, self.now = 1 + seed % 4, 0
        return [self.now, self.lasts], {}

    def step(self, action: int) -> tuple[list[int], float, bool, bool, dict[str, Any]]:
        self.now += 1
        over = self.now == self.lasts
        return [self.now, self.lasts], 10.0 * action + self.now, over and self.lasts < 4, over and self.lasts == 4, {}


def live(episodes: Episodes, rng: np.random.Generator, decisions: int) -> list[tuple[np.ndarray, ...]]:
    """Act at random; return what each step leaves."""
    left = []
    for _ in range(decisions):
        episodes.step(rng.integers(2, size=COPIES))
        told = episodes.observations, episodes.reward, episodes.continues, episodes.fresh
        left.append(tuple(np.array(each) for each in told))
    return left


def test_each_copy_begins_anew_in_the_step_after_its_own_end() -> None:
    episodes = Episodes(Counting, COPIES, (1,))
    lasting, ends = episodes.observations[:, 1].astype(int), set()
    assert len(set(lasting)) > 1
    for decision in range(1, 1 + lasting.max()):
        episodes.step(np.ones(COPIES))
        for copy in range(COPIES):
            if decision <= lasting[copy]:
                assert episodes.observations[copy, 0] == decision
                assert episodes.reward[copy] == 10 + decision
                assert episodes.continues[copy] == (decision < lasting[copy] or lasting[copy] == 4)
                assert not episodes.fresh[copy]
            elif decision == lasting[copy] + 1:  # its action counts for nothing
                ends.add(copy)
                assert (episodes.observations[copy, 0], episodes.reward[copy]) == (0, 0)
                assert episodes.continues[copy] == episodes.fresh[copy] == 1
    assert ends
    first = {e.copy: (e.steps, e.total, e.terminated) for e in episodes.take_finished() if e.number == 0}
    assert first == {c: (n, 10 * n + n * (n + 1) / 2, n < 4) for c, n in enumerate(lasting)}
    assert episodes.take_finished() == []


def test_every_episode_has_a_seed_of_its_own() -> None:
    def begun(seed: int) -> list[int]:
        episodes, found = Episodes(Counting, COPIES, (seed,)), []
        for _ in range(30):
            episodes.step(np.zeros(COPIES))
            found += episodes.observations[episodes.fresh, 1].astype(int).tolist()
        return found

    assert set(begun(1)) == {1, 2, 3, 4}
    assert begun(1) == begun(1) != begun(2)


def test_saved_episodes_go_on_as_if_nothing_had_happened() -> None:
    whole, rng = Episodes(Counting, COPIES, (1,)), np.random.default_rng(0)
    live(whole, rng, 7)
    saved = {name: np.array(value) for name, value in whole.state().items()}
    whole.take_finished()
    expected = live(whole, np.random.default_rng(5), 9)
    other = Episodes(Counting, COPIES, (1,))
    live(other, rng, 3)
    other.restore(saved)
    found = live(other, np.random.default_rng(5), 9)
    for a, b in zip(expected, found, strict=True):
        for each, same in zip(a, b, strict=True):
            np.testing.assert_array_equal(each, same)
    assert other.take_finished() == whole.take_finished() != []


def test_the_episodes_of_other_copies_are_refused() -> None:
    saved = Episodes(Counting, COPIES, (1,)).state()
    with pytest.raises(ForeignState, match="other copies"):
        Episodes(Counting, COPIES + 1, (1,)).restore(saved)
