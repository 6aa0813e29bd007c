"""Memory of fast weights, checked before it is taken."""

from __future__ import annotations

import psutil

from brainlearn.circuit.circuit import Circuit, Projection
from brainlearn.mistakes import Mistake, UserError


def fast_weight_bytes(circuit: Circuit, copies: int, width: int) -> dict[str, int]:
    """Return the memory of the fast weights of a circuit [byte], by projection that has some.

    Parameters
    ----------
    circuit : Circuit
    copies : int
        Copies of the circuit that one process holds.
    width : int
        Bytes of a number.
    """
    return {
        p.name: _pairs(circuit, p) * (1 if p.fast_weights.shared else copies) * width
        for p in circuit.projections
        if p.fast_weights is not None
    }


def refuse_too_many(circuit: Circuit, copies: int, width: int, steps: int = 1) -> None:
    """Raise a UserError if the fast weights of all copies do not fit into the memory that is free.

    Parameters
    ----------
    circuit, copies, width
        As for `fast_weight_bytes`.
    steps : int
        Time steps of which they are kept, as for gradients.
    """
    needed = {name: steps * each for name, each in fast_weight_bytes(circuit, copies, width).items()}
    free = psutil.virtual_memory().available if needed else 0
    if sum(needed.values()) <= free:
        return
    largest = circuit.projection(max(needed, key=lambda name: needed[name]))
    each = f"{_pairs(circuit, largest):,} weights of {largest.name}"
    kept = f", kept over {steps:,} steps" if steps > 1 else ""
    wrong = f"the fast weights of {copies:,} copies do not fit into memory ({each} in every copy{kept})"
    found, hint = f"{sum(needed.values()) / 1e9:.1f} GB", "Use fewer copies, or smaller populations."
    where = f"{circuit.path}: {largest.place('fast_weights')}"
    raise UserError(Mistake(where, wrong, found, f"at most {free / 1e9:.1f} GB, which are free", hint))


def _pairs(circuit: Circuit, projection: Projection) -> int:
    return circuit.population(projection.source).size * circuit.population(projection.target).size
