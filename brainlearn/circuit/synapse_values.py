"""What the synapses of a list have of their own beside their weights, as results hold it."""

from __future__ import annotations

import numpy as np

from brainlearn.circuit.circuit import Circuit, Projection
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.short_term import short_term_values

TIMES = ("tau_recovery", "tau_facilitation", "tau_inactivation")


def synapse_values(circuit: Circuit, projection: Projection, rows: Rows, seed: int) -> dict[str, np.ndarray]:
    """Return delays and values of short-term plasticity, (synapse,), those that differ between synapses.

    Parameters
    ----------
    circuit : Circuit
    projection : Projection
    rows : Rows
        Its synapses.
    seed : int
        With which values are drawn.

    Returns
    -------
    dict of str to (synapse,) array
        ``delay`` [ms], ``utilisation`` [1], and the three times of `ShortTermPlasticity` [ms].
    """
    found: dict[str, np.ndarray] = {}
    if rows.delays is not None:
        found["delay"] = np.round(rows.delays * (circuit.dt.value * 1e3), 9)
    if (table := projection.short_term_plasticity) is not None:
        values = short_term_values(table, projection.name, len(rows.posts), seed)
        for name, value in values.items():
            if isinstance(value, np.ndarray):
                found[name] = value * 1e3 if name in TIMES else value
    return found
