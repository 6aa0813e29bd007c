"""Fast weights in stock synapses: a variable of every synapse in every copy, changed by Brian2 in every step."""

from __future__ import annotations

import re
from dataclasses import dataclass

from brainlearn.brian.populations import GAIN, PopulationGroup, unit_text
from brainlearn.brian.text.statement import parse_transmit
from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.fast_weights import FastWeights
from brainlearn.mistakes import Mistake, UserError
from brainlearn.reserved import reserved

FAST = reserved("fast")


@dataclass(frozen=True)
class StockFast:
    """What `FastMatrices` does, as text.

    Parameters
    ----------
    table : FastWeights
    dt : float
        Time step [s].
    output : str
        Variable of the target that is its activity.
    normalised : bool
        Whether the target passes it on times a gain.
    output_unit, input_unit : str
        Brian2's text of the unit of this, and of the variable that the synapses set.
    """

    table: FastWeights
    dt: float
    output: str
    normalised: bool
    output_unit: str
    input_unit: str

    def __post_init__(self) -> None:
        if self.table.shared:
            wrong, hint = "brian2.Synapses cannot share fast weights between copies", 'Use delivery = "shared".'
            raise UserError(Mistake("delivery", wrong, '"stock"', '"shared"', hint))

    @property
    def declaration(self) -> str:
        """The line of the model."""
        return f"{FAST} : 1"

    def transmit(self, text: str) -> str:
        """Return text of a continuous synapse that transmits by its slow and its fast weight."""
        return re.sub(r"\bw\b", f"(w + {FAST})", text)

    def update(self, transmit: str) -> str:
        """Return the statement of a step for text of a continuous synapse; what it reads is in SI units."""
        pre = f"({parse_transmit(transmit).factor.text})/({self.input_unit})"
        post = f"{self.output}_post/({self.output_unit})" + (f"*{GAIN}_post" if self.normalised else "")
        return f"{FAST} = {self.table.kept(self.dt)!r}*{FAST} + {self.table.growth(self.dt)!r}*({pre})*({post})"


def stock_fast(circuit: Circuit, projection: Projection, target: PopulationGroup) -> StockFast:
    """Return the fast weights of a projection that has some."""
    assert projection.fast_weights is not None
    output = target.model.output
    set_by_it = parse_transmit(circuit.synapses[projection.synapse].transmit).target
    units = (unit_text(target.group.variables[name].dim) for name in (output, set_by_it))
    normalised = target.population.scaled
    return StockFast(projection.fast_weights, circuit.dt.value, output, normalised, *units)
