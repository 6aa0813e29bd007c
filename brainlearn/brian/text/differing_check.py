"""Check constants that differ between units where equations divide by them: none may come out 0, no time negative."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from brainlearn.circuit import Circuit, Population
from brainlearn.circuit.distributions import ConstantQuantity, PlaceQuantity, StoredQuantity
from brainlearn.circuit.draws import support
from brainlearn.circuit.unit_values import unit_values, varied_of
from brainlearn.mistakes import Mistake, UserError
from brainlearn.neurons.varying import written_equations
from brainlearn.units import DIMENSIONS

SAID = StoredQuantity | PlaceQuantity | ConstantQuantity
FAR = 5  # standard deviations: no unit of millions is so far from the mean


def find_wrong_divisors(circuit: Circuit) -> list[Mistake]:
    """Return a mistake for every time that equations divide by, and that is 0 or negative for some unit.

    What is drawn counts as negative if it may be; what a file or an expression says, if it is for a unit that there is.
    """
    return list(dict.fromkeys(each for p in circuit.populations for each in _of_population(circuit, p)))


def _of_population(circuit: Circuit, population: Population) -> Iterator[Mistake]:
    model = circuit.models.get(population.path)
    if model is None or not model.varied:
        return
    text = written_equations(model)
    for name in model.varied:
        table = varied_of(model)[name]
        if table.dimension != DIMENSIONS["time"] or not re.search(rf"/\s*\(?\s*{name}\b", text):
            continue
        if found := _not_positive(circuit, population, name, table):
            place = population.path if name in population.parameters else f"neurons.{population.neuron}"
            wrong = f"the equations divide by {name}, which must be above 0 for every unit"
            hint = "" if isinstance(table, SAID) else 'Write a `low`, as in `low = "1 ms"`.'
            yield Mistake(f"{circuit.path}: {place}.parameters.{name}", wrong, found, "times above 0", hint)


def _not_positive(circuit: Circuit, population: Population, name: str, table: Any) -> str:
    """Say what is 0 or negative; nothing if all is above 0."""
    if isinstance(table, SAID):
        try:
            values = unit_values(circuit, population.path, 1, 0)[name][0]
        except UserError:
            return ""  # said elsewhere
        wrong = np.flatnonzero(values <= 0)
        return f"{values[wrong[0]]:g} s for unit {wrong[0]} of {population.path}" if wrong.size else ""
    low, _ = support(table)
    if table.distribution == "normal":
        low = max(low, table.mean.value - FAR * table.sd.value)
    return table.text if low < 0 else ""  # 0 itself is never drawn
