"""Associative retrieval: letters with a digit each pass by, then one letter asks for its digit; drawn here, not loaded.

Source: Ba, Hinton, Mnih, Leibo & Ionescu, "Using fast weights to attend to the recent past" (NeurIPS 2016, arXiv
1610.06258), section 4.1: ``c9k8j3f1??c`` asks for 9.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brainlearn.stimuli.dataset import Dataset

TRAINING, VALIDATION, TEST = 20_000, 2_000, 4_000
PAIRS, LETTERS, DIGITS = 4, 26, 10
SYMBOLS = LETTERS + DIGITS + 1  # letters, digits, and the question mark
FRAMES = 2 * PAIRS + 3


def load_associative_retrieval(folder: Path | None, seed: int) -> Dataset:
    """Return 20,000 sequences to learn from, 2,000 for validation and 4,000 to test, drawn with `seed`."""
    rng = np.random.default_rng([seed, 11])
    learned, tested = draw_sequences(TRAINING + VALIDATION, rng), draw_sequences(TEST, rng)
    return Dataset(
        "associative_retrieval", *learned, *tested, classes=DIGITS, sheet=(1, SYMBOLS), validate_on_last=True
    )


def draw_sequences(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return sequences of symbols, one in each frame, (item, frame, symbol) 0 or 1, and the digit asked for, (item,).

    The letters of a sequence differ; digits may be the same.
    """
    letters = rng.permuted(np.tile(np.arange(LETTERS), (count, 1)), axis=1)[:, :PAIRS]
    digits = rng.integers(0, DIGITS, (count, PAIRS))
    asked, items = rng.integers(0, PAIRS, count), np.arange(count)
    symbols = np.full((count, FRAMES), SYMBOLS - 1)
    symbols[:, 0 : 2 * PAIRS : 2], symbols[:, 1 : 2 * PAIRS : 2] = letters, LETTERS + digits
    symbols[:, -1] = letters[items, asked]
    shown = np.zeros((count, FRAMES, SYMBOLS), dtype=np.uint8)
    np.put_along_axis(shown, symbols[:, :, None], 1, axis=2)
    return shown, digits[items, asked]
