"""Letters on a small sheet."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn.stimuli.glyphs import GLYPHS, between, draw_glyphs


def test_there_are_26_letters_and_no_two_look_alike():
    assert "".join(GLYPHS) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    shapes = np.array(list(GLYPHS.values())).reshape(26, -1)
    different = (shapes[:, None] != shapes[None]).sum(-1)
    assert different[~np.eye(26, dtype=bool)].min() >= 2


def test_the_glyph_half_way_is_as_far_from_either_letter():
    shape = between("H", "A")
    assert np.abs(shape - GLYPHS["H"]).sum() == np.abs(shape - GLYPHS["A"]).sum() > 0
    np.testing.assert_array_equal(between("H", "A", 1.0), GLYPHS["A"])


def test_without_noise_a_letter_is_drawn_whole_at_every_place_that_jitter_allows():
    images = draw_glyphs([GLYPHS["T"]] * 200, np.random.default_rng(1), noise=0.0).reshape(-1, 9, 7)
    assert (images.sum((1, 2)) == GLYPHS["T"].sum()).all()
    places = {(int(image.any(1).argmax()), int(image.any(0).argmax())) for image in images}
    assert places == {(row, column) for row in range(3) for column in range(3)}


def test_noise_is_drawn_from_the_seed_and_stays_between_black_and_white():
    one, same, other = (draw_glyphs([GLYPHS["A"]], np.random.default_rng(seed), noise=0.5) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
    assert one.min() == 0
    assert one.max() == 1


def test_a_sheet_that_is_too_small_is_refused():
    with pytest.raises(ValueError, match="a letter needs 7 rows and 5 columns; found a sheet of 6 by 7"):
        draw_glyphs([GLYPHS["A"]], np.random.default_rng(1), sheet=(6, 7))
