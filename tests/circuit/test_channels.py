"""Channels of a sheet, square fields, and sheets of different sizes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.circuit import Circuit, wire
from brainlearn.circuit.counting import count_synapses, sheet_words
from brainlearn.circuit.sheets import square_fields
from brainlearn.mistakes import UserError

TEXT = """
name = "colour"
dt = "1 ms"
[[areas]]
name = "retina"
level = 0
populations = [{ name = "image", sheet = [8, 6], channels = 3, neuron = "graded_stimulus" }]
[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", sheet = [4, 3], channels = 2, neuron = "graded" }]
[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "graded"
connectivity = { kind = "square", side = 3 }
weights = { distribution = "normal", per_input = true }
"""


def load(tmp_path: Path, text: str = TEXT, **sizes: object) -> Circuit:
    path = tmp_path / "colour.toml"
    path.write_text(text, encoding="utf-8")
    return load_circuit(path, {"V1/E": sizes["v1"]} if sizes else {})  # type: ignore[dict-item]


@pytest.mark.parametrize(("side", "places"), [(1, [12]), (3, [6, 7, 8, 11, 12, 13, 16, 17, 18])])
def test_a_square_has_its_side_and_is_cut_at_the_edge(side, places):
    fields = square_fields((5, 5), (5, 5), side)
    assert np.flatnonzero(fields[:, 12]).tolist() == places
    assert fields[:, 0].sum() == ((side + 1) // 2) ** 2


def test_between_source_units_a_square_keeps_its_side():
    fields = square_fields((32, 32), (16, 16), 11).reshape(32, 32, 16, 16)
    middle = fields[:, :, 8, 7]  # its place lies at row 16.5, column 14.5 of the source
    assert np.flatnonzero(middle.any(axis=1)).tolist() == list(range(11, 22))
    assert np.flatnonzero(middle.any(axis=0)).tolist() == list(range(9, 20))
    assert middle.sum() == 121


def test_all_units_at_a_place_see_all_units_at_the_places_that_it_sees(tmp_path: Path):
    circuit = load(tmp_path)
    assert [(p.size, sheet_words(p)) for p in circuit.populations] == [(144, "8 × 6 × 3"), (24, "4 × 3 × 2")]
    (wiring,) = wire(circuit, 1).values()
    planes = wiring.mask.reshape(3, 48, 2, 12)  # (plane, place, plane, place)
    assert (planes == square_fields((8, 6), (4, 3), 3)[None, :, None, :]).all()
    inner = wiring.weights.reshape(3, 48, 2, 12)[:, :, 0, 5]
    assert np.count_nonzero(inner) == 27
    assert len(np.unique(wiring.weights)) == wiring.mask.sum() + 1  # no weight is shared
    assert count_synapses(circuit, circuit.projections[0]).number == wiring.mask.sum()


def test_an_experiment_may_give_it_another_sheet(tmp_path: Path):
    assert load(tmp_path, v1=(2, 2)).population("V1/E").size == 8
    with pytest.raises(UserError, match="need sheets"):
        load(tmp_path, v1=9)


def test_units_channels_need_places(tmp_path: Path):
    with pytest.raises(UserError, match="channels need a sheet"):
        load(tmp_path, TEXT.replace("sheet = [4, 3], channels = 2", "size = 24, channels = 2"))


def test_a_circuit_of_0_1_is_read(tmp_path: Path):
    now, then = load(tmp_path), load(tmp_path, TEXT.replace("channels", "per_place"))
    assert then == now
    assert then.population("retina/image").channels == 3


def test_channels_under_both_names_are_a_mistake(tmp_path: Path):
    with pytest.raises(UserError, match=r"populations\[0\]\.per_place: unknown key"):
        load(tmp_path, TEXT.replace("channels = 3", "channels = 3, per_place = 3"))
