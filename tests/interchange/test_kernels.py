"""Kernels are written as what they stand for: a matrix for NIR, a list with a weight for every synapse for NEST."""

from __future__ import annotations

from pathlib import Path

import h5py  # type: ignore[import-untyped]  # no stubs
import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.circuit import wire
from brainlearn.circuit.kernels import Kernels
from brainlearn.interchange import learned
from brainlearn.interchange.sonata.exporting import export_sonata
from brainlearn.mistakes import UserError

TEXT = """
name = "kernels"
dt = "1 ms"

[neurons.cell]
model = "lif_delta"
reset = "v = 0"

[[areas]]
name = "V1"
level = 1
populations = [
  { name = "A", sheet = [4, 4], channels = 2, neuron = "cell" },
  { name = "B", sheet = [2, 2], channels = 3, neuron = "cell" },
]

[[projections]]
source = "V1/A"
target = "V1/B"
pathway = "lateral"
synapse = "delta"
delay = "1 ms"
connectivity = { kind = "convolution", kernel = 3, stride = 2, padding = 1 }
weights = { distribution = "normal" }
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "kernels.toml").write_text(TEXT, encoding="utf-8")
    return tmp_path / "kernels.toml"


def test_a_matrix_has_a_weight_for_each_pair(path, monkeypatch):
    kernels = wire(load_circuit(path), 0)["V1/A->V1/B"]
    assert isinstance(kernels, Kernels)
    matrix, (pres, posts, weights) = learned.matrix_of(kernels, "V1/A->V1/B"), kernels.synapses()
    np.testing.assert_array_equal(matrix[pres, posts], kernels.weights.reshape(-1)[weights])
    assert np.count_nonzero(matrix) == len(pres)
    monkeypatch.setattr(learned, "MOST_PAIRS", 32 * 12 - 1)
    with pytest.raises(UserError, match="32 × 12"):
        learned.matrix_of(kernels, "V1/A->V1/B")


def test_nest_gets_every_synapse(path, tmp_path):
    kernels = wire(load_circuit(path), 0)["V1/A->V1/B"]
    assert isinstance(kernels, Kernels)
    export_sonata(path, tmp_path / "sonata", "10 ms")
    (file,) = (tmp_path / "sonata").rglob("*_edges.h5")
    with h5py.File(file, "r") as edges:
        (group,) = edges["edges"].values()
        pres, posts = group["source_node_id"][:], group["target_node_id"][:]
        weights = group["0"]["syn_weight"][:]
    i, j, k = kernels.synapses()
    np.testing.assert_array_equal(pres, i)
    np.testing.assert_array_equal(posts, j)
    scale = weights / kernels.weights.reshape(-1)[k]
    np.testing.assert_allclose(scale, scale[0], rtol=1e-12)
