from __future__ import annotations

import numpy as np
import pytest

from brainlearn.stimuli import ENCODINGS, poisson_rates, scale_rms, scale_rms_together


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(1).random((5, 12), dtype=np.float32)


@pytest.fixture
def labels() -> np.ndarray:
    return np.eye(5, 4, dtype=np.float32)


def rms(values: np.ndarray) -> np.ndarray:
    return np.sqrt(np.mean(np.square(values, dtype=np.float64), axis=1))


def test_every_row_gets_the_root_mean_square(images):
    scaled = scale_rms(images, 0.3)
    np.testing.assert_allclose(rms(scaled), 0.3, rtol=1e-6)
    np.testing.assert_allclose(scaled / images, np.broadcast_to(scaled[:, :1] / images[:, :1], images.shape), rtol=1e-5)
    assert scaled.dtype == np.float32


def test_a_zero_row_stays_zero_without_a_warning(images):
    images[2] = 0
    scaled = scale_rms(images, 1.0)
    assert (scaled[2] == 0).all()
    assert np.isfinite(scaled).all()


def test_populations_together_get_the_root_mean_square(images, labels):
    scaled = scale_rms_together([images, labels], 0.5)
    np.testing.assert_allclose(rms(np.concatenate(scaled, axis=1)), 0.5, rtol=1e-6)
    np.testing.assert_allclose(scaled[0][:, 0] / images[:, 0], 0.5 / rms(np.hstack([images, labels])), rtol=1e-5)


def test_bytes_are_scaled_to_fractions():
    np.testing.assert_allclose(scale_rms(np.array([[3, 4]], dtype=np.uint8), 1.0), [[0.8485281, 1.1313708]], rtol=1e-6)


def test_rates_are_proportional_and_never_negative():
    values = np.array([[0.0, 0.5, 1.0, 3.0, -1.0]], dtype=np.float32)
    rates = poisson_rates(values, 200.0)
    np.testing.assert_array_equal(rates, [[0, 100, 200, 600, 0]])
    assert rates.dtype == np.float32


def test_a_rate_that_is_not_positive_is_refused():
    with pytest.raises(ValueError, match="must be positive"):
        poisson_rates(np.ones((1, 1)), 0.0)


@pytest.mark.parametrize("name", ENCODINGS)
def test_every_encoding_sets_one_variable_of_image_and_label(name, images, labels):
    encoded = ENCODINGS[name](images, labels)
    variable = {"poisson": "rate", "spikes": "spikes_now"}.get(name, "activity")
    assert {key: list(values) for key, values in encoded.items()} == {
        "image": [variable],
        "label": [variable],
    }
    assert encoded["image"][variable].shape == images.shape
    assert encoded["label"][variable].shape == labels.shape


@pytest.mark.parametrize("name", ENCODINGS)
def test_an_embedded_label_needs_no_label_values(name, images):
    assert list(ENCODINGS[name](images)) == ["image"]


@pytest.mark.parametrize("name", ENCODINGS)
def test_an_encoding_leaves_its_input_as_it_was(name, images, labels):
    before = images.copy()
    ENCODINGS[name](images, labels)
    np.testing.assert_array_equal(images, before)


def test_log_odds_are_those_of_probabilities_and_never_say_nothing():
    values = np.array([[0.0, 0.1, 0.5, 0.9, 1.0]])
    odds = ENCODINGS["log_odds"](values, None, certainty=7.0)["image"]["activity"]
    np.testing.assert_allclose(1 / (1 + np.exp(-odds[0, 1:4])), values[0, 1:4], atol=1e-6)
    assert odds[0, [0, 4]].tolist() == [-7.0, 7.0]
    assert odds.all()
