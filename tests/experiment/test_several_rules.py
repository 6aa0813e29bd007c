"""An experiment with several rules: ``[[rules]]`` in the file, each with projections and updates of its own."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w

from brainlearn import load_experiment
from brainlearn.cli import main
from brainlearn.mistakes import UserError
from brainlearn.report.question import rule_facts
from brainlearn.results.run_folder import RunFolder
from brainlearn.rules import RULES, Rule
from brainlearn.rules.writing import rule_table, rule_text
from brainlearn.running import preparation, resume
from brainlearn.running.conduct import run_record
from brainlearn.running.in_folder import run_to_folder
from brainlearn.sweep.loading import load_sweep
from brainlearn.training.progress import Silent
from brainlearn.training.rule_learner import build_simulation
from tests.experiment.test_own_rules import Stopped
from tests.experiment.tiny_runs import few_items, outcome, tiny

SHORT = {"training.epochs": 1, "training.samples": 60}
IMAGE, LABEL, UP, LATERAL = "retina/image->V1/E", "retina/label->V1/E", "V1/E->V2/E", "V2/E->V2/E"
FORWARD = {"name": "forward_forward", "projections": [IMAGE, LABEL, UP], "updates": [{"name": "adam", "size": 0.01}]}
STDP = {"name": "pair_stdp", "projections": [LATERAL], "updates": [{"name": "step", "size": 0.5}]}


@pytest.fixture(autouse=True)
def small_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "load_dataset", few_items)


def written(folder: Path, *rules: dict[str, Any], kind: str = "poisson") -> Path:
    """Write a tiny experiment that learns by several rules."""
    path = Path(tiny(folder, kind)[0].path)
    data = {key: value for key, value in tomllib.loads(path.read_text(encoding="utf-8")).items() if key != "rule"}
    path.write_text(tomli_w.dumps({**data, "rules": list(rules)}), encoding="utf-8")
    return path


@pytest.mark.slow
def test_one_of_several_rules_learns_as_the_only_one_does(tmp_path: Path) -> None:
    alone, _ = tiny(tmp_path / "alone", "targets", *(f"{key}={value}" for key, value in SHORT.items()))
    path = written(tmp_path / "one", {"name": "temporal_difference"}, kind="targets")
    first, second = (outcome(run_record(each, None, Silent())) for each in (alone, load_experiment(path, SHORT)))
    assert first == second


def test_each_rule_has_its_projections_and_updates(tmp_path: Path) -> None:
    experiment = load_experiment(written(tmp_path, FORWARD, STDP), {"rules[1].updates[0].size": 0.25})
    assert experiment.learning_by == {"rules[0]": (IMAGE, LABEL, UP), "rules[1]": (LATERAL,)}
    assert experiment.learning == (IMAGE, LABEL, UP, LATERAL)
    assert experiment.read_out == ("V1/E", "V2/E")
    assert repr(experiment).startswith('Experiment "tiny": forward_forward + pair_stdp on digits')
    with build_simulation(experiment) as simulation:
        chains = {
            name: [type(each).__name__ for each in learning.updates] for name, learning in simulation.learning.items()
        }
        sizes = [update.size for update in simulation.learning[LATERAL].updates if hasattr(update, "size")]
    assert chains == {IMAGE: ["Adam"], LABEL: ["Adam"], UP: ["Adam"], LATERAL: ["Scaled", "DaleSign"]}
    assert sizes == [0.25]


@pytest.mark.slow
def test_both_rules_change_weights_and_the_result_names_them(tmp_path: Path) -> None:
    record = run_record(load_experiment(written(tmp_path, FORWARD, STDP), SHORT), None, Silent())
    assert record.rule == "forward_forward + pair_stdp"
    assert {name for name, each in record.weights.items() if not np.array_equal(each.initial, each.final)} == {
        IMAGE, LABEL, UP, LATERAL,
    }  # fmt: skip


# ---- mistakes ------------------------------------------------------------------------------------------------------

MISTAKES: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "twice": ([FORWARD, STDP | {"projections": [UP]}], "rules[1].projections[0]", "rules[0] already names this one"),
    "unknown": ([FORWARD, STDP | {"projections": ["V2/E->V1/E"]}], "rules[1].projections[0]", "no projection"),
    "none": ([FORWARD, STDP | {"projections": []}], "rules[1].projections", "no projection learns"),
    "all": ([FORWARD, {"name": "pair_stdp"}], "rules[1].projections", "each must name its projections"),
    "no rule": ([FORWARD, STDP | {"name": "par_stdp"}], "rules[1].name", 'Did you mean "pair_stdp"?'),
    "no parameter": ([FORWARD, STDP | {"parameters": {"tau": "1 ms"}}], "rules[1].parameters.tau", "no parameter of"),
    "no update": ([FORWARD, STDP | {"updates": [{"name": "stp"}]}], "rules[1].updates[0].name", "no update"),
    "no goodness": ([STDP], "rules", "computes no goodness"),
    "unknown key": ([FORWARD, STDP | {"projection": [UP]}], "rules[1].projection", "unknown key"),
    "no table": ([FORWARD, "pair_stdp"], "rules[1]", "wrong kind of value"),  # type: ignore[list-item]
    "not local": (
        [FORWARD, STDP | {"name": "own", "changes": [{"pre": "v_post", "post": "1"}]}],
        "rules[1].changes[0].pre",
        "reads one unit",
    ),
    "a wrong term": (
        [FORWARD, STDP | {"name": "own", "changes": [{"pre": 3, "post": "1"}]}],
        "rules[1].changes[0].pre",
        "wrong kind of value",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_named_at_the_rule_that_has_it(tmp_path: Path, case: str) -> None:
    rules, key, words = MISTAKES[case]
    path = written(tmp_path, *rules)
    with pytest.raises(UserError) as raised:
        load_experiment(path)
    (mistake,) = raised.value.mistakes
    assert mistake.where == f"{path}: {key}"
    assert words in str(mistake)


def test_one_rule_and_several_do_not_go_together(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"rules: an experiment has one table \[rule\], or several \[\[rules\]\]"):
        load_experiment(written(tmp_path, FORWARD, STDP), {"rule.name": "oja"})


def test_a_phase_lets_learn_only_what_has_a_rule(tmp_path: Path) -> None:
    path = written(tmp_path, FORWARD | {"projections": [IMAGE]}, STDP)
    with pytest.raises(UserError, match=r"phases\[0\].learn\[0\]: no projection that learns"):
        load_experiment(path, {"phases[0].learn": [UP]})


# ---- text in files and from Python ---------------------------------------------------------------------------------

OWN = dataclasses.replace(RULES["pair_stdp"], name="own_stdp")


def test_a_rule_of_several_may_be_in_a_file(tmp_path: Path) -> None:
    own = {"file": "own.toml", "projections": [LATERAL], "parameters": {"a_plus": 0.5}}
    path = written(tmp_path, FORWARD, own)
    (tmp_path / "own.toml").write_text(rule_text(OWN), encoding="utf-8")
    experiment = load_experiment(path, ['rules[1].changes[0].pre="2*a_plus*trace_plus"'])
    assert experiment.settings.rule_name == "forward_forward + own_stdp"
    assert experiment.settings.rules[1].changes[0].pre == "2*a_plus*trace_plus"
    assert experiment.settings.rules[1].parameters["a_plus"].value == 0.5
    (tmp_path / "own.toml").write_text(rule_text(OWN).replace('a_minus"', 'a_minsu"'), encoding="utf-8")
    with pytest.raises(UserError, match=r"own.toml: changes\[1\].pre: reads \"a_minsu\""):
        load_experiment(path)


def test_rules_of_python_take_the_place_of_those_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, FORWARD, STDP)
    experiment = load_experiment(path, rule=[None, OWN])
    assert [table.name for table in experiment.settings.rules] == ["forward_forward", "own_stdp"]
    assert experiment.settings.rules[1].projections == [LATERAL]
    rules: list[Rule | list[Rule | None]] = [OWN, [OWN], [None, None, OWN]]
    for wrong in rules:
        with pytest.raises(UserError, match=r"rules\[0\]: the number of rules given in Python differs from the file"):
            load_experiment(path, rule=wrong)


# ---- commands ------------------------------------------------------------------------------------------------------


def test_describe_says_what_learns_by_which_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, FORWARD | {"projections": [IMAGE]}, STDP)
    assert main(["describe", str(path)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    learns = {line[1]: line[3] for line in lines if len(line) > 3 and line[0] == "│" and "->" in line[1]}
    assert learns == {IMAGE: "forward_forward", LABEL: "no", UP: "no", LATERAL: "pair_stdp"}


def test_a_sweep_runs_over_the_updates_of_one_of_the_rules(tmp_path: Path) -> None:
    written(tmp_path, FORWARD, STDP)
    text = 'name = "sizes"\nexperiment = "experiment.toml"\ngrid = { "rules[1].updates[0].size" = [0.1, 0.2] }\n'
    (tmp_path / "sweep.toml").write_text(text, encoding="utf-8")
    points = [tomllib.loads(point.experiment) for point in load_sweep(tmp_path / "sweep.toml").points]
    assert [point["rules"][1]["updates"][0]["size"] for point in points] == [0.1, 0.2]
    assert all(point["rules"][0] == FORWARD for point in points)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["poisson", "traces"])
def test_a_run_by_several_rules_goes_on_where_it_was(tmp_path: Path, kind: str) -> None:
    name = "forward_forward" if kind == "poisson" else "forward_forward_trace"
    path = written(tmp_path / "my", FORWARD | rule_table(RULES[name]), STDP, kind=kind)
    whole = run_to_folder(load_experiment(path), tmp_path / "whole").record
    folder = RunFolder(tmp_path / "run")
    with pytest.raises(KeyboardInterrupt):
        run_to_folder(load_experiment(path), folder.path, watcher=Stopped(3))
    ended = resume(folder.path)
    assert ended is not None
    assert outcome(ended.record) == outcome(whole)


@pytest.mark.slow
def test_angles_are_those_of_the_rule_at_the_end_of_phases(tmp_path: Path) -> None:
    rules = FORWARD | {"projections": [IMAGE, UP]}, STDP | {"projections": ["V2/E->V1/E"]}
    path = written(tmp_path, *rules, kind="spiking_loop")
    record = run_record(load_experiment(path, {**SHORT, "alignment": {"epochs": [0]}}), None, Silent())
    (angles,) = record.alignments
    assert set(angles.angle) == {IMAGE, UP}


def test_the_report_says_which_projections_learned_by_which_rule() -> None:
    rules = [FORWARD | {"parameters": {"width": 0.5}}, STDP]
    assert rule_facts("forward_forward + pair_stdp", {"rules": rules}) == [
        ("Rule", f"forward_forward (width = 0.5): {IMAGE}, {LABEL}, {UP}"),
        ("Rule", f"pair_stdp: {LATERAL}"),
    ]
    assert rule_facts("backprop", {"rules": rules}) == [("Rule", "backprop")]
    assert rule_facts("oja", {"rule": {"name": "oja", "parameters": {"a": 1}}}) == [("Rule", "oja (a = 1)")]
