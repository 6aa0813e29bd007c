"""English that is installed anyway: the descriptions of scikit-learn's datasets, in 30 symbols."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

ALPHABET = "abcdefghijklmnopqrstuvwxyz .,'"
WIDTH = 10  # characters of context
PIECES = 100  # of equal length; every tenth is for testing


def read_text() -> str:
    """Return all descriptions in lower case, with a blank instead of every other symbol."""
    import sklearn.datasets

    folder = Path(sklearn.datasets.__file__).parent / "descr"
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.rst"))).lower()
    return re.sub(r"\s+", " ", re.sub(r"[^a-z.,' ]", " ", text))


def encode(text: str) -> np.ndarray:
    """Return the number of each symbol, (character,)."""
    return np.array([ALPHABET.index(symbol) for symbol in text])


def pieces(test: bool) -> list[str]:
    """Return the text in pieces, those that are learned from or those that are not."""
    text = read_text()
    length = len(text) // PIECES
    return [text[k * length : (k + 1) * length] for k in range(PIECES) if (k % 10 == 9) == test]


def windows(test: bool) -> np.ndarray:
    """Return all stretches of `WIDTH` characters and the one that follows, none across pieces, (item, 11)."""
    slide = np.lib.stride_tricks.sliding_window_view
    return np.concatenate([slide(encode(piece), WIDTH + 1) for piece in pieces(test)])


def one_hot_contexts(contexts: np.ndarray) -> np.ndarray:
    """Return (item, 10) symbols as (item, 300) zeros and ones."""
    return np.eye(len(ALPHABET), dtype=np.float32)[contexts].reshape(len(contexts), -1)


def words(text: str) -> list[str]:
    """Return the whole words of a text, which may begin and end within one."""
    return re.sub("[^a-z]", " ", text).split()[1:-1]


def known_words(texts: list[str]) -> float:
    """Return how many words of some texts are also in what was learned from [percent]."""
    known = {word for piece in pieces(test=False) for word in words(piece)}
    found = [word in known for text in texts for word in words(text)]
    return 100 * float(np.mean(found)) if found else 0.0
