"""The files that hold a circuit's weights, copied beside the circuit file of a run."""

from __future__ import annotations

from pathlib import Path

from brainlearn.circuit import Circuit
from brainlearn.circuit.schema import Stored
from brainlearn.regular_file import read_bytes
from brainlearn.results.whole_file import whole_file


def copy_weights(circuit: Circuit, folder: Path) -> None:
    """Copy the files beside the circuit file that hold its weights."""
    stored = (projection.weights for projection in circuit.projections)
    for name in dict.fromkeys(weights.file for weights in stored if isinstance(weights, Stored)):
        with whole_file(folder / name) as part:
            part.write_bytes(read_bytes(Path(circuit.path).parent / name))
