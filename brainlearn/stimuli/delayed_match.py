"""Delayed match to sample: a sample, a delay, and a test stimulus, which is the same or not; drawn here, not loaded.

Source: the task of Miller, Erickson & Desimone 1996 (Journal of Neuroscience 16, 5154), without distractors;
samples are told by groups of Poisson units, as in Bellec et al. 2018 (arXiv 1803.09574).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brainlearn.stimuli.channels import draw_channels
from brainlearn.stimuli.dataset import Dataset

ANSWERS = ("another", "same")
TRAINING, TEST = 1600, 400
STIMULI, UNITS = 4, 10  # and units of each
SAMPLE, DELAY, PROBE = 100, 300, 100  # steps of 1 ms
RATE, BACKGROUND_RATE = 50.0, 5.0  # Hz
DT = 1e-3


def load_delayed_match(folder: Path | None, seed: int) -> Dataset:
    """Return 1,600 trials to learn from and 400 to test, drawn with `seed`; in half of them both are the same."""
    rng = np.random.default_rng([seed, 8])
    learned, tested = draw_trials(TRAINING, rng), draw_trials(TEST, rng)
    return Dataset(
        "delayed_match",
        *learned,
        *tested,
        classes=2,
        sheet=(1, learned[0].shape[2]),
        validate_on_last=True,
        class_names=ANSWERS,
    )


def draw_trials(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return spikes, (item, step, unit), and whether sample and test stimulus are the same, (item,)."""
    same = rng.permutation(count) % 2
    sample = rng.integers(0, STIMULI, count)
    probe = np.where(same == 1, sample, (sample + rng.integers(1, STIMULI, count)) % STIMULI)
    rates = [_rates(sample), np.full((count, STIMULI), BACKGROUND_RATE), _rates(probe)]
    return draw_channels(rates, [SAMPLE, DELAY, PROBE], UNITS, DT, rng), same.astype(np.int64)


def _rates(shown: np.ndarray) -> np.ndarray:
    rates = np.full((len(shown), STIMULI), BACKGROUND_RATE)
    rates[np.arange(len(shown)), shown] = RATE
    return rates
