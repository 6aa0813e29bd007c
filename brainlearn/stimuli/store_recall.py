"""Store and recall: bits pass by, a command says which to keep, another asks for it; drawn here, not loaded.

Source: Bellec, Salaj, Subramoney, Legenstein & Maass, "Long short-term memory and learning-to-learn in networks of
spiking neurons" (NeurIPS 2018, arXiv 1803.09574), section "STORE-RECALL task".
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brainlearn.stimuli.channels import draw_channels
from brainlearn.stimuli.dataset import Dataset

TRAINING, TEST = 800, 200
SYMBOLS, SYMBOL = 6, 200  # of a sequence, and steps of 1 ms; the last one is the question
UNITS = 10  # of each channel: bit 0, bit 1, store, recall
RATE = 50.0  # Hz, of a channel that is active
DT = 1e-3
STORE, RECALL = 2, 3


def load_store_recall(folder: Path | None, seed: int) -> Dataset:
    """Return 800 sequences to learn from and 200 to test, drawn with `seed`."""
    rng = np.random.default_rng([seed, 7])
    learned, tested = draw_sequences(TRAINING, rng), draw_sequences(TEST, rng)
    sheet = (1, learned[0].shape[2])
    return Dataset("store_recall", *learned, *tested, classes=2, sheet=sheet, validate_on_last=True)


def draw_sequences(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return spikes, (item, step, unit), and the bit that is asked for, (item,).

    In every symbol but the last one bit is shown; in one of them, which is drawn, the command to store comes with it.
    In the last one no bit is shown, and the command to recall comes.
    """
    bits = rng.integers(0, 2, (count, SYMBOLS - 1))
    stored = rng.integers(0, SYMBOLS - 1, count)
    items = np.arange(count)
    rates = np.zeros((SYMBOLS, count, 4))
    for symbol in range(SYMBOLS - 1):
        rates[symbol, items, bits[:, symbol]] = RATE
        rates[symbol, stored == symbol, STORE] = RATE
    rates[-1, :, RECALL] = RATE
    spikes = draw_channels(list(rates), [SYMBOL] * SYMBOLS, UNITS, DT, rng)
    return spikes, bits[items, stored].astype(np.int64)
