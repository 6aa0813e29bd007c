"""How the reader of a NIR file interprets its equations: in continuous time, or step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Reader:
    """A program that reads NIR.

    NIR has no time step. What a spike is differs with it: in continuous time an impulse with an integral of 1; in the
    libraries the number 1 for one step. They step by ``v += step/tau * (R*I - v)`` (forward Euler).

    Parameters
    ----------
    name : str
    stepwise : bool
        Whether it advances in steps, each of which corresponds to one of ours.
    step : float or None
        Length of its step [s]; None: it is told, and will be that of the circuit.
    about : str
        For the help and the documentation.
    """

    name: str
    stepwise: bool
    step: float | None
    about: str

    def step_for(self, dt: float) -> float:
        """Return the length of its step for a circuit with the step `dt` [s]."""
        return dt if self.step is None else self.step


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "continuous": Reader("continuous", False, None, "NIR's equations unchanged; a spike is an impulse"),
        "norse": Reader("norse", True, None, "steps of the circuit's dt: norse.torch.from_nir(graph, dt=...)"),
        "snntorch": Reader("snntorch", True, 1e-4, "steps of 0.1 ms, fixed in snnTorch, each for one dt"),
    }
)
"""Name in ``--reader`` -> reader."""


def kept(tau: Any, dt: float) -> Any:
    """Return the share of a membrane that is left after a step: ``exp(-dt/tau)``; of numbers or arrays."""
    return np.exp(-dt / tau)


def euler_tau(share: Any, step: float) -> Any:
    """Return the time constant [s] with which a forward Euler step leaves `share` of a membrane.

    >>> round(euler_tau(0.8, 0.001), 6)
    0.005
    """
    return step / (1 - share)
