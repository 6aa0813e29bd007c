"""Pattern generation: outputs have to follow curves in time with noise that repeats; drawn here.

Source: Bellec et al. 2020 (Nature Communications 11, 3625), methods and supplementary note on pattern generation; after
Nicola & Clopath 2017 (Nature Communications 8, 2208).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brainlearn.stimuli.channels import draw_channels
from brainlearn.stimuli.dataset import Dataset

PRESENTATIONS = 50  # of the one pattern, in an epoch
UNITS, RATE, STEPS, DT = 100, 50.0, 1000, 1e-3  # Hz and seconds
OUTPUTS = 3
FREQUENCIES = np.array([1.0, 2.0, 3.0, 5.0])  # Hz
LEAST, MOST = 0.5, 2.0  # of amplitudes


def load_pattern_generation(folder: Path | None, seed: int) -> Dataset:
    """Return one pattern of noise with the curves that belong to it, 50 times to learn from and once to test."""
    rng = np.random.default_rng([seed, 9])
    noise = draw_channels([np.full((1, 1), RATE)], [STEPS], UNITS, DT, rng)
    curves = draw_curves(rng)[None]
    again = np.zeros(PRESENTATIONS, dtype=np.int64)
    return Dataset(
        "pattern_generation",
        noise[again],
        curves[again],
        noise,
        curves,
        classes=OUTPUTS,
        sheet=(1, UNITS),
        validate_on_last=True,
    )


def draw_curves(rng: np.random.Generator) -> np.ndarray:
    """Return sums of sines with random amplitudes and phases, (step, output) float32; each reaches 1 or -1."""
    amplitude = rng.uniform(LEAST, MOST, (OUTPUTS, len(FREQUENCIES)))
    phase = rng.uniform(0, 2 * np.pi, amplitude.shape)
    time = DT * np.arange(STEPS)[:, None, None]
    curves = (amplitude * np.sin(2 * np.pi * FREQUENCIES * time + phase)).sum(axis=2)
    return (curves / np.abs(curves).max(axis=0)).astype(np.float32)
