"""Text of a circuit file means what it means for one copy and one presentation: against loops in NumPy, by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.recorder import Recorder
from brainlearn.brian.simulation import Delivery, Plasticity, Simulation
from brainlearn.circuit import Circuit
from brainlearn.mistakes import UserError
from brainlearn.rules import RULES, Change, Rule, Trace
from brainlearn.rules.rule import parameters
from brainlearn.verification.verify import verify

STEPS = 60
BOTH: tuple[Delivery, ...] = ("shared", "stock")

HEADER = """
name = "text"
dt = "1 ms"

[neurons.source]
equations = '''
    activity : 1
    sent : 1
'''
kind = "stimulus"
input = "activity"
output = "activity"
"""


def circuit_of(folder: Path, text: str) -> Circuit:
    path = folder / "circuit.toml"
    path.write_text(HEADER + text, encoding="utf-8")
    return load_circuit(path)


def area(name: str, level: int, *populations: str) -> str:
    tables = "\n".join(f"[[areas.populations]]\n{population}" for population in populations)
    return f'\n[[areas]]\nname = "{name}"\nlevel = {level}\n{tables}\n'


def population(name: str, size: int, neuron: str) -> str:
    return f'name = "{name}"\nsize = {size}\nneuron = "{neuron}"\n'


def projection(
    source: str, target: str, synapse: str, weight: float, pathway: str = "bottom_up", more: str = ""
) -> str:
    weights = f'weights = {{ distribution = "constant", value = {weight} }}'
    return (
        f'\n[[projections]]\nsource = "{source}"\ntarget = "{target}"\npathway = "{pathway}"\n'
        f'synapse = "{synapse}"\n{weights}\n{more}\n'
    )


def shown(
    circuit: Circuit,
    delivery: Delivery,
    stimuli: dict[str, np.ndarray],
    presentations: int = 1,
    plasticity: Plasticity | None = None,
    phases: tuple[Phase, ...] = (Phase("show", STEPS),),
) -> tuple[Simulation, Recorder]:
    """Show the same stimuli, (copy, unit), several times, and record everything."""
    copies = len(next(iter(stimuli.values())))
    simulation = Simulation(circuit, copies, phases, plasticity, delivery, precision="float64")
    recorder = Recorder(simulation)
    rounds = [Round(stimuli, np.ones(copies), learn=plasticity is not None)] * presentations
    simulation.present(iter(rounds), presentations)
    return simulation, recorder


# ---- names ---------------------------------------------------------------------------------------------------------

NASTY = """
[neurons.nasty]
equations = '''
    dv/dt = (current*gain + current_0 + current_1*spike_count - v)/tau : 1
    current : 1
'''
threshold = "v > threshold"
reset = "v = 0"
parameters = { tau = "5 ms", gain = 2.0, current_0 = 0.125, current_1 = 3.0, spike_count = 0.05, threshold = 1.0 }

[synapses.send]
transmit = "current_post = w*activity_pre"
"""
TWO_STIMULI = area("retina", 0, population("a", 2, "source"), population("b", 3, "source"))
INPUTS = {
    "retina/a": np.array([[0.2, 0.7], [1.1, 0.4]]),
    "retina/b": np.array([[0.3, 0.1, 0.6], [0.9, 0.2, 0.05]]),
}


def nasty_spikes() -> np.ndarray:
    """Spikes of the one unit, (step, copy), with weights 0.5 and 0.75, by forward Euler."""
    current = 0.5 * INPUTS["retina/a"].sum(axis=1) + 0.75 * INPUTS["retina/b"].sum(axis=1)
    v, found = np.zeros(2), np.zeros((STEPS, 2), dtype=bool)
    for step in range(STEPS):
        v = v + (current * 2.0 + 0.125 + 3.0 * 0.05 - v) / 5.0
        found[step] = v > 1.0
        v[found[step]] = 0.0
    return found


@pytest.mark.parametrize("delivery", BOTH)
def test_parameters_called_like_what_a_simulation_adds_keep_their_values(tmp_path, delivery):
    text = NASTY + TWO_STIMULI + area("V1", 1, population("E", 1, "nasty"))
    text += projection("retina/a", "V1/E", "send", 0.5) + projection("retina/b", "V1/E", "send", 0.75)
    circuit = circuit_of(tmp_path, text)
    expected = nasty_spikes()
    assert expected.sum() > 20
    _, recorder = shown(circuit, delivery, INPUTS)
    assert np.array_equal(np.array(recorder.spikes["V1/E"])[:, :, 0], expected)
    assert verify(circuit, steps=60, copies=2).agrees


@pytest.mark.parametrize("name", ["brainlearn_gain", "brainlearn_anything"])
def test_names_of_a_simulation_are_refused_in_files(tmp_path, name):
    from brainlearn.brian.text.text_check import find_mistakes

    text = NASTY.replace("current_0", name) + TWO_STIMULI + area("V1", 1, population("E", 1, "nasty"))
    try:
        mistakes = find_mistakes(circuit_of(tmp_path, text))
    except UserError as error:
        mistakes = list(error.mistakes)
    assert any(f'found "{name}"' in str(each) and "neurons.nasty" in each.where for each in mistakes)


@pytest.mark.parametrize("delivery", BOTH)
@pytest.mark.parametrize("rule", ["forward_forward", "forward_forward_trace", "pair_stdp"])
def test_a_neuron_keeps_parameters_that_a_rule_has_too(tmp_path, delivery, rule):
    """A rule with parameters `threshold`, `width`, `tau_trace` beside a neuron with others of the same names."""
    neuron = """
[neurons.own]
equations = '''
    dv/dt = (current - width*v)/tau_trace : 1
    current : 1
'''
threshold = "v > threshold"
reset = "v = peer"
parameters = { tau_trace = "4 ms", width = 1.5, threshold = 0.6, peer = -0.25 }

[synapses.send]
transmit = "current_post = w*activity_pre"

[synapses.hit]
on_pre = "v_post += w"
"""
    text = neuron + area("retina", 0, population("a", 2, "source")) + area("V1", 1, population("E", 3, "own"))
    text += area("V2", 2, population("E", 2, "own"))
    text += projection("retina/a", "V1/E", "send", 0.9) + projection("V1/E", "V2/E", "hit", 0.3)
    circuit = circuit_of(tmp_path, text)
    stimuli = {"retina/a": np.array([[0.9, 0.8]])}
    plasticity = Plasticity(RULES[rule], ("V1/E->V2/E",), updates=(("step", {"size": 0.0}),))
    _, recorder = shown(circuit, delivery, stimuli, plasticity=plasticity)
    v, spikes = 0.0, []
    for _ in range(STEPS):
        v += (0.9 * 1.7 - 1.5 * v) / 4.0
        spikes.append(v > 0.6)
        v = -0.25 if spikes[-1] else v
    assert sum(spikes) > 5
    assert np.array_equal(np.array(recorder.spikes["V1/E"])[:, 0, 0], spikes)


@pytest.mark.parametrize("delivery", BOTH)
def test_paths_that_look_alike_are_two_populations(tmp_path, delivery):
    text = NASTY + TWO_STIMULI.replace('"a"', '"x_y"').replace('"b"', '"b"')
    text += area("A", 1, population("B_C", 1, "nasty")) + area("A_B", 1, population("C", 1, "nasty"))
    text += projection("retina/x_y", "A/B_C", "send", 0.5) + projection("retina/b", "A_B/C", "send", 0.75)
    circuit = circuit_of(tmp_path, text)
    stimuli = {"retina/x_y": INPUTS["retina/a"], "retina/b": INPUTS["retina/b"]}
    simulation, _ = shown(circuit, delivery, stimuli)
    current = {path: simulation.populations[path].array("current")[:, 0] for path in ("A/B_C", "A_B/C")}
    np.testing.assert_allclose(current["A/B_C"], 0.5 * INPUTS["retina/a"].sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(current["A_B/C"], 0.75 * INPUTS["retina/b"].sum(axis=1), rtol=1e-12)


# ---- constants of synapses -----------------------------------------------------------------------------------------

SCALED = """
[neurons.sender]
equations = '''
    dv/dt = rate : 1
    rate : Hz
'''
threshold = "v > 0.995"
reset = "v = 0"
input = "rate"
kind = "stimulus"
output = "v"
parameters = { scale = 1.0, here = 2.0 }

[neurons.receiver]
equations = "dv/dt = -v/tau : 1"
threshold = "v > 100"
parameters = { tau = "10 ms", scale = 5.0, there = 3.0 }

[synapses.hit]
on_pre = "v_post += w*FACTOR"
"""


def hit_with(folder: Path, factor: str) -> Circuit:
    text = SCALED.replace("FACTOR", factor) + area("S", 0, population("E", 1, "sender"))
    text += area("T", 1, population("E", 1, "receiver")) + projection("S/E", "T/E", "hit", 1.0)
    return circuit_of(folder, text)


@pytest.mark.parametrize("delivery", BOTH)
@pytest.mark.parametrize(
    ("factor", "value"),
    [("here", 2.0), ("there", 3.0), ("scale_pre", 1.0), ("scale_post", 5.0), ("here*there_post", 6.0)],
)
def test_a_constant_of_a_synapse_is_that_of_the_model_that_has_it(tmp_path, delivery, factor, value):
    _, recorder = shown(
        hit_with(tmp_path, factor), delivery, {"S/E": np.full((1, 1), 100.0)}, phases=(Phase("show", 12),)
    )
    v = np.array(recorder.states["T/E.v"])[:, 0, 0]
    assert np.flatnonzero(v)[0] == 9  # ten steps of 0.1
    assert v[9] == pytest.approx(value, rel=1e-12)


def test_a_constant_that_both_models_have_is_a_mistake_with_its_place(tmp_path):
    from brainlearn.brian.text.text_check import find_mistakes

    try:
        mistakes = find_mistakes(hit_with(tmp_path, "scale"))
    except UserError as error:
        mistakes = list(error.mistakes)
    assert [each.where.partition(": ")[2] for each in mistakes] == ["projections[0].synapse"]
    assert '"scale" is ambiguous' in mistakes[0].wrong
    assert mistakes[0].allowed == "scale_pre or scale_post"


# ---- continuous input ----------------------------------------------------------------------------------------------

OVERWRITTEN = """
[neurons.spender]
equations = '''
    dv/dt = (current - v)/tau : 1
    current : 1
'''
threshold = "v > 1"
reset = '''
    v = 0
    current = 0
'''
parameters = { tau = "5 ms" }

[synapses.send]
transmit = "current_post = w*activity_pre"

[synapses.kick]
on_pre = "current_post += w"
"""


@pytest.mark.parametrize("delivery", BOTH)
@pytest.mark.parametrize("inputs", [("a",), ("a", "b")])
def test_continuous_input_is_set_again_in_every_step(tmp_path, delivery, inputs):
    """A reset and spikes write to the same variable: what they write lasts until the next step begins."""
    text = OVERWRITTEN + TWO_STIMULI + area("V1", 1, population("E", 1, "spender"))
    text += "".join(projection(f"retina/{name}", "V1/E", "send", 0.8) for name in inputs)
    text += projection("V1/E", "V1/E", "kick", 7.0, "lateral", "self_connections = true")
    circuit = circuit_of(tmp_path, text)
    _, recorder = shown(circuit, delivery, INPUTS)
    current = 0.8 * sum(INPUTS[f"retina/{name}"].sum(axis=1) for name in inputs)
    v, expected = np.zeros(2), np.zeros((STEPS, 2), dtype=bool)
    for step in range(STEPS):
        v = v + (current - v) / 5.0
        expected[step] = v > 1.0
        v[expected[step]] = 0.0
    assert expected.sum() > 3
    assert np.array_equal(np.array(recorder.spikes["V1/E"])[:, :, 0], expected)
    assert verify(circuit, steps=60, copies=2).agrees


# ---- resets --------------------------------------------------------------------------------------------------------

RESETS = """
[neurons.remembering]
equations = '''
    dv/dt = rate : 1
    rate : Hz
    last : 1
'''
threshold = "v > 1"
reset = '''
    last = v
    v -= 0.5
'''
kind = "stimulus"
input = "rate"
output = "v"
"""


@pytest.mark.parametrize("delivery", BOTH)
@pytest.mark.parametrize("size", [7, 25_000])
def test_statements_of_a_reset_follow_each_other_in_groups_of_every_size(tmp_path, delivery, size):
    circuit = circuit_of(tmp_path, RESETS + area("S", 0, population("E", size, "remembering")))
    simulation, _ = shown(circuit, delivery, {"S/E": np.full((1, size), 365.0)}, phases=(Phase("show", 3),))
    last, v = simulation.populations["S/E"].array("last"), simulation.populations["S/E"].array("v")
    np.testing.assert_allclose(last, 3 * 0.365, rtol=1e-12)
    np.testing.assert_allclose(v, 3 * 0.365 - 0.5, rtol=1e-12)


# ---- i, N, t -------------------------------------------------------------------------------------------------------

COUNTING = """
[neurons.counting]
equations = '''
    du/dt = (i + 1.0)/(N*ms) : 1
    late : 1
    quiet : second
    seen : 1
'''
threshold = "t > 6.5*ms and int(u*100) > 0 and t - lastspike > 3.5*ms"
reset = '''
    seen += 1
    late = t/ms
'''
refractory = "2*ms"
method = "euler"
kind = "stimulus"
input = "quiet"
output = "u"
"""


@pytest.mark.parametrize("delivery", BOTH)
def test_units_and_steps_are_counted_within_one_copy_and_one_presentation(tmp_path, delivery):
    circuit = circuit_of(tmp_path, COUNTING + area("S", 0, population("E", 4, "counting")))
    simulation, recorder = shown(circuit, delivery, {"S/E": np.zeros((3, 4))}, 3, phases=(Phase("show", 20),))
    u = np.array(recorder.states["S/E.u"]).reshape(3, 20, 3, 4)  # (presentation, step, copy, unit)
    np.testing.assert_allclose(u[:, -1], np.broadcast_to(20 * np.arange(1, 5) / 4, (3, 3, 4)), rtol=1e-12)
    spikes = np.array(recorder.spikes["S/E"]).reshape(3, 20, 3, 4)
    assert np.array_equal(np.flatnonzero(spikes[0, :, 0, 0]), [7, 11, 15, 19])
    assert (spikes == spikes[:1, :, :1, :1]).all(), "all presentations, copies and units spike alike"
    np.testing.assert_allclose(simulation.populations["S/E"].array("late"), 19.0)
    assert verify(circuit, steps=60, copies=2).agrees


# ---- spikes that learn ---------------------------------------------------------------------------------------------

ON_SPIKES = Rule(
    "on_spikes",
    "a change for every presynaptic spike, times what the population tells",
    "test",
    changes=(Change("1", "polarity*level", when="pre_spike"),),
    broadcasts={"level": "v"},
)


@pytest.mark.parametrize("delivery", BOTH)
def test_polarity_and_broadcasts_on_spikes_are_those_of_the_moment(tmp_path, delivery):
    """The target decays by 0.9 a step, and the sender spikes in the tenth step."""
    circuit = hit_with(tmp_path, "0*there")
    plasticity = Plasticity(ON_SPIKES, ("S/E->T/E",))
    simulation = Simulation(circuit, 1, [Phase("show", 12)], plasticity, delivery, precision="float64")
    changes = []
    weights = simulation.projections["S/E->T/E"].weights

    def done(_: Round) -> None:
        changes.append(float(weights[0, 0]))

    rounds = [Round({"S/E": np.full((1, 1), 100.0)}, np.array([sign])) for sign in (1.0, -1.0, 1.0)]
    simulation.populations["T/E"]._initial = [(array, 2.0) for array, _ in simulation.populations["T/E"]._initial]
    simulation.present(iter(rounds), 3, done)
    expected = 2.0 * 0.9**10
    np.testing.assert_allclose(np.diff([1.0, *changes]), [expected, -expected, expected], rtol=1e-9)


# ---- traces --------------------------------------------------------------------------------------------------------

CASCADE = Rule(
    "cascade",
    "a trace that follows a trace with the same time constant",
    "test",
    changes=(Change("second", "1"),),
    parameters=parameters(tau_first="8 ms", tau_second="8 ms"),
    traces=(
        Trace("first", "dfirst/dt = -first/tau_first : 1", on_spike="first += 1"),
        Trace("second", "dsecond/dt = (first - second)/tau_second : 1", on_spike=""),
    ),
)


@pytest.mark.parametrize("delivery", BOTH)
def test_traces_are_integrated_exactly_even_with_equal_time_constants(tmp_path, delivery):
    """After a spike at the end of step 9 the second trace is (t/τ)·exp(-t/τ) (both forward Euler and 0/0 fail)."""
    plasticity = Plasticity(CASCADE, ("S/E->T/E",), updates=(("step", {"size": 1.0}),))
    simulation, _ = shown(
        hit_with(tmp_path, "here"), delivery, {"S/E": np.full((1, 1), 100.0)}, 1, plasticity, (Phase("show", 17),)
    )
    later = 7 / 8
    change = simulation.weights("S/E->T/E")[0, 0] - 1.0
    assert change == pytest.approx(later * np.exp(-later), rel=1e-10)


# ---- weights -------------------------------------------------------------------------------------------------------


def test_weights_of_zero_in_a_file_are_no_synapses_unless_the_file_says_so(tmp_path):
    from brainlearn.circuit import wire

    np.savez(tmp_path / "w.npz", w=np.array([[0.5, 0.0], [0.0, -0.25]]))
    text = SCALED.replace("FACTOR", "here") + area("S", 0, population("E", 2, "sender"))
    text += area("T", 1, population("E", 2, "receiver"))
    text += """
[[projections]]
source = "S/E"
target = "T/E"
pathway = "bottom_up"
synapse = "hit"
weights = { distribution = "file", file = "w.npz", array = "w" }
"""
    mask = wire(circuit_of(tmp_path, text), 0)["S/E->T/E"].mask
    assert np.array_equal(mask, [[True, False], [False, True]])
    text = text.replace('array = "w"', 'array = "w", zeros = true')
    assert wire(circuit_of(tmp_path, text), 0)["S/E->T/E"].mask is None


@pytest.mark.parametrize("sign", ["excitatory", "inhibitory"])
def test_tied_weights_keep_their_sign(tmp_path, sign):
    from brainlearn.circuit import wire
    from brainlearn.mirror import Mirror

    np.savez(tmp_path / "w.npz", w=np.array([[0.5, -1.0], [-0.125, 0.25]]))
    text = SCALED.replace("FACTOR", "there_pre") + area("S", 0, population("E", 2, "receiver"))
    text += area("T", 1, population("E", 2, "receiver") + f'sign = "{sign}"')
    text += """
[[projections]]
name = "up"
source = "S/E"
target = "T/E"
pathway = "bottom_up"
synapse = "hit"
weights = { distribution = "file", file = "w.npz", array = "w" }

[[projections]]
name = "down"
source = "T/E"
target = "S/E"
pathway = "top_down"
synapse = "hit"
weights = { distribution = "tied", to = "up", scale = 2.0 }
"""
    circuit = circuit_of(tmp_path, text)
    expected = {"excitatory": [[1.0, 0.0], [0.0, 0.5]], "inhibitory": [[0.0, -0.25], [-2.0, 0.0]]}[sign]
    assert np.array_equal(wire(circuit, 0)["down"].weights, expected)
    assert np.array_equal(Mirror(circuit).transmitted_weights()["down"].detach(), expected)


# ---- delays --------------------------------------------------------------------------------------------------------

CARRIED = """
[neurons.sender]
equations = '''
    dv/dt = rate : 1
    dload/dt = 1/ms : 1
    rate : Hz
'''
threshold = "v > 0.95"
reset = "v = 0"
input = "rate"
kind = "stimulus"
output = "load"

[neurons.receiver]
equations = '''
    dv/dt = 0/ms : 1
'''
threshold = "v > 1e9"

[synapses.hit]
on_pre = "v_post += w*load_pre"
"""


@pytest.mark.parametrize("delivery", BOTH)
def test_a_delayed_spike_carries_what_was_true_when_it_was_sent(tmp_path, delivery):
    """Spikes leave in steps 9 and 19, with loads 10 and 20, and arrive three steps later."""
    text = CARRIED + area("S", 0, population("E", 1, "sender")) + area("T", 1, population("E", 1, "receiver"))
    circuit = circuit_of(tmp_path, text + projection("S/E", "T/E", "hit", 1.0, more='delay = "3 ms"'))
    _, recorder = shown(circuit, delivery, {"S/E": np.full((1, 1), 100.0)}, phases=(Phase("show", 30),))
    v = np.array(recorder.states["T/E.v"])[:, 0, 0]
    assert np.array_equal(np.flatnonzero(np.diff([0.0, *v])), [12, 22])
    np.testing.assert_allclose(np.diff([0.0, *v])[[12, 22]], [10.0, 20.0], rtol=1e-12)
    assert verify(circuit, steps=60, copies=2, strength=3.0).agrees
