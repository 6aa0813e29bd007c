"""Dropout: who is off, what that does to spikes and weights, the same on every engine, and nothing of it in a test."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.brian.populations import GAIN
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.brian.simulation_state import restore_simulation, simulation_state
from brainlearn.circuit import Circuit
from brainlearn.circuit.dropout import Dropout, with_dropout
from brainlearn.circuit.projection_rng import projection_rng
from brainlearn.mirror import Mirror
from brainlearn.mirror.backprop import Backprop, Stretch
from brainlearn.mirror.linear_readout import LinearReadout
from brainlearn.neurons.switched import ON
from brainlearn.processes.strided_share import StridedShare
from brainlearn.rules import RULES
from tests.contract.test_rules import between
from tests.oracle.both_deliveries import (
    CIRCUITS,
    OF_ITS_OWN,
    PHASES,
    SHIPPED,
    VOLTS,
    phases_of,
    present,
    random_rounds,
    shrunk,
)
from tests.oracle.on_both_engines import CHAIN, MIRROR, TOLERANCE, both, fitting, largest_difference

FILES = {path.stem: path for path in (*SHIPPED, VOLTS)}
SOME = ("forward_forward", "temporal_difference", "pair_stdp", "calcium", "e_prop", "csdp", "forward_forward_recurrent")
GENTLE = (("step", {"size": 1e-3}),)
SHOW = (Phase("show", 12),)
LAYERS = {"V1/E": 0.5, "V2/E": 0.25}
IMAGES = np.random.default_rng(7).uniform(0, 0.6, (6, 64))
LABELS = 0.9 * np.eye(10)[:6]


def dropped(circuit: Circuit, fraction: float = 0.5) -> Circuit:
    """Return a circuit with dropout in all populations that spike and are no stimulus."""
    models = circuit.models
    spiking = [p.path for p in circuit.populations if models[p.path].threshold and models[p.path].kind != "stimulus"]
    return with_dropout(circuit, dict.fromkeys(spiking, fraction))


@pytest.fixture(scope="module")
def two_areas() -> Circuit:
    """A circuit with dropout in both areas."""
    return with_dropout(load_circuit(CIRCUITS / "two_areas.toml", {"V1/E": 40, "V2/E": 30}), LAYERS)


def rounds(*learn: bool) -> list[Round]:
    """Return rounds of the same images and labels, half positive and half negative."""
    stimuli = {"retina/image": IMAGES, "retina/label": LABELS}
    return [Round(stimuli, np.repeat([1.0, -1.0], 3), learn=each) for each in learn]


def masks(circuit: Circuit, seed: int, copies: int, path: str, count: int) -> list[np.ndarray]:
    """Return which units are on in successive rounds, from the random numbers of the population."""
    rng, population = projection_rng(seed, f"dropout of {path}"), circuit.population(path)
    return [rng.random((copies, population.size)) >= population.dropout for _ in range(count)]


# ---- who is off ----------------------------------------------------------------------------------------------------


def test_the_fraction_of_units_that_are_off_is_that_of_the_population(two_areas):
    draws = Dropout(two_areas, 3)
    on = [draws.draw(50) for _ in range(40)]
    for path, fraction in LAYERS.items():
        found = np.array([each[path] for each in on])
        off = 1 - found.mean()
        assert off == pytest.approx(fraction, abs=4 * np.sqrt(fraction * (1 - fraction) / found.size))
        assert (found[0] != found[1]).any()  # drawn anew
        assert (found[0, 0] != found[0, 1]).any()  # for each copy


@pytest.mark.parametrize("build", [None, MIRROR], ids=["brian", "mirror"])
def test_units_that_are_off_do_not_spike_while_the_circuit_learns_and_all_are_on_in_a_test(two_areas, build):
    seen = []
    with Simulation(two_areas, 6, SHOW, seed=3, **({} if build is None else {"build": build})) as simulation:
        shown = rounds(True, True, False, True)
        simulation.present(iter(shown), 4, lambda _: seen.append({p: simulation.activity(p).copy() for p in LAYERS}))
    for path in LAYERS:
        drawn = masks(two_areas, 3, 6, path, 3)  # a test draws nothing
        for activity, on in zip((seen[0][path], seen[1][path], seen[3][path]), drawn, strict=True):
            assert not activity[~on].any()
            assert activity[on].any()
    with Simulation(with_dropout(two_areas, {}), 6, SHOW, seed=3) as plain:
        answers = []
        plain.present(iter(rounds(False)), 1, lambda _: answers.append({p: plain.activity(p).copy() for p in LAYERS}))
    for path in LAYERS:
        np.testing.assert_allclose(seen[2][path], answers[0][path], atol=1e-6)


def test_each_process_draws_for_all_copies_and_takes_those_that_it_holds(two_areas):
    share = StridedShare(1, 2)
    with Simulation(two_areas, 6, SHOW, seed=3, share=share) as simulation:
        simulation.present(iter(rounds(True)), 1)
        for path in LAYERS:
            (on,) = masks(two_areas, 3, 6, path, 1)
            np.testing.assert_array_equal(simulation.populations[path].array(ON), on[1::2])


# ---- what arrives --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delivery", ["shared", "stock"])
def test_units_that_are_on_send_more_so_that_as_much_arrives_in_the_mean(delivery):
    circuit = load_circuit(CIRCUITS / "temporal_difference.toml", {"V1/E": 60})
    circuit = with_dropout(circuit, {"V1/E": 0.75})
    got = {}
    with Simulation(circuit, 6, (Phase("step", 1),), delivery=delivery, seed=3, precision="float64") as simulation:
        weights = simulation.weights("V1/E->IT/class")
        strong = {"retina/image": 50 * IMAGES, "IT/class": LABELS}  # many spike in the first step

        def done(shown: Round) -> None:
            spiked = simulation.populations["V1/E"].spiked()
            got[shown.learn] = spiked, simulation.state("IT/class", "v").copy()

        simulation.present(iter([Round(strong, np.ones(6), learn=each) for each in (True, False)]), 2, done)
    (on,) = masks(circuit, 3, 6, "V1/E", 1)
    sent = {True: 4.0, False: 1.0}  # 1 / (1 - 0.75)
    for learn, (spiked, charge) in got.items():
        arrived = sent[learn] * spiked @ weights
        few = np.abs(arrived) < 0.9  # nothing is reset: threshold 1
        assert few.sum() > 5
        np.testing.assert_allclose(charge[few], arrived[few], atol=1e-12)
    assert not got[True][0][~on].any()
    assert got[False][0][~on].any()


def test_divisive_normalisation_sets_the_gain_by_itself(two_areas):
    assert Dropout(two_areas, 3).gains == {}
    with Simulation(two_areas, 6, SHOW, seed=3) as simulation:
        simulation.present(iter(rounds(True)), 1)
        rms = np.sqrt(((simulation.activity("V1/E") * simulation.gain("V1/E")) ** 2).mean(axis=1))
    np.testing.assert_allclose(rms, 0.3, rtol=1e-5)


# ---- what is learned -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delivery", ["shared", "stock"])
def test_units_that_are_off_change_no_weight_though_the_rule_changes_silent_ones(delivery):
    circuit = load_circuit(CIRCUITS / "two_areas.toml", {"V1/E": 40, "V2/E": 30})
    rule, learning = RULES["forward_forward"], ("retina/image->V1/E", "V1/E->V2/E")
    plasticity = Plasticity(rule, learning, rule.parameters, (("step", {"size": 0.1}),))
    image = np.repeat(IMAGES[:1], 2, axis=0)
    shown = [Round({"retina/image": image}, np.array([1.0, 0.0])) for _ in range(2)]  # one copy learns
    changes = []
    for fractions in (LAYERS, {}):
        dropping = with_dropout(circuit, fractions)
        with Simulation(dropping, 2, SHOW, plasticity, delivery, seed=3) as simulation:
            simulation.present(iter(shown[:1]), 1)  # now memories differ between units
            before = {name: simulation.weights(name).copy() for name in learning}
            simulation.present(iter(shown[1:]), 1)
            changes.append({name: simulation.weights(name) - before[name] for name in learning})
            silent = simulation.activity("V1/E")[0] == 0
    v1, v2 = (masks(with_dropout(circuit, LAYERS), 3, 2, path, 2)[1][0] for path in LAYERS)
    with_it, without = changes
    assert not with_it["retina/image->V1/E"][:, ~v1].any()
    assert not with_it["V1/E->V2/E"][~v1].any()
    assert not with_it["V1/E->V2/E"][:, ~v2].any()
    assert with_it["retina/image->V1/E"][:, v1].any(axis=0).mean() > 0.9
    assert silent.any()
    assert without["retina/image->V1/E"][:, silent].any()  # the peer normalisation


@pytest.mark.parametrize("name", SOME)
def test_copies_stock_brian_and_the_mirror_learn_the_same(name):
    assert_the_same(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in RULES if name not in (*SOME, *OF_ITS_OWN)])
def test_every_rule_learns_the_same_everywhere(name):
    assert_the_same(name)


def assert_the_same(name: str) -> None:
    """Compare copies with the mirror and with stock Brian2, after three rounds with dropout."""
    rule = RULES[name]
    circuit = dropped(shrunk(FILES[between(rule)[0]]), 0.4)
    learning = fitting(rule, circuit)
    plasticity, phases = Plasticity(rule, learning, updates=GENTLE), phases_of(rule, PHASES)
    apart, _ = largest_difference(both(circuit, plasticity, phases))
    assert apart <= TOLERANCE
    copies, stock = (present(circuit, delivery, plasticity, phases) for delivery in ("shared", "stock"))
    for path, (units, times) in stock.spikes.items():
        np.testing.assert_array_equal(copies.spikes[path][0], units)
        np.testing.assert_array_equal(copies.spikes[path][1], times)
    for projection, change in stock.changes.items():
        np.testing.assert_allclose(copies.changes[projection], change, atol=TOLERANCE)


def test_backpropagation_draws_the_same_units_and_gives_those_that_are_off_no_gradient():
    circuit = load_circuit(CIRCUITS / "temporal_difference.toml", {"V1/E": 40})
    mirror = Mirror(with_dropout(circuit, {"V1/E": 0.5}), 3, "float64")
    state = mirror.initial_state(6, learning=True)
    (on,) = masks(mirror.circuit, 3, 6, "V1/E", 1)
    np.testing.assert_array_equal(state.populations["V1/E"][ON].numpy(), on)
    assert (state.populations["V1/E"][GAIN] == 2).all()
    reached = mirror.present({"retina/image": IMAGES}, 12, state, onset=True)
    assert not mirror.activity(reached, "V1/E").detach().numpy()[~on].any()
    mirror.present({"retina/image": IMAGES[:1]}, 12, _only(mirror, on[0])).counts["V1/E"].sum().backward()
    gradient = mirror.weights["retina/image->V1/E"].grad.numpy()
    assert not gradient[:, ~on[0]].any()
    assert gradient[:, on[0]].any(axis=0).mean() > 0.9


def _only(mirror, on):
    state = mirror.initial_state(1)
    state.populations["V1/E"][ON] = mirror._tensor(on[None])
    return state


def test_backpropagation_answers_without_dropout_and_continues_where_it_was():
    circuit = load_circuit(CIRCUITS / "two_areas.toml", {"V1/E": 40, "V2/E": 30})
    stimuli = {"retina/image": IMAGES, "retina/label": LABELS}

    def learner(fractions: dict[str, float]) -> Backprop:
        mirror = Mirror(with_dropout(circuit, fractions), 3, "float64")
        return Backprop(mirror, LinearReadout(mirror, ["V2/E"], 10), (Stretch(12),))

    first, plain = learner(LAYERS), learner({})
    first.learn(stimuli, np.arange(6))
    plain.mirror.set_weights(first.all_weights())
    for values, others in zip(plain.readout.parameters(), first.readout.parameters(), strict=True):
        values.data = others.data.clone()
    np.testing.assert_allclose(plain.scores(stimuli), first.scores(stimuli), atol=1e-12)
    saved = {name: np.array(each) for name, each in first.state().items()}
    first.learn(stimuli, np.arange(6))
    again = learner(LAYERS)
    again.restore(saved)
    again.learn(stimuli, np.arange(6))
    for name, weights in first.all_weights().items():
        np.testing.assert_array_equal(again.all_weights()[name], weights)


@pytest.mark.parametrize("build", [None, MIRROR], ids=["brian", "mirror"])
def test_a_simulation_continues_with_the_units_that_come_next(build):
    rule = RULES["pair_stdp"]
    circuit = dropped(shrunk(FILES[between(rule)[0]]))
    kind = {} if build is None else {"build": build}
    make = partial(Simulation, circuit, 8, PHASES, Plasticity(rule, fitting(rule, circuit), updates=CHAIN), **kind)
    first = make(seed=3, precision="float64")
    shown = random_rounds(first)
    first.present(shown, 2)
    saved = {name: np.array(each) for name, each in simulation_state(first).items()}
    later = [next(shown) for _ in range(2)]
    first.present(iter(later), 2)
    again = make(seed=3, precision="float64")
    restore_simulation(again, saved)
    again.present(iter(later), 2)
    for name in first.learning:
        np.testing.assert_array_equal(again.weights(name), first.weights(name))
