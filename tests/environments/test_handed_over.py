"""Environments that a script hands over: what they show, what is refused, and how their runs are resumed."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainlearn import Experiment, load_circuit, resume, run
from brainlearn.environments.handed_over import check_repeats, live_in, maker_from
from brainlearn.environments.spaces import Box, Discrete
from brainlearn.mistakes import UserError
from brainlearn.running import Interrupted
from brainlearn.saved_state import ForeignState
from brainlearn.training.progress import Silent
from tests.experiment.tiny_runs import CIRCUIT

LENGTH, COPIES = 5, 4


class Corridor:
    """One walks to the right end, which pays, from a place that the seed draws; the left end costs."""

    observation_space, action_space, max_steps = Box((0.0,), (float(LENGTH),)), Discrete(2), 8

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[list[int], dict[str, Any]]:
        self.place, self.steps = 1 + int(np.random.default_rng(seed).integers(LENGTH - 1)), 0
        return [self.place], {}

    def step(self, action: int) -> tuple[list[int], float, bool, bool, dict[str, Any]]:
        self.place, self.steps = self.place + 2 * action - 1, self.steps + 1
        reward = float(self.place == LENGTH) - float(self.place == 0)
        return [self.place], reward, reward != 0, self.steps == 8 and reward == 0, {}


class Corridors:
    """As many corridors in one object, as Gymnasium's vector environments are; written independently of `Corridor`."""

    single_observation_space, single_action_space = Box((0.0,), (float(LENGTH),)), Discrete(2)

    def __init__(self, num_envs: int = COPIES) -> None:
        self.num_envs = num_envs

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[np.ndarray, dict[str, Any]]:
        self.rng = np.random.default_rng(seed)
        self.place, self.steps = self.rng.integers(1, LENGTH, self.num_envs), np.zeros(self.num_envs, dtype=int)
        self.over = np.zeros(self.num_envs, dtype=bool)
        return self.place[:, None].copy(), {}

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, ...]:
        self.place, self.steps = self.place + 2 * actions - 1, self.steps + 1
        self.place[self.over], self.steps[self.over] = self.rng.integers(1, LENGTH, self.over.sum()), 0
        reward = np.where(self.over, 0, 1.0 * (self.place == LENGTH) - 1.0 * (self.place == 0))
        ended, given_up = reward != 0, (self.steps == 8) & (reward == 0)
        self.over = ended | given_up
        return self.place[:, None].copy(), reward, ended, given_up, {}


class Fleeting(Corridor):
    """Draws where it begins from no seed."""

    drawn = np.random.default_rng(0)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[list[int], dict[str, Any]]:
        return super().reset(seed=int(self.drawn.integers(1000)))


def experiment(folder: Path, make: Any, name: str = "corridor", **tables: Any) -> Experiment:
    """Return an experiment of a second in an environment."""
    (folder / "circuit.toml").write_text(CIRCUIT, encoding="utf-8")
    shown = {"population": "retina/image", "encoding": "population_code", "cells": [64], "maximum": "300 Hz"}
    environment = {
        "name": name,
        "make": make,
        "rounds": 12,
        "test_episodes": 4,
        "observations": [shown],
        "action": {"populations": ["V1/E"], "choice": "softmax"},
    }
    return Experiment(
        "tiny",
        load_circuit(folder / "circuit.toml"),
        seed=1,
        environment=environment | tables,
        phases=[{"name": "walk", "duration": "8 ms", "reset": False, "remember": True}],
        rule={
            "name": "actor_critic",
            "projections": ["retina/image->V1/E"],
            "broadcasts_from": "V2/E",
            "updates": [{"name": "step", "size": 0.1}],
        },
        training={"epochs": 3, "copies": COPIES, "save_minutes": 1e-6},
    )


@pytest.mark.parametrize("given", [Corridor, lambda: Corridor(), Corridor(), Corridors, Corridors()])
def test_a_class_a_function_and_an_environment_are_lived_in(given: Any) -> None:
    lives, rng = live_in(maker_from(given, "corridor"), COPIES, (0,)), np.random.default_rng(0)
    for _ in range(40):
        lives.step(rng.integers(2, size=COPIES))
    ended = lives.take_finished()
    assert {episode.copy for episode in ended} == set(range(COPIES))
    assert all(abs(e.total) == 1 if e.terminated else e.steps == 8 for e in ended)


def test_a_vector_environment_is_the_loop_over_it() -> None:
    lives, alone = live_in(Corridors, COPIES, (3,)), Corridors()
    seed = int(np.random.SeedSequence((3,)).generate_state(1)[0] >> 1)
    shown, rng, over = alone.reset(seed=seed)[0], np.random.default_rng(0), np.zeros(COPIES, dtype=bool)
    totals, ended = np.zeros(COPIES), []
    for _ in range(60):
        np.testing.assert_array_equal(lives.observations, shown)
        actions = rng.integers(2, size=COPIES)
        lives.step(actions)
        shown, reward, terminated, truncated, _ = alone.step(actions)
        np.testing.assert_array_equal(lives.fresh, over)
        np.testing.assert_array_equal(lives.reward, reward)
        np.testing.assert_array_equal(lives.continues, ~terminated)
        totals = np.where(over, 0, totals) + reward
        over = terminated | truncated
        ended += [(copy, totals[copy]) for copy in np.flatnonzero(over)]
    assert [(episode.copy, episode.total) for episode in lives.take_finished()] == ended
    assert len(ended) > 2 * COPIES


class Stopping(Silent):
    """Interrupts after the second epoch; what was saved before is in the middle of it."""

    epochs = 0

    def epoch_done(self, *_: Any) -> None:
        self.epochs += 1
        if self.epochs == 2:
            raise KeyboardInterrupt


class Mirrored(Corridor):
    """Another environment with the same spaces."""

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[list[int], dict[str, Any]]:
        self.place = LENGTH - super().reset(seed=seed)[0][0]
        return [self.place], {}


def test_a_run_that_was_stopped_goes_on_in_a_script_to_the_same_bits(tmp_path: Path) -> None:
    whole = run(experiment(tmp_path, Corridor))
    stopped = tmp_path / "stopped"
    with pytest.raises(Interrupted):
        run(experiment(tmp_path, Corridor), folder=stopped, watcher=Stopping())
    assert "make" not in (stopped / "experiment.toml").read_text("utf-8")
    with pytest.raises(UserError, match=r'no such environment; found "corridor".*A script hands over its own'):
        resume(stopped)
    with pytest.raises(UserError, match="shows something else after the same actions"):
        resume(stopped, environment=Mirrored)
    resumed = resume(stopped, environment=Corridor)
    for group in ("episodes", "test_episodes", "weights"):
        assert whole[group].equals(resumed[group])


def test_a_saved_vector_environment_goes_on_as_if_nothing_had_happened() -> None:
    lives, rng = live_in(Corridors, COPIES, (3,)), np.random.default_rng(0)
    for _ in range(25):
        lives.step(rng.integers(2, size=COPIES))
    saved, other = lives.state(), live_in(Corridors, COPIES, (3,))
    lives.take_finished()
    other.restore(saved)
    for each in (lives, other):
        rng = np.random.default_rng(7)
        for _ in range(25):
            each.step(rng.integers(2, size=COPIES))
    assert other.take_finished() == lives.take_finished() != []
    with pytest.raises(ForeignState, match="other copies"):
        live_in(lambda: Corridors(3), 3, (3,)).restore(saved)


def test_what_could_not_be_resumed_is_refused_in_a_folder_only(tmp_path: Path) -> None:
    check_repeats(Corridor, "corridor")
    check_repeats(Corridors, "corridors")
    with pytest.raises(UserError, match=r'"corridor" does not repeat itself .*seed of reset, or run without a folder'):
        run(experiment(tmp_path, Fleeting), folder=tmp_path / "run")
    run(experiment(tmp_path, Fleeting))


class Uncopied(Corridor):
    def __deepcopy__(self, memo: Any) -> Any:
        raise TypeError("holds a camera")


class LateCorridors(Corridors):
    metadata = {"autoreset_mode": "SameStep"}  # noqa: RUF012


WRONG: dict[str, tuple[Any, dict[str, Any], str]] = {
    "no environment": (3.5, {}, "make: a file cannot hold an environment"),
    "text": ("Corridor", {}, r'make: a file cannot hold an environment; found "Corridor"'),
    "another interface": (object, {}, r"interface of a Gymnasium environment; found object without reset, step"),
    "a class with arguments": (lambda length: length, {}, r'"corridor" cannot be made; .*Hand over a function without'),
    "one that cannot be copied": (Uncopied(), {}, r'"corridor" cannot be made; found TypeError: holds a camera'),
    "as many as there are no copies": (lambda: Corridors(3), {}, r"training.copies; found 3 environments; allowed: 4"),
    "episodes that begin too early": (LateCorridors, {}, r"found autoreset_mode SameStep; allowed: .*NEXT_STEP"),
    "the name of another": (Corridor, {"name": "two_arm"}, r'is the name of another environment; found "two_arm"'),
    "settings": (Corridor, {"settings": {"length": 3}}, r"settings: are those of an environment that is named"),
}


@pytest.mark.parametrize(("make", "tables", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_lived_in_is_refused(tmp_path: Path, make: Any, tables: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        experiment(tmp_path, make, **copy.deepcopy(tables))


def test_an_experiment_names_the_environment_that_it_was_given(tmp_path: Path) -> None:
    made = experiment(tmp_path, Corridor)
    assert repr(made) == 'Experiment "tiny": actor_critic on corridor, 3 epochs, circuit "tiny"'
