"""The Helmholtz machine that the weights of a circuit define, as a code: what images cost, and which code is cheapest.

An image is sent as a code, the state of the hidden units, and then itself, given the code. The cheapest code costs
-log p(image, code). One that recognition draws, by q(code | image), costs more for code and image, but the choice
itself carries a message of -log q nats, which the receiver gets back: in all the free energy.
Source: Hinton & Zemel 1994, NeurIPS 6, 3 (bits back); Hinton, Dayan, Frey & Neal 1995, Science 268, 1158.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from brainlearn.energy.states import all_states, logistic, softplus
from brainlearn.mistakes import Mistake, UserError

MOST_CODES = 16  # hidden units whose states are listed


@dataclass(frozen=True)
class HelmholtzMachine:
    """Binary units, one hidden area.

    Parameters
    ----------
    recognition : (visible, hidden) array
    recognition_bias : (hidden,) array
    generation : (hidden, visible) array
    visible_bias : (visible,) array
        Of generation.
    hidden_bias : (hidden,) array
        Of generation.
    """

    recognition: np.ndarray
    recognition_bias: np.ndarray
    generation: np.ndarray
    visible_bias: np.ndarray
    hidden_bias: np.ndarray

    def recognised(self, visible: np.ndarray) -> np.ndarray:
        """Return how likely recognition makes each hidden unit, (item, hidden), for (item, visible) states."""
        return logistic(visible @ self.recognition + self.recognition_bias)

    def generated(self, hidden: np.ndarray) -> np.ndarray:
        """Return how likely generation makes each visible unit, (item, visible), for (item, hidden) states."""
        return logistic(hidden @ self.generation + self.visible_bias)

    def log_joint(self, visible: np.ndarray, hidden: np.ndarray) -> np.ndarray:
        """Return log p(visible, hidden) of every pair, (item, code) [nat], for (item, visible) and (code, hidden)."""
        drive = hidden @ self.generation + self.visible_bias
        of_code = hidden @ self.hidden_bias - softplus(self.hidden_bias).sum() - softplus(drive).sum(axis=1)
        return visible @ drive.T + of_code

    def log_recognition(self, visible: np.ndarray, hidden: np.ndarray) -> np.ndarray:
        """Return log q(hidden | visible) of every pair, (item, code) [nat]."""
        drive = visible @ self.recognition + self.recognition_bias
        return drive @ hidden.T - softplus(drive).sum(axis=1)[:, None]

    def costs(self, visible: np.ndarray) -> Costs:
        """Return what (item, visible) states cost, exactly, over all codes.

        Raises
        ------
        UserError
            If there are more than 16 hidden units.
        """
        units = len(self.hidden_bias)
        if units > MOST_CODES:
            wrong, found = "too many codes for an exact sum", f"{units} hidden units"
            raise UserError(Mistake("HelmholtzMachine", wrong, found, f"at most {MOST_CODES}"))
        codes = all_states(units)
        joint, log_q = self.log_joint(visible, codes), self.log_recognition(visible, codes)
        q = np.exp(log_q)
        likelihood = np.logaddexp.reduce(joint, axis=1)
        posterior = np.exp(joint - likelihood[:, None])
        return Costs(
            best_code=-joint.max(axis=1),
            expected_energy=-(q * joint).sum(axis=1),
            free_energy=(q * (log_q - joint)).sum(axis=1),
            boltzmann_energy=-(posterior * joint).sum(axis=1),
            likelihood=-likelihood,
        )


@dataclass(frozen=True)
class Costs:
    """What each item costs, (item,) each [nat].

    Parameters
    ----------
    best_code : array
        By the cheapest single code.
    expected_energy : array
        By a code that recognition draws, before any bits come back.
    free_energy : array
        The same less what comes back.
    boltzmann_energy : array
        By a code drawn by its Boltzmann probability, before any bits come back.
    likelihood : array
        The same less what comes back: minus the log probability of the item, the least of all.
    """

    best_code: np.ndarray
    expected_energy: np.ndarray
    free_energy: np.ndarray
    boltzmann_energy: np.ndarray
    likelihood: np.ndarray
