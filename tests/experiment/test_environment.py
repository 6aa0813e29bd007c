"""Experiments in which a circuit acts: what is refused, and what comes out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainlearn import load_experiment, run
from brainlearn.cli import main
from brainlearn.mistakes import UserError
from brainlearn.results.run_folder import RunFolder
from brainlearn.results.store import load_result
from brainlearn.running.engines_compared import compare_engines
from tests.experiment.tiny_runs import ACTING, CIRCUIT

TWO_ARM = Path(__file__).parents[2] / "examples" / "two_arm.toml"
SHOWN = "environment.observations[0]"
MAZE = {"environment.name": "water_maze", "environment.settings": {}, "sizes.senses/cue": 40}
PLACES = {f"{SHOWN}.encoding": "place_cells", f"{SHOWN}.repeat": 1, "environment.action.choice": "population_vector"}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown environment": (
        {"environment.name": "two_arms"},
        r'environment.name: .*"two_arms".*Did you mean "two_arm"\?',
    ),
    "an unknown setting": (
        {"environment.settings": {"cue": 2}},
        r'settings.cue: "two_arm" has no such setting; .* allowed: better, worse, cues. Did you mean "cues"\?',
    ),
    "a setting that cannot be": (
        {"environment.settings": {"cues": "two"}},
        r"settings.cues: .* found two; allowed: a whole number above 0",
    ),
    "a population of another size": (
        {"environment.settings": {"cues": 3}},
        r'observations\[0\]: .*senses/cue has 40 units; allowed: 60 units. Write \[sizes\] "senses/cue" = 60.',
    ),
    "numbers for a discrete observation": ({f"{SHOWN}.encoding": "values"}, r"encoding: .*; allowed: one_hot"),
    "one hot for numbers": (MAZE, r"encoding: observations are 2 numbers; .* allowed: opposed, place_cells"),
    "no cells": ({**MAZE, **PLACES}, r"cells: place_cells needs them; found 0; allowed: 2 numbers"),
    "a number that is not there": (
        {**MAZE, **PLACES, f"{SHOWN}.dimensions": [0, 2]},
        r"dimensions: observations are 2 numbers; found 2; allowed: 0 to 1",
    ),
    "a range upside down": (
        {**MAZE, **PLACES, f"{SHOWN}.cells": [5, 8], f"{SHOWN}.range": [[1.0, 0.0], [0.0, 1.0]]},
        r"range\[0\]: no range",
    ),
    "no stimulus": ({f"{SHOWN}.population": "motor/left"}, r'population: no stimulus population "motor/left"'),
    "a rate for currents": ({f"{SHOWN}.maximum": "1.0"}, r'maximum: units of senses/cue are set by "rate"; found 1.0'),
    "a vector for discrete actions": (
        {"environment.action.choice": "population_vector"},
        r"action.choice: actions are 2 values; .* allowed: argmax, softmax",
    ),
    "argmax for numbers": (
        {**MAZE, **PLACES, f"{SHOWN}.cells": [5, 8], "environment.action.choice": "argmax"},
        r"action.choice: actions are 2 numbers; .* allowed: population_vector",
    ),
    "three populations for two actions": (
        {"environment.action.populations": ["motor/left", "motor/right", "motor/left"]},
        r"populations: there are 2 actions; found 3 populations; allowed: 2, or 1",
    ),
    "an action population that is not there": (
        {"environment.action.populations": ["motor/left", "motor/up"]},
        r'populations\[1\]: no population "motor/up"',
    ),
    "a reset in every presentation": ({"phases[0].reset": True}, r"phases\[0\].reset: .* Write reset = false."),
    "stock synapses": (
        {"training.delivery": "stock"},
        r"training.delivery: stock synapses cannot be reset copy by copy",
    ),
    "a dataset": ({"dataset.name": "digits"}, r"dataset: with \[environment\], no dataset items are shown"),
    "a critic that is not there": ({"rule.broadcasts_from": "motor/up"}, r'broadcasts_from: no population "motor/up"'),
    "nothing is remembered": (
        {"rule.name": "actor_critic", "rule.parameters": {}},
        r'"actor_critic" compares two phases, but none is remembered',
    ),
}


@pytest.mark.parametrize(("changes", "message"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        load_experiment(TWO_ARM, changes)


def test_all_mistakes_are_named_at_once() -> None:
    changes = {"environment.action.populations": ["motor/up"], f"{SHOWN}.encoding": "values", "phases[0].reset": True}
    with pytest.raises(UserError) as raised:
        load_experiment(TWO_ARM, changes)
    assert len(raised.value.mistakes) == 3


def test_gymnasium_that_is_missing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(UserError, match=r'not installed; .*Install it: pip install "brainlearn\[environments\]"'):
        load_experiment(TWO_ARM, {"environment.name": "CartPole-v1"})


def test_a_rule_of_reward_needs_an_environment(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "experiments/01_forward_forward_digits/experiment.toml").read_text("utf-8")
    (tmp_path / "experiment.toml").write_text(text, encoding="utf-8")
    circuit = str(Path(__file__).parents[2] / "circuits/two_areas.toml")
    changes = {"circuit": circuit, "rule.name": "reward_stdp", "rule.parameters": {}}
    with pytest.raises(UserError, match=r"reads what an environment tells \(reward\), and there is none"):
        load_experiment(tmp_path / "experiment.toml", changes)


@pytest.fixture(scope="module")
def acted(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = tmp_path_factory.mktemp("acting")
    (folder / "experiment.toml").write_text(ACTING, encoding="utf-8")
    (folder / "circuit.toml").write_text(CIRCUIT, encoding="utf-8")
    run(load_experiment(folder / "experiment.toml"), folder=folder / "run")
    return RunFolder(folder / "run")


def test_a_run_keeps_every_episode(acted: RunFolder) -> None:
    tree = load_result(acted.path)
    episodes, tested = (tree[name].to_dataset() for name in ("episodes", "test_episodes"))
    assert episodes["epoch"].values[-1] == 3
    assert (episodes["length"] <= 7).all()
    ended = episodes["terminated"].values == 1
    assert (episodes["length"].values[~ended] == 7).all()  # given up
    np.testing.assert_allclose(episodes["latency"], 0.008 * episodes["length"])
    np.testing.assert_array_equal(episodes["total_reward"], ended)  # 1 for the platform
    for copy in range(6):
        own = episodes.isel(episode=episodes["copy"].values == copy)
        assert own["number"].values.tolist() == list(range(own.sizes["episode"]))
        assert int((own["length"] + 1).sum()) <= 36  # rounds, with one to see the outcome
    assert sorted(zip(tested["copy"].values, tested["number"].values, strict=True)) == [
        (copy, number) for copy in range(6) for number in range(2)
    ]


def test_summary_figure_and_report_tell_of_episodes(acted: RunFolder) -> None:
    tree, told = load_result(acted.path), json.loads(acted.summary.read_text("utf-8"))["episodes"]
    first = tree["episodes"].to_dataset()
    first = first.isel(episode=first["number"].values == 0)
    assert told["first_total_reward"] == pytest.approx(float(first["total_reward"].mean()))
    assert told["test_latency"] == pytest.approx(float(tree["test_episodes"]["latency"].mean()))
    assert told["episodes"] == tree["episodes"].sizes["episode"]
    page = acted.report.read_text("utf-8")
    assert all(text in page for text in ("Reward over", "Latency over", "first episode of each copy", "water_maze"))
    assert "Test episodes of 4 copies" in page
    assert acted.figure.stat().st_size > 10_000


def test_the_command_line_tells_of_rewards(acted: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(acted)]) == 0
    assert "episodes after learning" in capsys.readouterr().out
    assert main(["list", "environments"]) == 0
    assert "water_maze" in capsys.readouterr().out


def test_both_engines_act_and_learn_the_same(tmp_path: Path) -> None:
    (tmp_path / "experiment.toml").write_text(ACTING, encoding="utf-8")
    (tmp_path / "circuit.toml").write_text(CIRCUIT, encoding="utf-8")
    found = compare_engines(load_experiment(tmp_path / "experiment.toml"), rounds=10)
    assert found.rounds == 10
    assert found.holds, str(found)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_reward_teaches_which_arm_pays_after_which_cue(seed: int) -> None:
    tree = run(load_experiment(TWO_ARM, {"seed": seed}))
    assert float(tree["test_episodes"]["total_reward"].mean()) > 0.7  # 0.5 for whoever guesses, 0.8 at best
