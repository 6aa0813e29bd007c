"""The circuit's own goodness chooses negatives: what is shown ahead, which label is chosen, and how it resumes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from brainlearn.brian.presenter import Round
from brainlearn.experiment.schema import NegativesTable, ReadoutTable, StimulusTable
from brainlearn.tasks.contrastive import Contrastive
from brainlearn.tasks.contrastive_rounds import ContrastiveRounds
from brainlearn.tasks.stimulus_maker import StimulusMaker

CLASSES, PIXELS, TRIED = 6, 12, 3
IMAGE, LABEL = "retina/image", "retina/label"
SIZES = {"V1/E": 5, "V2/E": 4}


def items(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Item k has its own pattern of pixels, and the label k modulo the classes."""
    return np.random.default_rng(0).random((count, PIXELS)).astype(np.float32), np.arange(count) % CLASSES


def task(copies: int, one_pass: bool = False, **negatives: Any) -> Contrastive:
    table = NegativesTable(**{"kind": "by_goodness", "candidates": TRIED, **negatives})
    readout = ReadoutTable(one_pass=one_pass)
    return Contrastive(StimulusMaker(StimulusTable(), CLASSES), table, readout, SIZES, tuple(SIZES), copies)


def rounds_of(count: int, copies: int, seed: int = 0, **settings: Any) -> tuple[ContrastiveRounds, np.ndarray]:
    images, labels = items(count)
    return task(copies, **settings).rounds(images, labels, np.random.default_rng(seed)), images


def who(shown: Round, images: np.ndarray) -> np.ndarray:
    """Return which item each copy sees: patterns are compared, as brightness says nothing."""
    seen = shown.stimuli[IMAGE]
    lengths = [np.linalg.norm(each, axis=1, keepdims=True) for each in (seen, images)]
    return ((seen / lengths[0]) @ (images / lengths[1]).T).argmax(axis=1)


class Believes:
    """A circuit whose two populations together find a label the better the nearer it is to `favourite`, by item.

    Each alone says something else: V1 prefers the least of all labels, V2 corrects it.
    """

    def __init__(self, shown: Round, images: np.ndarray, favourite: np.ndarray) -> None:
        item, label = who(shown, images), shown.stimuli[LABEL].argmax(axis=1)
        self._of = {"V1/E": -2.0 * label, "V2/E": 2.0 * label - abs(label - favourite[item])}
        self.share = SimpleNamespace(size=1)

    def goodness(self, path: str) -> np.ndarray:
        return self._of[path]


def nearest(candidates: np.ndarray, favourite: int) -> set[int]:
    """Return which candidates are nearest to a favourite: one, or two."""
    distances = abs(candidates - favourite)
    return {int(each) for each in candidates[distances == distances.min()]}


def test_the_candidate_of_the_greatest_goodness_is_the_next_negative():
    rounds, images = rounds_of(60, 5 * 10)
    favourite = np.random.default_rng(3).integers(0, CLASSES, 60)
    expected: dict[int, set[int]] = {}
    for k, shown in enumerate(rounds):
        item, label = who(shown, images), shown.stimuli[LABEL].argmax(axis=1)
        np.testing.assert_array_equal(shown.polarity, [1] * 10 + [-1] * 10 + [0] * 30)
        np.testing.assert_array_equal(item[:10], item[10:20])
        np.testing.assert_array_equal(label[:10], item[:10] % CLASSES)
        assert shown.judged
        if k:
            assert all(label[10 + j] in expected[item[j]] for j in range(10))
        candidates = label[20:].reshape(10, TRIED)
        np.testing.assert_array_equal(item[20:], np.repeat(item[20::TRIED], TRIED))
        expected = {
            each: nearest(tried, favourite[each]) for each, tried in zip(item[20::TRIED], candidates, strict=True)
        }
        rounds.after_round(Believes(shown, images, favourite), shown, 1.0)  # type: ignore[arg-type]
    assert rounds.count == 6


def test_candidates_are_different_false_labels():
    rounds, images = rounds_of(600, 5 * 100)
    for shown in rounds:
        label = shown.stimuli[LABEL].argmax(axis=1)
        true, tried = who(shown, images)[200::TRIED] % CLASSES, label[200:].reshape(100, TRIED)
        assert (tried != true[:, None]).all()
        assert (np.diff(np.sort(tried, axis=1), axis=1) > 0).all()
        assert (label[100:200] != label[:100]).all()
        assert set(tried.ravel()) == set(range(CLASSES))


def test_with_all_false_labels_the_favourite_is_found():
    rounds, images = rounds_of(30, (2 + CLASSES - 1) * 10, candidates=CLASSES - 1)
    favourite = (np.arange(30) + 2) % CLASSES
    for k, shown in enumerate(rounds):
        item, label = who(shown, images), shown.stimuli[LABEL].argmax(axis=1)
        if k:
            np.testing.assert_array_equal(label[10:20], favourite[item[10:20]])
        rounds.after_round(Believes(shown, images, favourite), shown, 1.0)  # type: ignore[arg-type]


def test_a_fraction_of_the_negatives_stays_random():
    shares = []
    for fraction in (0.0, 0.4, 1.0):
        rounds, images = rounds_of(6000, 7 * 3000, candidates=CLASSES - 1, random_fraction=fraction)
        favourite = (np.arange(6000) + 2) % CLASSES
        first, second = iter(rounds), None
        shown = next(first)
        rounds.after_round(Believes(shown, images, favourite), shown, 1.0)  # type: ignore[arg-type]
        second = next(first)
        item, label = who(second, images)[3000:6000], second.stimuli[LABEL].argmax(axis=1)[3000:6000]
        shares.append(np.mean(label == favourite[item]))
    np.testing.assert_allclose(shares, [1.0, 0.6 + 0.4 / 5, 1 / 5], atol=0.03)


def test_beside_a_one_pass_readout_neutral_copies_come_before_the_candidates():
    rounds, images = rounds_of(40, 6 * 10 + 3, one_pass=True)
    shown = list(rounds)
    for now, after in zip(shown, [*shown[1:], shown[-1]], strict=True):
        item, labels = who(now, images), now.stimuli[LABEL]
        np.testing.assert_array_equal(item[20:30], who(after, images)[:10])
        assert np.ptp(labels[20:30], axis=1).max() == 0
        np.testing.assert_array_equal(item[30:60], np.repeat(item[20:30], TRIED))
        assert (np.ptp(labels[30:60], axis=1) > 0).all()
        assert (now.polarity[20:] == 0).all()


def test_rounds_go_on_where_they_were():
    """Also before the last round, which shows the candidates of its own items once more."""
    favourite = np.random.default_rng(3).integers(0, CLASSES, 60)
    for stop in (1, 3, 5):
        whole, images = rounds_of(60, 50)
        kept: list[Round] = []
        saved = drawn = None
        for k, shown in enumerate(whole, 1):
            kept.append(shown)
            whole.after_round(Believes(shown, images, favourite), shown, 1.0)  # type: ignore[arg-type]
            if k == stop:
                saved = {name: np.array(values) for name, values in whole.state().items()}
                drawn = whole.rng.bit_generator.state
        again, _ = rounds_of(60, 50, seed=9)
        assert saved is not None
        again.restore(saved)
        again.rng.bit_generator.state = drawn
        left = []
        for shown in again:
            left.append(shown)
            again.after_round(Believes(shown, images, favourite), shown, 1.0)  # type: ignore[arg-type]
        assert len(left) == 6 - stop
        for one, other in zip(left, kept[stop:], strict=True):
            np.testing.assert_array_equal(one.polarity, other.polarity)
            for path, values in other.stimuli.items():
                np.testing.assert_array_equal(one.stimuli[path], values)


@pytest.mark.parametrize("kind", ["random", "hard"])
def test_other_kinds_ask_for_no_goodness(kind):
    rounds, _ = rounds_of(40, 30, kind=kind, one_pass=kind == "hard")
    assert not any(shown.judged for shown in rounds)
    assert "candidates" not in rounds.state()
