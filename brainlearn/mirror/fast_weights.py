"""Fast weights in the mirror: a matrix of every copy, through which gradients pass."""

from __future__ import annotations

import torch
from torch import Tensor

from brainlearn.brian.populations import GAIN
from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.fast_weights import FastWeights
from brainlearn.circuit.wiring import AnyWiring
from brainlearn.mirror.population import State


class MirrorFast:
    """What `brainlearn.brian.fast_matrices` computes.

    Parameters
    ----------
    table : FastWeights
    dt : float
        Time step [s].
    output : str
        Variable of the target that is its activity.
    normalised : bool
        Whether the target passes it on times a gain.
    mask : (pre, post) bool Tensor or None
        Where there is a synapse; None: everywhere.
    """

    def __init__(self, table: FastWeights, dt: float, output: str, normalised: bool, mask: Tensor | None) -> None:
        self._kept, self._growth, self._shared = table.kept(dt), table.growth(dt), table.shared
        self._output, self._normalised, self._mask = output, normalised, mask

    def step(self, fast: Tensor | None, arriving: Tensor, target: State) -> tuple[Tensor, Tensor]:
        """Return the fast weights after this step, and what arrives by them as they were.

        Parameters
        ----------
        fast : (copy, pre, post) Tensor or None
            Of one copy if all share them; None at the onset of a presentation.
        arriving : (copy, pre) Tensor
        target : dict of str to Tensor
            State variables of the target when the step began.

        Returns
        -------
        fast : (copy, pre, post) Tensor
        transmitted : (copy, post) Tensor
        """
        post = target[self._output] * target[GAIN] if self._normalised else target[self._output]
        if self._shared:
            change = (arriving.T @ post / len(post)).unsqueeze(0)
        else:
            change = arriving.unsqueeze(2) * post.unsqueeze(1)
        change = change * self._growth
        if self._mask is not None:
            change = torch.where(self._mask, change, 0.0)
        if fast is None:
            return change, torch.zeros_like(post)
        transmitted = arriving @ fast[0] if self._shared else torch.bmm(arriving.unsqueeze(1), fast).squeeze(1)
        return torch.add(change, fast, alpha=self._kept), transmitted


def mirror_fast(circuit: Circuit, projection: Projection, wiring: AnyWiring, device: torch.device) -> MirrorFast | None:
    """Return the fast weights of a projection; None if it has none."""
    table = projection.fast_weights
    if table is None:
        return None
    mask = None if wiring.mask is None else torch.as_tensor(wiring.mask, device=device)
    normalised = circuit.population(projection.target).scaled
    return MirrorFast(table, circuit.dt.value, circuit.models[projection.target].output, normalised, mask)
