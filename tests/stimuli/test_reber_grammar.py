"""Strings of the embedded Reber grammar are those that its diagram allows, and so are the symbols that may follow."""

from __future__ import annotations

import re

import numpy as np
import pytest

from brainlearn.mistakes import UserError
from brainlearn.stimuli import DATASETS, next_characters
from brainlearn.stimuli.dataset_check import check_dataset
from brainlearn.stimuli.reber_grammar import LONGEST, SYMBOLS, draw_strings


def accepted(text: str) -> bool:
    """Tell whether the diagram of Reber 1967 has a path for a string, with numbers of nodes as in the figure."""
    arrows = {
        (0, "B"): 1, (1, "T"): 2, (1, "P"): 3, (2, "S"): 2, (2, "X"): 4, (3, "T"): 3, (3, "V"): 5,
        (4, "X"): 3, (4, "S"): 6, (5, "P"): 4, (5, "V"): 6, (6, "E"): 7,
    }  # fmt: skip
    node = 0
    for symbol in text:
        if (node, symbol) not in arrows:
            return False
        node = arrows[node, symbol]
    return node == 7


def texts(shown: np.ndarray) -> list[str]:
    return ["".join(SYMBOLS[each.argmax()] for each in item if each.any()) for item in shown]


def test_strings_are_accepted_and_their_ends_agree() -> None:
    shown, follow = draw_strings(300, np.random.default_rng(2))
    for text, legal in zip(texts(shown), follow, strict=True):
        assert re.fullmatch(r"B([TP])(.+)\1E", text)
        assert accepted(text[2:-2])
        assert len(text) <= LONGEST
        for frame, symbol in enumerate(text[1:]):
            assert legal[frame, SYMBOLS.index(symbol)] == 1  # what follows is among what may follow
        assert not legal[len(text) - 1 :].any()
    assert {len(text) for text in texts(shown)} >= {9, 10, 11, 12}


def test_what_may_follow_is_one_symbol_or_two() -> None:
    shown, follow = draw_strings(300, np.random.default_rng(2))
    asked = follow.sum(axis=2)
    assert set(np.unique(asked)) == {0.0, 1.0, 2.0}
    for text, legal in zip(texts(shown), follow, strict=True):
        last = legal[len(text) - 3]
        assert last.sum() == 1  # the outer symbol, which the second one tells
        assert SYMBOLS[last.argmax()] == text[1]


def test_the_table_says_what_is_drawn() -> None:
    source = DATASETS["reber_grammar"]
    first, again, other = (source.load(None, seed) for seed in (1, 1, 2))
    check_dataset(first)
    assert first.shape == source.shape
    assert first.sha256 == again.sha256 != other.sha256


def test_a_text_is_cut_into_sequences_that_follow_each_other() -> None:
    values, targets, alphabet = next_characters("hello world", 5)
    assert alphabet == " dehlorw"
    shown = ["".join(alphabet[k] for k in item.argmax(axis=1)) for item in values]
    wanted = ["".join(alphabet[k] for k in item.argmax(axis=1)) for item in targets]
    assert shown == ["hello", " worl"]
    assert wanted == ["ello ", "world"]
    with pytest.raises(UserError, match="too short"):
        next_characters("abc", 3)
