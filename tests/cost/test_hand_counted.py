"""Costs of a circuit so small that they are counted by hand: three units that spike as told, two that integrate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.circuit import Circuit
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.wiring import Wiring
from brainlearn.cost.events import EventTally
from brainlearn.mirror import Mirror
from brainlearn.mirror.backprop import Backprop, Stretch
from brainlearn.mirror.linear_readout import LinearReadout
from brainlearn.results.cost_record import StageCost
from brainlearn.rules import RULES
from brainlearn.rules.rule import Change
from brainlearn.training.backward_cost import backward_cost, backward_footprint, phase_counter, stored_otherwise
from brainlearn.training.rule_cost import PhaseCounter, rule_cost, rule_footprint
from tests.cost.small_circuit import IN, SPIKES, STEPS, UP, small_circuit

# (copy, frame, unit): in all copies unit 0 spikes twice, unit 1 three times, unit 2 once
WEIGHTS = np.array([[0.01, 0.0], [0.01, 0.01], [0.0, 0.01]])  # units have 1, 2 and 1 synapses that are not 0
THERE = WEIGHTS != 0
DENSE, MASKED = Wiring(WEIGHTS, None), Wiring(WEIGHTS, THERE)
LISTED = Rows(np.array([0, 1, 3, 4]), np.array([0, 0, 1, 1], dtype=np.int32), np.full(4, 0.01), 2)
ONWARDS = Wiring(np.full((2, 2), 0.01), None)
EFFECTIVE = 2 * 1 + 3 * 2 + 1 * 1
PRESENTATIONS = 2
STDP = Plasticity(RULES["pair_stdp"], (IN,))


def shown(copies: int = PRESENTATIONS) -> Round:
    """The two presentations; further copies show nothing, and learn nothing."""
    stimuli = np.zeros((copies, *SPIKES.shape[1:]))
    stimuli[:PRESENTATIONS] = SPIKES
    return Round({"retina/image": stimuli}, (np.arange(copies) < PRESENTATIONS).astype(float))


def simulated(circuit: Circuit, wiring, plasticity=None, copies: int = PRESENTATIONS) -> tuple[Simulation, StageCost]:
    both, phases, tally = {IN: wiring, UP: ONWARDS}, [Phase("show", STEPS)], EventTally()
    simulation = Simulation(circuit, copies, phases, plasticity, wiring=both)
    counter = PhaseCounter(simulation, tally)
    counter.begin(PRESENTATIONS)
    simulation.present(iter([shown(copies)]), 1, None, counter)
    return simulation, rule_cost(simulation, phases, tally)


@pytest.mark.parametrize("wiring", [DENSE, MASKED, LISTED], ids=["dense", "masked", "listed"])
def test_only_events_at_synapses_that_are_not_zero_count(wiring):
    _, cost = simulated(small_circuit(), wiring)
    assert cost.acs == {IN: EFFECTIVE, UP: 0}
    assert cost.macs == {IN: 0, UP: 0}
    assert cost.dense == {IN: 3 * 2 * STEPS * PRESENTATIONS, UP: 2 * 2 * STEPS * PRESENTATIONS}
    assert (cost.presentations, cost.steps) == (PRESENTATIONS, STEPS * PRESENTATIONS)


def test_every_unit_but_stimuli_is_updated_in_every_step():
    _, cost = simulated(small_circuit(), DENSE)
    assert cost.membrane_updates == {"V1/E": 2 * STEPS * PRESENTATIONS, "V2/E": 2 * STEPS * PRESENTATIONS}
    assert cost.state_updates == {"retina/image": 0, "V1/E": 2 * STEPS * 2, "V2/E": 2 * STEPS * 2}  # the membrane alone
    assert cost.events == {"retina/image": 6, "V1/E": 0, "V2/E": 0}


def test_copies_that_show_nothing_cost_nothing():
    _, few = simulated(small_circuit(), DENSE, STDP)
    _, more = simulated(small_circuit(), DENSE, STDP, copies=5)
    assert more == few


def test_spikes_that_carry_numbers_are_multiplied():
    _, cost = simulated(small_circuit(synapse="scaled"), DENSE)
    assert cost.macs[IN] == EFFECTIVE
    assert cost.acs[IN] == 0


def test_a_rule_on_spikes_works_at_every_synapse_that_a_spike_reaches():
    """Pair STDP has a term for a presynaptic spike and one for a postsynaptic one; here none of these occurs."""
    _, dense = simulated(small_circuit(), DENSE, STDP)
    _, listed = simulated(small_circuit(), LISTED, STDP)
    assert dense.learning_macs == {IN: 6 * 2}  # a weight of 0 changes, too
    assert listed.learning_macs == {IN: EFFECTIVE}
    assert dense.learning_dense == {IN: 2 * 6 * STEPS * PRESENTATIONS}  # two terms
    assert dense.weight_updates == dense.learning_macs


def test_a_rule_at_the_end_of_a_phase_works_at_every_synapse_once():
    term = Change(pre="trace_plus", post="trace_minus")
    rule = replace(STDP.rule, changes=(term, term))
    _, cost = simulated(small_circuit(), MASKED, Plasticity(rule, (IN,)))
    assert cost.learning_macs == {IN: 2 * 4 * PRESENTATIONS}
    assert cost.weight_updates == {IN: 4}  # all copies change the weights together


def test_a_rule_in_every_step_works_at_every_synapse_and_step():
    rule = replace(STDP.rule, changes=(Change(pre="trace_plus", post="trace_minus", when="step"),))
    _, cost = simulated(small_circuit(), MASKED, Plasticity(rule, (IN,)))
    assert cost.learning_macs == {IN: 4 * STEPS * PRESENTATIONS}
    assert cost.weight_updates == {IN: 4}


def test_bytes_are_those_of_numbers_that_are_held():
    simulation, cost = simulated(small_circuit(), LISTED, Plasticity(STDP.rule, (IN,), updates=(("adam", {}),)))
    found = rule_footprint(simulation)
    assert found.parameter_bytes == {IN: 4 * (4 + 4), UP: 4 * 4}  # float32; listed synapses name their targets
    assert found.state_bytes == {"V1/E": 2 * 4, "V2/E": 2 * 4}
    traces = 2 * (3 + 2)
    assert found.learning_bytes == 4 * (traces + 4 * 3)  # of each synapse a proposal and two averages
    showing = EFFECTIVE * (3 * 4 + 4)
    states = 2 * 4 * (traces + 2 + 2) * STEPS * PRESENTATIONS  # those, and membranes
    assert cost.traffic_bytes == showing + states + EFFECTIVE * 4 * 4 + EFFECTIVE * 2 * 4 * 3


# ---- backpropagation -----------------------------------------------------------------------------------------------


def backpropagated(wiring, recompute_every: int | None = None) -> tuple[Backprop, StageCost, dict[str, Rows]]:
    circuit, tally = small_circuit(), EventTally()
    both = {IN: wiring, UP: ONWARDS}
    mirror = Mirror(circuit, wiring=both)
    readout = LinearReadout(mirror, ["V2/E"], classes=3)
    backprop = Backprop(mirror, readout, [Stretch(STEPS)], recompute_every=recompute_every)
    backprop.ended, rows = phase_counter(backprop, tally, learn=True), stored_otherwise(both)
    backprop.learn(shown().stimuli, np.array([0, 1]))
    mirror.set_weights({IN: wiring.weights, UP: ONWARDS.weights})  # Adam leaves no weight at 0
    return backprop, backward_cost(backprop, (IN, UP), tally, rows), rows


@pytest.mark.parametrize("wiring", [DENSE, MASKED, LISTED], ids=["dense", "masked", "listed"])
def test_errors_and_gradients_go_through_synapses_of_every_step(wiring):
    _, cost, _ = backpropagated(wiring)
    assert (cost.acs[IN], cost.acs[UP], cost.macs["readout"]) == (EFFECTIVE, 0, 2 * 3 * PRESENTATIONS)
    assert cost.learning_acs[IN] == (6 * 2 if wiring is DENSE else EFFECTIVE)  # the gradient; a stimulus has no error
    assert cost.learning_macs[IN] == 0
    assert cost.learning_acs[UP] == 0  # no spike passes
    assert cost.learning_macs[UP] == 4 * STEPS * PRESENTATIONS  # the error
    assert cost.learning_dense[UP] == 2 * 4 * STEPS * PRESENTATIONS
    assert cost.learning_macs["readout"] == 2 * 6 * PRESENTATIONS
    assert cost.weight_updates == {IN: 6 if wiring is DENSE else 4, UP: 4, "readout": 6}
    assert cost.state_updates["V1/E"] == 2 * (2 * STEPS * PRESENTATIONS)  # on the way and back


def test_states_that_are_computed_again_cost_again():
    _, once, _ = backpropagated(DENSE)
    backprop, again, rows = backpropagated(DENSE, recompute_every=2)
    assert again.acs == once.acs
    assert again.learning_acs[IN] == once.learning_acs[IN] + EFFECTIVE
    assert again.state_updates["V1/E"] == 1.5 * once.state_updates["V1/E"]
    found = backward_footprint(backprop, (IN, UP), rows)
    assert found.parameter_bytes == {IN: 6 * 4, UP: 4 * 4, "readout": 6 * 4}
    kept = 2 + 2  # of three steps those after two and three, and two between which all is computed again
    assert found.learning_bytes == 4 * (3 * (6 + 4 + 6) + 4 * kept)
