"""Spikes from outside the circuit, the same as `PoissonDrive` of `brainlearn.brian` brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from brainlearn.circuit import Circuit
from brainlearn.circuit.poisson_input import PoissonInput, PoissonSpikes
from brainlearn.mirror.population import MirrorPopulation
from brainlearn.mistakes import Mistake, UserError


class PoissonDrives:
    """All Poisson inputs of a circuit.

    Parameters
    ----------
    circuit : Circuit
    populations : mapping of str to MirrorPopulation
        By path.
    seed : int
    """

    def __init__(self, circuit: Circuit, populations: Mapping[str, MirrorPopulation], seed: int) -> None:
        self._circuit, self._populations, self._seed = circuit, populations, seed
        self._inputs = {
            f"{p.path} {k}": (p.path, each) for p in circuit.populations for k, each in enumerate(p.poisson_input)
        }
        self._spikes: dict[str, PoissonSpikes] = {}

    def refuse_to_repeat(self, recompute_every: int | None) -> None:
        """Refuse to repeat steps: the second time would draw other spikes.

        Raises
        ------
        UserError
        """
        if recompute_every is not None and self._inputs:
            name = next(iter(self._inputs.values()))[0]
            wrong = "steps with external spikes cannot be recomputed in the backward pass"
            where = f"{self._circuit.path}: {name}: poisson_input"
            raise UserError(Mistake(where, wrong, f"recompute_every = {recompute_every}", "no recompute_every"))

    def add(self, populations: Mapping[str, dict[str, Any]]) -> None:
        """Add the spikes of a step to the variables of populations, (copy, unit) tensors by path and name."""
        for name, (path, each) in self._inputs.items():
            values = populations[path]
            old = values[each.variable]
            heard = np.bincount(self._drawn(name, each, old.numel()), minlength=old.numel()).reshape(old.shape)
            new = old + torch.as_tensor(heard, dtype=old.dtype, device=old.device) * each.weight.value
            guarded = each.variable in self._populations[path].code.unless_refractory
            values[each.variable] = torch.where(values["not_refractory"], new, old) if guarded else new

    def _drawn(self, name: str, each: PoissonInput, units: int) -> np.ndarray:
        """Draw which units receive a spike; the random numbers start over if the number of copies changes."""
        known = self._spikes.get(name)
        if known is None or known.units != units:
            known = PoissonSpikes(each.per_step(self._circuit.dt.value), units, self._seed, name)
            self._spikes[name] = known
        return known.draw()
