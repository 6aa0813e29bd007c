"""The weights of a mirror, by the names of projections, and the bounds that they and delays keep to."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from brainlearn.circuit import Circuit


class Weights(nn.ParameterDict):
    """Weights by the name of their projection, which may be any word, ``"forward"`` and ``"keys"`` too."""

    def _key_to_attr(self, key: str) -> str:
        return f"projection {key}"


@torch.no_grad()
def constrain(
    circuit: Circuit,
    weights: nn.ParameterDict,
    masks: Mapping[str, Tensor],
    delays: nn.ParameterDict,
    longest: Mapping[str, int],
) -> None:
    """Put back what an optimiser moved out of bounds: Dale signs, pairs without a synapse, longest delays.

    Parameters
    ----------
    circuit : Circuit
    weights : ParameterDict
        Free ones, by projection; they are changed in place.
    masks : mapping of str to (pre, post) bool Tensor
    delays : ParameterDict
        Learned ones [time steps].
    longest : mapping of str to int
        The longest of each.
    """
    for projection in circuit.projections:
        if projection.name not in weights:
            continue
        own = weights[projection.name]
        if projection.sign != "mixed":
            own.clamp_(**({"min": 0.0} if projection.sign == "excitatory" else {"max": 0.0}))
        if projection.name in masks:
            own.mul_(masks[projection.name])
    for name, steps in longest.items():
        delays[name].clamp_(0, steps)
