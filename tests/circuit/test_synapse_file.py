"""Synapses that a file lists, with weights and delays of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.brian.loading import read_all
from brainlearn.circuit import Circuit, wire
from brainlearn.circuit.counting import count_synapses
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.writing import circuit_text
from brainlearn.verification.verify import verify

FILE = """
name = "listed"
dt = "0.5 ms"

[[areas]]
name = "retina"
level = 0
populations = [{ name = "image", size = 6, neuron = "constant_current" }]

[[areas]]
name = "LGN"
level = 1
populations = [{ name = "P", size = 6, neuron = "lif_delta" }]

[[areas]]
name = "V1"
level = 2
populations = [{ name = "E", size = 8, neuron = "lif_delta", sign = "excitatory" }]

[[projections]]
source = "LGN/P"
target = "V1/E"
pathway = "bottom_up"
synapse = "delta"
connectivity = { kind = "file", file = "synapses.npz", multapses = true }
weights = { distribution = "file", file = "synapses.npz" }
delay = { distribution = "file", file = "synapses.npz", unit = "ms" }

[[projections]]
source = "V1/E"
target = "V1/E"
pathway = "lateral"
synapse = "delta"
connectivity = { kind = "file", file = "lateral.npz", multapses = false }
weights = { distribution = "normal", mean = 0.2, sd = 0.1, low = 0.0 }
delay = "1 ms"

[[projections]]
source = "retina/image"
target = "LGN/P"
pathway = "bottom_up"
synapse = "constant_current"
connectivity = { kind = "one_to_one" }
weights = { distribution = "constant", value = 1.5 }
"""
PRE, POST = np.array([3, 0, 0, 5, 0, 3]), np.array([1, 7, 2, 0, 2, 1])
WEIGHT, DELAY = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4]), np.array([1.5, 0.5, 2.0, 0.0, 1.0, 0.7])


def _save(folder: Path, text: str = FILE, **other: Any) -> Path:
    np.savez(folder / "synapses.npz", **{"pre": PRE, "post": POST, "weight": WEIGHT, "delay": DELAY, **other})
    np.savez(folder / "lateral.npz", pre=[0, 1, 2, 7], post=[1, 2, 0, 3])
    (folder / "listed.toml").write_text(text, encoding="utf-8")
    return folder / "listed.toml"


def _rows(circuit: Circuit, name: str, seed: int = 0) -> Rows:
    rows = wire(circuit, seed)[name]
    assert isinstance(rows, Rows)
    return rows


def test_synapses_are_those_of_the_file(tmp_path: Path) -> None:
    rows = _rows(load_circuit(_save(tmp_path)), "LGN/P->V1/E")
    found = sorted(zip(rows.pres, rows.posts, rows.weights, rows.delays, strict=True))
    steps = [3, 1, 4, 0, 2, 1]  # 0.7 ms is one step and a half nearly
    assert found == sorted(zip(PRE, POST, WEIGHT, steps, strict=True))


def test_rows_are_in_the_order_of_their_delays(tmp_path: Path) -> None:
    rows = _rows(load_circuit(_save(tmp_path)), "LGN/P->V1/E")
    assert rows.starts.tolist() == [0, 3, 3, 3, 5, 5, 6]
    assert rows.delays is not None
    assert rows.delays.tolist() == [1, 2, 4, 1, 3, 0]
    assert rows.posts.tolist() == [7, 2, 2, 1, 1, 0]
    np.testing.assert_array_equal(rows.weights, [0.8, 0.5, 0.7, 0.4, 0.9, 0.6])


def test_weights_may_be_drawn(tmp_path: Path) -> None:
    circuit = load_circuit(_save(tmp_path))
    first, again, other = (_rows(circuit, "V1/E->V1/E", seed) for seed in (1, 1, 2))
    assert first.pres.tolist() == [0, 1, 2, 7]
    assert first.posts.tolist() == [1, 2, 0, 3]
    assert first.delays is None
    np.testing.assert_array_equal(first.weights, again.weights)
    assert not np.array_equal(first.weights, other.weights)
    assert [count_synapses(circuit, projection).number for projection in circuit.projections] == [6, 4, 6]


def test_delays_may_be_drawn_for_weights_of_the_file(tmp_path: Path) -> None:
    drawn = FILE.replace(
        'delay = { distribution = "file", file = "synapses.npz", unit = "ms" }',
        'delay = { distribution = "uniform", low = "0 ms", high = "20 ms" }',
    )
    rows = _rows(load_circuit(_save(tmp_path, drawn)), "LGN/P->V1/E")
    assert sorted(zip(rows.pres, rows.posts, rows.weights, strict=True)) == sorted(zip(PRE, POST, WEIGHT, strict=True))
    assert rows.delays is not None
    assert all(np.all(np.diff(rows.delays[a:b].astype(int)) >= 0) for a, b in zip(rows.starts, rows.starts[1:]))  # noqa: B905


def test_stock_brian_copies_and_mirror_agree(tmp_path: Path) -> None:
    found = verify(load_circuit(_save(tmp_path)), steps=600, copies=2, strength=2.0)
    assert found.holds
    assert found.spikes["V1/E"] > 50


def test_a_written_circuit_is_read_as_the_same(tmp_path: Path) -> None:
    circuit = load_circuit(_save(tmp_path))
    (tmp_path / "again.toml").write_text(circuit_text(circuit), encoding="utf-8")
    assert load_circuit(tmp_path / "again.toml") == circuit


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"pre": PRE[:-1]}, "projections[0].connectivity: post has another shape; found (6,); allowed: (5,)"),
        ({"pre": PRE + 1}, "projections[0].connectivity: pre names no unit of LGN/P; found 6 for synapse 3"),
        ({"post": POST - 1}, "projections[0].connectivity: post names no unit of V1/E; found -1 for synapse 3"),
        ({"post": POST + 0.5}, "projections[0].connectivity: post names no unit of V1/E; found 1.5 for synapse 0"),
        ({"pre": PRE[None]}, "projections[0].connectivity: pre has another shape; found (1, 6); allowed: (synapse,)"),
        ({"weight": WEIGHT[:3]}, "projections[0].weights: weight has another shape; found (3,); allowed: (6,)"),
        ({"weight": -WEIGHT}, None),
        ({"delay": DELAY - 1}, "projections[0].delay: negative delay; found -0.0005 s for synapse 1"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_named(arrays: dict[str, Any], said: str | None, tmp_path: Path) -> None:
    path = _save(tmp_path, **arrays)
    found = [str(mistake) for mistake in read_all(path).mistakes]
    assert len(found) == (said is not None), found
    assert all(each.startswith(f"{path}: {said}") for each in found), found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("multapses = true", "multapses = false", "connectivity: two units have several synapses; found units 0 and 2"),
        ('"synapses.npz", multapses', '"synapse.npz", multapses', "connectivity.file: no such file"),
        ('file = "synapses.npz", unit = "ms"', 'file = "synapses.npz", unit = "mV"', "delay: wrong unit"),
        ('file = "synapses.npz", unit = "ms"', 'file = "synapses.npz"', "delay: missing unit"),
        (
            'kind = "file", file = "synapses.npz", multapses = true', 'kind = "all_to_all"',
            "delay: delays from a file need synapses from a file",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_the_table_is_named(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert old in FILE
    path = _save(tmp_path, FILE.replace(old, new, 1))
    found = [str(mistake) for mistake in read_all(path).mistakes]
    assert any(each.startswith(f"{path}: projections[0].{said}") for each in found), found


def test_a_unit_reaches_itself_only_if_the_table_says_so(tmp_path: Path) -> None:
    path = _save(tmp_path)
    np.savez(tmp_path / "lateral.npz", pre=[0, 4], post=[1, 4])
    (mistake,) = read_all(path).mistakes
    assert str(mistake).startswith(f"{path}: projections[1].connectivity: a unit projects to itself; found synapse 1")
    path.write_text(FILE.replace('delay = "1 ms"', 'delay = "1 ms"\nself_connections = true'), encoding="utf-8")
    assert _rows(load_circuit(path), "V1/E->V1/E").posts.tolist() == [1, 4]
