"""Built-in data over time: what their papers say of them, seen in what is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn.stimuli import (
    DATASETS,
    associative_retrieval,
    delayed_match,
    evidence_accumulation,
    pattern_generation,
    randman,
    store_recall,
)
from brainlearn.stimuli.channels import draw_channels
from brainlearn.stimuli.dataset_check import check_dataset

DRAWN = (
    "store_recall",
    "evidence_accumulation",
    "delayed_match",
    "pattern_generation",
    "randman",
    "associative_retrieval",
)


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def counts(spikes: np.ndarray, start: int, end: int) -> np.ndarray:
    """Return spikes of each channel of ten units within some steps, (item, channel)."""
    return spikes[:, start:end].sum(axis=1, dtype=int).reshape(len(spikes), -1, 10).sum(axis=2)


@pytest.mark.slow
@pytest.mark.parametrize("name", DRAWN)
def test_the_table_says_what_is_drawn_and_the_seed_which(name: str) -> None:
    source = DATASETS[name]
    first, again, other = (source.load(None, seed) for seed in (1, 1, 2))
    check_dataset(first)
    assert first.shape == source.shape
    assert first.sha256 == again.sha256 != other.sha256


def test_channels_fire_at_their_rates() -> None:
    spikes = draw_channels([np.array([[20.0, 100.0]])], [20_000], 3, 1e-3, rng())
    np.testing.assert_allclose(spikes.mean(axis=1)[0], [0.02] * 3 + [0.1] * 3, atol=0.006)


def test_every_unit_of_randman_spikes_once_and_items_of_a_class_lie_on_a_surface() -> None:
    steps = randman.draw_spikes(400, rng())
    frames = randman.in_frames(steps)
    assert (frames.sum(axis=1) == 1).all()
    np.testing.assert_array_equal(frames.argmax(axis=1), steps)
    assert (steps.min(axis=0) == 0).all()
    assert (steps.max(axis=0) == randman.STEPS - 1).all()
    rates = frames.sum(axis=(1, 2))
    assert (rates == randman.UNITS).all()
    assert nearest(steps) < 0.5 * nearest(shuffled(steps))


def shuffled(steps: np.ndarray) -> np.ndarray:
    """The same times of every unit, but of other items."""
    return np.stack([np.random.default_rng(k).permutation(column) for k, column in enumerate(steps.T)], axis=1)


def nearest(steps: np.ndarray) -> float:
    """Return the mean distance from an item to the one that is most like it."""
    distance = np.linalg.norm(steps[:, None] - steps[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    return float(distance.min(axis=1).mean())


def test_a_manifold_is_a_product_of_sums_of_sines() -> None:
    harmonics = np.zeros((1, 2, 3, 3))
    harmonics[0, :, 0, 1:] = [[1.0, 0.5], [0.8, 0.0]]  # amplitudes; the constant is left out
    harmonics[0, :, 1, 1:], harmonics[0, :, 2, 1:] = 1.0, 0.25  # frequency 1, phase of a quarter: cosines
    points = np.array([[0.0, 0.0], [0.25, 0.5]])
    found = randman.points_on_manifold(points, harmonics, 2.0)[:, 0]
    cosines = [[1 / 4 + 0.5 / 9, 0.8 / 4], [0 - 0.5 / 9, -0.8 / 4]]
    np.testing.assert_allclose(found, np.prod(cosines, axis=1), atol=1e-12)


def test_the_bit_that_came_with_the_command_is_asked_for() -> None:
    spikes, bits = store_recall.draw_sequences(60, rng())
    symbols = np.stack([counts(spikes, k, k + 200) for k in range(0, 1200, 200)], axis=1)  # (item, symbol, channel)
    stored = symbols[:, :, 2].argmax(axis=1)
    assert ((symbols[:, :, 2] > 0).sum(axis=1) == 1).all()
    np.testing.assert_array_equal(symbols[np.arange(60), stored, :2].argmax(axis=1), bits)
    assert (symbols[:, -1, :3] == 0).all()
    assert symbols[:, -1, 3].min() > 50
    assert (symbols[:, :-1, 3] == 0).all()


def test_the_side_with_more_cues_is_right() -> None:
    spikes, sides = evidence_accumulation.draw_trials(60, rng())
    assert spikes.shape[1] == evidence_accumulation.STEPS == 2250
    cues = np.stack([counts(spikes, k, k + 100)[:, :2] for k in range(0, 7 * 150, 150)], axis=1)
    right = cues.argmax(axis=2).sum(axis=1)
    np.testing.assert_array_equal(sides, right > 3.5)
    assert right.std() > 0
    assert (counts(spikes, 1050, 2100)[:, :3] == 0).all()
    assert counts(spikes, 2100, 2250)[:, 2].min() > 20


def test_half_of_the_trials_match() -> None:
    spikes, same = delayed_match.draw_trials(80, rng())
    sample, probe = (counts(spikes, start, start + 100).argmax(axis=1) for start in (0, 400))
    np.testing.assert_array_equal(sample == probe, same == 1)
    assert same.mean() == 0.5


def test_curves_are_sums_of_four_sines() -> None:
    curves = pattern_generation.draw_curves(rng())
    assert np.abs(curves).max(axis=0).tolist() == [1, 1, 1]
    power = np.abs(np.fft.rfft(curves, axis=0)) ** 2  # of whole periods: bin k is k Hz
    assert power[[1, 2, 3, 5]].sum() == pytest.approx(power.sum(), rel=1e-6)
    assert (power[[1, 2, 3, 5]] > 0).all()


def test_a_letter_asks_for_the_digit_that_followed_it() -> None:
    shown, answers = associative_retrieval.draw_sequences(500, rng())
    assert (shown.sum(axis=2) == 1).all()
    letters, digits = "abcdefghijklmnopqrstuvwxyz", "0123456789"
    texts = ["".join((letters + digits + "?")[symbol] for symbol in each) for each in shown.argmax(axis=2)]
    for text, answer in zip(texts, answers.tolist(), strict=True):
        pairs = dict(zip(text[0:8:2], text[1:8:2], strict=True))
        assert len(pairs) == 4
        assert text[8:10] == "??"
        assert pairs[text[10]] == digits[answer]
