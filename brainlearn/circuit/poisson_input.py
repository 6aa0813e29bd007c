"""Spikes that units receive from outside the circuit: sums of independent Poisson trains, counted in every step."""

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
        """Return how many spikes a unit receives in a step of `dt` [s], in the mean."""
        return self.number * self.rate.value * dt


MOST_STEPS, MOST_SPIKES = 200, 100_000  # that are drawn at once


class PoissonSpikes:
    """Which units receive a spike, step after step.

    All trains together are one Poisson train, each of whose spikes goes to some unit: a draw for each spike, and none
    for units that receive nothing.

    Parameters
    ----------
    mean : float
        Spikes that a unit receives in a step.
    units : int
        In all copies.
    seed : int
    name : str
        Of the population, and which of its inputs this is: each has its own numbers.

    Attributes
    ----------
    units : int
    steps : int
        That are drawn at once.
    heard : (spike,) array of int64
        Which units receive them, in those steps, one step after the other.
    ends : (steps + 1,) array of int64
        Where the spikes of each step begin in `heard`, and where the last ones end.
    place : (1,) array of int64
        How many of the steps are over.
    """

    def __init__(self, mean: float, units: int, seed: int, name: str) -> None:
        self._mean, self.units = mean * units, units
        self._bits = np.random.SFC64(seeds_of(seed, name))
        self._rng = np.random.Generator(self._bits)
        self.steps = max(1, min(MOST_STEPS, int(MOST_SPIKES / (self._mean + 1))))
        self.ends = np.zeros(self.steps + 1, dtype=np.int64)
        self.place = np.zeros(1, dtype=np.int64)
        self.begin()

    def begin(self) -> None:
        """Draw the next steps at once, which takes much less time than one after the other."""
        self._before: Any = self._bits.state
        np.cumsum(self._rng.poisson(self._mean, self.steps), out=self.ends[1:])
        self.heard = self._rng.integers(0, self.units, self.ends[-1])
        self.place[0] = 0

    def draw(self) -> np.ndarray:
        """Return the units that receive a spike in a step, (spike,) int array; twice for two spikes."""
        if self.place[0] == self.steps:
            self.begin()
        self.place += 1
        first, end = self.ends[self.place[0] - 1 : self.place[0] + 1].tolist()
        return self.heard[first:end]

    def state(self) -> Arrays:
        """Return where the generator was, and how many steps were drawn since."""
        kept = [self._before["has_uint32"], self._before["uinteger"], int(self.place[0])]
        return {"state": self._before["state"]["state"], "kept": np.array(kept)}

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
            self.begin()
            self.place[0] = int(kept[2])
        except (TypeError, ValueError, IndexError) as error:
            raise ForeignState("the Poisson spikes belong to another generator") from error
