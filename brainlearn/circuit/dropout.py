"""Dropout: units that are switched off at random while a circuit learns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from brainlearn.circuit.circuit import Circuit
from brainlearn.circuit.projection_rng import projection_rng
from brainlearn.saved_state import Arrays, generator_state, put_generator_back


def with_dropout(circuit: Circuit, fractions: Mapping[str, float]) -> Circuit:
    """Return the circuit with the fractions of units that are off in each presentation while it learns.

    Parameters
    ----------
    circuit : Circuit
    fractions : mapping of str to float
        From 0 to below 1, by the path of a population that spikes; others have no dropout.

    Raises
    ------
    KeyError
        If there is no population of that path.
    """
    for path in fractions:
        circuit.population(path)
    areas = (
        replace(area, populations=tuple(replace(p, dropout=fractions.get(p.path, 0.0)) for p in area.populations))
        for area in circuit.areas
    )
    return circuit.with_parts(areas=tuple(areas))


class Dropout:
    """Draws which units are on in a presentation while a circuit learns.

    Every copy and unit is off with the probability of its population, drawn again for every round. Each population has
    random numbers of its own, so all engines draw the same ones, and no other random number changes.

    Source: Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov 2014, JMLR 15, 1929.

    Parameters
    ----------
    circuit : Circuit
    seed : int

    Attributes
    ----------
    fractions : dict of str to float
        By path, of populations that have any.
    gains : dict of str to float
        By path: the factor of what units send while a circuit learns, which keeps the mean of what arrives. Divisive
        normalisation sets the gain by itself; such populations are left out.
    """

    def __init__(self, circuit: Circuit, seed: int) -> None:
        dropped = [p for p in circuit.populations if p.dropout > 0]
        self.fractions = {p.path: p.dropout for p in dropped}
        self.gains = {p.path: 1 / (1 - p.dropout) for p in dropped if p.normalisation is None}
        self._sizes = {p.path: p.size for p in dropped}
        self._rngs = {p.path: projection_rng(seed, f"dropout of {p.path}") for p in dropped}

    def draw(self, copies: int) -> dict[str, np.ndarray]:
        """Return which units are on in the next round, (copy, unit) bool, by path."""
        return {
            path: rng.random((copies, self._sizes[path])) >= self.fractions[path] for path, rng in self._rngs.items()
        }

    def state(self) -> Arrays:
        """Return where the random numbers are."""
        return {path: generator_state(rng) for path, rng in self._rngs.items()}

    def restore(self, saved: Arrays) -> None:
        """Put the random numbers where others were; ForeignState if those are of another circuit."""
        for path, rng in self._rngs.items():
            put_generator_back(rng, path, saved)
