"""The embedded Reber grammar: strings in which the last symbol but one depends on the second; drawn here, not loaded.

Source: Reber 1967, Journal of Verbal Learning and Verbal Behavior 6, 855 (the grammar); Hochreiter & Schmidhuber 1997,
Neural Computation 9, 1735, section 5.1 (embedded).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brainlearn.stimuli.dataset import Dataset

TRAINING, TEST = 2_000, 500
SYMBOLS = "BTSXPVE"
LONGEST = 20  # symbols of a string; longer ones are drawn again
# By state of the inner grammar: which symbols may follow, and the state that each leads to; after the last it is over.
_INNER: tuple[dict[str, int], ...] = (
    {"B": 1},
    {"T": 2, "P": 3},
    {"S": 2, "X": 4},
    {"T": 3, "V": 5},
    {"X": 3, "S": 6},
    {"P": 4, "V": 6},
    {"E": 7},
)


def load_reber_grammar(folder: Path | None, seed: int) -> Dataset:
    """Return 2,000 strings to learn from and 500 to test, drawn with `seed`; several symbols may be right next."""
    rng = np.random.default_rng([seed, 13])
    learned, tested = draw_strings(TRAINING, rng), draw_strings(TEST, rng)
    names = tuple(SYMBOLS)
    return Dataset("reber_grammar", *learned, *tested, classes=len(names), sheet=(1, len(names)), class_names=names)


def draw_strings(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return strings, (item, frame, symbol), and which symbols may follow in each frame, (item, frame, symbol).

    Frames after the end of a string are empty, and nothing is asked in them or by the last symbol.
    """
    shown = np.zeros((count, LONGEST, len(SYMBOLS)), dtype=np.float32)
    follow = np.zeros_like(shown)
    for item in range(count):
        text, legal = _short_string(rng)
        for frame, symbol in enumerate(text):
            shown[item, frame, SYMBOLS.index(symbol)] = 1
        for frame, symbols in enumerate(legal[1:]):
            follow[item, frame, [SYMBOLS.index(each) for each in symbols]] = 1
    return shown, follow


def _short_string(rng: np.random.Generator) -> tuple[str, list[str]]:
    while True:
        text, legal = _string(rng)
        if len(text) <= LONGEST:
            return text, legal


def _string(rng: np.random.Generator) -> tuple[str, list[str]]:
    """Return a string, and for each of its symbols all that could have been in its place."""
    outer = "TP"[rng.integers(2)]
    text, legal, state = "B" + outer, ["B", "TP"], 0
    while state < len(_INNER):
        options = list(_INNER[state])
        symbol = options[rng.integers(len(options))]
        text, state = text + symbol, _INNER[state][symbol]
        legal.append("".join(options))
    return text + outer + "E", [*legal, outer, "E"]
