"""Targets, nudges, remembered phases and feedback: what cannot work is named with its phase."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from brainlearn.experiment import Experiment, load_experiment
from brainlearn.mistakes import UserError

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "experiments" / "04_temporal_difference_digits" / "experiment.toml"
CIRCUITS = ROOT / "circuits"

SETTLE = {"name": "settle", "duration": "10 ms", "learn": False}
FREE = {**SETTLE, "name": "free", "reset": False, "remember": True, "answer": True}
NUDGED = {"name": "nudged", "duration": "10 ms", "reset": False, "nudge": 1.0}
LEARNED = ["retina/image->V1/E", "V1/E->IT/class"]
DRAWN = {"distribution": "normal", "sd": 0.1}


def load(**changes: Any) -> Experiment:
    alone = {"alignment": None, "baselines": {}}  # these have checks of their own
    return load_experiment(SHIPPED, alone | {key.replace("__", "."): value for key, value in changes.items()})


def phases(*tables: dict[str, Any]) -> dict[str, Any]:
    return {"phases": list(tables)}


MISTAKES: dict[str, tuple[dict[str, Any], str, str]] = {
    # changes of experiment 04, the key that is named, a part of what is said
    "no phase is remembered": (
        phases(SETTLE, {**FREE, "remember": False}, NUDGED),
        "phases",
        '"temporal_difference" compares two phases, but none is remembered; found "settle", "free", "nudged". '
        "Set remember = true",
    ),
    "no phase is remembered, with another rule": (
        {"rule__name": "spike_difference", **phases(SETTLE, {**FREE, "remember": False}, NUDGED)},
        "phases",
        '"spike_difference" compares two phases',
    ),
    "remembered too late": (
        phases(SETTLE, {**FREE, "remember": False}, {**NUDGED, "remember": True}),
        "phases[2].learn",
        'the phase "nudged" learns by "temporal_difference", but no earlier phase is remembered',
    ),
    "a phase that learns too early": (
        phases({**SETTLE, "learn": True}, FREE, NUDGED),
        "phases[0].learn",
        'the phase "settle" learns by "temporal_difference", but no earlier phase is remembered; '
        'found remember = true in "free". Set learn = false in "settle"',
    ),
    "the same nudge twice": (
        phases(FREE, {**NUDGED, "learn": False, "remember": True}, {**NUDGED, "name": "again"}),
        "phases[2].nudge",
        'divides by the difference of the nudges in "again" and "nudged": it is 0; found 1; allowed: another number',
    ),
    "a free phase that learns": (
        phases(FREE, {**NUDGED, "nudge": 0.0}, {**NUDGED, "name": "later", "learn": False}),
        "phases[1].nudge",
        'the nudges in "nudged" and "free"',
    ),
    "no nudge at all": (
        {"rule__name": "kinase", **phases(SETTLE, {**FREE, "learn": True})},
        "phases",
        "no phase nudges the outputs towards their targets; found nudge = 0 in all; allowed: a nudge in one. "
        'Set nudge = 1.0 in the last phase, "free"',
    ),
    "the answer after the nudge": (
        phases(SETTLE, FREE, {**NUDGED, "answer": True}),
        "phases[2].answer",
        'the answer is read at the end of "nudged", but the outputs are nudged since "nudged"; '
        'found true; allowed: in "settle", "free"',
    ),
    "a nudge from the start": (
        phases({**NUDGED, "remember": True, "learn": False}, {**NUDGED, "name": "more", "nudge": 2.0}),
        "phases[0].nudge",
        'the first phase, "nudged", already nudges',
    ),
    "a target that is not nudged": (
        {"target__population": "V1/E"},
        "target.population",
        'V1/E cannot be nudged: its neuron model "pyramidal" has no `input` and no `nudging`; found "V1/E"; '
        "allowed: IT/class. Neuron models that do: lif_taught",
    ),
    "a rule of positive and negative presentations": (
        {"rule__name": "forward_forward"},
        "rule.name",
        '"forward_forward" learns from positive and negative presentations, but with [target] there are no negative '
        'ones; found "forward_forward"; allowed: pair_stdp, ',
    ),
    "the same in a recurrent circuit": (
        {"rule__name": "forward_forward_recurrent"},
        "rule.name",
        "Remove the table [target], or choose a rule that compares phases, as temporal_difference.",
    ),
    "tied weights that are to learn": (
        {"rule__projections": [*LEARNED, "IT/class->V1/E"]},
        "rule.projections[2]",
        'its weights are tied to "V1/E->IT/class"; found "IT/class->V1/E"; '
        "allowed: retina/image->V1/E, V1/E->IT/class. Omit it, or draw its weights",
    ),
}


@pytest.mark.parametrize(("changes", "key", "text"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named_with_its_phase_and_no_other(changes, key, text):
    with pytest.raises(UserError) as raised:
        load(**changes)
    found = [mistake for mistake in raised.value.mistakes if mistake.where == f"{SHIPPED}: {key}"]
    assert any(text in str(mistake) for mistake in found), str(raised.value)
    extra = {"target__population"} & set(changes)  # without a nudge of its own the output has no feedback either
    assert len(raised.value.mistakes) == 1 or extra, str(raised.value)


@pytest.mark.parametrize(("key", "found"), [("phases[5].nudge", "[5]"), ("phases.nudgde.nudge", '"nudgde"')])
def test_a_phase_that_no_schedule_has_is_named_beside_those_that_there_are(key, found):
    with pytest.raises(UserError) as raised:
        load_experiment(SHIPPED, [f"{key}=2"])
    allowed = '[0] ("settle"), [1] ("free"), [2] ("nudged")'
    assert str(raised.value) == f"--set {key}: no such element; found {found}; allowed: {allowed}"


def test_a_nudge_needs_a_target(small):
    phase = 'name = "show"\nduration = "8 ms"\nnudge = 0.5'
    with pytest.raises(UserError, match=r'phases\[0\].nudge: the phase "show" nudges, but .* no target; found 0.5'):
        small(replace=(('name = "show"\nduration = "8 ms"', phase),))


def test_units_without_feedback_cannot_learn_by_it():
    circuit = str(CIRCUITS / "two_areas.toml")
    with pytest.raises(UserError) as raised:
        load(circuit=circuit, target__population="V2/E")
    told = str(raised.value)
    assert '"temporal_difference" reads feedback, but V1/E ("integrator") has none; found "temporal_difference"' in told
    assert "allowed: neuron models with feedback: lif_apical, lif_taught" in told
    assert 'Or learn by "spike_difference", which reads spikes only.' in told


def test_feedback_that_nothing_brings_is_a_mistake(tmp_path):
    text = (CIRCUITS / "temporal_difference.toml").read_text(encoding="utf-8")
    alone, _, _ = text.rpartition("[[projections]]")
    (tmp_path / "circuit.toml").write_text(alone, encoding="utf-8")
    circuit = str(tmp_path / "circuit.toml")
    with pytest.raises(UserError, match=r"no top-down projection provides it to V1/E; found only retina/image->V1/E"):
        load(circuit=circuit)
    load(circuit=circuit, rule__projections=["V1/E->IT/class"])
    load(circuit=circuit, rule__name="spike_difference")


def test_outputs_that_a_nudge_does_not_move_may_answer_under_it():
    path = ROOT / "experiments" / "08_e_prop_digits" / "experiment.toml"
    assert [phase.nudge for phase in load_experiment(path).settings.phases if phase.answer] == [1.0]


GOOD: dict[str, dict[str, Any]] = {
    "free, then nudged": {},
    "nudged to both sides": phases(SETTLE, FREE, {**NUDGED, "nudge": -1.0, "learn": False, "remember": True}, NUDGED),
    "two lessons": phases(SETTLE, FREE, NUDGED, {**NUDGED, "name": "more", "nudge": 2.0}),
    "drawn top-down weights that learn": {"weights": {"IT/class->V1/E": DRAWN}},
    "drawn top-down weights that stay": {"weights": {"IT/class->V1/E": DRAWN}, "rule__projections": LEARNED},
}


@pytest.mark.parametrize("changes", GOOD.values(), ids=GOOD.keys())
def test_what_can_work_is_left_alone(changes):
    load(**changes)


def test_drawn_top_down_weights_learn_unless_they_are_left_out():
    drawn = load(weights={"IT/class->V1/E": DRAWN})
    assert drawn.learning == (*LEARNED, "IT/class->V1/E")
    assert load(weights={"IT/class->V1/E": DRAWN}, rule__projections=LEARNED).learning == tuple(LEARNED)
    assert load().learning == tuple(LEARNED)
