"""Who sees what, and with which label, in training and testing."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from brainlearn.brian.presenter import Round
from brainlearn.experiment.schema import NegativesTable, StimulusTable
from brainlearn.stimuli import scale_rms
from brainlearn.tasks.contrastive import with_each
from brainlearn.tasks.contrastive_rounds import ContrastiveRounds
from brainlearn.tasks.rounds import each_once, join
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.training.rule_learner import filled

CLASSES, PIXELS = 4, 12
IMAGE, LABEL = "retina/image", "retina/label"


def items(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Item k has its own pattern of pixels, and the label k modulo the classes."""
    images = np.random.default_rng(0).random((count, PIXELS)).astype(np.float32)
    return images, np.arange(count) % CLASSES


def maker(**settings) -> StimulusMaker:
    return StimulusMaker(StimulusTable(**settings), CLASSES)


def who(stimuli: dict[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """Return which item each copy sees, -1 for none: patterns are compared, as brightness says nothing."""
    seen = stimuli[IMAGE]
    length = np.linalg.norm(seen, axis=1, keepdims=True)
    likeness = np.divide(seen, length, where=length > 0, out=np.zeros_like(seen)) @ (
        images / np.linalg.norm(images, axis=1, keepdims=True)
    ).T  # fmt: skip
    return np.where(likeness.max(axis=1) > 0.999, likeness.argmax(axis=1), -1)


def reads_nothing(reading: object) -> np.ndarray:
    return np.zeros(0)


def rounds_of(count: int, copies: int, neutral: bool, kind: str = "hard", seed: int = 0, **negatives):
    images, labels = items(count)
    rng = np.random.default_rng(seed)
    table = NegativesTable(kind=kind, **negatives)
    return ContrastiveRounds(maker(), table, neutral, copies, images, labels, rng), images, labels


@pytest.mark.parametrize("kind", ["random", "hard"])
def test_negatives_never_show_the_true_label(kind):
    """Even where a readout is sure of the true label, or knows nothing at all."""
    rng = np.random.default_rng(1)
    rounds, images, labels = rounds_of(60, 33, neutral=True, kind=kind)
    seen = set()
    for k, round_ in enumerate(rounds):
        item = who(round_.stimuli, images)
        shown = round_.stimuli[LABEL].argmax(axis=1)
        positive, negative = round_.polarity > 0, round_.polarity < 0
        assert positive.sum() == negative.sum() == 11
        np.testing.assert_array_equal(shown[positive], labels[item[positive]])
        assert (shown[negative] != labels[item[negative]]).all()
        np.testing.assert_array_equal(item[positive], item[negative])
        seen |= set(zip(item[negative], shown[negative], strict=True))
        ahead = rounds.ahead
        probabilities = rng.random((len(ahead.labels), CLASSES)) ** 4
        if k % 2:
            probabilities[np.arange(len(ahead.labels)), ahead.labels] = 1e9
        rounds.propose(probabilities * (k != 3))
    assert {label for _, label in seen} == set(range(CLASSES))


def test_every_item_is_shown_once_in_an_epoch_in_another_order_each_time():
    orders = []
    for seed in (0, 1):
        rounds, images, _ = rounds_of(44, 33, neutral=True, seed=seed)
        assert rounds.count == 4
        orders.append(np.concatenate([who(r.stimuli, images)[r.polarity > 0] for r in rounds]))
        assert sorted(orders[-1]) == list(range(44))
    assert (orders[0] != orders[1]).any()


def test_a_third_of_the_copies_sees_the_next_items_with_a_neutral_label():
    rounds, images, _ = rounds_of(44, 34, neutral=True)
    shown = list(rounds)
    for now, after in zip(shown, [*shown[1:], shown[-1]], strict=True):
        ahead = slice(22, 33)
        np.testing.assert_array_equal(who(now.stimuli, images)[ahead], who(after.stimuli, images)[:11])
        assert np.ptp(now.stimuli[LABEL][ahead], axis=1).max() == 0
        assert (now.polarity[ahead] == 0).all()
        assert now.stimuli[LABEL][ahead].min() > 0
        whole = filled(now, 34)
        assert whole.stimuli[IMAGE].shape == (34, PIXELS)
        assert not whole.stimuli[IMAGE][33:].any(), "the copy that is left over sees nothing"
        assert whole.polarity[33] == 0


def test_hard_negatives_follow_what_the_readout_believes():
    rounds, images, labels = rounds_of(60, 30, neutral=True)
    for k, round_ in enumerate(rounds):
        if k:
            item, shown = who(round_.stimuli, images), round_.stimuli[LABEL].argmax(axis=1)
            negative = round_.polarity < 0
            np.testing.assert_array_equal(shown[negative], (labels[item[negative]] + 1) % CLASSES)
        rounds.propose(np.eye(CLASSES)[(rounds.ahead.labels + 1) % CLASSES])


def test_random_negatives_do_not_ask_the_readout():
    first, again = (rounds_of(40, 20, neutral=False, kind="random")[0] for _ in range(2))
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.stimuli[LABEL], other.stimuli[LABEL])
        first.propose(np.eye(CLASSES)[(first.ahead.labels + 1) % CLASSES])


def test_fewer_items_than_copies_make_one_round():
    rounds, images, _ = rounds_of(3, 20, neutral=False)
    (round_,) = rounds
    assert sorted(who(round_.stimuli, images)[round_.polarity > 0]) == [0, 1, 2]
    assert np.count_nonzero(round_.polarity) == 6


@pytest.mark.parametrize("count", [1, 5, 6, 13])
def test_every_item_is_tested_with_every_label_in_order(count):
    images, _ = items(count)
    copies, at_once = 11, 11 // CLASSES  # three copies stay empty
    found = []
    question = with_each(maker(), images, np.tile(np.arange(CLASSES), (count, 1)), copies, reads_nothing)
    for round_ in (filled(each, copies) for each in question.rounds):
        item, shown = who(round_.stimuli, images), round_.stimuli[LABEL].argmax(axis=1)
        assert not round_.learn
        assert not round_.polarity.any()
        assert all(values.shape[0] == copies for values in round_.stimuli.values())
        assert (item[at_once * CLASSES :] == -1).all()
        found += [pair for pair in zip(item, shown, strict=True) if pair[0] >= 0]
    assert found == [(item, label) for item in range(count) for label in range(CLASSES)]


@pytest.mark.parametrize("count", [1, 11, 12, 30])
def test_every_item_is_shown_once_with_a_neutral_label(count):
    images, _ = items(count)
    found = []
    for round_ in each_once(images, 11, maker().neutral, reads_nothing).rounds:
        assert not round_.learn
        item = who(round_.stimuli, images)
        assert np.ptp(round_.stimuli[LABEL][item >= 0], axis=1).max() == 0
        found += [each for each in item if each >= 0]
    assert found == list(range(count))


def test_image_and_label_together_have_the_root_mean_square_of_the_file():
    images, labels = items(7)
    stimuli = maker(rms=0.4, label_strength=2.5).labelled(images, labels)
    together = np.concatenate(list(stimuli.values()), axis=1)
    np.testing.assert_allclose(np.sqrt((together**2).mean(axis=1)), 0.4, rtol=1e-6)
    ratio = stimuli[LABEL].max(axis=1) / stimuli[IMAGE].max(axis=1)
    np.testing.assert_allclose(ratio, 2.5 / images.max(axis=1), rtol=1e-5)


def test_an_embedded_label_stands_in_the_first_pixels():
    images, labels = items(7)
    stimuli = maker(embed_label=True).labelled(images, labels)
    assert list(stimuli) == [IMAGE]
    np.testing.assert_array_equal(stimuli[IMAGE][:, :CLASSES].argmax(axis=1), labels)


def test_rates_follow_the_grey_levels():
    images, labels = items(7)
    stimuli = maker(encoding="poisson", maximum_rate="50 Hz").labelled(images, labels)
    np.testing.assert_allclose(stimuli[IMAGE], 50 * images, rtol=1e-6)
    np.testing.assert_allclose(stimuli[LABEL].max(axis=1), 50)


def test_parts_are_laid_one_after_the_other_and_the_rest_is_empty():
    joined = join([{"a": np.ones((2, 3), np.float32)}, {"a": np.full((1, 3), 2, np.float32)}])
    np.testing.assert_array_equal(joined["a"][:, 0], [1, 1, 2])
    shown = Round(joined, np.ones(3, np.float32), then={"later": joined})
    for stimuli in (filled(shown, 5).stimuli, filled(shown, 5).then["later"]):
        np.testing.assert_array_equal(stimuli["a"][:, 0], [1, 1, 2, 0, 0])
        assert stimuli["a"].dtype == np.float32
    assert filled(shown, 5).polarity.tolist() == [1, 1, 1, 0, 0]
    assert filled(shown, 3) is shown


def test_training_shows_the_same_shifted_image_as_positive_and_negative_and_tests_show_it_unshifted():
    images, labels = items(40)
    shifting = StimulusMaker(StimulusTable(shift=1), CLASSES, (3, 4))
    rounds = ContrastiveRounds(shifting, NegativesTable(), True, 30, images, labels, np.random.default_rng(0))
    seen = list(rounds)
    shares = [np.mean(who(round_.stimuli, images)[rounds.watched] >= 0) for round_ in seen]
    assert 0 < np.mean(shares) < 0.5  # one of nine places is the old one
    for now, later in itertools.pairwise(seen):
        pictures = [scale_rms(round_.stimuli[IMAGE], 1.0) for round_ in (now, later)]
        np.testing.assert_allclose(pictures[0][rounds.watched], pictures[0][slice(10, 20)], rtol=1e-5)
        np.testing.assert_allclose(pictures[0][slice(20, 30)], pictures[1][rounds.watched], rtol=1e-5)
    (tested,) = with_each(shifting, images[:5], np.zeros((5, 1), dtype=int), 5, reads_nothing).rounds
    assert who(tested.stimuli, images).tolist() == [0, 1, 2, 3, 4]
