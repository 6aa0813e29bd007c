"""Every class of mistake in a circuit file is named with place, found, allowed and suggestion."""

# ruff: noqa: E501 (one line for each class of mistake)

from __future__ import annotations

from collections.abc import Callable

import pytest

from brainlearn.mistakes import Mistake

Find = Callable[..., list[Mistake]]

EQUATION = "dv/dt = (rest - v)/tau_membrane : volt"

CLASSES: dict[str, tuple[str, str, str, str]] = {
    # what is replaced, by what, the key that is named, a part of what is said
    "unknown key": ('size = 16', 'size = 16\nsizze = 3', "areas[1].populations[1].sizze", "unknown key"),
    "unknown population": ('target = "V1/I"', 'target = "V1/J"', "projections[1].target", 'no population "V1/J"; V1 contains E, I'),
    "unknown neuron": ('neuron = "fast"', 'neuron = "fats"', "areas[1].populations[1].neuron", 'no neuron model "fats"'),
    "unknown synapse": ('synapse = "kick"', 'synapse = "kik"', "projections[1].synapse", 'no synapse model "kik"'),
    "wrong unit of a key": ('dt = "1 ms"', 'dt = "1 mV"', "dt", "wrong unit"),
    "missing unit of a key": ('dt = "1 ms"', "dt = 1", "dt", "missing unit"),
    "wrong unit of a parameter": ('"10 ms"', '"10 mV"', "neurons.pyramidal.parameters.tau_membrane", "wrong unit"),
    "missing unit of a parameter": ('"10 ms"', "10", "neurons.pyramidal.parameters.tau_membrane", "missing unit"),
    "wrong unit in equations": (": volt", ": amp", "neurons.fast.equations", "wrong unit"),
    "missing unit in equations": (" : volt", "", "neurons.fast.equations", "the unit is missing"),
    "wrong unit in a threshold": ("v > -50*mV", "v > -50*ms", "neurons.fast.threshold", "wrong unit"),
    "missing unit in a reset": ('reset = "v = rest"', 'reset = "v = 0"', "neurons.fast.reset", "wrong unit"),
    "wrong unit in a reset": ('reset = "v = rest"', 'reset = "v = 3*ms"', "neurons.fast.reset", "wrong unit"),
    "wrong unit of a synapse": ("w*mV", "w*ms", "projections[1].synapse", "wrong unit"),
    "missing unit of a synapse": ("w*mV", "w", "projections[1].synapse", "wrong unit"),
    "wrong unit of an initial value": ('initial = { v = "-65 mV" }', 'initial = { v = "3 ms" }', "neurons.fast.initial.v", "wrong unit"),
    "level against pathway": ('"bottom_up"', '"top_down"', "projections[0].pathway", "contradicts the levels"),
    "negative size": ("size = 16", "size = -16", "areas[1].populations[1].size", "negative"),
    "no size": ("size = 16\n", "", "areas[1].populations[1]", "give a size or a sheet"),
    "size against sheet": ("size = 16", "size = 16\nsheet = [2, 3]", "areas[1].populations[1]", "the sheet has 6 units"),
    "duplicate population": ('name = "I"', 'name = "E"', "areas[1].populations[1].name", "duplicate population name"),
    "duplicate area": ('name = "V1"', 'name = "retina"', "areas[1].name", "duplicate area name"),
    "duplicate projection": ('source = "V1/I"\ntarget = "V1/E"', 'source = "V1/E"\ntarget = "V1/I"', "projections[2].name", "duplicate projection name"),
    "duplicate of a built-in": ("[neurons.fast]", "[neurons.lif]", "neurons.lif", "duplicate name"),
    "bad equation": (EQUATION, "dv/dt = (rest - v/tau_membrane : volt", "neurons.fast.equations", "bad equation"),
    "bad threshold": ("v > -50*mV", "v > > -50*mV", "neurons.fast.threshold", "bad equation"),
    "threshold that is no condition": ("v > -50*mV", "v + 50*mV", "neurons.fast.threshold", "not a condition"),
    "bad synapse": ("v_post += w*mV", "v_post = mV", "synapses.kick.on_pre", "bad statement"),
    "undefined identifier": ("/tau_membrane", "/tau_menbrane", "neurons.fast.equations", 'undefined identifier "tau_menbrane"'),
    "undefined identifier in a synapse": ("w*mV", "w*u_pre", "projections[1].synapse", 'undefined identifier "u_pre"'),
    "synapse that does not fit": ('synapse = "delta"', 'synapse = "current"', "projections[2].synapse", "needs a variable synaptic"),
    "events from a graded source": ('synapse = "constant_current"', 'synapse = "delta"', "projections[0].synapse", "never spikes"),
    "Dale: weights": ("value = -0.1", "value = 0.1", "projections[2].weights.value", "Dale conflict"),
    "Dale: projection": ('synapse = "delta"', 'synapse = "delta"\nsign = "excitatory"', "projections[2].sign", "Dale conflict"),
    "Dale: synapse": ('synapse = "delta"', 'synapse = "conductance_excitatory"', "projections[2].synapse", "Dale conflict"),
    "negative delay": ('delay = "1 ms"', 'delay = "-1 ms"', "projections[1].delay", "negative delay"),
    "fraction of a step": ('delay = "1 ms"', 'delay = "1.5 ms"', "projections[1].delay", "whole number of time steps"),
    "no sheet": ("sheet = [8, 8]\n  neuron = \"pyr", "size = 64\n  neuron = \"pyr", "projections[0].connectivity", "need sheets"),
    "not a choice": ('"normal"', '"gaussian"', "projections[0].weights.distribution", "not one of the allowed words"),
    "missing key": ("level = 1\n", "", "areas[1].level", "the key is missing"),
    "wrong kind of value": ("level = 1\n", 'level = "one"\n', "areas[1].level", "wrong kind of value"),
    "not a number": ("sd = 1.0", "sd = nan", "projections[0].weights.sd", "wrong kind of value"),
    "not a table": ("weights = { distribution = \"normal\", sd = 1.0, per_input = true }", "weights = 3", "projections[0].weights", "wrong kind of value"),
    "not a table of tables": ("[synapses.kick]", "[[synapses]]", "synapses", "wrong kind of value"),
    "method that cannot": (EQUATION, "dv/dt = (rest - v)*v/rest/tau_membrane : volt", "neurons.fast.method", "cannot integrate"),
    "reserved name": (EQUATION, EQUATION + "\\nbrainlearn_gain : 1", "neurons.fast.equations", "begin with brainlearn_"),
    "power that takes forever": ("rest - v", "rest - v*9**9**9**9", "neurons.fast.equations", "the largest power"),
    "unit that is code": (": volt", ": volt**9**9**9", "neurons.fast.equations", "is not a unit"),
    "unknown parameter": ("{ tau_membrane = \"10 ms\" }", "{ tau_menbrane = \"10 ms\" }", "neurons.pyramidal.parameters.tau_menbrane", "no such parameter"),
    "unknown model": ('model = "lif_delta"', 'model = "lif_dleta"', "neurons.pyramidal.model", "no such model"),
    "fixed by the model": ('model = "lif_delta"', 'model = "lif_delta"\nequations = "x : 1"', "neurons.pyramidal.equations", "fixes this key"),
    "stimulus as target": ('target = "V1/I"\npathway = "lateral"', 'target = "retina/image"\npathway = "top_down"', "projections[1].target", "receives no synapses"),
    "bad name": ('name = "V1"', 'name = "V 1"', "areas[1].name", "not a name"),
    "both texts": ('on_pre = "v_post += w*mV"', 'on_pre = "v_post += w*mV"\ntransmit = "v_post = w*v_pre"', "synapses.kick", "exactly one"),
}  # fmt: skip


def test_the_example_has_no_mistakes(find: Find) -> None:
    assert find() == []


@pytest.mark.parametrize("name", CLASSES)
def test_a_mistake_is_named(name: str, find: Find) -> None:
    old, new, key, wrong = CLASSES[name]
    found = find((old, new))
    assert any(wrong in m.wrong for m in found if m.where.endswith(f"x.toml: {key}")), found


def test_a_mistake_of_every_class_of_the_field_says_what_was_found_and_what_to_do(find: Find) -> None:
    names = [
        "unknown key", "unknown population", "wrong unit of a key", "missing unit of a key", "level against pathway",
        "negative size", "duplicate population", "bad equation", "undefined identifier", "Dale: projection",
    ]  # fmt: skip
    for name in names:
        old, new, *_ = CLASSES[name]
        for mistake in find((old, new)):
            assert mistake.found, mistake
            assert mistake.allowed, mistake
            assert mistake.suggestion, mistake


def test_one_mistake_does_not_draw_others_after_it(find: Find) -> None:
    alone = [
        "unknown key",
        "wrong unit of a key",
        "negative size",
        "missing key",
        "not a choice",
        "bad equation",
    ]
    for name in alone:
        old, new, *_ = CLASSES[name]
        assert len(find((old, new))) == 1, name


def test_many_mistakes_are_named_at_once(find: Find) -> None:
    names = [
        "unknown key", "unknown population", "wrong unit of a key", "wrong unit of a parameter",
        "level against pathway", "bad synapse", "undefined identifier", "wrong unit in a threshold", "Dale: weights",
        "not a number", "fixed by the model",
    ]  # fmt: skip
    found = find(*(CLASSES[name][:2] for name in names))
    for name in names:
        *_, key, wrong = CLASSES[name]
        assert any(m.where.endswith(f": {key}") and wrong in m.wrong for m in found), (name, found)


def test_a_misspelt_population_is_suggested(find: Find) -> None:
    (mistake,) = find(('target = "V1/I"', 'target = "V1/II"'))
    assert mistake.suggestion == 'Did you mean "V1/I"?'
    assert mistake.allowed == "retina/image, V1/E, V1/I"


def test_a_receptive_field_without_units_is_named(find: Find) -> None:
    sheets = ('sheet = [8, 8]\n  neuron = "pyr', 'sheet = [7, 7]\n  neuron = "pyr')
    (mistake,) = find(sheets, ("radius = 2", "radius = 0.3"))
    assert mistake.where.endswith("projections[0].connectivity.radius")
    assert find(sheets) == []


def test_a_parameter_without_unit_is_suspected(find: Find) -> None:
    (mistake,) = find(('"5 ms", rest', "5, rest"))
    assert mistake.suggestion == 'Is a unit missing? No unit has tau_membrane; write it as in "10 ms".'
