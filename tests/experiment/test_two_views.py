"""Two modules that are to agree: what their rule proposes, which pairs they see, and on which devices."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiment.scripts import imported


@pytest.fixture(scope="module")
def scripts():
    with imported("52_two_views", "device", "pairs") as modules:
        yield modules


def views(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 1, (100, 64)).astype(np.float32)


def test_the_first_change_of_a_synapse_is_that_of_the_formula(scripts):
    """Adam's first step has the size of its setting and the sign of the proposal, which NumPy computes from spikes."""
    device, _ = scripts
    found = device.Device(device.Kind("two_representations", 0.4), seed=5, step=1e-3, width=0.01)
    simulation, name = found.simulation, "retina/one->V1/A"
    before, one, other = simulation.weights(name).copy(), views(1), views(2)
    found.learn(iter([(one, other)]), 1)
    activity, partner = simulation.activity("V1/A"), simulation.activity("V1/B")
    polarity = np.repeat([1.0, -1.0], 50)
    goodness, threshold = (activity * partner).mean(axis=1), 0.03
    assert simulation.broadcast("V1/A", "goodness") == pytest.approx(goodness, abs=1e-6)
    told = polarity / (1 + np.exp(polarity * (goodness - threshold) / 0.01))
    post = told[:, None] * partner * (activity > 0)
    pre = device.stimuli(one, other)["retina/one"]
    proposed = pre.T @ post / 100  # without peer normalisation, whose averages are 0 as the first presentation begins
    change = simulation.weights(name) - before
    clear = proposed != 0
    assert 0.1 < clear.mean() < 0.9
    assert (np.sign(change[clear]) == np.sign(proposed[clear])).all()
    assert abs(change[~clear]).max() < 0.1 * abs(change[clear]).min()  # decay alone


def test_modules_with_equal_quirks_have_those_of_the_first_one(scripts):
    device, _ = scripts
    own, same = device.quirks(3), device.quirks(3, same=True)
    assert np.array_equal(np.concatenate([own["gain_one"], own["gain_other"]]), own["gain"])
    assert np.array_equal(same["gain_other"], own["gain_one"])
    assert np.array_equal(same["offset_other"], own["offset_one"])
    assert abs(own["gain_one"] - own["gain_other"]).max() > 1


def test_common_weights_stay_common_and_others_do_not(scripts):
    device, _ = scripts
    for same in (True, False):
        found = device.Device(device.Kind("two_representations", 0.4, same_weights=same), 5, 1e-3, 0.01)
        found.learn(iter([(views(k), views(k + 10)) for k in range(2)]), 2)
        one, other = (found.simulation.weights(name) for name in found.names)
        assert np.array_equal(one, other) is same


def test_real_pairs_show_one_image_and_false_ones_two(scripts):
    device, pairs = scripts
    sheet = np.zeros((60, 8, 8), dtype=np.float32)
    sheet[:, 3:5, 3:5] = (
        1 + np.arange(60)[:, None, None]
    )  # each image has a grey level of its own, wherever it is shifted
    one, other = next(pairs.rounds_of_pairs(sheet.reshape(60, 64), np.random.default_rng(1)))
    first, second = one.max(axis=1), other.max(axis=1)
    assert len(first) == 2 * device.PAIRS
    assert np.array_equal(first[: device.PAIRS], second[: device.PAIRS])
    assert (first[device.PAIRS :] != second[device.PAIRS :]).all()
    assert set(first[device.PAIRS :]) == set(second[device.PAIRS :])


def test_no_seed_sees_an_image_of_the_search_or_learns_from_its_test(scripts):
    _, pairs = scripts
    rows = {image.tobytes() for part in pairs.items_of_search() for image in part[0]}
    for seed in (1, 10):
        learned, tested = ({image.tobytes() for image in part[0]} for part in pairs.items_of(seed))
        assert (len(learned), len(tested)) == (900, 300)
        assert len(learned | tested | rows) == 900 + 300 + len(rows)
