"""The files that hold a circuit's weights, and values of its units, copied next to the circuit file of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from brainlearn.circuit import Circuit
from brainlearn.circuit.distributions import StoredQuantity
from brainlearn.circuit.schema import FromFile, Stored
from brainlearn.regular_file import read_bytes
from brainlearn.results.whole_file import whole_file


def copy_arrays(circuit: Circuit, folder: Path) -> None:
    """Copy the npz files next to the circuit file that the circuit reads."""
    for name in dict.fromkeys(_files(circuit)):
        with whole_file(folder / name) as part:
            part.write_bytes(read_bytes(Path(circuit.path).parent / name))


def _files(circuit: Circuit) -> Iterator[str]:
    for projection in circuit.projections:
        parts = (projection.weights, projection.connectivity, projection.delay)
        yield from (part.file for part in parts if isinstance(part, Stored | FromFile | StoredQuantity))
    for model in (*circuit.neurons.values(), *circuit.models.values()):
        tables = (*model.varied.values(), *model.varied_initial.values())
        yield from (table.file for table in tables if isinstance(table, StoredQuantity))
