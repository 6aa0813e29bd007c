"""The restricted Boltzmann machine that the weights of a circuit define: its energy, its free energy, its likelihood.

Natural units throughout: energies in nats, at temperature 1. Source: Hinton 2012, A Practical Guide to Training
Restricted Boltzmann Machines, sections 2 and 16.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from brainlearn.energy.states import all_states, logistic, softplus
from brainlearn.mistakes import Mistake, UserError

MOST_HIDDEN = 16


@dataclass(frozen=True)
class RestrictedMachine:
    """Binary units on two sides; each side is independent, given the other.

    Parameters
    ----------
    weights : (visible, hidden) array
    visible_bias : (visible,) array
    hidden_bias : (hidden,) array
    """

    weights: np.ndarray
    visible_bias: np.ndarray
    hidden_bias: np.ndarray

    def energy(self, visible: np.ndarray, hidden: np.ndarray) -> np.ndarray:
        """Return the energy of (item, visible) and (item, hidden) states, (item,) [nat]."""
        products = np.einsum("nv,vh,nh->n", visible, self.weights, hidden)
        return -visible @ self.visible_bias - hidden @ self.hidden_bias - products

    def hidden_probability(self, visible: np.ndarray) -> np.ndarray:
        """Return how likely each hidden unit is to be on, (item, hidden), given (item, visible) states."""
        return logistic(visible @ self.weights + self.hidden_bias)

    def free_energy(self, visible: np.ndarray) -> np.ndarray:
        """Return minus the log of the sum of exp(-energy) over all hidden states, (item,) [nat]."""
        return -visible @ self.visible_bias - softplus(visible @ self.weights + self.hidden_bias).sum(axis=1)

    def expected_energy(self, visible: np.ndarray) -> np.ndarray:
        """Return the mean energy over hidden states as they are drawn, (item,) [nat].

        The free energy is lower by the entropy of the hidden states.
        """
        return self.energy(visible, self.hidden_probability(visible))

    def log_partition(self) -> float:
        """Return the log of the sum of exp(-energy) over all states [nat]; exact, over all states of the smaller side.

        Raises
        ------
        UserError
            If both sides have more than 16 units.
        """
        visible, hidden = self.weights.shape
        if min(visible, hidden) > MOST_HIDDEN:
            wrong, found = "too many states for an exact sum", f"{visible} visible and {hidden} hidden units"
            raise UserError(Mistake("RestrictedMachine", wrong, found, f"at most {MOST_HIDDEN} on one side"))
        turned = RestrictedMachine(self.weights.T, self.hidden_bias, self.visible_bias)
        machine = self if visible <= hidden else turned
        return float(np.logaddexp.reduce(-machine.free_energy(all_states(min(visible, hidden)))))

    def log_likelihood(self, visible: np.ndarray) -> np.ndarray:
        """Return the log probability of (item, visible) states, (item,) [nat]; UserError as for `log_partition`."""
        return -self.free_energy(visible) - self.log_partition()

    def class_probability(self, images: np.ndarray) -> np.ndarray:
        """Return how likely each class is, given (item, pixel) images: the last visible units are those of the label.

        Exact, as the free energy of every label decides it.

        Returns
        -------
        (item, class) array
        """
        classes = len(self.visible_bias) - images.shape[1]
        shown = [np.concatenate([images, np.tile(row, (len(images), 1))], axis=1) for row in np.eye(classes)]
        log_odds = -np.stack([self.free_energy(each) for each in shown], axis=1)
        return np.exp(log_odds - np.logaddexp.reduce(log_odds, axis=1, keepdims=True))


def restricted_machine(
    weights: Mapping[str, np.ndarray], visible: Sequence[str], hidden: str, bias: str
) -> RestrictedMachine:
    """Return the machine of a circuit.

    Parameters
    ----------
    weights : mapping of str to (pre, post) array
        By the names of projections, ``source->target``, as a result or a learner has them.
    visible : sequence of str
        Populations of the visible side, in the order wanted; each projects to `hidden`.
    hidden, bias : str
        Populations of hidden units and of the unit that is always on.

    Raises
    ------
    UserError
        If a projection is missing.
    """
    wanted = [*(f"{path}->{hidden}" for path in visible), *(f"{bias}->{path}" for path in (*visible, hidden))]
    missing = [name for name in wanted if name not in weights]
    if missing:
        hint = "Name the populations of the circuit that are visible, hidden and always on."
        raise UserError(*(Mistake("weights", "no such projection", name, ", ".join(weights), hint) for name in missing))
    up = np.concatenate([np.asarray(weights[name], dtype=float) for name in wanted[: len(visible)]])
    biases = [np.asarray(weights[name], dtype=float).sum(axis=0) for name in wanted[len(visible) :]]
    return RestrictedMachine(up, np.concatenate(biases[:-1]), biases[-1])
