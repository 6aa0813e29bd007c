"""Synapses that are drawn row by row: how many, between whom, and without memory for pairs that have none."""

from __future__ import annotations

import itertools
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from brainlearn import load_circuit
from brainlearn.circuit import Circuit, Rows, wire
from brainlearn.circuit.connecting import distinct
from brainlearn.circuit.counting import count_synapses
from brainlearn.circuit.rows import rows_of_blocks, rows_of_columns, sort_by_delay, starts_of
from brainlearn.circuit.writing import circuit_text
from brainlearn.mistakes import UserError

TEXT = """
name = "listed"
dt = "0.1 ms"
[[areas]]
name = "V1"
level = 1
populations = [
  { name = "A", size = 300, neuron = "lif_delta" },
  { name = "B", size = 200, neuron = "lif_delta" },
  { name = "M", size = 20000, neuron = "lif_delta" },
  { name = "N", size = 20000, neuron = "lif_delta" },
]
[[projections]]
pathway = "lateral"
synapse = "delta"
"""
CONSTANT = 'weights = { distribution = "constant", value = 1.0 }'


def circuit(folder: Path, source: str, target: str, connectivity: str, more: str = CONSTANT) -> Circuit:
    path = folder / "listed.toml"
    lines = (f'source = "V1/{source}"', f'target = "V1/{target}"', f"connectivity = {{ {connectivity} }}", more)
    path.write_text(TEXT + "\n".join(lines) + "\n", encoding="utf-8")
    return load_circuit(path)


def rows_of(drawn: Circuit, seed: int = 1) -> Rows:
    (rows,) = wire(drawn, seed).values()
    assert isinstance(rows, Rows)
    return rows


def numbers(rows: Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the synapses of every source unit, of every target unit, and of every pair, (pre, post)."""
    pairs = np.zeros(rows.shape, dtype=int)
    np.add.at(pairs, (rows.pres, rows.posts), 1)
    return pairs.sum(axis=1), pairs.sum(axis=0), pairs


KINDS = [
    ('kind = "fixed_in_degree", in_degree = {}', 50, 50 * 200, 1),
    ('kind = "fixed_out_degree", out_degree = {}', 40, 40 * 300, 0),
    ('kind = "fixed_total_number", number = {}', 9000, 9000, None),
]


@pytest.mark.parametrize("multapses", [False, True])
@pytest.mark.parametrize(("table", "number", "synapses", "side"), KINDS)
def test_so_many_synapses_are_drawn(tmp_path, table, number, synapses, side, multapses) -> None:
    drawn = circuit(tmp_path, "A", "B", table.format(number) + f", multapses = {str(multapses).lower()}")
    rows = rows_of(drawn)
    of_pre, of_post, pairs = numbers(rows)
    assert len(rows.posts) == synapses == count_synapses(drawn, drawn.projections[0]).number
    if side is not None:
        assert ((of_pre, of_post)[side] == number).all()
    assert (pairs.max() > 1) == multapses
    assert np.array_equal(np.diff(rows.starts), of_pre)
    ascending = np.diff(rows.posts.astype(int)) >= 0
    assert ascending[np.diff(rows.pres) == 0].all()


@pytest.mark.parametrize("multapses", [False, True])
@pytest.mark.parametrize(("table", "number", "_", "side"), KINDS)
def test_partners_are_drawn_evenly_and_never_oneself(tmp_path, table, number, _, side, multapses) -> None:
    rows = rows_of(circuit(tmp_path, "A", "A", table.format(number) + f", multapses = {str(multapses).lower()}"))
    of_pre, of_post, pairs = numbers(rows)
    assert not np.diag(pairs).any()
    expected = len(rows.posts) / 300
    for counts in (of_pre, of_post):
        if counts.std() > 0:
            chi = ((counts - expected) ** 2 / expected).sum()
            assert 0.0001 < stats.chi2.sf(chi, 299) < 0.9999


@pytest.mark.parametrize("multapses", [False, True])
@pytest.mark.parametrize(("table", "number", "_", "side"), KINDS)
def test_self_connections_are_drawn_where_a_file_says_so(tmp_path, table, number, _, side, multapses) -> None:
    more = CONSTANT + "\nself_connections = true"
    rows = rows_of(circuit(tmp_path, "A", "A", table.format(number) + f", multapses = {str(multapses).lower()}", more))
    assert np.diag(numbers(rows)[2]).sum() == pytest.approx(len(rows.posts) / 300, rel=0.6)


def test_all_units_are_partners_where_the_degree_is_their_number(tmp_path) -> None:
    rows = rows_of(circuit(tmp_path, "A", "B", 'kind = "fixed_in_degree", in_degree = 300, multapses = false'))
    assert (numbers(rows)[2] == 1).all()


@pytest.mark.parametrize("number", [2, 3])
def test_every_set_of_partners_is_as_likely(number: int) -> None:
    drawn = distinct(60_000, number, 5, np.random.default_rng(3))
    sets = list(itertools.combinations(range(5), number))
    counts = [int((drawn == each).all(axis=1).sum()) for each in sets]
    assert sum(counts) == 60_000
    assert stats.chisquare(counts).pvalue > 0.001


def test_many_pairs_are_connected_with_their_probability(tmp_path) -> None:
    rows = rows_of(circuit(tmp_path, "M", "N", 'kind = "probability", probability = 0.002'))
    pairs, probability = 20_000**2, 0.002
    assert len(rows.posts) == pytest.approx(pairs * probability, abs=4 * (pairs * probability) ** 0.5)
    for counts in (np.diff(rows.starts), np.bincount(rows.posts, minlength=20_000)):
        assert counts.mean() == pytest.approx(40, rel=0.01)
        assert counts.var() == pytest.approx(40 * (1 - probability), rel=0.05)  # binomial
    assert len(np.unique(rows.pres.astype(np.int64) * 20_000 + rows.posts)) == len(rows.posts)


def test_many_pairs_of_one_population_leave_themselves_out(tmp_path) -> None:
    rows = rows_of(circuit(tmp_path, "M", "M", 'kind = "probability", probability = 0.002'))
    assert not (rows.pres == rows.posts).any()


def test_800_000_synapses_take_10_mb(tmp_path) -> None:
    drawn = circuit(tmp_path, "M", "N", 'kind = "probability", probability = 0.002')
    rows_of(drawn)
    tracemalloc.start()
    rows = wire(drawn, 1, "float32")["V1/M->V1/N"]
    assert isinstance(rows, Rows)
    held, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows.weights.dtype == np.float32
    assert held < 9 * len(rows.posts)  # of a matrix of all pairs, 3.2 GB
    assert most < 100e6


def test_few_pairs_are_drawn_as_before(tmp_path) -> None:
    (wiring,) = wire(circuit(tmp_path, "A", "B", 'kind = "probability", probability = 0.1'), 1).values()
    assert wiring.weights.shape == (300, 200)


def test_weights_of_listed_synapses_have_the_distribution_of_their_table(tmp_path) -> None:
    table = 'kind = "fixed_total_number", number = 40000, multapses = true'
    more = 'weights = { distribution = "normal", mean = 2.0, sd = 0.5, per_input = true }'
    rows = rows_of(circuit(tmp_path, "A", "B", table, more))
    drawn = rows.weights * np.sqrt(np.bincount(rows.posts, minlength=200))[rows.posts]
    assert stats.kstest(drawn, stats.norm(2.0, 0.5).cdf).pvalue > 0.001
    inhibitory = rows_of(circuit(tmp_path, "A", "B", table, more.replace("2.0", "-0.1") + '\nsign = "inhibitory"'))
    assert inhibitory.weights.max() <= 0


def test_other_projections_and_precision_do_not_change_what_is_drawn(tmp_path) -> None:
    table = 'kind = "fixed_total_number", number = 5000, multapses = true'
    more = 'weights = { distribution = "uniform", low = 0.0, high = 1.0 }'
    drawn = circuit(tmp_path, "A", "B", table, more)
    rows, again = rows_of(drawn), wire(drawn, 1, "float32")["V1/A->V1/B"]
    assert np.array_equal(rows.posts, again.posts)
    assert np.array_equal(rows.weights.astype(np.float32), again.weights)
    assert not np.array_equal(rows.posts[:100], rows_of(drawn, seed=2).posts[:100])


def test_what_is_written_is_read_as_the_same_circuit(tmp_path) -> None:
    for table, number, *_ in KINDS:
        drawn = circuit(tmp_path, "A", "B", table.format(number) + ", multapses = true")
        path = tmp_path / "written.toml"
        path.write_text(circuit_text(drawn), encoding="utf-8")
        assert load_circuit(path) == drawn


# ---- rows ----------------------------------------------------------------------------------------------------------


def test_rows_of_a_matrix_are_where_numpy_finds_them() -> None:
    mask = np.random.default_rng(0).random((30, 20)) < 0.3
    starts, posts = rows_of_blocks([mask[:7], mask[7:8], mask[8:]])
    assert np.array_equal(posts, np.nonzero(mask)[1])
    assert np.array_equal(starts, [0, *np.cumsum(mask.sum(axis=1))])


def test_columns_become_rows() -> None:
    pres = np.random.default_rng(0).integers(0, 6, (9, 4)).astype(np.int32)
    starts, posts = rows_of_columns(pres, 6)
    expected = sorted((pre, post) for post, row in enumerate(pres.tolist()) for pre in row)
    assert list(zip(np.repeat(np.arange(6), np.diff(starts)), posts, strict=True)) == expected


@pytest.mark.parametrize("few", [0, 10**6])
def test_synapses_of_a_row_are_sorted_by_delay_and_then_as_they_were(few: int, monkeypatch) -> None:
    monkeypatch.setattr("brainlearn.circuit.rows.FEW", few)
    rng = np.random.default_rng(0)
    lengths = rng.integers(0, 30, 50)
    starts, posts = starts_of(lengths), rng.integers(0, 9, lengths.sum()).astype(np.int32)
    delays = rng.integers(0, 12, lengths.sum()).astype(np.uint8)
    rows = np.repeat(np.arange(50), lengths).tolist()
    order = sorted(range(len(posts)), key=lambda k: (rows[k], delays[k], k))
    expected = posts[order], delays[order]
    sort_by_delay(starts, posts, delays)
    assert np.array_equal(posts, expected[0])
    assert np.array_equal(delays, expected[1])


# ---- mistakes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('kind = "fixed_in_degree", in_degree = 300, multapses = false', "in_degree: there are too few units"),
        ('kind = "fixed_out_degree", out_degree = 300, multapses = false', "found 300; allowed: at most 299"),
        ('kind = "fixed_total_number", number = 89701, multapses = false', "allowed: at most 89,700"),
        ('kind = "fixed_in_degree", in_degree = 3', "multapses"),
        ('kind = "fixed_in_degree", in_degree = 9000000, multapses = true', "2,700,000,000 synapses"),
    ],
)
def test_numbers_that_cannot_be_are_named(tmp_path, table: str, said: str) -> None:
    with pytest.raises(UserError) as error:
        circuit(tmp_path, "A", "A", table)
    assert said in str(error.value)


def test_weights_of_a_number_of_synapses_do_not_come_from_a_file(tmp_path) -> None:
    table = 'kind = "fixed_in_degree", in_degree = 3, multapses = true'
    with pytest.raises(UserError, match='weights of "fixed_in_degree" are drawn'):
        circuit(tmp_path, "A", "B", table, 'weights = { distribution = "file", file = "w.npz" }')
