"""How a projection takes a change through its chain."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn.brian.presenter import Phase
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.rules import RULES
from tests.oracle.both_deliveries import (
    COPIES,
    OF_ITS_OWN,
    SHIPPED,
    in_volts,
    phases_of,
    random_rounds,
    reads_feedback,
    shrunk,
)

PATHS = {path.stem: path for path in SHIPPED}


def learn(name: str, projections: tuple[str, ...], chain, rule: str = "forward_forward") -> Simulation:
    plasticity = Plasticity(RULES[rule], projections, updates=chain)
    phases = phases_of(plasticity.rule, (Phase("show", 30),))
    simulation = Simulation(shrunk(PATHS[name]), COPIES, phases, plasticity, precision="float64")
    simulation.present(random_rounds(simulation), 3)
    return simulation


ONE_PHASE = [
    name
    for name, rule in RULES.items()
    if name not in OF_ITS_OWN and not (rule.reads("activity_before") or reads_feedback(rule) or in_volts(rule))
]


@pytest.mark.parametrize("rule", ONE_PHASE)
def test_a_projection_with_a_sign_keeps_it_however_hard_it_learns(rule):
    projections = ("V1/E->V2/E", "V2/I->V2/E", "V1/E->V1/I")
    simulation = learn("two_areas_top_down", projections, (("step", {"size": 20.0}),), rule)
    weights = [sign * simulation.weights(name) for name, sign in zip(projections, (1, -1, 1), strict=True)]
    assert all(each.min() >= 0.0 for each in weights)
    assert any(each.max() > 0.1 for each in weights)
    assert any(each.min() == 0.0 for each in weights), "none hit the bound: nothing is tested"


@pytest.mark.parametrize("rule", ["forward_forward", "pair_stdp"])
def test_pairs_without_a_synapse_get_none_by_learning(rule):
    simulation = learn("three_areas_recurrent", ("V1/E->V2/E", "V3/E->V2/E"), (("adam", {"size": 0.1}),), rule)
    for name in ("V1/E->V2/E", "V3/E->V2/E"):
        mask = simulation.wiring[name].mask
        assert not simulation.weights(name)[~mask].any()
        assert (simulation.weights(name) != simulation.wiring[name].weights)[mask].mean() > 0.2


def test_elements_act_in_the_order_of_the_file():
    """Decay before the step is scaled by it, decay after it is not."""
    name = "V1/E->V2/E"
    first, last = (
        learn("two_areas", (name,), chain).weights(name)
        for chain in (
            (("decay", {"rate": 0.5}), ("step", {"size": 0.0})),
            (("step", {"size": 0.0}), ("decay", {"rate": 0.5})),
        )
    )
    before = learn("two_areas", (name,), (("step", {"size": 0.0}),)).weights(name)
    np.testing.assert_array_equal(first, before)
    np.testing.assert_allclose(last, before / 8, rtol=1e-12)  # three rounds


def test_the_factor_of_the_schedule_scales_the_step():
    name = "V1/E->V2/E"
    found = []
    for factor in (1.0, 0.25):
        plasticity = Plasticity(RULES["forward_forward"], (name,))
        simulation = Simulation(
            shrunk(PATHS["two_areas"]), COPIES, [Phase("show", 30)], plasticity, precision="float64"
        )
        simulation.learning[name].factor = factor
        simulation.present(random_rounds(simulation), 1)
        found.append(simulation.weights(name) - simulation.wiring[name].weights)
    assert np.abs(found[0]).max() > 1e-3
    np.testing.assert_allclose(found[1], 0.25 * found[0], rtol=0, atol=1e-12)
