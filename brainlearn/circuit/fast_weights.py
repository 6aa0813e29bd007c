"""What a circuit file says of fast weights: a second, decaying weight of every synapse in every copy."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from brainlearn.circuit.table import Table, Time
from brainlearn.units import Quantity, parse_quantity_of


def _frequency(value: Any) -> Any:
    return value if isinstance(value, Quantity) else parse_quantity_of(value, "frequency")


def _above_0(value: Quantity) -> Quantity:
    if value.value <= 0:
        raise ValueError(f'"{value.text}" is not above 0 ms')
    return value


Frequency = Annotated[Quantity, BeforeValidator(_frequency, json_schema_input_type=str)]


class FastWeights(Table):
    """A fast weight beside the slow one (Ba, Hinton, Mnih, Leibo & Ionescu 2016, arXiv 1610.06258, equation 1)."""

    rate: Frequency = Field(
        description="growth per unit of time for a presynaptic times a postsynaptic activity of 1; below 0 Hz: "
        "anti-Hebbian"
    )
    tau_decay: Annotated[Time, AfterValidator(_above_0)] = Field(description="time constant of the decay to 0")
    shared: bool = Field(
        False,
        description="all copies share one fast matrix, which takes the mean of their changes; else each has one",
    )

    def kept(self, dt: float) -> float:
        """Return what is left of a fast weight after a step of `dt` [s]: λ of the paper."""
        return math.exp(-dt / self.tau_decay.value)

    def growth(self, dt: float) -> float:
        """Return what a step of `dt` [s] adds for activities of 1: η of the paper."""
        return self.rate.value * dt

    @property
    def text(self) -> str:
        """In words: ``rate 500 Hz, tau_decay 10 ms``."""
        return f"rate {self.rate.text}, tau_decay {self.tau_decay.text}" + (", shared" if self.shared else "")
