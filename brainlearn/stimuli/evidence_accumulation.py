"""Evidence accumulation: cues on the left and on the right, a delay, and a question; drawn here, not loaded.

Who answers has to count cues and to remember on which side there were more of them.

Source: Bellec et al., "A solution to the learning dilemma for recurrent networks of spiking neurons" (Nature
Communications 11, 3625, 2020), methods; after Morcos & Harvey 2016 (Nature Neuroscience 19, 1672).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brainlearn.stimuli.channels import draw_channels
from brainlearn.stimuli.dataset import Dataset

SIDES = ("left", "right")
TRAINING, TEST = 800, 200
CUES, CUE, PAUSE, DELAY, QUESTION = 7, 100, 50, 1050, 150  # steps of 1 ms; a pause follows every cue
UNITS = 10  # of each channel: left, right, question, background
CUE_RATE, BACKGROUND_RATE = 40.0, 10.0  # Hz
AGAINST = 0.3  # chance that a cue is on the other side
DT = 1e-3
STEPS = CUES * (CUE + PAUSE) + DELAY + QUESTION


def load_evidence_accumulation(folder: Path | None, seed: int) -> Dataset:
    """Return 800 trials to learn from and 200 to test, drawn with `seed`."""
    rng = np.random.default_rng([seed, 6])
    learned, tested = draw_trials(TRAINING, rng), draw_trials(TEST, rng)
    return Dataset(
        "evidence_accumulation",
        *learned,
        *tested,
        classes=2,
        sheet=(1, learned[0].shape[2]),
        validate_on_last=True,
        class_names=SIDES,
    )


def draw_trials(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return spikes, (item, step, unit), and the side that had more cues, (item,)."""
    preferred = rng.integers(0, 2, count)
    cues = np.where(rng.random((count, CUES)) < AGAINST, 1 - preferred[:, None], preferred[:, None])
    rates, steps = [], []
    for cue in cues.T:
        rates += [_rates(count, cue), _rates(count)]
        steps += [CUE, PAUSE]
    rates += [_rates(count), _rates(count, np.full(count, 2))]
    steps += [DELAY, QUESTION]
    return draw_channels(rates, steps, UNITS, DT, rng), (2 * cues.sum(axis=1) > CUES).astype(np.int64)


def _rates(count: int, active: np.ndarray | None = None) -> np.ndarray:
    """Return the rates of all channels, (item, channel), of which one may be active."""
    rates = np.zeros((count, 4))
    rates[:, 3] = BACKGROUND_RATE
    if active is not None:
        rates[np.arange(count), active] = CUE_RATE
    return rates
