"""Spikes as lists: sums over the few units that spiked, where no gradient is asked for."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

LARGEST_SHARE = 0.2  # of units that are active: a product of matrices is faster beyond


class ActiveUnits:
    """Finds once in a step which entries of a tensor are not 0."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[Tensor, np.ndarray | Tensor]] = {}

    def of(self, sent: Tensor) -> np.ndarray | Tensor:
        """Return the indices ``copy * units + unit`` of (copy, unit) entries that are not 0; NumPy's on a CPU."""
        known = self._found.get(id(sent))
        if known is None or known[0] is not sent:
            here = sent.device.type == "cpu"  # where NumPy is several times faster
            found = np.flatnonzero(sent.detach().numpy() != 0) if here else sent.detach().reshape(-1).nonzero().view(-1)
            known = self._found[id(sent)] = sent, found
        return known[1]

    def weighted_sum(self, sent: Tensor, weights: Tensor, plain: bool) -> Tensor | None:
        """Return the weighted sum over units, (copy, post); None where a product of matrices is faster.

        Parameters
        ----------
        sent : (copy, pre) Tensor
        weights : (pre, post) Tensor
        plain : bool
            Whether everything that is sent is 0 or 1.
        """
        flat = self.of(sent)
        if len(flat) > LARGEST_SHARE * sent.numel():
            return None
        places = torch.as_tensor(flat, device=sent.device)
        copies, units = sent.shape
        offsets = torch.searchsorted(places, torch.arange(copies, device=sent.device) * units)
        values = None if plain else sent.reshape(-1)[places]
        return functional.embedding_bag(places % units, weights, offsets, mode="sum", per_sample_weights=values)
