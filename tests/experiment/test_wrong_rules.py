"""Rules that are wrong, each with the place and the words by which its mistake is named; and that no more is said."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from brainlearn import load_experiment
from brainlearn.cli import main
from brainlearn.mistakes import UserError
from tests.experiment.conftest import CIRCUITS, SMALL

OWN = tomllib.loads("""
name = "own"
description = "as forward_forward_trace, with a term in every step"
projections = ["retina/image->V1/E", "V1/E->V2/E"]

[parameters]
threshold = 0.06
width = 0.002
memory_rate = 0.1
tau_trace = "13 ms"

[[traces]]
name = "recent"
equation = "drecent/dt = -recent/tau_trace : 1"
on_spike = "recent += dt/tau_trace"
graded = "drecent/dt = (activity - recent)/tau_trace : 1"

[broadcasts]
goodness = "recent**2"

[modulators]
surprise = "clip(polarity*(goodness - threshold)/width, -60, 60)"
modulator = "polarity/(1 + exp(surprise))"

[[memories]]
name = "usual"
of = "recent"
where = "polarity > 0"
rate = "memory_rate"
scope = "unit"

[[changes]]
pre = "recent*gain"
post = "modulator*recent - 0.01*usual"

[[changes]]
pre = "recent"
post = "clip(v - 1, -1, 1)"
when = "step"
""")


def term(pre: str = "recent", post: str = "recent", when: str = "phase_end") -> dict[str, Any]:
    """Return a change that takes the place of the second term."""
    return {"changes.1": {"pre": pre, "post": post, "when": when}}


def factor(weight: str, when: str = "phase_end") -> dict[str, Any]:
    return {"changes.1": {"pre": "recent", "post": "recent", "when": when, "weight": weight}}


def trace(**parts: str) -> dict[str, Any]:
    return {f"traces.0.{key}": text for key, text in parts.items()}


# edits of the rule, the key that is named, a part of what is said
Wrong = tuple[dict[str, Any], str, str]
NAMES: dict[str, Wrong] = {
    "typo in a trace": (term(pre="recnt"), "changes[1].pre", 'Did you mean "recent"?'),
    "typo in a modulator": (term(post="modulater"), "changes[1].post", 'Did you mean "modulator"?'),
    "missing trace": (
        term(pre="calcium"),
        "changes[1].pre",
        'reads "calcium", which units of retina/image',
    ),
    "variable of other units": (term(pre="v", when="step"), "changes[1].pre", 'reads "v", which units of retina/image'),
    "unit in text": (term(post="v/(3*mV)", when="step"), "changes[1].post", 'reads "mV"'),
    "key": ({"chnages": []}, "chnages", 'Did you mean "changes"?'),
    "key of a term": ({"changes.1.pst": "1"}, "changes[1].pst", 'Did you mean "post"?'),
    "no post": ({"changes.1": {"pre": "recent"}}, "changes[1].post", "the key is missing"),
    "when": (term(when="steps"), "changes[1].when", 'Did you mean "step"?'),
    "scope": ({"memories.0.scope": "units"}, "memories[0].scope", 'Did you mean "unit"?'),
    "number for a text": (term() | {"changes.1.pre": 1}, "changes[1].pre", "text in quotes"),
    "no terms": ({"changes": []}, "changes", "a rule without terms changes nothing"),
    "no goodness": (
        {"broadcasts": {"mean": "recent"}, "modulators": {"modulator": "width*threshold*mean"}},
        "broadcasts",
        "computes no goodness, which the readout needs; found mean",
    ),
    "name of a rule that is built in": (
        {"name": "forward_forward"},
        "name",
        "is a built-in rule with a different text",
    ),
    "no name": ({"name": ""}, "name", "not a name"),
}
LOCALITY: dict[str, Wrong] = {
    "other side, before": (term(pre="activity_post"), "changes[1].pre", "Write activity in the text of `post`."),
    "other side, behind": (term(post="recent_pre"), "changes[1].post", "Write recent in the text of `pre`."),
    "weight": (term(post="w*recent"), "changes[1].post", "reads the weight `w`"),
    "broadcast before the synapse": (term(pre="goodness"), "changes[1].pre", "Move that factor to `post`."),
    "memory before the synapse": (term(pre="usual"), "changes[1].pre", "only the target population broadcasts"),
    "sum": (term(post="sum(recent)"), "changes[1].post", "calls sum(); allowed: abs, ceil"),
    "unit in a factor of the weight": (factor("w*recent"), "changes[1].weight", "reads `w` and parameters"),
    "typo in a factor of the weight": (factor("w - widh"), "changes[1].weight", 'Did you mean "width"?'),
    "factor of the weight in steps": (factor("w", "step"), "changes[1].weight", 'Take when = "continuous"'),
    "factor of the weight with a unit": (factor("w + tau_trace"), "changes[1].weight", "wrong unit"),
    "spikes at the end of a phase": (term(post="spiked"), "changes[1].post", 'reads "spiked"'),
    "weight in a broadcast": ({"broadcasts.goodness": "w*recent"}, "broadcasts.goodness", "reads the weight `w`"),
    "broadcast of a broadcast": (
        {"broadcasts.square": "goodness**2"},
        "broadcasts.square",
        'reads "goodness", which only the target population broadcasts',
    ),
    "modulator of units": ({"modulators.surprise": "width*threshold*recent"}, "modulators.surprise", "is a broadcast"),
    "modulator too early": (
        {"modulators": {"modulator": "surprise", "surprise": "(goodness - threshold)/width"}},
        "modulators.modulator",
        "Modulators are computed in their order.",
    ),
    "modulator of a memory of each unit": (
        {"modulators.modulator": "surprise*usual"},
        "modulators.modulator",
        'Take scope = "population".',
    ),
    "memory that chooses by units": ({"memories.0.where": "recent > 0"}, "memories[0].where", 'reads "recent"'),
    "trace of others": (
        trace(equation="drecent/dt = (mean_rate - recent)/tau_trace : 1"),
        "traces[0].equation",
        'reads "mean_rate", which units of retina/image do not define',
    ),
    "spike that sets the membrane": (
        trace(on_spike="v = dt/tau_trace"),
        "traces[0].on_spike",
        "may set only its own trace",
    ),
}
PLACES: dict[str, Wrong] = {
    "activity in a step": (term(post="activity", when="step"), "changes[1].post", "A trace follows spikes in every"),
    "what is told in a step is counted": (
        term(post="modulator", when="transmission") | {"broadcasts.goodness": "activity**2"},
        "broadcasts.goodness",
        'reads "activity" in every step',
    ),
    "spikes of units that have none": (
        term(when="pre_spike"),
        "changes[1].when",
        'acts on spikes, but "retina/image->V1/E" does not connect spiking units',
    ),
    "rate of a memory that is no parameter": (
        {"memories.0.rate": "memory_rat"},
        "memories[0].rate",
        'Did you mean "memory_rate"?',
    ),
    "rate of a memory as a number": ({"memories.0.rate": "0.1"}, "memories[0].rate", "Make it a parameter"),
    "rate of a memory above 1": ({"parameters.memory_rate": 10}, "parameters.memory_rate", "a number from 0 to 1"),
    "memory without a condition": ({"memories.0.where": "polarity"}, "memories[0].where", "not a condition"),
    "parameter that nobody reads": (
        {"parameters.tau_trase": "3 ms"},
        "parameters.tau_trase",
        "no text of the rule reads this parameter",
    ),
}
KEPT: dict[str, Wrong] = {
    "constant that hides a variable": (
        {"parameters.v": 1.0},
        "parameters.v",
        "units of V1/E have a variable of this name",
    ),
    "unit of Brian2": ({"parameters.ms": 1.0, **term("recent*ms")}, "parameters.ms", "Brian2 already defines a unit"),
    "variable of Brian2": (
        {"broadcasts.lastspike": "recent"},
        "broadcasts.lastspike",
        "Brian2 already defines a unit, constant",
    ),
    "noise of Brian2": ({"broadcasts.xi": "recent"}, "broadcasts.xi", "Brian2 already defines"),
    "prefix of the simulation": (
        {"broadcasts.brainlearn_gain": "recent"},
        "broadcasts.brainlearn_gain",
        "names that begin with brainlearn_ are reserved for the simulation",
    ),
    "variable of rules": ({"modulators.polarity": "surprise"}, "modulators.polarity", "variable, function or constant"),
    "function of rules": ({"parameters.exp": 2.0}, "parameters.exp", "variable, function or constant"),
    "word of the grammar": ({"broadcasts.lambda": "recent"}, "broadcasts.lambda", "a word of the grammar"),
    "ending of synapses": ({"broadcasts.mean_post": "recent"}, "broadcasts.mean_post", "reserved for synapses"),
    "twice": ({"broadcasts.recent": "recent"}, "broadcasts.recent", "already has this name, as traces[0].name"),
    "no name at all": ({"broadcasts.2nd": "recent"}, "broadcasts.2nd", "not a name"),
}
UNITS: dict[str, Wrong] = {
    "unknown unit": ({"parameters.tau_trace": "13 msec"}, "parameters.tau_trace", "unknown unit"),
    "time constant in volts": (
        {"parameters.tau_trace": "13 mV"},
        "traces[0].equation",
        "wrong unit in `drecent/dt = -recent/tau_trace`",
    ),
    "sum of a time and a number": (term(post="recent + tau_trace"), "changes[1].post", "wrong unit"),
    "exponential of a time": ({"broadcasts.goodness": "exp(tau_trace)*recent"}, "broadcasts.goodness", "wrong unit"),
    "change with a unit": (
        term(pre="recent*tau_trace"),
        "changes[1]",
        "the change has a unit, but weights are dimensionless",
    ),
    "jump in seconds": (trace(on_spike="recent += tau_trace"), "traces[0].on_spike", "wrong unit"),
    "too few arguments": (term(post="clip(recent, 0)"), "changes[1].post", "wrong unit: "),
    "memory in seconds": ({"memories.0.of": "recent + tau_trace"}, "memories[0].of", "wrong unit"),
}
TEXTS: dict[str, Wrong] = {
    "brackets": (term(post="(recent"), "changes[1].post", '"(recent" is not an expression'),
    "difference of comparisons": (
        term(post="(recent > 1) - (v > 1)", when="step"),
        "changes[1].post",
        "Convert comparisons to numbers with int(…).",
    ),
    "call of an attribute": (term(post="recent.mean()"), "changes[1].post", "not an expression of a rule"),
    "text without end": (term(post="recent + " * 200 + "1"), "changes[1].post", "at most 800 are allowed"),
    "endless power": (term(post="9**9**9*recent"), "changes[1].post", "the largest power is 100"),
    "trace without unit": (trace(equation="drecent/dt = -recent/tau_trace"), "traces[0].equation", "`: 1` if it has"),
    "trace that Brian2 cannot parse": (
        trace(equation="drecent/dt = -recent/ : 1"),
        "traces[0].equation",
        "bad equation",
    ),
    "trace of another name": (
        trace(equation="dother/dt = -recent/tau_trace : 1"),
        "traces[0].equation",
        'not one equation of the trace "recent"',
    ),
    "trace that no step solves": (
        trace(equation="drecent/dt = -recent**2/tau_trace : 1"),
        "traces",
        'the equation of the trace "recent" is not linear in the traces',
    ),
    "jump that is no statement": (trace(on_spike="recent + dt/tau_trace"), "traces[0].on_spike", "bad statement"),
}
WRONG = {**NAMES, **LOCALITY, **PLACES, **KEPT, **UNITS, **TEXTS}
BESIDE = {  # what follows from the very mistake, and is a mistake of its own
    "constant that hides a variable": {"changes[1].post"},
    "time constant in volts": {"traces[0].graded", "traces[0].on_spike"},
}


def edited(edits: dict[str, Any]) -> dict[str, Any]:
    """Return the rule with some of its values replaced."""
    rule: Any = copy.deepcopy(OWN)
    for key, value in edits.items():
        *above, last = (int(step) if step.isdigit() else step for step in key.split("."))
        place = rule
        for step in above:
            place = place[step]
        place[last] = value
    return dict(rule)


def write(folder: Path, rule: dict[str, Any], file: str = "") -> Path:
    """Write an experiment with the rule in it, or in a file beside it."""
    own = {key: rule.pop(key) for key in ("projections",)} if file else {}
    if file:
        (folder / file).write_text(tomli_w.dumps(rule), encoding="utf-8")
    data = {**tomllib.loads(SMALL), "rule": {"file": file, **own} if file else rule}
    path = folder / "experiment.toml"
    path.write_text(tomli_w.dumps(data), encoding="utf-8")
    return path


def refused(load: Callable[[], object]) -> UserError:
    with pytest.raises(UserError) as raised:
        load()
    return raised.value


def test_the_rule_that_is_changed_here_is_right(tmp_path: Path) -> None:
    experiment = load_experiment(write(tmp_path, edited({})))
    assert experiment.settings.rule.name == "own"
    assert len(WRONG) >= 30


@pytest.mark.parametrize("case", WRONG)
def test_each_mistake_of_a_rule_is_named_in_its_place(
    tmp_path: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edits, key, words = WRONG[case]
    path = write(tmp_path, edited(edits))
    error = refused(lambda: load_experiment(path))
    at = [str(mistake) for mistake in error.mistakes if mistake.where == f"{path}: rule.{key}"]
    assert any(words in text for text in at), str(error)
    others = {mistake.where.rpartition("rule.")[2] for mistake in error.mistakes} - {key}
    assert others <= BESIDE.get(case, set()), str(error)
    assert main(["check", str(path)]) == 2
    assert words in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["experiment.toml"]


def test_all_mistakes_of_a_rule_are_named_at_once_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edits = {"name": "kinase", "memories.0.rate": "rat", "parameters.tau_trace": "13 mV", **term("activity_post", "x")}
    path = write(tmp_path, edited(edits))
    assert main(["run", str(path), "--output", str(tmp_path / "run")]) == 2
    told = capsys.readouterr().err
    keys = ("name", "memories[0].rate", "traces[0].equation", "changes[1].pre", "changes[1].post")
    assert [key for key in keys if f"{path}: rule.{key}: " not in told] == []
    assert not (tmp_path / "run").exists()


def test_a_mistake_in_a_rule_file_is_named_in_that_file(tmp_path: Path) -> None:
    path = write(tmp_path, edited(term("recent", "recent_pre")), file="own.toml")
    (mistake,) = refused(lambda: load_experiment(path)).mistakes
    assert mistake.where == f"{tmp_path}/own.toml: changes[1].post"
    (alone,) = refused(lambda: main_check(tmp_path / "own.toml")).mistakes
    assert (alone.where, alone.wrong) == (mistake.where, mistake.wrong)


def main_check(path: Path) -> None:
    from brainlearn.experiment.rule_loading import load_rule

    load_rule(path)


def test_a_change_from_the_command_line_is_named_where_the_experiment_has_it(tmp_path: Path) -> None:
    path = write(tmp_path, edited({}), file="own.toml")
    error = refused(lambda: load_experiment(path, ['rule.changes[1].pre="recnt"', 'rule.parameters.widht="1 ms"']))
    assert sorted(mistake.where for mistake in error.mistakes) == [
        f"{path}: rule.changes[1].pre",
        f"{path}: rule.parameters.widht",
    ]
    assert all("Did you mean" in mistake.suggestion for mistake in error.mistakes)


FILES: dict[str, tuple[dict[str, Any], str, str]] = {
    "no such file": ({"file": "rules.toml"}, "rules.toml", "no such file"),
    "no path": ({"file": 3}, "experiment.toml: rule.file", "path of a rule file in quotes"),
    "text in both": ({"file": "own.toml", "changes": []}, "experiment.toml: rule.changes", "the text of"),
    "a circuit": ({"file": f"{CIRCUITS}/two_areas.toml"}, "circuits/two_areas.toml", "not a rule; found a circuit"),
    "itself": ({"file": "experiment.toml"}, "experiment.toml", "not a rule; found an experiment"),
    "nothing in it": ({"file": "empty.toml"}, "empty.toml", "no text of a rule"),
    "wrong unit": (
        {"file": "own.toml", "parameters": {"tau_trace": "1 mV"}},
        "experiment.toml: rule.parameters.tau_trace",
        "wrong unit; found 1 mV; allowed: as in 13 ms",
    ),
}


@pytest.mark.parametrize(("table", "where", "words"), FILES.values(), ids=FILES)
def test_a_rule_file_that_cannot_be_used_is_named(
    tmp_path: Path, table: dict[str, Any], where: str, words: str
) -> None:
    path = write(tmp_path, edited({}), file="own.toml")
    (tmp_path / "empty.toml").write_text("", encoding="utf-8")
    path.write_text(tomli_w.dumps({**tomllib.loads(SMALL), "rule": table}), encoding="utf-8")
    (mistake,) = refused(lambda: load_experiment(path)).mistakes
    assert mistake.where.endswith(where)
    assert words in str(mistake)
