"""What a population is in NEST, and how spikes enter it there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from brainlearn.interchange.sonata.cell import Number


@dataclass(frozen=True)
class Input:
    """How what a spike adds to a variable enters NEST's model.

    Parameters
    ----------
    scale : Number
        Weight in NEST for 1 in SI units of the variable.
    later : int
        Steps by which delays are longer in NEST, so that the effect comes in the same step.
    """

    scale: Number
    later: int


@dataclass(frozen=True)
class NestUnits:
    """A population in NEST.

    Parameters
    ----------
    model : str
        As NEST calls it.
    parameters : mapping of str to Number
        By NEST's names, in NEST's units (ms, mV, pA, pF, nS); initial values among them.
    inputs : mapping of str to Input
        By the variable that spikes add to.
    note : str
        Why spikes differ in NEST, if they do.
    """

    model: str
    parameters: Mapping[str, Number]
    inputs: Mapping[str, Input]
    note: str = ""
