"""A projection that joins the same pairs of units as another one, in the other direction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit, verify
from brainlearn.circuit import Circuit, Rows, wire
from brainlearn.circuit.counting import count_synapses
from brainlearn.circuit.writing import circuit_text
from brainlearn.mistakes import UserError

TEXT = """
name = "reciprocal"
dt = "1 ms"
[[areas]]
name = "V1"
level = 1
populations = [{ name = "A", size = 40, neuron = "lif_delta" }]
[[areas]]
name = "V2"
level = 2
populations = [{ name = "B", size = 30, neuron = "lif_delta" }]
[[projections]]
source = "V1/A"
target = "V2/B"
pathway = "bottom_up"
synapse = "delta"
weights = { distribution = "normal", sd = 0.5 }
"""
BACK = """
[[projections]]
source = "V2/B"
target = "V1/A"
pathway = "top_down"
synapse = "delta"
connectivity = { kind = "reciprocal", to = "V1/A->V2/B" }
weights = { distribution = "normal", sd = 0.5 }
"""
SPREAD = 'delay = { distribution = "uniform", low = "1 ms", high = "5 ms" }\n'
THERE = [
    'connectivity = { kind = "fixed_in_degree", in_degree = 7, multapses = true }\n' + SPREAD,
    'connectivity = { kind = "fixed_total_number", number = 90, multapses = false }\n',
    'connectivity = { kind = "probability", probability = 0.3 }\n',
    "",
]


def read(folder: Path, there: str = THERE[0], back: str = BACK) -> Circuit:
    path = folder / "reciprocal.toml"
    path.write_text(TEXT + there + back, encoding="utf-8")
    return load_circuit(path)


def pairs_of(wiring: object) -> np.ndarray:
    """Return the number of synapses of every pair, (pre, post)."""
    if isinstance(wiring, Rows):
        found = np.zeros(wiring.shape, dtype=int)
        np.add.at(found, (wiring.pres, wiring.posts), 1)
        return found
    return np.ones(wiring.weights.shape, dtype=int) if wiring.mask is None else wiring.mask.astype(int)  # type: ignore[attr-defined]


@pytest.mark.parametrize("there", THERE)
def test_pairs_are_those_of_the_other_projection(tmp_path: Path, there: str) -> None:
    circuit = read(tmp_path, there)
    first, second = (wire(circuit, seed)["V2/B->V1/A"] for seed in (1, 2))
    np.testing.assert_array_equal(pairs_of(first), pairs_of(wire(circuit, 1)["V1/A->V2/B"]).T)
    assert there == "" or (pairs_of(first) != pairs_of(second)).any()


def test_weights_and_delays_are_its_own(tmp_path: Path) -> None:
    wired = wire(read(tmp_path, back=BACK + SPREAD), 1)
    there, back = wired["V1/A->V2/B"], wired["V2/B->V1/A"]
    assert isinstance(there, Rows)
    assert isinstance(back, Rows)
    for mine, others in ((back.weights, there.weights), (back.delays, there.delays)):
        assert mine is not None
        assert others is not None
        one, other = (Rows(r.starts, r.posts, v.astype(float), r.targets) for r, v in ((back, mine), (there, others)))
        assert abs(np.corrcoef(one.matrix().ravel(), other.matrix().T.ravel())[0, 1]) < 0.9
    assert back.delays is not None
    assert set(back.delays.tolist()) == {1, 2, 3, 4, 5}


def test_it_is_counted_written_and_verified(tmp_path: Path) -> None:
    circuit = read(tmp_path, back=BACK + SPREAD)
    assert count_synapses(circuit, circuit.projections[1]).number == 7 * 30
    (tmp_path / "again.toml").write_text(circuit_text(circuit), encoding="utf-8")
    again = wire(load_circuit(tmp_path / "again.toml"), 3)["V2/B->V1/A"]
    np.testing.assert_array_equal(again.weights, wire(circuit, 3)["V2/B->V1/A"].weights)
    assert verify(circuit, steps=60, copies=2).agrees


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('to = "V1/A->V2/B"', 'to = "V1/A->V2/C"'), 'Did you mean "V1/A->V2/B"'),
        (('to = "V1/A->V2/B"', 'to = "V2/B->V1/A"'), "in the other direction"),
        (
            ('weights = { distribution = "normal", sd = 0.5 }', 'weights = { distribution = "file", file = "w.npz" }'),
            "drawn",
        ),
    ],
)
def test_what_has_no_such_pairs_is_refused(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        read(tmp_path, back=BACK.replace(*change))
    assert "projections[1]" in str(caught.value)


def test_two_that_name_each_other_are_refused(tmp_path: Path) -> None:
    there = 'connectivity = { kind = "reciprocal", to = "V2/B->V1/A" }\n'
    with pytest.raises(UserError, match="reciprocal to reciprocal ones"):
        read(tmp_path, there)
