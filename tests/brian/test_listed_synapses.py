"""Synapses that are listed, each perhaps with a delay, beside `brian2.Synapses` by hand: the same to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Network, NeuronGroup, StateMonitor, Synapses, ms

from brainlearn import SharedSynapses
from brainlearn.circuit import Rows
from brainlearn.circuit.rows import smallest_type, sort_by_delay, starts_of
from brainlearn.saved_state import ForeignState

COPIES, PRE, POST, STEPS = 3, 12, 9, 60


def rows(delays: bool = True, longest: int = 20, seed: int = 4, most: int = 25) -> Rows:
    """Return synapses, several of one pair among them."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, most, PRE)
    starts = starts_of(lengths)
    posts = np.concatenate([np.sort(rng.integers(0, POST, n)) for n in lengths]).astype(np.int32)
    steps = rng.integers(0, longest + 1, len(posts)).astype(smallest_type(longest)) if delays else None
    if steps is not None:
        sort_by_delay(starts, posts, steps)
    return Rows(starts, posts, rng.normal(size=len(posts)), POST, steps)


def groups() -> tuple[NeuronGroup, NeuronGroup]:
    rate = "x : 1\nseen = 2*x : 1\ndv/dt = (1.5 + x)/(3*ms) : 1"
    source = NeuronGroup(COPIES * PRE, rate, threshold="v > 1", reset="v = 0", method="euler")
    source.x = np.random.default_rng(1).uniform(-0.5, 3.0, COPIES * PRE)
    text = "dv/dt = (g - v)/(5*ms) : 1 (unless refractory)\ndg/dt = -g/(2*ms) : 1\nh : 1"
    target = NeuronGroup(COPIES * POST, text, threshold="v > 0.5", reset="v = 0", refractory="1*ms", method="euler")
    return source, target


def course(target: NeuronGroup, *objects: object) -> np.ndarray:
    monitor = StateMonitor(target, ("v", "g", "h"), record=True, when="end")
    Network(target, monitor, *objects).run(STEPS * 0.1 * ms, namespace={})
    return np.array([monitor.v, monitor.g, monitor.h])


def by_hand(listed: Rows, on_pre: str, delay: int = 0) -> np.ndarray:
    source, target = groups()
    synapses = Synapses(source, target, "w : 1", on_pre=on_pre)
    copy = np.repeat(np.arange(COPIES), len(listed.posts))
    synapses.connect(i=np.tile(listed.pres, COPIES) + copy * PRE, j=np.tile(listed.posts, COPIES) + copy * POST)
    synapses.w = np.tile(listed.weights, COPIES)
    steps = np.full(len(listed.posts), delay) if listed.delays is None else listed.delays
    synapses.pre.delay = np.tile(steps, COPIES) * 0.1 * ms
    return course(target, source, synapses)


TEXTS = ["g_post += w", "v_post += w", "g_post += 0.5*w; h_post -= w"]


@pytest.mark.parametrize("on_pre", TEXTS)
def test_synapses_with_delays_of_their_own_deliver_like_stock_brian(on_pre: str) -> None:
    listed = rows()
    source, target = groups()
    found = course(target, source, SharedSynapses(source, target, listed, COPIES, on_pre=on_pre))
    assert np.array_equal(found, by_hand(listed, on_pre))
    assert np.abs(found).max() > 1


@pytest.mark.parametrize("delay", [0, 7])
@pytest.mark.parametrize("on_pre", TEXTS)
def test_synapses_with_one_delay_deliver_like_stock_brian(on_pre: str, delay: int) -> None:
    listed = rows(delays=False)
    source, target = groups()
    shared = SharedSynapses(source, target, listed, COPIES, on_pre=on_pre, delay=delay * 0.1 * ms)
    assert np.array_equal(course(target, source, shared), by_hand(listed, on_pre, delay))


@pytest.mark.parametrize("seed", range(6))
def test_random_lists_deliver_like_stock_brian(seed: int) -> None:
    """Few synapses and many, units without any, delays beyond the end of the simulation."""
    rng = np.random.default_rng(seed)
    listed = rows(longest=int(rng.choice([0, 1, 5, 40, 300])), seed=seed, most=int(rng.choice([2, 5, 60])))
    source, target = groups()
    found = course(target, source, SharedSynapses(source, target, listed, COPIES, on_pre="v_post += w"))
    assert np.array_equal(found, by_hand(listed, "v_post += w"))


def test_a_spike_carries_what_was_true_when_it_was_sent() -> None:
    """A presynaptic variable that is constant is read alike by stock synapses; see decision 26."""
    listed = rows()
    source, target = groups()
    found = course(target, source, SharedSynapses(source, target, listed, COPIES, on_pre="g_post += w*seen_pre"))
    assert np.array_equal(found, by_hand(listed, "g_post += w*seen_pre"))


def test_many_spikes_under_way_find_room() -> None:
    listed = rows(longest=200)
    source, target = groups()
    source.x = 30
    found = course(target, source, SharedSynapses(source, target, listed, COPIES, on_pre="g_post += w"))
    source, other = groups()
    source.x = 30
    copy = np.repeat(np.arange(COPIES), len(listed.posts))
    synapses = Synapses(source, other, "w : 1", on_pre="g_post += w")
    synapses.connect(i=np.tile(listed.pres, COPIES) + copy * PRE, j=np.tile(listed.posts, COPIES) + copy * POST)
    synapses.w = np.tile(listed.weights, COPIES)
    synapses.pre.delay = np.tile(listed.delays, COPIES) * 0.1 * ms
    assert np.array_equal(found, course(other, source, synapses))


def test_continuous_transmission_sums_over_listed_synapses() -> None:
    listed = rows(delays=False)
    source, target = groups()
    shared = SharedSynapses(source, target, listed, COPIES, transmit="h_post = w*x_pre")
    found = course(target, source, shared)[2].T[-1].reshape(COPIES, POST)
    values = np.array(source.x).reshape(COPIES, PRE)
    assert found == pytest.approx(values @ listed.matrix(), rel=1e-12)


def test_store_and_restore_keep_spikes_under_way() -> None:
    listed = rows()
    source, target = groups()
    synapses = SharedSynapses(source, target, listed, COPIES, on_pre="g_post += w")
    network = Network(source, target, synapses)
    network.run(3 * ms, namespace={})
    network.store()
    network.run(3 * ms, namespace={})
    first = np.array(target.g)
    network.restore()
    network.run(3 * ms, namespace={})
    assert np.array_equal(np.array(target.g), first)


def test_spikes_of_another_circuit_are_not_put_under_way() -> None:
    source, target = groups()
    synapses = SharedSynapses(source, target, rows(), COPIES, on_pre="g_post += w")
    Network(source, target, synapses).run(3 * ms, namespace={})
    saved = synapses.state()
    assert len(saved["spikes"]) > 0
    with pytest.raises(ForeignState):
        synapses.restore(saved | {"synapses": saved["synapses"] + len(rows().posts)})
    with pytest.raises(ForeignState):
        synapses.restore(saved | {"spikes": saved["spikes"] + COPIES * PRE})


def test_cleared_synapses_have_nothing_under_way() -> None:
    source, target = groups()
    synapses = SharedSynapses(source, target, rows(), COPIES, on_pre="g_post += w")
    Network(source, target, synapses).run(3 * ms, namespace={})
    synapses.clear()
    assert len(synapses.state()["spikes"]) == 0


def test_weights_of_synapses_are_changed_and_not_the_rows() -> None:
    listed = rows()
    source, target = groups()
    synapses = SharedSynapses(source, target, listed, COPIES, on_pre="g_post += w")
    before = listed.weights.copy()
    synapses.weights = 0 * synapses.weights
    assert not course(target, source, synapses)[1].any()
    assert np.array_equal(listed.weights, before)
