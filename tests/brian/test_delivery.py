"""The compiled loops add the rows of a weight matrix in the order of the spikes, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn.brian.delivery import add_rows, add_scaled_rows, add_sparse_rows, compressed_rows, count_spikes

COPIES, PRE, POST = 5, 23, 17


def one_by_one(spikes, weights, mask, scales, target):
    for spike, scale in zip(spikes, scales, strict=True):
        copy, unit = divmod(int(spike), PRE)
        for post in np.flatnonzero(mask[unit]):
            target[copy, post] += scale * weights[unit, post]


@pytest.fixture(params=[0.0, 0.02, 0.3, 1.0], ids=lambda share: f"{share:.0%} spike")
def spikes(request) -> np.ndarray:
    return np.flatnonzero(np.random.default_rng(1).random(COPIES * PRE) < request.param).astype(np.int32)


@pytest.fixture(params=[np.float32, np.float64], ids=["float32", "float64"])
def arrays(request) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    shapes = ((PRE, POST), (COPIES, POST), (COPIES * PRE,))
    return tuple(rng.normal(size=shape).astype(request.param) for shape in shapes)


def test_rows_are_added_like_one_by_one(spikes, arrays):
    weights, target, _ = arrays
    expected, scale = target.copy(), weights.dtype.type(0.3)
    one_by_one(spikes, weights, np.ones((PRE, POST), bool), np.full(len(spikes), scale), expected)
    add_rows(spikes, weights, scale, target)
    np.testing.assert_array_equal(target, expected)


def test_scaled_rows_are_added_like_one_by_one(spikes, arrays):
    weights, target, factors = arrays
    expected, scales = target.copy(), factors[: len(spikes)]
    one_by_one(spikes, weights, np.ones((PRE, POST), bool), scales, expected)
    add_scaled_rows(spikes, weights, scales, target)
    np.testing.assert_array_equal(target, expected)


@pytest.mark.parametrize("share", [0.0, 0.1, 1.0])
def test_sparse_rows_are_added_like_one_by_one(spikes, arrays, share):
    weights, target, factors = arrays
    mask = np.random.default_rng(3).random((PRE, POST)) < share
    expected, scales = target.copy(), factors[: len(spikes)]
    one_by_one(spikes, weights, mask, scales, expected)
    add_sparse_rows(spikes, weights, *compressed_rows(mask), scales, target)
    np.testing.assert_array_equal(target, expected)


def test_compressed_rows_list_the_columns_of_each_row():
    starts, posts = compressed_rows(np.array([[False, True, True], [False, False, False], [True, False, False]]))
    assert starts.tolist() == [0, 2, 2, 3]
    assert posts.tolist() == [1, 2, 0]


def test_spikes_are_counted_up_to_the_number_in_the_last_place():
    count = np.zeros(4, dtype=np.float32)
    for _ in range(2):
        count_spikes(np.array([1, 3, 2, 0, 2], dtype=np.int32), count)  # two spikes; the rest is of old steps
    assert count.tolist() == [0, 2, 0, 2]
