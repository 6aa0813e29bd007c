"""Films of test episodes: what is kept, and how it is drawn."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from xarray import DataTree

from brainlearn.environments.films import FILMS, PICTURES, Films
from brainlearn.environments.handed_over import live_in
from brainlearn.environments.spaces import Box, Discrete
from brainlearn.plots.films import films
from brainlearn.results.episodes_record import FilmRecord
from brainlearn.results.tree import films_group
from brainlearn.results.variables import check_variables


class Ladder:
    """An episode has as many steps as its seed says, 20 to 29; the picture is as bright as the step is late."""

    observation_space, action_space, render_mode = Box((0.0, 0.0), (30.0, 30.0)), Discrete(2), "rgb_array"

    def reset(self, *, seed: int = 0, options: Any = None) -> tuple[list[int], dict[str, Any]]:
        self.steps, self.last = 0, 20 + seed % 10
        return [0, self.last], {}

    def step(self, action: int) -> tuple[list[int], float, bool, bool, dict[str, Any]]:
        self.steps += 1
        return [self.steps, self.last], 10.0 * action + self.steps, self.steps == self.last, False, {}

    def render(self) -> np.ndarray:
        return np.full((40, 400, 3), self.steps, dtype=np.uint8)


def filmed(copies: int = 6, decisions: int = 35) -> tuple[FilmRecord, np.ndarray]:
    """Return films of ladders, and all actions, (decision, copy)."""
    live, rng = live_in(Ladder, copies, (5,)), np.random.default_rng(0)
    films, actions = Films(live), rng.integers(2, size=(decisions, copies))
    for each in actions:
        live.step(each)
        films.watch(each)
    return films.record(), actions


def test_a_film_is_the_first_episode_of_a_copy_from_its_onset_to_its_end() -> None:
    record, actions = filmed()
    assert np.unique(record.film).tolist() == list(range(FILMS))
    for number in range(FILMS):
        own = record.film == number
        length = int(record.observation[own][0, 1])
        np.testing.assert_array_equal(record.observation[own][:, 0], np.arange(length + 1))
        assert np.isnan(record.action[own][0]).all()
        np.testing.assert_array_equal(record.action[own][1:, 0], actions[:length, number])
        np.testing.assert_array_equal(record.reward[own][1:], 10 * actions[:length, number] + np.arange(1, length + 1))


def test_pictures_are_few_small_and_at_equal_distances() -> None:
    record, _ = filmed()
    assert record.picture is not None
    assert record.picture.shape[1:] == (14, 134, 3)  # every third pixel
    steps = record.picture[:, 0, 0, 0].astype(int)
    assert PICTURES / 2 <= len(steps) <= PICTURES
    assert set(np.diff(steps)) == {4}
    assert steps[0] == 0


def tree_of(record: FilmRecord, name: str, **settings: Any) -> DataTree:
    """Return as much of a result as the picture reads."""
    attrs = {"settings": json.dumps({"environment": {"name": name, "settings": settings}})}
    tree = DataTree.from_dict({"/films": films_group(record)})
    tree.attrs.update(attrs)
    return tree


def test_films_follow_the_schema() -> None:
    from brainlearn.results.schema import FILMS as VARIABLES

    assert not list(check_variables(tree_of(filmed()[0], "ladder").children["films"], VARIABLES))


def way() -> FilmRecord:
    """Return the ways of two swimmers."""
    places = np.array([[0.0, 0.9], [0.1, 0.6], [0.3, 0.4], [0.9, 0.0], [0.6, 0.2]])
    done = np.vstack([[[np.nan, np.nan]], np.diff(places, axis=0)])
    return FilmRecord(np.array([0, 0, 0, 1, 1]), places, done, np.array([0.0, 0, 1, 0, 1]))


def test_the_pool_shows_the_platform_and_every_way() -> None:
    axes = films(tree_of(way(), "water_maze", platform=[0.3, 0.4], radius=0.15)).axes[0]
    assert [(*each.center, each.radius) for each in axes.patches] == [(0, 0, 1), (0.3, 0.4, 0.15)]
    lines = [line.get_xydata() for line in axes.lines]
    np.testing.assert_array_equal(lines[0], way().observation[:3])
    np.testing.assert_array_equal(lines[2], way().observation[3:])


def test_eyes_are_drawn_against_the_head() -> None:
    head, eyes = np.sin(np.arange(6)), 0.8 * np.sin(np.arange(5))
    seen = np.stack([head, np.zeros(6)], axis=1)
    record = FilmRecord(np.zeros(6, int), seen, np.append(np.nan, -eyes)[:, None], np.zeros(6))
    first, second = films(tree_of(record, "gaze")).axes[0].lines
    np.testing.assert_allclose(first.get_ydata(), head[:5])
    np.testing.assert_allclose(second.get_ydata(), eyes)


def test_other_environments_are_shown_as_rendered_or_by_their_numbers() -> None:
    record, _ = filmed()
    (image,) = films(tree_of(record, "ladder")).axes[0].images
    assert record.picture is not None
    shown = np.asarray(image.get_array())
    half = -(-len(record.picture) // 2)
    assert shown.shape == (28, 134 * half, 3)
    np.testing.assert_array_equal(shown[:14, :134], record.picture[0])
    plain = FilmRecord(record.film, record.observation, record.action, record.reward)
    lines = films(tree_of(plain, "ladder")).axes[0].lines
    assert lines[0].get_ydata() == pytest.approx(np.arange(len(lines[0].get_ydata())) / record.observation[0, 1])


def test_without_films_the_picture_says_so() -> None:
    (text,) = films(DataTree.from_dict({"/": None})).axes[0].texts
    assert "no episode was recorded" in text.get_text()
