"""Encoders against their closed forms."""

from __future__ import annotations

import numpy as np

from brainlearn.environments.observing import Encoding

SEEN = np.array([[0.25, -1.0, 9.0], [1.0, 0.5, 9.0]])  # the last number is not encoded


def test_one_unit_is_active_for_each_value() -> None:
    encoding = Encoding("one_hot", (0,), (0.0,), (2.0,), (3,), repeat=2)
    assert encoding.units == 6
    assert encoding.encode(np.array([[2.0], [0.0]])).tolist() == [[0, 0, 0, 0, 1, 1], [1, 1, 0, 0, 0, 0]]


def test_values_are_places_in_their_range_cut_off_at_its_ends() -> None:
    encoding = Encoding("values", (0, 1), (0.0, -0.5), (0.5, 0.5))
    assert encoding.encode(SEEN).tolist() == [[0.5, 0.0], [1.0, 1.0]]


def test_opposed_units_tell_above_from_below_the_middle() -> None:
    encoding = Encoding("opposed", (1, 0), (-2.0, 0.0), (2.0, 1.0))
    assert encoding.units == 4
    assert encoding.encode(SEEN).tolist() == [[0.0, 0.0, 0.5, 0.5], [0.25, 1.0, 0.0, 0.0]]


def test_place_cells_are_gaussians_around_the_knots_of_a_grid() -> None:
    encoding = Encoding("place_cells", (0, 1), (0.0, -1.0), (1.0, 1.0), (3, 5), width=0.5)
    found = encoding.encode(SEEN)
    assert found.shape == (2, encoding.units) == (2, 15)
    for row, (x, y) in zip(found, SEEN[:, :2], strict=True):
        for i in range(3):
            for j in range(5):
                a, b = (x - 0.5 * i) / (0.5 * 0.5), (y - (-1 + 0.5 * j)) / (0.5 * 0.5)
                np.testing.assert_allclose(row[5 * i + j], np.exp(-(a * a + b * b) / 2), rtol=1e-12)


def test_a_population_code_has_a_row_of_gaussians_for_each_number() -> None:
    encoding = Encoding("population_code", (0, 1), (0.0, -1.0), (1.0, 1.0), (5, 3))
    found = encoding.encode(SEEN)
    assert found.shape == (2, encoding.units) == (2, 8)
    assert found[0].argmax() == 1
    np.testing.assert_allclose(found[0, :5], np.exp(-((np.arange(5) - 1) ** 2) / 2), rtol=1e-12)
    np.testing.assert_allclose(found[0, 5:], np.exp(-(np.arange(3) ** 2) / 2), rtol=1e-12)
