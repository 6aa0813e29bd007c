"""A rule written out as TOML and read back is the same rule."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import pytest

from brainlearn.cli import main
from brainlearn.experiment.rule_loading import load_rule
from brainlearn.experiment.rule_schema import ChangeTable, MemoryTable, RuleTable, TraceTable
from brainlearn.rules import RULES, Change, Memory, Rule, Trace
from brainlearn.rules.reading import read_rule
from brainlearn.rules.writing import rule_text
from brainlearn.units import Quantity, parse_quantity


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_is_read_back_as_it_was(rule: Rule) -> None:
    assert read_rule(tomllib.loads(rule_text(rule))) == rule


def test_what_the_command_prints_is_a_rule_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("forward_forward_trace", "kinase"):
        rule = RULES[name]
        assert main(["list", "rules", "--text", name]) == 0
        (tmp_path / "rule.toml").write_text(capsys.readouterr().out, encoding="utf-8")
        assert load_rule(tmp_path / "rule.toml") == rule
        assert main(["check", str(tmp_path / "rule.toml")]) == 0
        capsys.readouterr()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["rules", "--text", "kinases"], 'no rule "kinases"; found "kinases"; allowed: forward_forward'),
        (["neurons", "--text", "lif"], "only rules have a text"),
    ],
)
def test_only_rules_that_there_are_can_be_printed(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", *words]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("value", [0.1, 1 / 60, 3, -2.5e-9, "20 ms", "1e-3 s", "50 Hz"])
def test_values_of_parameters_keep_every_bit(value: float | str) -> None:
    quantity = parse_quantity(value)
    rule = Rule("own", "", "", (Change("x", "1"),), {"x": quantity})
    again = read_rule(tomllib.loads(rule_text(rule))).parameters["x"]
    assert (again.value, again.dimension) == (quantity.value, quantity.dimension)


def test_parameters_of_a_rule_of_python_may_be_texts_and_numbers() -> None:
    plain: Any = {"tau": "20 ms", "size": 3}
    again = read_rule(tomllib.loads(rule_text(Rule("own", "", "", (Change("1", "1"),), plain))))
    assert again.parameters == {"tau": parse_quantity("20 ms"), "size": Quantity(3.0, (0,) * 7, "3")}


@pytest.mark.parametrize(
    ("table", "part"), [(TraceTable, Trace), (MemoryTable, Memory), (ChangeTable, Change), (RuleTable, Rule)]
)
def test_a_file_can_say_all_that_a_rule_is(table: Any, part: Any) -> None:
    only_files = {"file", "projections", "updates", "broadcasts_from"} if part is Rule else set()
    assert set(table.model_fields) - only_files == {field.name for field in dataclasses.fields(part)}
