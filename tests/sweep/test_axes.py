"""What is swept becomes dimensions, and every crossing is a point."""

from __future__ import annotations

import numpy as np

from brainlearn.sweep.axes import axes_of, coordinate, dimension, label, places
from brainlearn.sweep.point import words
from brainlearn.sweep.schema import SweepFile

GRID = SweepFile(
    name="a", experiment="e.toml", grid={"training.epochs": [1, 2], "sizes.V1/E": [10, 20, 30]}, seeds=[7, 8]
)
LIST = SweepFile(
    name="a", experiment="e.toml", points=[{"training.epochs": 1}, {"sizes.V1/E": 20, "training.epochs": 3}]
)


def test_a_grid_has_every_combination_and_the_seed_changes_fastest() -> None:
    found = [(place.index, tuple(place.changes.values()), place.seed) for place in places(GRID)]
    assert len(found) == 2 * 3 * 2
    assert found[:3] == [((0, 0, 0), (1, 10), 7), ((0, 0, 1), (1, 10), 8), ((0, 1, 0), (1, 20), 7)]
    assert found[-1] == ((1, 2, 1), (2, 30), 8)


def test_a_list_has_one_axis_and_the_seed_of_the_experiment() -> None:
    assert [axis.values for axis in axes_of(LIST)] == [(0, 1)]
    assert [(place.index, place.seed) for place in places(LIST)] == [((0, 0), None), ((1, 0), None)]


def test_dimensions_can_stand_in_a_netcdf_file() -> None:
    assert dimension('weights."IT/class->V1/E".scale') == "weights_IT_class_V1_E_scale"


def test_numbers_stay_numbers_and_quantities_keep_their_unit() -> None:
    whole, _ = coordinate([1, 2])
    assert whole.dtype == np.int64
    mixed, units = coordinate([1, 2.5])
    assert (mixed.tolist(), units) == ([1.0, 2.5], "1")
    times, units = coordinate(["4 ms", "1.5e1 ms"])
    assert (times.tolist(), units) == ([4.0, 15.0], "ms")


def test_everything_else_becomes_text() -> None:
    for values in (["4 ms", "1 second"], [True, False], ["4 ms", 4], [[1, 2], "a"], ["hard", None]):
        array, units = coordinate(values)
        assert (array.dtype.kind, units) == ("U", "1")
    assert coordinate([2, None])[0].tolist()[0] == 2.0
    assert label({"name": "adam"}) == '{"name": "adam"}'


def test_the_words_of_a_point_can_be_a_folder() -> None:
    assert words({'weights."IT/class->V1/E".scale': 0.5}) == "scale=0.5"
    assert words({"rule.updates": [{"name": "adam"}]}) == "updates=-name-adam"
    assert len(words({"about.question": "why? " * 100})) <= 80
