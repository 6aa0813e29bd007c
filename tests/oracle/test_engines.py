"""Rules learn in the mirror what they learn in Brian2: the same weights, after three rounds, to 1e-10 in float64."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity
from brainlearn.brian.simulation_state import restore_simulation, simulation_state
from brainlearn.circuit import Circuit
from brainlearn.circuit.schema import Tied
from brainlearn.mistakes import UserError
from brainlearn.rules import RULES
from tests.contract.test_rules import between
from tests.oracle.both_deliveries import CIRCUITS as FOLDER
from tests.oracle.both_deliveries import PHASES, SHIPPED, VOLTS, phases_of, random_rounds, shrunk
from tests.oracle.on_both_engines import CHAIN, TOLERANCE, both, fitting, largest_difference
from tests.oracle.test_kept_states import TEXT as KEPT
from tests.oracle.test_listed_learning import EACH, NAMES
from tests.oracle.test_listed_learning import circuit as listed_circuit

CIRCUITS = {path.stem: path for path in (*SHIPPED, VOLTS)}
CORTICAL = {  # sizes at which each unit has its number of synapses
    "cortical_temporal_difference": {"retina/image": (8, 8), "V1/E": 168, "V1/I": 42, "IT/E": 60, "IT/I": 15},
    "cortical_forward_forward": {"retina/image": (8, 8), "V1/E": 144, "V1/I": 36, "V2/E": 100, "V2/I": 25},
}
UPDATES = {
    "adam": (("adam", {"size": 0.01}), ("decay", {"rate": 0.01})),
    "momentum": (("momentum", {"rate": 0.5}), ("step", {"size": 0.01})),
    "clip": (("step", {"size": 1.0}), ("clip", {"low": -0.1, "high": 0.1})),
    "dale_sign": (("step", {"size": 1.0}), ("dale_sign", {"sign": "excitatory"})),
    "normalise": (("step", {"size": 0.01}), ("normalise", {"sum": 1.5})),
}

RUN_AWAY = ("predictive_coding",)
"""Circuits whose graded units run away with other rules than their own: they multiply differences of rounding."""
GENTLE = (("step", {"size": 1e-4}), ("clip", {"low": -2.0, "high": 2.0}))


@pytest.mark.parametrize("name", RULES)
def test_every_rule_learns_the_same_in_both(name):
    rule = RULES[name]
    circuit = shrunk(CIRCUITS[between(rule)[0]])
    learning = fitting(rule, circuit)
    pair = both(circuit, Plasticity(rule, learning, updates=CHAIN), phases_of(rule, PHASES))
    apart, moved = largest_difference(pair)
    assert moved > 1e-6
    assert apart <= TOLERANCE


def _small(stem: str) -> Circuit:
    return load_circuit(FOLDER / f"{stem}.toml", CORTICAL[stem]) if stem in CORTICAL else shrunk(CIRCUITS[stem])


@pytest.mark.slow
@pytest.mark.parametrize("stem", [*CIRCUITS, *CORTICAL])
def test_every_rule_that_fits_a_shipped_circuit_learns_the_same_in_both(stem):
    circuit, found = _small(stem), {}
    chain = GENTLE if stem in RUN_AWAY else CHAIN
    for name, rule in RULES.items():
        if learning := fitting(rule, circuit):
            pair = both(circuit, Plasticity(rule, learning, updates=chain), phases_of(rule, PHASES))
            found[name] = largest_difference(pair)
    apart = {name: difference for name, (difference, _) in found.items()}
    still = [name for name, (_, moved) in found.items() if not moved]  # without a teacher two phases are alike
    print(f"{stem}: {len(found)} rules, weights differ by at most {max(apart.values()):.1e}; unchanged: {still}")
    assert {name: difference for name, difference in apart.items() if not difference <= TOLERANCE} == {}
    assert len(still) <= len(found) / 4


@pytest.mark.parametrize("chain", UPDATES.values(), ids=UPDATES)
def test_every_update_of_weights_is_the_same_in_both(chain):
    rule, circuit = RULES["forward_forward"], shrunk(CIRCUITS["two_areas"])
    apart, moved = largest_difference(both(circuit, Plasticity(rule, fitting(rule, circuit), updates=chain), PHASES))
    assert moved > 1e-3
    assert apart <= TOLERANCE


def test_several_rules_learn_together_and_tied_weights_follow():
    circuit = shrunk(CIRCUITS["temporal_difference"])
    tied = [p.name for p in circuit.projections if isinstance(p.weights, Tied)]
    rules = (
        Plasticity(RULES["spike_difference"], ("V1/E->IT/class",), updates=CHAIN),
        Plasticity(RULES["forward_forward_running"], ("retina/image->V1/E",), updates=CHAIN),
    )
    brian, mirror = both(circuit, rules, phases_of(RULES["spike_difference"], PHASES))
    apart, moved = largest_difference((brian, mirror))
    assert tied
    assert all(np.abs(mirror.weights(name) - mirror.wiring[name].weights).max() > 1e-5 for name in tied)
    assert moved > 1e-6
    assert apart <= TOLERANCE


SHARED = """
name = "shared"
dt = "1 ms"
areas = [
  { name = "A", level = 0, populations = [{ name = "image", size = 6, neuron = "graded_stimulus" }] },
  { name = "B", level = 1, populations = [{ name = "E", size = 4, neuron = "graded" }] },
  { name = "C", level = 2, populations = [{ name = "E", size = 4, neuron = "graded" }] },
  { name = "D", level = 3, populations = [{ name = "E", size = 6, neuron = "graded" }] },
]
[[projections]]
source = "A/image"
target = "B/E"
pathway = "bottom_up"
synapse = "graded"
weights = { distribution = "normal", sd = 0.5 }
[[projections]]
source = "B/E"
target = "C/E"
pathway = "bottom_up"
synapse = "graded"
weights = { distribution = "normal", sd = 0.5 }
[[projections]]
source = "C/E"
target = "D/E"
pathway = "bottom_up"
synapse = "graded"
weights = { distribution = "tied", to = "A/image->B/E", scale = 0.5 }
"""


def test_weights_tied_to_those_between_other_populations_follow_in_both(tmp_path):
    (tmp_path / "circuit.toml").write_text(SHARED, encoding="utf-8")
    circuit = load_circuit(tmp_path / "circuit.toml")
    brian, mirror = both(circuit, Plasticity(RULES["oja"], ("A/image->B/E", "B/E->C/E"), updates=CHAIN), PHASES)
    apart, moved = largest_difference((brian, mirror))
    assert moved > 1e-6
    assert apart <= TOLERANCE
    for each in (brian, mirror):
        np.testing.assert_allclose(each.weights("C/E->D/E"), 0.5 * each.weights("A/image->B/E").T, rtol=1e-12)


def test_weights_tied_to_those_between_populations_of_other_sizes_are_refused(tmp_path):
    lone = 'level = 3, populations = [{ name = "E", size = '
    text = SHARED.replace(f"{lone}6", f"{lone}7")
    (tmp_path / "circuit.toml").write_text(text, encoding="utf-8")
    found = 'between as many units; found "A/image->B/E"; allowed: a projection from D/E to C/E'
    with pytest.raises(UserError, match=found):
        load_circuit(tmp_path / "circuit.toml")


@pytest.mark.parametrize(
    ("rule", "delay"), [("pair_stdp", '"2 ms"'), ("pair_stdp", EACH), ("calcium", EACH), ("forward_forward", EACH)]
)
def test_listed_synapses_learn_the_same_in_both(tmp_path, rule, delay):
    circuit = listed_circuit(tmp_path, delay, multapses=True)
    learning = NAMES if rule == "forward_forward" else NAMES[1:]
    brian, mirror = both(circuit, Plasticity(RULES[rule], learning, updates=CHAIN), (Phase("show", 60),))
    apart, moved = largest_difference((brian, mirror))
    assert mirror.projections[NAMES[1]].rows is not None
    assert moved > 1e-6
    assert apart <= TOLERANCE


def test_what_units_keep_over_presentations_is_the_same_in_both(tmp_path):
    (tmp_path / "circuit.toml").write_text(KEPT, encoding="utf-8")
    pair = both(load_circuit(tmp_path / "circuit.toml"), (), (Phase("first", 20), Phase("second", 10, reset=False)))
    for each in pair:
        each.present(random_rounds(each), 3)
    brian, mirror = (each.kept["A/E"].values["theta"] for each in pair)
    assert np.all(brian > 0.15)
    np.testing.assert_allclose(mirror, brian, rtol=1e-12)


def test_what_a_circuit_answers_is_the_same_in_both():
    rule, circuit = RULES["forward_forward"], shrunk(CIRCUITS["two_areas_top_down"])
    phases = [dataclasses.replace(phase, answer=(5, 40)) for phase in PHASES]
    pair = both(circuit, Plasticity(rule, fitting(rule, circuit), updates=CHAIN), phases)
    for each in pair:
        shown = random_rounds(each)
        each.present((Round(r.stimuli, r.polarity, learn=False) for r in shown), 2)
    brian, mirror = pair
    for path in ("V1/E", "V2/E"):
        np.testing.assert_array_equal(mirror.activity(path), brian.activity(path))
        np.testing.assert_allclose(mirror.answer(path), brian.answer(path), rtol=1e-12)
        np.testing.assert_allclose(mirror.gain(path), brian.gain(path), rtol=1e-12)
        np.testing.assert_allclose(mirror.state(path, "v"), brian.state(path, "v"), rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    "name",
    [
        "forward_forward_running",
        "e_prop_filtered",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("pair_stdp", "kinase", "calcium")),
    ],
)
def test_a_mirror_goes_on_from_a_saved_state_as_if_nothing_had_been(name):
    rule = RULES[name]
    circuit = shrunk(CIRCUITS["e_prop" if name == "e_prop_filtered" else "one_area"])
    phases = [Phase("show", 25, reset=False, nudge=1.0)]  # spikes, traces and states of synapses are under way
    plasticity = Plasticity(rule, fitting(rule, circuit), updates=(("adam", {"size": 0.01}),))
    whole, stopped = (both(circuit, plasticity, phases)[1] for _ in range(2))
    rounds = [next(shown) for shown in [random_rounds(whole)] for _ in range(4)]
    whole.present(iter(rounds), 4)
    stopped.present(iter(rounds[:2]), 2)
    resumed = both(circuit, plasticity, phases)[1]
    restore_simulation(resumed, {key: np.array(value) for key, value in simulation_state(stopped).items()})
    resumed.present(iter(rounds[2:]), 2)
    for each in whole.learning:
        assert np.abs(whole.weights(each) - stopped.weights(each)).max() > 0
        np.testing.assert_array_equal(resumed.weights(each), whole.weights(each))


NOISY = """
name = "noisy"
dt = "1 ms"
[neurons.noisy]
kind = "spiking"
equations = '''
dv/dt = -v/tau + 0.3*xi_1*tau**-0.5 : 1
du/dt = (v - u)/tau + 0.1*xi_1*tau**-0.5 - 0.2*xi_2*tau**-0.5 : 1
'''
threshold = "v + 0.2*u > 0.5 + 0.1*rand() - 0.1*rand()"
reset = '''
v = 0.1*randn()
u += v*rand()
'''
method = "euler"
parameters = { tau = "5 ms" }
[[areas]]
name = "B"
level = 0
populations = [{ name = "P", size = 20, neuron = "poisson" }, { name = "N", size = 15, neuron = "noisy" }]
[[areas]]
name = "A"
level = 1
populations = [{ name = "N", size = 12, neuron = "noisy" }]
[[projections]]
source = "B/P"
target = "A/N"
pathway = "bottom_up"
synapse = "delta"
weights = { distribution = "normal", sd = 0.3 }
[[projections]]
source = "B/N"
target = "A/N"
pathway = "bottom_up"
synapse = "delta"
weights = { distribution = "normal", sd = 0.3 }
"""


def test_both_draw_the_same_random_numbers(tmp_path):
    (tmp_path / "circuit.toml").write_text(NOISY, encoding="utf-8")
    learning = ("B/P->A/N", "B/N->A/N")
    plasticity = Plasticity(RULES["pair_stdp"], learning, updates=CHAIN)
    pair = both(load_circuit(tmp_path / "circuit.toml"), plasticity, (Phase("show", 60),))
    apart, moved = largest_difference(pair)
    assert moved > 1e-4
    assert apart <= TOLERANCE
    brian, mirror = pair
    for path in ("B/P", "B/N", "A/N"):
        assert brian.activity(path).mean() > 0.005
        np.testing.assert_array_equal(mirror.activity(path), brian.activity(path))
