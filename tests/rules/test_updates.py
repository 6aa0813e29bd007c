"""Each element of the chain from proposal to weights, against its formula."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn.rules.updates import UPDATES, build_update

SHAPE = (4, 3)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


@pytest.fixture(params=[np.float32, np.float64], ids=["float32", "float64"])
def dtype(request) -> type:
    return request.param


def drawn(rng, dtype, count: int) -> list[np.ndarray]:
    return [rng.normal(size=SHAPE).astype(dtype) for _ in range(count)]


def tolerance(dtype) -> float:
    return 1e-6 if dtype is np.float32 else 1e-14


def test_step_scales_the_change(rng, dtype):
    change, weights = drawn(rng, dtype, 2)
    found = build_update("step", {"size": 0.2}).change(change.copy(), weights, 0.5)
    np.testing.assert_allclose(found, change * 0.1, rtol=tolerance(dtype))
    assert found.dtype == dtype


@pytest.mark.parametrize("rate", [0.0, 0.5, 0.9])
def test_momentum_averages_over_the_past(rng, dtype, rate):
    update, mean = build_update("momentum", {"rate": rate}), np.zeros(SHAPE)
    for change in drawn(rng, dtype, 5):
        mean = rate * mean + (1 - rate) * change
        found = update.change(change.copy(), np.zeros(SHAPE, dtype), 1.0)
        np.testing.assert_allclose(found, mean, rtol=0, atol=tolerance(dtype))


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"size": 0.1, "mean": 0.5, "square": 0.9, "small": 1e-3},
        {"size": 0.1, "mean": 0.0, "square": 0.9},
        {"size": 0.1, "mean": 0.0, "square": 0.0},
    ],
    ids=["defaults", "all set", "no mean", "no memory"],
)
def test_adam_is_algorithm_1_of_kingma_and_ba(rng, dtype, settings):
    size, mean, square, small = {"size": 1e-3, "mean": 0.9, "square": 0.999, "small": 1e-8, **settings}.values()
    update = build_update("adam", settings)
    first, second = np.zeros(SHAPE), np.zeros(SHAPE)
    for step, change in enumerate(drawn(rng, dtype, 20), 1):
        factor = 1.0 - step / 40
        first = mean * first + (1 - mean) * change
        second = square * second + (1 - square) * change.astype(float) ** 2
        expected = size * factor * (first / (1 - mean**step)) / (np.sqrt(second / (1 - square**step)) + small)
        found = update.change(change.copy(), np.zeros(SHAPE, dtype), factor)
        assert found.dtype == dtype
        np.testing.assert_allclose(found, expected, rtol=0, atol=size * (1e-4 if dtype is np.float32 else 1e-12))


def test_adam_moves_by_its_size_whatever_the_size_of_the_change(dtype):
    for scale in (1e-5, 1.0, 1e5):
        found = build_update("adam", {"size": 0.01}).change(np.full(SHAPE, scale, dtype), np.zeros(SHAPE, dtype), 1.0)
        np.testing.assert_allclose(found, 0.01, rtol=2e-3)


def test_adam_leaves_synapses_without_any_change_alone(dtype):
    update = build_update("adam", {})
    for _ in range(3):
        assert not update.change(np.zeros(SHAPE, dtype), np.ones(SHAPE, dtype), 1.0).any()


def test_decay_takes_a_share_of_the_weights(rng, dtype):
    change, weights = drawn(rng, dtype, 2)
    found = build_update("decay", {"rate": 0.1}).change(change.copy(), weights, 0.5)
    np.testing.assert_allclose(found, change - 0.05 * weights, rtol=0, atol=tolerance(dtype))


def test_gathered_changes_act_together_once_there_are_enough(rng, dtype):
    update, changes = build_update("gather", {"count": 3}), drawn(rng, dtype, 7)
    found = [update.change(change.copy(), np.ones(SHAPE, dtype), 0.5) for change in changes]
    for k in (0, 1, 3, 4, 6):
        assert not found[k].any()
    np.testing.assert_allclose(found[2], sum(changes[:3]), rtol=0, atol=tolerance(dtype))
    np.testing.assert_allclose(found[5], sum(changes[3:6]), rtol=0, atol=tolerance(dtype))


@pytest.mark.parametrize(
    ("name", "settings", "low", "high"),
    [
        ("clip", {}, -1.0, 1.0),
        ("clip", {"low": -0.2, "high": 0.7}, -0.2, 0.7),
        ("clip", {"low": 0.3, "high": 0.3}, 0.3, 0.3),
        ("dale_sign", {"sign": "excitatory"}, 0.0, np.inf),
        ("dale_sign", {"sign": "inhibitory"}, -np.inf, 0.0),
    ],
)
def test_bounds_hold_and_leave_what_lies_within(rng, dtype, name, settings, low, high):
    (weights,) = drawn(rng, dtype, 1)
    before = weights.copy()
    build_update(name, settings).bound(weights)
    np.testing.assert_array_equal(weights, np.clip(before, dtype(low), dtype(high)))


@pytest.mark.parametrize("name", ["step", "momentum", "adam", "decay", "gather"])
def test_elements_without_bounds_leave_the_weights(rng, dtype, name):
    change, weights = drawn(rng, dtype, 2)
    before = weights.copy()
    update = build_update(name, {})
    update.change(change, weights, 1.0)
    update.bound(weights)
    np.testing.assert_array_equal(weights, before)


@pytest.mark.parametrize(("name", "settings"), [("clip", {}), ("dale_sign", {"sign": "inhibitory"})])
def test_elements_with_bounds_leave_the_change(rng, dtype, name, settings):
    change, weights = drawn(rng, dtype, 2)
    np.testing.assert_array_equal(build_update(name, settings).change(change.copy(), weights, 0.3), change)


@pytest.mark.parametrize("name", ["step", "adam", "decay"])
def test_a_factor_of_zero_stops_the_element(rng, dtype, name):
    weights, *_ = drawn(rng, dtype, 1)
    assert not build_update(name, {}).change(np.zeros(SHAPE, dtype), weights, 0.0).any()


def test_normalised_magnitudes_add_up_and_keep_their_proportions(rng, dtype):
    change, weights = drawn(rng, dtype, 2)
    weights[:, 1] = 0  # a unit without weights
    before, update = weights.copy(), build_update("normalise", {"sum": 2.5})
    np.testing.assert_array_equal(update.change(change.copy(), weights, 1.0), change)
    update.bound(weights)
    np.testing.assert_array_equal(weights, before)
    update.settle(weights)
    total = sum(abs(float(w)) for w in before[:, 0])
    np.testing.assert_allclose(weights[:, 0], before[:, 0] * (2.5 / total), rtol=10 * tolerance(dtype))
    assert not weights[:, 1].any()


def test_projections_do_not_share_their_past():
    first, second = (build_update("momentum", {}) for _ in range(2))
    first.change(np.ones(SHAPE), np.zeros(SHAPE), 1.0)
    np.testing.assert_allclose(second.change(np.ones(SHAPE), np.zeros(SHAPE), 1.0), 0.1)


@pytest.mark.parametrize(
    ("name", "settings", "kind", "text"),
    [
        ("adams", {}, KeyError, "adams"),
        ("adam", {"sizes": 1.0}, TypeError, "sizes"),
        ("dale_sign", {}, TypeError, "sign"),
        ("dale_sign", {"sign": "mixed"}, ValueError, 'sign is "mixed"; allowed: excitatory, inhibitory'),
        ("clip", {"low": 1.0, "high": 0.0}, ValueError, r"low \(1\) is above high \(0\)"),
        ("adam", {"mean": 1.0}, ValueError, "mean is 1; allowed: 0 or more, below 1"),
        ("adam", {"square": 1.5}, ValueError, "square is 1.5; allowed: 0 or more, below 1"),
        ("momentum", {"rate": -0.1}, ValueError, "rate is -0.1; allowed: 0 or more, below 1"),
        ("gather", {"count": 0}, ValueError, "count is 0; allowed: a whole number, 1 or more"),
        ("gather", {"count": 1.5}, ValueError, "count is 1.5; allowed: a whole number, 1 or more"),
        ("normalise", {}, TypeError, "sum"),
        ("normalise", {"sum": 0.0}, ValueError, "sum is 0; allowed: above 0"),
        ("momentum", {"rate": 1.0}, ValueError, "rate is 1; allowed: 0 or more, below 1"),
    ],
)
def test_settings_that_make_no_sense_are_refused(name, settings, kind, text):
    with pytest.raises(kind, match=text):
        build_update(name, settings)


def test_every_element_of_the_table_is_tested_here():
    assert set(UPDATES) == {"step", "momentum", "adam", "decay", "gather", "clip", "dale_sign", "normalise"}
