"""`SharedSynapses` in anybody's Brian2 script: delivery, delays, masks, and what is refused."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest
from brian2 import (
    Clock,
    Hz,
    Network,
    NetworkOperation,
    NeuronGroup,
    SpikeGeneratorGroup,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    ms,
    mV,
    nS,
    seed,
    volt,
)

from brainlearn import SharedSynapses
from brainlearn.expression import ExpressionError

COPIES, PRE, POST = 3, 8, 6
SPIKE_STEP = 2


def weights(low: float = -1.0, high: float = 1.0) -> np.ndarray:
    return np.random.default_rng(0).uniform(low, high, (PRE, POST))


def mask(share: float) -> np.ndarray:
    return np.random.default_rng(7).random((PRE, POST)) < share


def groups() -> tuple[NeuronGroup, NeuronGroup]:
    source = NeuronGroup(
        COPIES * PRE, "due : 1\nx : 1\nlevel : 1 (shared)\ntwice = 2*x : 1", threshold="abs(t/dt - due) < 0.5"
    )
    source.due = SPIKE_STEP
    source.x = np.random.default_rng(1).uniform(0.5, 2.0, COPIES * PRE)
    source.level = 3.0
    return source, NeuronGroup(COPIES * POST, "v : 1\ng : 1\nu : volt\nlow = v/2 : 1\nall : 1 (shared)")


def after_each_step(source: NeuronGroup, target: NeuronGroup, synapses: SharedSynapses, steps: int) -> np.ndarray:
    """Return how much v changed in each step, (step, copy, unit)."""
    monitor = StateMonitor(target, "v", record=True, when="end")
    Network(source, target, synapses, monitor).run(steps * 0.1 * ms, namespace={})
    return np.diff(np.array(monitor.v).T, axis=0, prepend=0).reshape(steps, COPIES, POST)


# ---- delivery ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delay", [0, 1, 7])
def test_spikes_arrive_after_the_delay_and_once(delay):
    source, target = groups()
    synapses = SharedSynapses(source, target, weights(), COPIES, "v_post += w", delay=delay * 0.1 * ms)
    found = after_each_step(source, target, synapses, 12)
    for step, change in enumerate(found):
        expected = weights().sum(axis=0) if step == SPIKE_STEP + delay else 0.0
        np.testing.assert_allclose(change, np.broadcast_to(expected, change.shape), rtol=0, atol=1e-12)


def test_each_copy_receives_its_own_spikes_only():
    source, target = groups()
    source.due = np.where(np.arange(COPIES * PRE) == PRE + 4, SPIKE_STEP, -1)  # unit 4 of copy 1
    Network(source, target, SharedSynapses(source, target, weights(), COPIES, "v_post += w")).run(1 * ms, namespace={})
    expected = np.zeros((COPIES, POST))
    expected[1] = weights()[4]
    np.testing.assert_array_equal(np.array(target.v).reshape(COPIES, POST), expected)


def test_several_statements_with_presynaptic_factors_and_units():
    source, target = groups()
    text = "v_post += 0.5*w*x_pre\ng_post -= w*level_pre/gain; u_post += w*mV"
    synapses = SharedSynapses(source, target, weights(), COPIES, text, namespace={"gain": 2.0})
    Network(source, target, synapses).run(1 * ms, namespace={})
    x = np.array(source.x).reshape(COPIES, PRE)
    sums = np.broadcast_to(weights().sum(axis=0), (COPIES, POST))
    np.testing.assert_allclose(np.array(target.v).reshape(COPIES, POST), 0.5 * x @ weights(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(np.array(target.g).reshape(COPIES, POST), -1.5 * sums, rtol=0, atol=1e-12)
    np.testing.assert_allclose(np.array(target.u / mV).reshape(COPIES, POST), sums, rtol=0, atol=1e-12)


@pytest.mark.parametrize("delay", [0, 2])
def test_a_presynaptic_subexpression_is_computed_when_the_spike_is_sent(delay):
    source, target = groups()
    x = np.array(source.x).reshape(COPIES, PRE)
    synapses = SharedSynapses(
        source, target, weights(), COPIES, "v_post += 0.5*w*twice_pre", delay=delay * 0.1 * ms, name="twice_sent"
    )
    grows = NetworkOperation(lambda: setattr(source, "x", np.array(source.x) + 1.0), when="end", clock=source.clock)
    Network(source, target, synapses, grows).run(1 * ms, namespace={})
    expected = 0.5 * 2 * (x + SPIKE_STEP) @ weights()
    np.testing.assert_allclose(np.array(target.v).reshape(COPIES, POST), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.6, 1.0])
@pytest.mark.parametrize("text", ["v_post += w", "v_post += w*x_pre"])
def test_masked_pairs_are_never_connected_whatever_the_weights(share, text):
    source, target = groups()
    synapses = SharedSynapses(source, target, weights(), COPIES, text, mask=mask(share))
    np.testing.assert_array_equal(synapses.weights != 0, mask(share))
    synapses.weights = 2 * weights()
    np.testing.assert_array_equal(synapses.weights, 2 * weights() * mask(share))
    Network(source, target, synapses).run(1 * ms, namespace={})
    factors = np.array(source.x).reshape(COPIES, PRE) if "x_pre" in text else np.ones((COPIES, PRE))
    expected = factors @ (2 * weights() * mask(share))
    np.testing.assert_allclose(np.array(target.v).reshape(COPIES, POST), expected, rtol=0, atol=1e-12)


STOCK_TABLE = {
    # text, share of connected pairs, delay in steps, target's equation of v
    "all to all": ("v_post += w", None, 0, ""),
    "dense mask": ("v_post += w", 0.6, 1, ""),
    "sparse mask": ("v_post += w", 0.15, 0, ""),
    "presynaptic factor": ("v_post += w*g_pre", None, 7, ""),
    "presynaptic factor, sparse mask": ("v_post += w*g_pre", 0.15, 7, ""),
    "two statements": ("v_post -= 0.5*w*g_pre\ng_post += w", None, 1, ""),
    "two statements, dense mask": ("v_post += w*g_pre; g_post -= 0.25*w", 0.6, 0, ""),
    "refractory target": ("v_post += w", None, 1, "(unless refractory)"),
    "refractory target, sparse mask": ("v_post += w*g_pre; g_post += w", 0.15, 0, "(unless refractory)"),
}


@pytest.mark.parametrize(("text", "share", "delay", "flag"), STOCK_TABLE.values(), ids=STOCK_TABLE.keys())
def test_random_spikes_are_delivered_like_stock_brian(text, share, delay, flag):
    connected = np.ones((PRE, POST), bool) if share is None else mask(share)
    outcomes = []
    for shared in (True, False):
        seed(3)
        clock = Clock(dt=1 * ms)
        equations = "rate : Hz\nsent : 1\ndg/dt = (1 - g)/(9*ms) : 1"
        source = NeuronGroup(COPIES * PRE, equations, threshold="rand() < rate*dt", reset="g *= 0.5", clock=clock)
        source.rate, source.g = 150 * Hz, 0.7
        equations = f"dv/dt = (0.9 + 0.3*g - v)/(5*ms) : 1 {flag}\ndg/dt = -g/(20*ms) : 1"
        refractory = {"refractory": 3 * ms} if flag else {}
        target = NeuronGroup(
            COPIES * POST, equations, threshold="v > 1", reset="v -= 1", method="exact", clock=clock, **refractory
        )
        monitor = SpikeMonitor(target)
        network = Network(source, target, monitor)
        if shared:
            part = None if share is None else connected
            network.add(SharedSynapses(source, target, weights(-0.4, 0.8), COPIES, text, mask=part, delay=delay * ms))
        else:
            network.add(stock(source, target, text.replace("g_pre", "sent_pre"), connected, delay), kept(source, delay))
        network.run(300 * ms, namespace={})
        outcomes.append([np.array(x) for x in (monitor.i, monitor.t_, target.v, target.g)])
    assert len(outcomes[0][0]) > 150
    for found, expected in zip(*outcomes, strict=True):
        np.testing.assert_array_equal(found, expected)


def kept(source, delay) -> NetworkOperation:
    """Let `sent` be what `g` was when the spikes that arrive now were sent."""
    past = deque([np.array(source.g)] * delay)

    def keep() -> None:
        past.append(np.array(source.g))
        source.sent = past.popleft()

    return NetworkOperation(keep, clock=source.clock, when="before_synapses")


def stock(source, target, text, connected, delay) -> Synapses:
    synapses = Synapses(source, target, "w : 1", on_pre=text, delay=delay * ms, clock=source.clock)
    i, j = np.nonzero(connected)
    copy = np.repeat(np.arange(COPIES), len(i))
    synapses.connect(i=np.tile(i, COPIES) + copy * PRE, j=np.tile(j, COPIES) + copy * POST)
    synapses.w = np.tile(weights(-0.4, 0.8)[i, j], COPIES)
    return synapses


def test_given_spike_times_may_be_the_source():
    source = SpikeGeneratorGroup(COPIES * PRE, [0, PRE, PRE + 1], [0.1, 0.3, 0.3] * ms)
    _, target = groups()
    Network(source, target, SharedSynapses(source, target, weights(), COPIES, "v_post += w")).run(1 * ms, namespace={})
    expected = np.stack([weights()[0], weights()[0] + weights()[1], np.zeros(POST)])
    np.testing.assert_array_equal(np.array(target.v).reshape(COPIES, POST), expected)


# ---- under way -----------------------------------------------------------------------------------------------------


def test_cleared_spikes_never_arrive():
    source, target = groups()
    synapses = SharedSynapses(source, target, weights(), COPIES, "v_post += w", delay=0.5 * ms)
    network = Network(source, target, synapses)
    network.run(0.5 * ms, namespace={})
    synapses.clear()
    network.run(1 * ms, namespace={})
    assert not np.array(target.v).any()


def test_spikes_under_way_survive_the_end_of_a_run():
    source, target = groups()
    synapses = SharedSynapses(source, target, weights(), COPIES, "v_post += w", delay=0.5 * ms)
    network = Network(source, target, synapses)
    for _ in range(3):
        network.run(0.4 * ms, namespace={})
    np.testing.assert_allclose(np.array(target.v)[:POST], weights().sum(axis=0), rtol=0, atol=1e-12)


def test_weights_changed_between_runs_are_those_that_are_delivered():
    source, target = groups()
    synapses = SharedSynapses(source, target, weights(), COPIES, "v_post += w")
    version = synapses.version
    synapses.weights[:] = 1.0
    synapses.touch()
    assert synapses.version == version + 1
    Network(source, target, synapses).run(1 * ms, namespace={})
    np.testing.assert_array_equal(target.v, PRE)


def test_weights_take_the_precision_of_the_target():
    source, _ = groups()
    target = NeuronGroup(COPIES * POST, "v : 1", dtype=np.float32)
    synapses = SharedSynapses(source, target, weights(), COPIES, "v_post += w")
    assert synapses.weights.dtype == np.float32
    Network(source, target, synapses).run(1 * ms, namespace={})
    np.testing.assert_allclose(np.array(target.v)[:POST], weights().sum(axis=0), rtol=0, atol=1e-5)


# ---- what is refused -----------------------------------------------------------------------------------------------


REFUSED = {
    "no text": ({"on_pre": ""}, ValueError, "needs either on_pre or transmit, and not both"),
    "two texts": ({"transmit": "v_post = w*x_pre"}, ValueError, "needs either on_pre or transmit, and not both"),
    "blank text": ({"on_pre": " \n"}, ExpressionError, "is not of the form"),
    "weights transposed": (
        {"weights": np.zeros((POST, PRE))},
        ValueError,
        r"weights have shape \(6, 8\); 3 copies .* need \(8, 6\)",
    ),
    "weights of all copies": ({"weights": np.zeros((24, 18))}, ValueError, r"need \(8, 6\)"),
    "weights of one dimension": ({"weights": np.zeros(PRE)}, ValueError, r"weights have shape \(8,\)"),
    "a number for weights": ({"weights": 0.5}, ValueError, r"weights have shape \(\)"),
    "copies that do not fit": ({"copies": 5}, ValueError, "has 24 neurons, which is not a multiple of 5 copies"),
    "no copies": ({"copies": 0}, ValueError, "not a multiple of 0 copies"),
    "negative copies": ({"copies": -1}, ValueError, "not a multiple of -1 copies"),
    "mask transposed": (
        {"mask": np.ones((POST, PRE), bool)},
        ValueError,
        r"mask has shape \(6, 8\); the weights have \(8, 6\)",
    ),
    "negative delay": ({"delay": -1 * ms}, ValueError, "must be a time of at least 0 s"),
    "delay without unit": ({"delay": 1.0}, ValueError, "must be a time of at least 0 s"),
    "delay in volts": ({"delay": 1 * volt}, ValueError, "must be a time of at least 0 s"),
    "text of another form": ({"on_pre": "v_post = w"}, ExpressionError, "is not of the form"),
    "transmission of another form": (
        {"on_pre": "", "transmit": "v_post += w*x_pre"},
        ExpressionError,
        "is not of the form",
    ),
    "postsynaptic factor": ({"on_pre": "v_post += w*g_post"}, ExpressionError, "uses g_post: copies share the weights"),
    "no weight": ({"on_pre": "v_post += x_pre"}, ExpressionError, "weight w exactly once"),
    "weight twice": ({"on_pre": "v_post += w*w"}, ExpressionError, "weight w exactly once"),
    "unknown target": ({"on_pre": "h_post += w"}, ExpressionError, 'has no state variable "h"; its variables are'),
    "target that is computed": ({"on_pre": "low_post += w"}, ExpressionError, 'has no state variable "low"'),
    "target that is shared": ({"on_pre": "all_post += w"}, ExpressionError, 'has no state variable "all"'),
    "unknown identifier": ({"on_pre": "v_post += w*k"}, ExpressionError, 'the identifier "k" is unknown'),
    "unknown presynaptic variable": (
        {"on_pre": "v_post += w*k_pre"},
        ExpressionError,
        'the identifier "k_pre" is unknown',
    ),
    "unit missing": ({"on_pre": "u_post += w"}, ExpressionError, "has the unit 1; u has V"),
    "unit too many": ({"on_pre": "v_post += w*mV"}, ExpressionError, "has the unit V; v has 1"),
    "units that do not add up": ({"on_pre": "v_post += w*(x_pre + mV)"}, ExpressionError, "inconsistent units"),
    "variable without suffix": ({"on_pre": "v_post += w*x"}, ExpressionError, 'the identifier "x" is unknown'),
}


@pytest.mark.parametrize(("parts", "kind", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_what_makes_no_sense_is_refused_at_once(parts, kind, text):
    source, target = groups()
    arguments = {"weights": weights(), "copies": COPIES, "on_pre": "v_post += w", **parts}
    with pytest.raises(kind, match=text):
        SharedSynapses(source, target, **arguments)


def test_a_source_that_never_spikes_is_refused_for_events():
    _, target = groups()
    with pytest.raises(ValueError, match="never spikes"):
        SharedSynapses(target, target, np.zeros((POST, POST)), COPIES, "v_post += w")


def test_a_part_of_a_group_is_refused():
    source, target = groups()
    for ends in ((source[: 2 * PRE], target[: 2 * POST]), (source[: 2 * PRE], target), (source, target[:POST])):
        with pytest.raises(ValueError, match="whole groups"):
            SharedSynapses(*ends, weights(), 2, "v_post += w")


def test_units_of_the_text_are_those_of_the_namespace():
    source, target = groups()
    synapses = SharedSynapses(source, target, weights(), COPIES, "v_post += w*g/nS", namespace={"g": 5 * nS})
    Network(source, target, synapses).run(1 * ms, namespace={})
    np.testing.assert_allclose(np.array(target.v)[:POST], 5 * weights().sum(axis=0), rtol=1e-12)
