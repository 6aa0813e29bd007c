"""Edges of SONATA become the synapses that they list, and files that are no such edges are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py  # type: ignore[import-untyped]  # no stubs
import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.circuit import wire
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.writing import circuit_text
from brainlearn.mistakes import UserError

FILE = """
name = "listed"
dt = "0.5 ms"

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 4, neuron = "lif_delta" }, { name = "I", size = 3, neuron = "lif_delta" }]

[[projections]]
source = "V1/E"
target = "V1/I"
pathway = "lateral"
synapse = "delta"
connectivity = { kind = "file", file = "edges.h5", population = "e_to_i", multapses = true }
weights = { distribution = "file", file = "edges.h5" }
delay = { distribution = "file", file = "edges.h5", unit = "ms" }
"""
SOURCES, TARGETS = [3, 0, 0, 2, 0], [1, 2, 2, 0, 0]
WEIGHTS, DELAYS = [0.1, 0.2, 0.3, 0.4, 0.5], [1.0, 2.0, 0.5, 3.0, 2.5]


def write_edges(path: Path, groups: tuple[tuple[int, ...], ...] = ((0, 1, 2, 3, 4),), name: str = "e_to_i") -> None:
    """Write edges; `groups` says which edges are in each group, in its order."""
    with h5py.File(path, "a") as file:
        edges = file.create_group(f"edges/{name}")
        for key, values in (("source_node_id", SOURCES), ("target_node_id", TARGETS)):
            edges.create_dataset(key, data=np.array(values, dtype="u8"))
        of, places = np.zeros(5, dtype="u2"), np.zeros(5, dtype="u4")
        for number, members in enumerate(groups):
            own = edges.create_group(str(number))
            own["syn_weight"] = np.array(WEIGHTS)[list(members)]
            own["delay"] = np.array(DELAYS)[list(members)]
            of[list(members)], places[list(members)] = number, np.arange(len(members))
        edges["edge_group_id"], edges["edge_group_index"] = of, places
        edges["edge_type_id"] = np.full(5, 100)


def wired(folder: Path, text: str = FILE) -> Rows:
    """Return the synapses of the circuit's only projection."""
    (folder / "circuit.toml").write_text(text)
    found = wire(load_circuit(folder / "circuit.toml"), 0)["V1/E->V1/I"]
    assert isinstance(found, Rows)
    return found


@pytest.mark.parametrize("groups", [((0, 1, 2, 3, 4),), ((4, 0), (3, 1, 2))])
def test_edges_become_synapses(tmp_path, groups):
    """In whatever groups: by source unit, then by delay in steps of 0.5 ms."""
    write_edges(tmp_path / "edges.h5", groups)
    found = wired(tmp_path)
    assert found.pres.tolist() == [0, 0, 0, 2, 3]
    assert found.posts.tolist() == [2, 2, 0, 0, 1]
    assert found.weights.tolist() == [0.3, 0.2, 0.5, 0.4, 0.1]
    assert found.delays is not None
    assert found.delays.tolist() == [1, 4, 5, 6, 2]


def test_ends_alone_are_enough(tmp_path):
    write_edges(tmp_path / "edges.h5")
    drawn = FILE.replace('weights = { distribution = "file", file = "edges.h5" }', WEIGHT)
    found = wired(tmp_path, drawn.replace('delay = { distribution = "file", file = "edges.h5", unit = "ms" }', DELAY))
    assert found.weights.tolist() == [0.7] * 5
    assert found.delays is None


WEIGHT, DELAY = 'weights = { distribution = "constant", value = 0.7 }', 'delay = "1 ms"'


def test_the_only_population_needs_no_name(tmp_path):
    write_edges(tmp_path / "edges.h5", name="any")
    assert len(wired(tmp_path, FILE.replace('population = "e_to_i", ', "")).posts) == 5


def test_a_circuit_is_written_with_its_population_of_edges(tmp_path):
    write_edges(tmp_path / "edges.h5")
    wired(tmp_path)
    assert 'population = "e_to_i"' in circuit_text(load_circuit(tmp_path / "circuit.toml"))


def change(*lines: str) -> Callable[[h5py.File], None]:
    """Return a function that deletes datasets, or replaces them by others: ``"delay=5"`` numbers."""

    def changed(file: h5py.File) -> None:
        for line in lines:
            name, _, length = line.partition("=")
            group = file["edges/e_to_i"]
            del group[name]
            if length:
                group[name] = np.zeros(int(length))

    return changed


def not_finite(file: h5py.File) -> None:
    file["edges/e_to_i/0/syn_weight"][2] = np.nan


def elsewhere(file: h5py.File) -> None:
    del file["edges/e_to_i/target_node_id"]
    file["edges/e_to_i/target_node_id"] = h5py.ExternalLink("other.h5", "/ids")


def no_such_unit(file: h5py.File) -> None:
    file["edges/e_to_i/target_node_id"][3] = 3


def unnamed(file: h5py.File) -> None:
    file.copy("edges/e_to_i", "edges/other")
    file.move("edges/e_to_i", "edges/third")


WRONG = {
    "no weights": (change("0/syn_weight"), "edges have no such attribute; found syn_weight in group 0"),
    "too few delays": (change("0/delay=4"), r"delay has another shape|index"),
    "no ends": (change("source_node_id"), "no dataset source_node_id"),
    "other ends": (change("target_node_id=4"), r"target_node_id has another shape; found \(4,\); allowed: \(5,\)"),
    "not finite": (not_finite, "weight holds numbers that are not finite"),
    "in another file": (elsewhere, "target_node_id links to another file or object"),
    "no such unit": (no_such_unit, "post names no unit of V1/I; found 3 for synapse 3; allowed: 0 to 2"),
    "no such population": (unnamed, "no such population of edges; found e_to_i; allowed: other, third"),
    "no edges": (lambda file: file.move("edges", "nodes"), "no edges of SONATA"),
}


@pytest.mark.parametrize("name", WRONG)
def test_other_files_are_refused(tmp_path, name):
    spoil, wrong = WRONG[name]
    write_edges(tmp_path / "edges.h5")
    with h5py.File(tmp_path / "edges.h5", "a") as file:
        spoil(file)
    with pytest.raises(UserError, match=wrong):
        wired(tmp_path)


def test_of_several_populations_one_is_named(tmp_path):
    write_edges(tmp_path / "edges.h5")
    write_edges(tmp_path / "edges.h5", name="i_to_e")
    with pytest.raises(
        UserError, match=r'several populations of edges; found e_to_i, i_to_e; .* population = "e_to_i"'
    ):
        wired(tmp_path, FILE.replace('population = "e_to_i", ', ""))


def test_damaged_and_missing_files_are_refused(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        wired(tmp_path)
    (tmp_path / "edges.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    with pytest.raises(UserError, match="cannot be read as edges of SONATA"):
        wired(tmp_path)


def test_a_matrix_of_weights_comes_from_npz(tmp_path):
    write_edges(tmp_path / "edges.h5")
    text = FILE.replace(
        'connectivity = { kind = "file", file = "edges.h5", population = "e_to_i", multapses = true }', ""
    )
    with pytest.raises(UserError, match=r"not an npz file; found edges\.h5"):
        wired(tmp_path, text.replace('delay = { distribution = "file", file = "edges.h5", unit = "ms" }', ""))
