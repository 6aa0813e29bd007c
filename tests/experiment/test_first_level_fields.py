"""Numbers that say what weights of a first level look like, against values that are worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiment.scripts import imported

SHEET = np.ones((3, 3), dtype=bool)
LARGE = np.ones((12, 12), dtype=bool)


@pytest.fixture(scope="module")
def fields():
    with imported("53_first_level", "fields") as (module,):
        yield module


def test_morans_index_of_a_ramp_by_hand(fields):
    """Rows -1, 0, 1: six pairs within rows have 1, 1, 0, 0, 1, 1, six pairs between rows 0, and the variance is 2/3."""
    ramp = np.repeat([-1.0, 0.0, 1.0], 3)[:, None]
    assert fields.moran(ramp, fields.neighbours(SHEET)) == pytest.approx([4 / 12 / (2 / 3)])


def test_morans_index_of_a_chessboard_is_minus_one_with_as_many_fields_of_both_kinds(fields):
    board = np.indices((4, 4)).sum(axis=0) % 2 * 2.0 - 1
    pairs = fields.neighbours(np.ones((4, 4), dtype=bool))
    assert fields.moran(np.stack([board.ravel(), np.ones(16)], axis=1), pairs) == pytest.approx([-1, 0])


def test_neighbours_are_those_that_are_ever_on(fields):
    seen = np.array([[True, True, False], [False, True, True]])  # numbered 0 1 . / . 2 3
    one, other = fields.neighbours(seen)
    assert sorted(zip(one.tolist(), other.tolist(), strict=True)) == [(0, 1), (1, 2), (2, 3)]


def test_noise_is_coherent_as_often_as_chance_says_and_a_smooth_field_always(fields):
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(144, 400))
    share = fields.coherent(noise, LARGE, rng)[0].mean()
    assert 0.005 < share < 0.06  # 2.5 %, of 400 units
    row, column = np.indices(LARGE.shape)
    smooth = np.exp(-((row - 4.0) ** 2 + (column - 6.0) ** 2) / 8).ravel()[:, None]
    assert fields.coherent(smooth, LARGE, rng)[0].all()


def test_a_bar_is_a_stroke_and_a_square_is_none(fields):
    rng = np.random.default_rng(2)
    bar, square = rng.normal(0, 0.1, (2, 12, 12))
    bar[5, 2:10] -= 3  # eight pixels in a row, of the negative sign
    square[3:6, 3:6] += 3
    weights = np.stack([bar.ravel(), square.ravel(), rng.normal(size=144)], axis=1)
    assert fields.with_strokes(weights, LARGE, rng).tolist() == [True, False, False]
    assert fields.largest_patch(weights[:, 0], LARGE).tolist() == [[5, column] for column in range(2, 10)]


def test_a_row_of_pixels_is_as_many_times_as_long_as_wide(fields):
    assert fields.elongation(np.array([[0, k] for k in range(5)])) == pytest.approx(5)
    assert fields.elongation(np.array([[a, b] for a in range(3) for b in range(3)])) == pytest.approx(1)
    assert fields.elongation(np.array([[k, k] for k in range(5)])) == pytest.approx(7)  # var 4 and 0, both + 1/12


def test_label_weights_fit_where_they_follow_the_drive_of_their_own_unit(fields):
    rng = np.random.default_rng(3)
    drive = rng.normal(size=(10, 300))
    labels = np.concatenate([2 * drive[:, :150] + 1, rng.normal(size=(10, 150))], axis=1)
    fits, correlated = fields.fitting(labels, drive, rng)
    assert fits[:150].all()
    assert correlated[:150] == pytest.approx(1)
    assert fits[150:].mean() < 0.08
