"""The effect of spikes on units that differ: the sum over synapses, times a constant of each target unit."""

from __future__ import annotations

import numpy as np

from brainlearn.brian.text.synapse_factor import Factor


class ScaledTarget:
    """Collects what arrives in a step, and adds it to the variable times what every unit says.

    Parameters
    ----------
    variable : (copy, post) array
    post : callable
        Of the indices of units, None for all.

    Attributes
    ----------
    arriving : (copy, post) array
        To which synapses add.
    """

    def __init__(self, variable: np.ndarray, post: Factor) -> None:
        self._variable, self._post = variable, post
        self.arriving = np.zeros_like(variable)

    def pass_on(self) -> None:
        """Add what arrived to the variable."""
        if self.arriving.any():
            self._variable += self.arriving * np.reshape(self._post(None), (len(self._variable), -1))
            self.arriving.fill(0)
