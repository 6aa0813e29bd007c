"""Short-term plasticity: how much a spike releases depends on the spikes that the synapse carried before."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from brainlearn.circuit.distributions import AnyDrawn, DrawnValue, QuantityTable
from brainlearn.circuit.draws import draw, support
from brainlearn.circuit.projection_rng import projection_rng
from brainlearn.circuit.table import Table
from brainlearn.units import DIMENSIONS, Dimension, Quantity, UnitError, parse_quantity, wrong_dimension

ReleaseValues = Mapping[str, float | np.ndarray]
"""What `short_term_values` returns: by name, one number for all synapses or (synapse,) array, in SI units."""


def _within(dimension: Dimension, low: float, high: float, allowed: str) -> Callable[[Quantity | AnyDrawn], object]:
    """Return a check of the unit and of two bounds for every value."""

    def check(value: Quantity | AnyDrawn) -> Quantity | AnyDrawn:
        if value.dimension != dimension:
            found = value if isinstance(value, Quantity) else next(iter(dict(value.quantities()).values()))
            raise wrong_dimension(found, dimension)
        if getattr(value, "each_copy", False):
            raise UnitError("all copies have the same synapses", "each_copy = true", "nothing")
        least, most = (value.value, value.value) if isinstance(value, Quantity) else support(value)
        if least < low or most > high:
            hint = "" if isinstance(value, Quantity) else "Give `low` and `high`."
            raise UnitError("it may be outside the possible range", f'"{value.text}"', allowed, hint)
        return value

    return check


_TIME = DIMENSIONS["time"]
Share = Annotated[DrawnValue, AfterValidator(_within(DIMENSIONS["dimensionless"], 0.0, 1.0, "0 to 1"))]
Duration = Annotated[DrawnValue, AfterValidator(_within(_TIME, 0.0, math.inf, "0 ms or more"))]


class ShortTermPlasticity(Table):
    """Synapses that tire and facilitate (Tsodyks & Markram 1997; Tsodyks, Uziel & Markram 2000, equations 2 and 3)."""

    utilisation: Share = Field(description="fraction of the resources used by a spike after a long silence, 0 to 1")
    tau_recovery: Duration = Field(description="time constant of the recovery of resources")
    tau_facilitation: Duration = Field(
        parse_quantity("0 ms"),
        description="time constant of facilitation; 0 ms: all spikes use the same fraction",
    )
    tau_inactivation: Duration = Field(
        parse_quantity("0 ms"), description="time constant of inactivation, before recovery begins"
    )

    @model_validator(mode="after")
    def _recovers(self) -> ShortTermPlasticity:
        recovery, inactivation = self.tau_recovery, self.tau_inactivation
        if isinstance(recovery, Quantity) and recovery.value == 0:
            raise UnitError("tau_recovery is 0", f'"{recovery.text}"', "a time above 0 ms")
        if (
            isinstance(recovery, Quantity)
            and isinstance(inactivation, Quantity)
            and recovery.value == inactivation.value
        ):
            wrong = "tau_recovery and tau_inactivation are equal, so that the exact solution divides by 0"
            raise UnitError(wrong, f'"{recovery.text}"', "two times")
        return self

    @property
    def of_synapses(self) -> bool:
        """Whether any of the values differs between synapses."""
        return any(isinstance(getattr(self, name), QuantityTable) for name in type(self).model_fields)

    @property
    def text(self) -> str:
        """In words: ``utilisation 0.5, tau_recovery 800 ms``."""
        said = (name for name in type(self).model_fields if name in self.model_fields_set)
        return ", ".join(f"{name} {getattr(self, name).text}" for name in said)


def short_term_values(table: ShortTermPlasticity, name: str, synapses: int, seed: int) -> dict[str, float | np.ndarray]:
    """Return the values of a projection's synapses, by the names of the table's keys [SI units].

    Parameters
    ----------
    table : ShortTermPlasticity
    name : str
        Of the projection.
    synapses : int
        How many there are, in the order of `Rows`.
    seed : int
        Each key has its own random numbers.

    Returns
    -------
    dict of str to float or (synapse,) array
    """
    found: dict[str, float | np.ndarray] = {}
    for key in type(table).model_fields:
        value = getattr(table, key)
        if isinstance(value, Quantity):
            found[key] = value.value
        else:
            found[key] = draw(value, synapses, projection_rng(seed, f"{key} of {name}"))
    return found
