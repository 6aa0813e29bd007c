"""What differs between the units of a population, as tensors."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from brainlearn.brian.constant_parts import values_of_parts
from brainlearn.brian.share import ALONE, Share
from brainlearn.brian.text.abstract_code import PopulationCode
from brainlearn.circuit import Circuit
from brainlearn.circuit.unit_values import unit_values


class UnitTensors:
    """Constants and initial states that differ between units: the same ones as `Simulation` draws with the seed.

    Parameters
    ----------
    circuit : Circuit
    path : str
        Of the population.
    seed : int
    code : PopulationCode
        Parts of it that these constants alone enter are tensors too.
    copies : int, optional
        Of all processes together, if several share them. By default as many as are asked for.
    share : Share
        Which of these are here.
    """

    def __init__(
        self,
        circuit: Circuit,
        path: str,
        seed: int,
        code: PopulationCode,
        copies: int | None = None,
        share: Share = ALONE,
    ) -> None:
        self._circuit, self._path, self._seed, self._code = circuit, path, seed, code
        self._copies, self._share = copies, share
        self._tensors: dict[tuple[int, torch.dtype, torch.device], dict[str, Tensor]] = {}

    def of(self, copies: int, dtype: torch.dtype, device: torch.device) -> dict[str, Tensor]:
        """Return (copy, unit) tensors by the names of variables; those of the last number of copies are kept."""
        key = copies, dtype, device
        if key not in self._tensors:
            everywhere = self._values(self._copies or copies)
            values = {name: self._share.own(each) for name, each in everywhere.items()}
            tensors = {name: torch.tensor(np.array(each), dtype=dtype, device=device) for name, each in values.items()}
            self._tensors = {key: tensors}
        return self._tensors[key]

    def means(self) -> dict[str, float]:
        """Return the mean over units, of the first copy, in SI units."""
        return {name: float(each.mean()) for name, each in self._values(1).items()}

    def _values(self, copies: int) -> dict[str, np.ndarray]:
        values = unit_values(self._circuit, self._path, copies, self._seed)
        return values | values_of_parts(self._code.parts, {**self._code.constants, **values})
