"""Files, changes, sweeps and run folders with keys of 0.1 do the same as with the names of now."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from brainlearn import load_experiment
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import UserError
from brainlearn.renamed_keys import RENAMED, new_key, old_key, with_new_names
from brainlearn.results.settings import differences, setup_sha256
from brainlearn.sweep.loading import load_sweep
from tests.experiment.conftest import SMALL

NEW = (
    SMALL.replace("epochs = 2\n", "epochs = 2\nsave_minutes = 3.0\n")
    + """
[readout]
one_pass_step_size = 0.25

[baselines.backprop]
step_size = 0.5
time_steps = 3

[baselines.checkpointing]
recompute_every = 2
"""
)
PAIRS = (
    ("updates =", "constraints ="),
    ("save_minutes", "checkpoint_minutes"),
    ("one_pass_step_size", "one_pass_step"),
    ("\nstep_size", "\nstep"),
    ("time_steps", "steps"),
    ("recompute_every", "checkpoint_every"),
)


def old(text: str) -> str:
    """Return the text of an experiment as it was written for 0.1."""
    for now, then in PAIRS:
        assert text.count(now) == 1
        text = text.replace(now, then)
    return text


def load(folder: Path, text: str, *changes: str) -> ExperimentFile:
    path = folder / "experiment.toml"
    path.write_text(text, encoding="utf-8")
    return load_experiment(path, changes).settings


def test_there_is_a_pair_for_every_renamed_key() -> None:
    assert len(PAIRS) == len(RENAMED)


def test_a_file_of_0_1_says_the_same(tmp_path: Path) -> None:
    settings = load(tmp_path, NEW)
    assert load(tmp_path, old(NEW)) == settings
    table = settings.baselines.chosen()
    assert (table["backprop"].step_size, table["backprop"].time_steps) == (0.5, 3)
    assert (table["checkpointing"].recompute_every, settings.training.save_minutes) == (2, 3.0)
    assert (settings.readout.one_pass_step_size, settings.rule.updates[0].name) == (0.25, "adam")


@pytest.mark.parametrize("text", [NEW, old(NEW)], ids=["now", "then"])
def test_a_change_of_0_1_changes_the_same(tmp_path: Path, text: str) -> None:
    settings = load(
        tmp_path,
        text,
        "rule.constraints[0].size=0.125",
        "training.checkpoint_minutes=7",
        "readout . one_pass_step=0.75",
        "baselines.backprop.step=2.0",
        "baselines.checkpointing={steps=9, checkpoint_every=4}",
    )
    assert settings.rule.updates[0].model_extra == {"size": 0.125}
    assert (settings.training.save_minutes, settings.readout.one_pass_step_size) == (7.0, 0.75)
    assert settings.baselines.chosen()["backprop"].step_size == 2.0
    table = settings.baselines.chosen()["checkpointing"]
    assert (table.time_steps, table.recompute_every) == (9, 4)


def test_a_key_under_both_names_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"training\.checkpoint_minutes: unknown key"):
        load(tmp_path, NEW.replace("save_minutes = 3.0", "save_minutes = 3.0\ncheckpoint_minutes = 3.0"))


def test_a_sweep_of_0_1_sweeps_the_same_and_names_its_own_key(tmp_path: Path) -> None:
    load(tmp_path, NEW)
    path = tmp_path / "sweep.toml"
    text = 'name = "s"\nexperiment = "experiment.toml"\n[grid]\n"rule.constraints[0].size" = [0.1, 0.2]\n'
    path.write_text(text, encoding="utf-8")
    old_points = load_sweep(path).points
    assert [tomllib.loads(point.experiment)["rule"]["updates"][0]["size"] for point in old_points] == [0.1, 0.2]
    load(tmp_path, old(NEW))
    assert load_sweep(path).points[0].name == old_points[0].name
    path.write_text(text.replace("0.2", '"much"'), encoding="utf-8")
    with pytest.raises(UserError, match=r'sweep.toml: grid."rule.constraints\[0\].size": not a number'):
        load_sweep(path)


def test_what_was_recorded_with_the_old_names_is_the_same_setup() -> None:
    now = {"rule": {"updates": [{"name": "adam", "size": 0.1}]}, "baselines": {"backprop": {"step_size": 0.5}}}
    then = {"rule": {"constraints": [{"name": "adam", "size": 0.1}]}, "baselines": {"backprop": {"step": 0.5}}}
    assert with_new_names(then) == now
    for rule, engine in (("forward_forward", "brian2"), ("backprop", "mirror")):
        assert setup_sha256(now, "", rule, engine) == setup_sha256(then, "", rule, engine)
    # recorded by 0.1
    assert setup_sha256(now, "", "forward_forward", "brian2") == (
        "ea9111417994e711792b8aa21c92d7e741d5594228ffc5d86363971c4531a710"
    )
    assert differences(then, now) == []


@pytest.mark.parametrize("key", ["rule.name", "rule.constraint", "constraints", "baselines.step", "training.steps"])
def test_other_keys_keep_their_names(key: str) -> None:
    assert (new_key(key), old_key(key)) == (key, key)
