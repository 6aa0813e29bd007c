"""Short-term plasticity in the mirror: what spikes release, solved step by step, so that gradients pass through it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from brainlearn.brian.short_term import late_share
from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.short_term import short_term_values
from brainlearn.circuit.wiring import AnyWiring

States = tuple[Tensor, Tensor, Tensor]
"""Utilisation, slow and active resources: (copy, pre) or (copy, synapse) each."""


class MirrorRelease:
    """What `brainlearn.brian.short_term` computes, for all units or synapses in every step.

    Parameters
    ----------
    values : mapping of str to float or (synapse,) array
        As `short_term_values` returns them.
    pres : (synapse,) int array or None
        Source units of the synapses, if these differ in their values.
    dt : float
        Time step [s].
    device : torch.device
    """

    def __init__(self, values: dict[str, Any], pres: np.ndarray | None, dt: float, device: torch.device) -> None:
        self.pres = None if pres is None else torch.as_tensor(pres.astype(np.int64), device=device)
        recovery, inactivation = values["tau_recovery"], values["tau_inactivation"]
        with np.errstate(divide="ignore"):  # what has no time of its own is over within a step
            decays = [np.exp(-dt / np.asarray(tau)) for tau in (recovery, values["tau_facilitation"], inactivation)]
        numbers = [values["utilisation"], late_share(recovery, inactivation), *decays]
        self._numbers = [torch.as_tensor(np.asarray(each), dtype=torch.float64, device=device) for each in numbers]

    def step(self, before: States | None, spikes: Tensor) -> tuple[States, Tensor]:
        """Return what is left after this step, and the share that each unit or synapse releases if it spikes.

        Parameters
        ----------
        before : States or None
            What was left after the step before; None at the onset of a presentation.
        spikes : (copy, pre) Tensor
        """
        utilisation, late, recovered, forgotten, inactivated = (each.to(spikes.dtype) for each in self._numbers)
        spiked = spikes if self.pres is None else spikes[:, self.pres]
        used, slow, active = before if before is not None else (torch.zeros_like(spiked),) * 3
        used, slow, active = used * forgotten, slow * recovered, active * inactivated
        more = used + utilisation * (1 - used)
        released = more * (1 - slow - late * active)
        new = spiked * released
        after = used + spiked * (more - used), slow + (1 - late) * new, active + new
        return after, released


def mirror_release(
    circuit: Circuit, projection: Projection, wiring: AnyWiring, seed: int, device: torch.device
) -> MirrorRelease | None:
    """Return what spikes of a projection release; None without short-term plasticity."""
    table = projection.short_term_plasticity
    if table is None:
        return None
    pres = wiring.pres if isinstance(wiring, Rows) else np.zeros(0, dtype=np.int32)
    values = short_term_values(table, projection.name, len(pres), seed)
    return MirrorRelease(values, pres if table.of_synapses else None, circuit.dt.value, device)
