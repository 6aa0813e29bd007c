"""Names of populations and projections without signs that HDF5 or PyTorch refuse."""

from __future__ import annotations

import re
from collections.abc import Collection

from brainlearn.circuit import Circuit


def node_names(circuit: Circuit, taken: Collection[str] = ()) -> dict[str, str]:
    """Return the node's name of every population and projection.

    ``V1/E`` is ``V1_E`` and ``V1/E->V2/E`` is ``V1_E_to_V2_E``; where two would share a name, or have one that is
    `taken`, the second gets a number.
    """
    found: dict[str, str] = {}
    used = set(taken)
    for name in [*(p.path for p in circuit.populations), *(p.name for p in circuit.projections)]:
        plain = re.sub(r"\W", "_", name.replace("->", "_to_"))
        node, number = plain, 2
        while node in used:
            node, number = f"{plain}_{number}", number + 1
        found[name] = node
        used |= {node, f"{node}_delay"}
    return found
