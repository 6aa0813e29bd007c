"""A rule whose text is in the experiment, in a file, or comes from Python: the same run, which needs nothing else."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w

from brainlearn import load_experiment, run
from brainlearn.experiment import Experiment
from brainlearn.experiment.rule_of import rule_of
from brainlearn.mistakes import UserError
from brainlearn.results.run_folder import RunFolder
from brainlearn.results.store import load_result
from brainlearn.rules import RULES
from brainlearn.rules.writing import rule_table, rule_text
from brainlearn.running import preparation, resume
from brainlearn.running.conduct import run_record
from brainlearn.running.in_folder import run_to_folder
from brainlearn.sweep.compute import compute_point
from brainlearn.sweep.loading import load_sweep
from brainlearn.sweep.point import folder_of
from brainlearn.training.progress import Progress, Silent
from tests.experiment.tiny_runs import few_items, outcome, tiny

SHORT = ("training.epochs=1", "training.samples=60")


@pytest.fixture(autouse=True)
def small_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "load_dataset", few_items)


class Stopped(Silent):
    """Asks the run to end after so many rounds."""

    def __init__(self, rounds: int) -> None:
        self.left = rounds

    def progress(self, progress: Progress) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGINT)


def rewritten(path: Path, **rule: Any) -> Path:
    """Put other keys into ``[rule]`` of an experiment file."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    data["rule"] = {key: value for key, value in data["rule"].items() if key != "name"} | rule
    path.write_text(tomli_w.dumps(data), encoding="utf-8")
    return path


def in_a_file(folder: Path, kind: str, name: str) -> Path:
    """Write a tiny experiment whose rule is in ``rules/own.toml``."""
    tiny(folder, kind)
    (folder / "rules").mkdir()
    (folder / "rules" / "own.toml").write_text(rule_text(RULES[name]), encoding="utf-8")
    return rewritten(folder / "experiment.toml", file="rules/own.toml")


# ---- the same rule, said in four ways ------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "name"), [("traces", "forward_forward_trace"), ("targets", "temporal_difference")])
def test_a_rule_learns_the_same_by_its_name_its_text_its_file_and_from_python(
    tmp_path: Path, kind: str, name: str
) -> None:
    named, _ = tiny(tmp_path / "named", kind, *SHORT)
    inside, _ = tiny(tmp_path / "inside", kind)
    rewritten(Path(inside.path), **rule_table(RULES[name]))
    other = "forward_forward" if kind == "traces" else "spike_difference"
    from_python, _ = tiny(tmp_path / "python", kind, *SHORT, f"rule.name={other}")
    found: list[Experiment] = [
        named,
        load_experiment(inside.path, SHORT),
        load_experiment(in_a_file(tmp_path / "file", kind, name), SHORT),
        load_experiment(from_python.path, SHORT, rule=RULES[name]),
    ]
    assert [rule_of(experiment.settings.rule) for experiment in found] == [RULES[name]] * 4
    first, *others = [outcome(run_record(experiment, None, Silent())) for experiment in found]
    assert all(each == first for each in others)


@pytest.mark.slow
def test_run_takes_a_rule_of_python(tmp_path: Path) -> None:
    experiment, _ = tiny(tmp_path, "traces", *SHORT, "rule.name=forward_forward")
    own = dataclasses.replace(RULES["forward_forward_trace"], name="own", description="")
    tree = run(experiment, rule=own)
    assert tree.attrs["rule"] == "own"
    settings = json.loads(tree.attrs["settings"])
    assert settings["rule"]["changes"] == [{"pre": "recent*gain", "post": own.changes[0].post}]
    assert settings["rule"]["updates"] == [
        {"name": "momentum", "rate": 0.8},
        {"name": "adam", "size": 0.01},
        {"name": "decay", "rate": 1e-3},
    ]
    with pytest.raises(UserError, match=r'rule "own": changes\[0\].pre: reads "recnt"'):
        run(experiment, rule=dataclasses.replace(own, changes=(dataclasses.replace(own.changes[0], pre="recnt"),)))


# ---- what may be said beside the text ------------------------------------------------------------------------------


def test_an_experiment_gives_parameters_of_a_rule_file_other_values(tmp_path: Path) -> None:
    path = in_a_file(tmp_path, "traces", "forward_forward_trace")
    rewritten(path, parameters={"tau_trace": "7 ms"})
    for changes, expected in (((), "7 ms"), (('rule.parameters.tau_trace="9 ms"',), "9 ms")):
        rule = rule_of(load_experiment(path, changes).settings.rule)
        assert rule is not None
        assert rule.parameters["tau_trace"].text == expected
        assert rule.parameters["threshold"] == RULES["forward_forward_trace"].parameters["threshold"]


def test_a_change_reaches_into_the_text_of_a_rule_file(tmp_path: Path) -> None:
    path = in_a_file(tmp_path, "traces", "forward_forward_trace")
    changes = {"rule.name": "own", "rule.changes[0].pre": "recent", "rule.modulators.modulator": "polarity*0.1"}
    with pytest.raises(UserError, match='"forward_forward_trace" is a built-in rule with a different text'):
        load_experiment(path, {"rule.changes[0].pre": "recent"})
    with pytest.raises(UserError, match=r"own.toml: parameters.width: no text of the rule reads this parameter"):
        load_experiment(path, changes | {"rule.modulators": {"modulator": "polarity*threshold"}})
    changes |= {"rule.modulators.surprise": "width*threshold"}
    rule = rule_of(load_experiment(path, changes).settings.rule)
    assert rule is not None
    assert (rule.name, rule.changes[0].pre, rule.modulators["modulator"]) == ("own", "recent", "polarity*0.1")


# ---- runs and sweeps -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_run_folder_needs_no_rule_file(tmp_path: Path) -> None:
    path = in_a_file(tmp_path / "my", "traces", "forward_forward_trace")
    folder = RunFolder(tmp_path / "run")
    run_to_folder(load_experiment(path, SHORT), folder.path)
    (tmp_path / "my" / "rules" / "own.toml").unlink()
    again = load_experiment(folder.experiment)
    assert rule_of(again.settings.rule) == RULES["forward_forward_trace"]
    assert "own.toml" not in folder.experiment.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_run_resumes_with_its_own_text_alone(tmp_path: Path) -> None:
    path = in_a_file(tmp_path / "my", "traces", "forward_forward_trace")
    whole = run_to_folder(load_experiment(path), tmp_path / "whole").record
    folder = RunFolder(tmp_path / "run")
    with pytest.raises(KeyboardInterrupt):
        run_to_folder(load_experiment(path), folder.path, watcher=Stopped(3))
    (tmp_path / "my" / "rules" / "own.toml").write_text("changes = []", encoding="utf-8")
    text = folder.experiment.read_text(encoding="utf-8")
    folder.experiment.write_text(text.replace('tau_trace = "13 ms"', 'tau_trace = "3 ms"'), encoding="utf-8")
    with pytest.raises(UserError, match=r"rule.parameters.tau_trace was 13 ms, is 3 ms"):
        resume(folder.path)
    folder.experiment.write_text(text, encoding="utf-8")
    ended = resume(folder.path)
    assert ended is not None
    assert outcome(ended.record) == outcome(whole)


@pytest.mark.slow
def test_a_sweep_runs_over_the_text_of_a_rule(tmp_path: Path) -> None:
    in_a_file(tmp_path, "traces", "forward_forward_trace")
    (tmp_path / "sweep.toml").write_text(
        """
        name = "gains"
        experiment = "experiment.toml"
        set = { "rule.name" = "own", "training.epochs" = 1, "training.samples" = 60 }
        grid = { "rule.changes[0].pre" = ["recent*gain", "recent"] }
        """,
        encoding="utf-8",
    )
    sweep = load_sweep(tmp_path / "sweep.toml")
    (tmp_path / "rules" / "own.toml").unlink()  # workers have all in the texts of their points
    (tmp_path / "sweep" / "points").mkdir(parents=True)
    assert [compute_point(point, str(tmp_path / "sweep"), None) for point in sweep.points] == ["", ""]
    folders = [RunFolder(folder_of(tmp_path / "sweep", point)) for point in sweep.points]
    rules = [rule_of(load_experiment(folder.experiment).settings.rule) for folder in folders]
    assert [rule.changes[0].pre for rule in rules if rule is not None] == ["recent*gain", "recent"]
    gained, plain = (load_result(folder.result)["weights"].children["V1.E->V2.E"] for folder in folders)
    assert not np.array_equal(gained["final"], plain["final"])


def test_a_mistake_in_one_point_of_a_sweep_names_its_key(tmp_path: Path) -> None:
    in_a_file(tmp_path, "traces", "forward_forward_trace")
    (tmp_path / "sweep.toml").write_text(
        'name = "gains"\nexperiment = "experiment.toml"\nset = { "rule.name" = "own" }\n'
        'grid = { "rule.changes[0].pre" = ["recent*gain", "recnt"] }\n',
        encoding="utf-8",
    )
    with pytest.raises(UserError, match=r'sweep.toml: grid."rule.changes\[0\].pre": reads "recnt"'):
        load_sweep(tmp_path / "sweep.toml")
