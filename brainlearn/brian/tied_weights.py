"""Weights that follow those of other projections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from brainlearn.circuit import Circuit
from brainlearn.circuit.schema import Tied
from brainlearn.circuit.wiring import AnyWiring, followed


def tie(
    circuit: Circuit, projections: Mapping[str, Any], wiring: Mapping[str, AnyWiring], names: Iterable[str]
) -> None:
    """Give projections that are tied to one of `names` the weights of that one.

    Parameters
    ----------
    circuit : Circuit
    projections : mapping of str to SharedSynapses or StockSynapses
    wiring : mapping of str to Wiring or Rows
    names : iterable of str
        Projections whose weights have changed.
    """
    for name in names:
        for projection in circuit.tied_to(name):
            assert isinstance(projection.weights, Tied)
            tied = projections[projection.name]
            tied.weights[:] = followed(
                projections[name].weights, projection.weights, wiring[projection.name], projection.sign
            )
            tied.touch()
