"""Both sides of a rule's terms in one projection: what its text says of the units, and products over copies."""

from __future__ import annotations

from typing import Any

import numpy as np

from brainlearn.brian.learning.kernel_list import weight_list
from brainlearn.brian.learning.neuromodulation import Neuromodulation
from brainlearn.brian.learning.population_values import PopulationValues, Values
from brainlearn.brian.learning.synapse_list import SynapseList
from brainlearn.brian.learning.synaptic_states import SynapticStates
from brainlearn.brian.learning.term import Term
from brainlearn.expression import Expression
from brainlearn.rules.rule import WEIGHT


class Sides:
    """What terms find at both ends of a projection.

    Parameters
    ----------
    pre : PopulationValues
    post : Neuromodulation
    synapses : SharedSynapses or StockSynapses
        Products have the shape and floating-point type of their weights.
    states : SynapticStates, optional
        States of the synapses that terms read.

    Attributes
    ----------
    weight_list : SynapseList or None
        The weights as a list, if they are no matrix of all pairs.
    """

    def __init__(
        self, pre: PopulationValues, post: Neuromodulation, synapses: Any, states: SynapticStates | None = None
    ) -> None:
        self.pre, self.post, self.states = pre, post, states
        self.weights: np.ndarray = synapses.weights
        self.shape: tuple[int, int] = synapses.shape
        self.weight_list = weight_list(synapses)
        self._constant: dict[tuple[float, tuple[int, int]], np.ndarray] = {}  # sides of terms that read no unit

    def of_pre(self, expression: Expression, now: Values | None = None) -> Any:
        """Evaluate presynaptic text, at the end of a phase or with what the population is `now`.

        The result broadcasts against (copy, pre).
        """
        values, parameters = self.pre if now is None else now, self.post.parameters
        return expression({n: parameters[n] if n in parameters else values[n] for n in expression.names})

    def fixed(self, expression: Expression) -> bool:
        """Return whether presynaptic text reads nothing but the rule's constants."""
        return expression.names <= self.post.parameters.keys()

    def of_weight(self, term: Term, weights: np.ndarray) -> Any:
        """Evaluate a term's factor of the weight, for an array of weights."""
        assert term.weight is not None
        parameters = self.post.parameters
        return term.weight({n: weights if n == WEIGHT else parameters[n] for n in term.weight.names})

    def weighted(self, term: Term, product: np.ndarray, synapses: SynapseList | None = None) -> np.ndarray:
        """Return a product, as weights are or at listed `synapses`, times the term's factor of the weight."""
        if term.weight is None:
            return product
        weights = self.weights if synapses is None else synapses.take(self.weights)
        weighted: np.ndarray = product * self.of_weight(term, weights)
        return weighted

    def summed(self, term: Term, pre: Any, post: Any, taking_part: np.ndarray) -> np.ndarray:
        """Sum over copies the product of both sides and of what the synapse says, as weights are."""
        if term.synapse is None:
            return self.product(pre, post, taking_part)
        assert self.states is not None
        return self.states.summed(term.synapse, *self.everywhere(pre, post, len(taking_part)), taking_part)

    def product(self, pre: Any, post: Any, taking_part: np.ndarray) -> np.ndarray:
        """Sum over copies of pre times post, (copy, pre).T @ (copy, post), and over places that share a weight."""
        a, b = self.in_copies(pre, post, taking_part)
        return a.T @ b if self.weight_list is None else self.weight_list.products(a, b).reshape(self.weights.shape)

    def in_copies(self, pre: Any, post: Any, taking_part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return both sides of a product in the copies that take part, (copy, pre) and (copy, post)."""
        a, b = self.everywhere(pre, post, len(taking_part))
        if not taking_part.all():
            a, b = a[taking_part], b[taking_part]
        return a, b

    def everywhere(self, pre: Any, post: Any, copies: int) -> tuple[np.ndarray, np.ndarray]:
        """Return both sides of a product in all copies, (copy, pre) and (copy, post)."""
        n_pre, n_post = self.shape
        return self.filled(pre, (copies, n_pre)), self.filled(post, (copies, n_post))

    def filled(self, value: Any, shape: tuple[int, int]) -> np.ndarray:
        """Return a value as an array of a shape, which nobody writes to."""
        array = np.asarray(value, dtype=self.weights.dtype)
        if array.shape == shape:
            return array
        if array.ndim:
            return np.broadcast_to(array, shape)
        key = float(array), shape
        if key not in self._constant:
            self._constant[key] = np.full(shape, array)
        return self._constant[key]
