"""Spikes that units hear from outside the circuit: sums of independent Poisson trains, counted in every step."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field

from brainlearn.circuit.projection_rng import seeds_of
from brainlearn.circuit.table import AnyQuantity, Name, Table
from brainlearn.saved_state import Arrays, ForeignState, find
from brainlearn.units import Quantity, parse_quantity_of


def _frequency(value: Any) -> Any:
    quantity = value if isinstance(value, Quantity) else parse_quantity_of(value, "frequency")
    if quantity.value < 0:
        raise ValueError(f'"{quantity.text}" is below 0')
    return quantity


class PoissonInput(Table):
    """Independent Poisson trains onto every unit of a population."""

    variable: Name = Field(description="variable of the neuron model that every spike adds to")
    number: Annotated[int, Field(ge=1)] = Field(1, description="trains onto every unit, all with this rate")
    rate: Annotated[
        Quantity,
        BeforeValidator(_frequency, json_schema_input_type=str),
        Field(json_schema_extra={"type": "string", "examples": ["8 Hz"]}),
    ] = Field(description="of each train, as `8 Hz`")
    weight: AnyQuantity = Field(description="what a spike adds, with the unit of the variable")

    def per_step(self, dt: float) -> float:
        """Return how many spikes a unit hears in a step of `dt` [s], in the mean."""
        return self.number * self.rate.value * dt


class PoissonSpikes:
    """Who hears a spike, step after step.

    All trains together are one Poisson train, each of whose spikes goes to some unit: a draw for each spike, and none
    for units that hear nothing.

    Parameters
    ----------
    mean : float
        Spikes that a unit hears in a step.
    units : int
        In all copies.
    seed : int
    name : str
        Of the population, and which of its inputs this is: each has numbers of its own.

    Attributes
    ----------
    units : int
    """

    def __init__(self, mean: float, units: int, seed: int, name: str) -> None:
        self._mean, self.units = mean * units, units
        self._bits = np.random.SFC64(seeds_of(seed, name))
        self._rng = np.random.Generator(self._bits)

    def draw(self) -> np.ndarray:
        """Return the units that hear a spike in a step, (spike,) int array; one that hears two stands there twice."""
        return self._rng.integers(0, self.units, self._rng.poisson(self._mean))

    def state(self) -> Arrays:
        """Return where the generator is."""
        state: Any = self._bits.state
        return {"state": state["state"]["state"], "kept": np.array([state["has_uint32"], state["uinteger"]])}

    def restore(self, saved: Arrays) -> None:
        """Put the generator where another one was.

        Raises
        ------
        ForeignState
            If the state is that of another kind of generator.
        """
        kept = find("kept", saved)
        try:
            self._bits.state = {
                "bit_generator": "SFC64",
                "state": {"state": find("state", saved)},
                "has_uint32": int(kept[0]),
                "uinteger": int(kept[1]),
            }
        except (TypeError, ValueError, IndexError) as error:
            raise ForeignState("the Poisson spikes are of another generator") from error
