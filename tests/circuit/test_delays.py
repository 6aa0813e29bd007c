"""Delays that synapses have for themselves: what is drawn, in which order it is kept, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from brainlearn import load_circuit
from brainlearn.circuit import Circuit, Rows, wire
from brainlearn.circuit.writing import circuit_text
from brainlearn.mistakes import UserError

TEXT = """
name = "delayed"
dt = "0.1 ms"
[[areas]]
name = "V1"
level = 1
populations = [
  { name = "A", size = 300, neuron = "lif_delta" },
  { name = "B", size = 200, neuron = "lif_delta" },
  { name = "G", size = 20, neuron = "graded" },
]
[[projections]]
pathway = "lateral"
synapse = "delta"
source = "V1/A"
target = "V1/B"
connectivity = { kind = "fixed_in_degree", in_degree = 100, multapses = true }
weights = { distribution = "normal", mean = 1.0, sd = 0.1 }
delay = { distribution = "normal", mean = "1.5 ms", sd = "0.75 ms", low = "0.1 ms" }
"""
CONNECTIVITY = 'connectivity = { kind = "fixed_in_degree", in_degree = 100, multapses = true }\n'
WEIGHTS = 'weights = { distribution = "normal", mean = 1.0, sd = 0.1 }\n'


def read(folder: Path, *replacements: tuple[str, str]) -> Circuit:
    text = TEXT
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    (folder / "delayed.toml").write_text(text, encoding="utf-8")
    return load_circuit(folder / "delayed.toml")


def rows_of(circuit: Circuit, seed: int = 0) -> Rows:
    (rows,) = wire(circuit, seed).values()
    assert isinstance(rows, Rows)
    return rows


def test_delays_have_the_distribution_of_their_table_in_whole_steps(tmp_path: Path) -> None:
    rows = rows_of(read(tmp_path))
    assert rows.delays is not None
    assert rows.delays.dtype == np.uint8
    assert rows.delays.min() == 1
    truncated = stats.truncnorm((0.1 - 1.5) / 0.75, np.inf, 1.5, 0.75)
    edges = np.arange(1.5, 60) / 10  # ms; 0.1 ms and half a step more
    counts = np.histogram(rows.delays, np.concatenate([[0.5], np.arange(1.5, 60)]))[0]
    expected = np.diff(np.concatenate([[0.0], truncated.cdf(edges)])) * len(rows.delays)
    many = expected > 5
    assert stats.chisquare(counts[many], expected[many] * counts[many].sum() / expected[many].sum()).pvalue > 0.001


def test_a_row_is_in_the_order_of_its_delays(tmp_path: Path) -> None:
    rows = rows_of(read(tmp_path))
    assert rows.delays is not None
    keys = (rows.pres.astype(int) * 1000 + rows.delays) * 1000 + rows.posts
    assert (np.diff(keys) >= 0).all()
    assert (np.bincount(rows.posts) == 100).all()


def test_synapses_and_weights_are_the_same_with_any_delays(tmp_path: Path) -> None:
    rows = rows_of(read(tmp_path))
    plain = rows_of(read(tmp_path, (TEXT[TEXT.index("delay =") :], 'delay = "1.5 ms"\n')))
    assert plain.delays is None
    assert np.array_equal(rows.starts, plain.starts)
    assert np.array_equal(np.sort(rows.pres * 200 + rows.posts), np.sort(plain.pres * 200 + plain.posts))
    assert np.array_equal(rows.weights, plain.weights)


def test_long_delays_take_a_larger_type(tmp_path: Path) -> None:
    rows = rows_of(read(tmp_path, ("1.5 ms", "100 ms")))
    assert rows.delays is not None
    assert rows.delays.dtype == np.uint16
    assert rows.delays.mean() == pytest.approx(1000, rel=0.01)


@pytest.mark.parametrize(
    ("connectivity", "synapses"),
    [("", 60_000), ('connectivity = { kind = "probability", probability = 0.1 }\n', 6_000)],
)
def test_any_connectivity_may_have_delays_of_its_synapses(tmp_path: Path, connectivity: str, synapses: int) -> None:
    rows = rows_of(read(tmp_path, (CONNECTIVITY, connectivity)))
    assert rows.delays is not None
    assert len(rows.delays) == pytest.approx(synapses, rel=0.05)


def test_weights_of_a_file_find_their_synapses(tmp_path: Path) -> None:
    matrix = np.random.default_rng(0).normal(size=(300, 200)) * (np.random.default_rng(1).random((300, 200)) < 0.1)
    np.savez(tmp_path / "w.npz", mine=matrix)
    stored = 'weights = { distribution = "file", file = "w.npz", array = "mine" }\n'
    rows = rows_of(read(tmp_path, (CONNECTIVITY, ""), (WEIGHTS, stored)))
    assert len(rows.posts) == np.count_nonzero(matrix)
    assert np.array_equal(rows.matrix(), matrix)
    assert rows.delays is not None
    assert (np.diff(rows.delays.astype(int))[np.diff(rows.pres) == 0] >= 0).all()


def test_what_is_written_is_read_as_the_same_circuit(tmp_path: Path) -> None:
    circuit = read(tmp_path)
    (tmp_path / "written.toml").write_text(circuit_text(circuit), encoding="utf-8")
    assert load_circuit(tmp_path / "written.toml") == circuit


@pytest.mark.parametrize(
    ("replacements", "said"),
    [
        ([(', low = "0.1 ms"', "")], "the distribution allows negative delays"),
        ([("1.5 ms", "1.5 mV")], "unit"),
        ([(CONNECTIVITY, ""), ('"0.1 ms" }', '"0.1 ms", each_copy = true }')], "all copies have the same synapses"),
    ],
)
def test_delays_that_cannot_be_are_named(tmp_path: Path, replacements: list[tuple[str, str]], said: str) -> None:
    with pytest.raises(UserError) as error:
        read(tmp_path, *replacements)
    assert said in str(error.value)
