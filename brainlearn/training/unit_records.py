"""What differs between units, as results hold it."""

from __future__ import annotations

import numpy as np

from brainlearn.circuit import Circuit
from brainlearn.circuit.plain_values import unit_symbol
from brainlearn.circuit.unit_values import unit_values, varied_of
from brainlearn.results.record import UnitRecord


def unit_records(circuit: Circuit, copies: int, seed: int) -> dict[str, dict[str, UnitRecord]]:
    """Return the values that differ between units, by population and variable; nothing of other populations.

    Parameters
    ----------
    circuit : Circuit
    copies : int
        Only what each copy has of its own is recorded for every copy.
    seed : int
    """
    found = {p.path: _of_population(circuit, p.path, copies, seed) for p in circuit.populations}
    return {path: records for path, records in found.items() if records}


def _of_population(circuit: Circuit, path: str, copies: int, seed: int) -> dict[str, UnitRecord]:
    model, values = circuit.models[path], unit_values(circuit, path, copies, seed)
    return {
        name: UnitRecord(
            values=np.array(values[name] if getattr(table, "each_copy", False) else values[name][0]),
            units=unit_symbol(table.dimension),
            long_name=f"{name} of {path}" + ("" if name in model.varied else " at the onset of a presentation"),
        )
        for name, table in varied_of(model).items()
    }
