"""The weights that a baseline assumes for a part that it does not know."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from brainlearn.circuit import Circuit
from brainlearn.circuit.wiring import wire_projection

DRAWN_ANEW = "drawn_anew"
OTHER_SEED = 2**32  # seeds of experiments are below it


def believed_weights(circuit: Circuit, beliefs: Mapping[str, str], seed: int) -> dict[str, np.ndarray]:
    """Return the (pre, post) weights that send errors back, by projection name.

    Parameters
    ----------
    circuit : Circuit
    beliefs : mapping of str to "drawn_anew" or "as_drawn"
        Other weights of the same distribution, or those before learning and drift.
    seed : int
        Of the experiment.
    """
    projections = {p.name: p for p in circuit.projections}
    return {
        name: wire_projection(circuit, projections[name], seed + OTHER_SEED if belief == DRAWN_ANEW else seed).weights
        for name, belief in beliefs.items()
    }
