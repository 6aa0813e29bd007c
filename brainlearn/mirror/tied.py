"""Tied weights of the mirror, which follow those of other projections, with gradients to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from brainlearn.circuit import Circuit
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.schema import Tied
from brainlearn.circuit.wiring import AnyWiring, follow, follow_listed


class TiedWeights:
    """The projections of a circuit whose weights are tied.

    Parameters
    ----------
    circuit : Circuit
    wiring : mapping of str to Wiring or Rows
        By projection.
    tensor : callable
        Turns an array into a tensor of the mirror.
    device : torch.device

    Attributes
    ----------
    names : frozenset of str
    """

    def __init__(
        self,
        circuit: Circuit,
        wiring: Mapping[str, AnyWiring],
        tensor: Callable[[Any], Tensor],
        device: torch.device,
    ) -> None:
        self._ties = {}
        for projection in circuit.projections:
            if isinstance(projection.weights, Tied):
                here = wiring[projection.name]
                own = None if here.own is None else tensor(here.own)
                order = None
                if isinstance(here, Rows):
                    assert here.order is not None
                    order = torch.as_tensor(here.order.astype(np.int64), device=device)
                self._ties[projection.name] = projection.weights, own, order, projection.sign
        self.names = frozenset(self._ties)

    def followed(self, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return tied weights by projection, as they follow the others."""
        found = {}
        for name, (tied, own, order, sign) in self._ties.items():
            free = weights[tied.to]
            if order is None:
                found[name] = follow(free, tied, own, sign)
            else:
                found[name] = follow_listed(free, tied, order, own, sign)
        return found
