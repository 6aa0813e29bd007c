from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest
import tomli_w

from brainlearn import load_experiment
from brainlearn.circuit.reading import read_toml
from brainlearn.experiment.rule_loading import load_rule
from brainlearn.experiment.rule_of import rule_of
from brainlearn.expression import FUNCTIONS
from brainlearn.rules import RULES
from brainlearn.rules.rule import parameters
from brainlearn.rules.updates import UPDATES
from tests.docs.markdown import blocks, inline_code, read
from tests.experiment.conftest import CIRCUITS, SMALL

TEXT = read("docs/rules.md")
PAGE = inline_code(TEXT)


@pytest.mark.parametrize("name", ["forward_forward", "pair_stdp"])
def test_the_page_shows_the_text_that_runs(name: str) -> None:
    rule = RULES[name]
    texts = [text for change in rule.changes for text in (change.pre, change.post, change.when)]
    texts += [*rule.broadcasts, *rule.broadcasts.values(), *rule.modulators, *rule.modulators.values()]
    texts += [text for memory in rule.memories for text in (memory.name, memory.of, memory.where)]
    assert [text for text in texts if text not in PAGE] == []


def test_the_page_names_every_function_and_update() -> None:
    assert [name for name in (*FUNCTIONS, *UPDATES) if name not in PAGE] == []


def test_the_rule_that_the_page_writes_is_right_in_an_experiment_and_in_a_file(tmp_path: Path) -> None:
    whole, named, _ = (tomllib.loads(block) for block in blocks(TEXT, "toml"))
    in_file = {key: value for key, value in whole["rule"].items() if key not in ("projections", "updates")}
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "hebb.toml").write_text(tomli_w.dumps(in_file), encoding="utf-8")
    found = []
    for table in (whole, named):
        (tmp_path / "experiment.toml").write_text(tomli_w.dumps(tomllib.loads(SMALL) | table), encoding="utf-8")
        found.append(rule_of(load_experiment(tmp_path / "experiment.toml").settings.rule))
    first, second = found
    assert first is not None
    assert first == load_rule(tmp_path / "rules" / "hebb.toml")
    assert second == dataclasses.replace(first, parameters=parameters(tau="10 ms"))


def test_the_rules_that_the_page_puts_together_fit_one_circuit(tmp_path: Path) -> None:
    (several,) = (data for block in blocks(TEXT, "toml") if "rules" in (data := tomllib.loads(block)))
    circuit = read_toml(CIRCUITS / "two_areas.toml")
    lateral = {"source": "V2/E", "target": "V2/E", "pathway": "lateral", "synapse": "delta"}
    lateral["weights"] = {"distribution": "uniform", "low": 0.0, "high": 0.1}
    circuit["projections"].append(lateral)
    (tmp_path / "circuit.toml").write_text(tomli_w.dumps(circuit), encoding="utf-8")
    data = {key: value for key, value in tomllib.loads(SMALL).items() if key != "rule"}
    text = tomli_w.dumps({**data, **several, "circuit": "circuit.toml"})
    (tmp_path / "experiment.toml").write_text(text, encoding="utf-8")
    assert load_experiment(tmp_path / "experiment.toml").settings.rule_name == "forward_forward + pair_stdp"
