"""Experiment 23: text, and a circuit that dreams of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from types import ModuleType

import numpy as np
import pytest

from tests.experiment.scripts import imported


@pytest.fixture(scope="module")
def modules() -> Iterator[list[ModuleType]]:
    with imported("23_self_made_negatives", "guessing", "text") as found:
        yield found


def test_the_text_has_30_symbols_and_test_pieces_are_not_learned_from(modules):
    text = modules[1]
    assert len(text.ALPHABET) == 30
    learned, tested = text.pieces(test=False), text.pieces(test=True)
    assert (len(learned), len(tested)) == (90, 10)
    assert "".join(text.ALPHABET[symbol] for symbol in text.windows(test=True)[0]) == tested[0][:11]
    assert text.one_hot_contexts(text.windows(test=True)[:5, :10]).sum(1).tolist() == [10] * 5


def test_words_at_the_ends_of_a_text_are_cut(modules):
    text = modules[1]
    assert text.words("ing the data, of the iri") == ["the", "data", "of", "the"]
    assert text.known_words(["x the data qqq of x"]) == 75


def test_symbols_are_drawn_in_proportion(modules):
    drawn = modules[0].sample(np.tile([0.2, 0.0, 0.8], (5000, 1)), np.random.default_rng(1))
    assert np.bincount(drawn, minlength=3) / 5000 == pytest.approx([0.2, 0, 0.8], abs=0.02)


@pytest.mark.parametrize("own", [False, True])
def test_negatives_follow_on_real_text_or_on_what_the_circuit_wrote(modules, own):
    guessing = modules[0]
    guesser = guessing.Guesser(1, guessing.Schedule(own))
    dreams = []
    for _ in range(3):
        guesser.learn(1)
        dreams.append((guesser.dreams, guesser.dreamed))
    for (before, drawn), (after, _) in pairwise(dreams):
        np.testing.assert_array_equal(after, np.concatenate([before[:, 1:], drawn[:, None]], axis=1))
    weights = guesser.simulation.weights("A1/E->A2/E")
    assert np.isfinite(weights).all()
    if not own:
        assert (guesser.wrong != guesser.now[:, guessing.WIDTH]).all()


def test_awake_there_are_only_positives_and_asleep_only_negatives(modules):
    guessing = modules[0]
    guesser = guessing.Guesser(1, guessing.Schedule(own=True, separate=2))
    guesser.learn(1)
    signs = [set(guesser._round(number).polarity.tolist()) for number in range(5)]
    assert signs == [{0, 1}, {0, 1}, {0, -1}, {0, -1}, {0, 1}]


@pytest.mark.slow
def test_the_next_character_is_judged_better_with_negatives_from_real_text(modules):
    guessing, text = modules
    judged, items = {}, text.windows(test=True)[::10]
    for own in (False, True):
        guesser = guessing.Guesser(1, guessing.Schedule(own))
        guesser.learn(400)
        judged[own] = guesser.judged(items)
        assert guesser.guessed(items) > guessing.most_frequent(items)
    assert judged[False] > judged[True] + 3
