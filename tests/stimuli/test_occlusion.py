"""Images of which a strip is hidden."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn.stimuli.occlusion import occlude


def test_a_strip_of_whole_rows_or_whole_columns_is_blank_and_the_rest_is_as_it_was():
    images = np.random.default_rng(1).uniform(0.1, 1, (100, 4 * 6))
    hidden = occlude(images, (4, 6), 2, np.random.default_rng(2)).reshape(-1, 4, 6)
    rows, columns = ((hidden == 0).all(axis).sum(1) for axis in (2, 1))
    assert set(zip(rows.tolist(), columns.tolist(), strict=True)) == {(2, 0), (0, 2)}
    seen = hidden != 0
    np.testing.assert_array_equal(hidden[seen], images.reshape(-1, 4, 6)[seen])
    assert len({tuple(image.any(1)) for image in hidden[rows == 2]}) == 3  # every place


def test_nothing_is_hidden_by_a_strip_of_no_width_and_the_original_is_never_touched():
    images = np.ones((3, 9))
    np.testing.assert_array_equal(occlude(images, (3, 3), 0, np.random.default_rng(1)), images)
    occlude(images, (3, 3), 3, np.random.default_rng(1))
    assert images.all()


def test_a_strip_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="a strip of 4 does not fit a sheet of 3 by 5"):
        occlude(np.ones((1, 15)), (3, 5), 4, np.random.default_rng(1))


def test_a_strip_is_hidden_in_all_planes_of_a_colour_image():
    hidden = occlude(np.ones((50, 3 * 20)), (4, 5), 2, np.random.default_rng(3)).reshape(50, 3, 4, 5)
    assert (hidden == hidden[:, :1]).all()
    assert {int(image[0].sum()) for image in hidden} == {2 * 5, 4 * 3}
