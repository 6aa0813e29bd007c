"""Continuous transmission: the weighted sum of what is, at the start of every step, and never of what was."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from brian2 import Network, NeuronGroup, Synapses, ms

from brainlearn import SharedSynapses

COPIES, PRE, POST = 3, 5, 4


class Pair:
    """Two graded populations with a projection."""

    def __init__(
        self, text: str = "drive_post = w*activity_pre", mask: np.ndarray | None = None, sole_writer: bool = False
    ) -> None:
        self.source = NeuronGroup(COPIES * PRE, "activity : 1\nlevel : 1 (shared)")
        self.target = NeuronGroup(COPIES * POST, "drive : 1")
        self.synapses = SharedSynapses(
            self.source, self.target, np.zeros((PRE, POST)), COPIES, transmit=text, mask=mask, sole_writer=sole_writer
        )

    def transmit(self) -> None:
        """Do what `Network.run` does of the projection in a step."""
        self.synapses.run()
        for part in self.synapses.contained_objects:
            part.run()

    @property
    def activity(self) -> np.ndarray:
        return self.source.variables["activity"].get_value().reshape(COPIES, PRE)

    @property
    def drive(self) -> np.ndarray:
        return self.target.variables["drive"].get_value().reshape(COPIES, POST)


def change_weights(pair, rng):
    pair.synapses.weights = rng.normal(size=(PRE, POST))


def change_one_weight(pair, rng):
    pair.synapses.weights[rng.integers(PRE), rng.integers(POST)] += 1.0
    pair.synapses.touch()


def change_activity(pair, rng):
    """Show one of three activities, so that one that was shown before comes back."""
    pair.activity[:] = np.random.default_rng(rng.integers(3)).normal(size=(COPIES, PRE))


def change_one_unit(pair, rng):
    pair.activity[rng.integers(COPIES), rng.integers(PRE)] += 1.0


def fall_silent(pair, rng):
    pair.activity[:] = 0


def no_weights(pair, rng):
    pair.synapses.weights = 0.0


def do_nothing(pair, rng):
    pass


CHANGES = [change_weights, change_one_weight, change_activity, change_one_unit, fall_silent, no_weights, do_nothing]


@pytest.mark.parametrize("mask", [None, np.random.default_rng(1).random((PRE, POST)) < 0.5], ids=["all", "mask"])
def test_what_is_transmitted_is_never_stale(mask):
    rng = np.random.default_rng(0)
    pair = Pair(mask=mask)
    for _ in range(300):
        for change in rng.choice(CHANGES, size=rng.integers(1, 4)):
            change(pair, rng)
        pair.transmit()
        np.testing.assert_allclose(pair.drive, pair.activity @ pair.synapses.weights, rtol=0, atol=1e-12)


def test_every_sequence_of_four_events_is_followed():
    """An activity that comes back, with or without other weights, is not mistaken for the one before."""
    pair, weights = Pair(), np.random.default_rng(4).normal(size=(PRE, POST))
    shown = {"one": np.ones((COPIES, PRE)), "two": np.eye(COPIES, PRE), "none": np.zeros((COPIES, PRE))}
    for events in itertools.product([*shown, "weights"], repeat=4):
        pair.synapses = SharedSynapses(
            pair.source, pair.target, weights, COPIES, transmit="drive_post = w*activity_pre"
        )
        pair.drive[:] = 7.0
        for event in events:
            if event == "weights":
                pair.synapses.weights = -pair.synapses.weights
            else:
                pair.activity[:] = shown[event]
            pair.transmit()
            expected = pair.activity @ pair.synapses.weights
            np.testing.assert_allclose(pair.drive, expected, rtol=0, atol=1e-12, err_msg=str(events))


@pytest.mark.parametrize("before", [change_activity, fall_silent])
def test_nothing_is_computed_while_nothing_changes(before):
    rng = np.random.default_rng(0)
    pair = Pair(sole_writer=True)
    change_weights(pair, rng)
    before(pair, rng)
    pair.transmit()
    pair.drive[:] = 7.0  # as nothing else writes to it, it would be written again only if it were computed
    pair.transmit()
    np.testing.assert_array_equal(pair.drive, 7.0)


def test_an_activity_that_is_not_a_number_is_passed_on():
    rng = np.random.default_rng(0)
    pair = Pair()
    change_weights(pair, rng)
    for _ in range(2):
        pair.activity[1, 2] = np.nan
        pair.transmit()
        assert np.isnan(pair.drive[1]).all()
        assert np.isfinite(pair.drive[[0, 2]]).all()
    pair.activity[1, 2] = 0.0
    pair.transmit()
    assert np.isfinite(pair.drive).all()


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("drive_post = w*activity_pre*level_pre/2", 1.5),
        ("drive_post = w*level_pre", None),
        ("drive_post = 2*w", None),
    ],
)
def test_factors_may_be_shared_or_constant(text, factor):
    rng = np.random.default_rng(0)
    pair = Pair(text)
    change_weights(pair, rng)
    change_activity(pair, rng)
    pair.source.level = 3.0
    pair.transmit()
    every = {"drive_post = w*level_pre": 3.0, "drive_post = 2*w": 2.0}
    values = pair.activity * factor if factor else np.full((COPIES, PRE), every[text])
    np.testing.assert_allclose(pair.drive, values @ pair.synapses.weights, rtol=0, atol=1e-12)


def test_all_projections_transmit_before_any_unit_is_updated():
    """As stock Brian2 sums up."""
    rng = np.random.default_rng(2)
    weights = rng.normal(size=(3, POST, POST))
    found = {}
    for shared in (True, False):
        equations = "dx/dt = (a + b + c - x)/(4*ms) : 1\na : 1\nb : 1\nc : 1"
        group = NeuronGroup(COPIES * POST, equations, method="euler", dt=1 * ms)
        group.x = np.random.default_rng(3).random(COPIES * POST)
        network = Network(group)
        for order, variable in enumerate("abc"):
            text = f"{variable}_post = w*x_pre"
            if shared:
                network.add(SharedSynapses(group, group, weights[order], COPIES, transmit=text))
            else:
                synapses = Synapses(group, group, f"w : 1\n{text} : 1 (summed)", clock=group.clock)
                synapses.connect("i//POST == j//POST", namespace={"POST": POST})
                synapses.w = weights[order][np.array(synapses.i) % POST, np.array(synapses.j) % POST]
                network.add(synapses)
        network.run(20 * ms, namespace={})
        found[shared] = np.array(group.x)
    np.testing.assert_allclose(found[True], found[False], rtol=1e-10)
    assert np.ptp(found[True]) > 0.1
