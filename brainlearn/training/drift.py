"""Weights that drift at random while the circuit learns."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from brainlearn.circuit.projection_rng import projection_rng
from brainlearn.circuit.wiring import wire_projection
from brainlearn.experiment.loading import Experiment
from brainlearn.saved_state import Arrays, generator_state, put_generator_back
from brainlearn.synapses import Sign


class Walk:
    """The random walk of the weights of one projection: an Ornstein-Uhlenbeck process, one step a round.

    The weights as drawn are its stationary distribution, so what they drive stays as strong as it was: in every round
    a weight keeps the share ``1 - per_epoch**2/2`` to the power ``1/rounds`` of its distance from their mean, and gains
    as much normal noise as keeps their standard deviation. After an epoch the root mean square change is `per_epoch`
    standard deviations, and the correlation with the weights before it ``1 - per_epoch**2/2``.

    Parameters
    ----------
    weights : (pre, post) array
        As drawn.
    mask : (pre, post) bool array, or None
        Where there is a synapse; None if everywhere.
    sign : "excitatory", "inhibitory" or "mixed"
        What walks across 0 is reflected.
    per_epoch : float
        Root mean square change within an epoch, in standard deviations of the weights as drawn [1].
    rng : Generator
    """

    def __init__(
        self, weights: np.ndarray, mask: np.ndarray | None, sign: Sign, per_epoch: float, rng: np.random.Generator
    ) -> None:
        synapses = weights if mask is None else weights[mask]
        self.mean, self.sd = float(synapses.mean()), float(synapses.std())
        self.mask, self.sign, self.per_epoch, self.rng = mask, sign, per_epoch, rng

    def step(self, weights: np.ndarray, rounds: int) -> None:
        """Move (pre, post) `weights` in place, by one of the `rounds` steps of an epoch."""
        kept = (1 - self.per_epoch**2 / 2) ** (1 / rounds)
        noise = self.rng.standard_normal(weights.shape, dtype=np.float32)
        moved = self.mean + kept * (weights - self.mean) + (self.sd * (1 - kept**2) ** 0.5) * noise
        if self.sign != "mixed":
            moved = np.abs(moved) * (1 if self.sign == "excitatory" else -1)
        np.copyto(weights, moved, where=True if self.mask is None else self.mask, casting="same_kind")


def walks(experiment: Experiment) -> dict[str, Walk]:
    """Return the walk of every projection that drifts, by name; each has its own random numbers."""
    settings, found = experiment.settings, {}
    for projection in experiment.circuit.projections:
        if projection.name in settings.drift:
            wiring = wire_projection(experiment.circuit, projection, settings.seed)
            rng = projection_rng(settings.seed, f"drift of {projection.name}")
            per_epoch = settings.drift[projection.name].per_epoch
            found[projection.name] = Walk(wiring.weights, wiring.mask, projection.sign, per_epoch, rng)
    return found


def walks_state(walking: Mapping[str, Walk]) -> Arrays:
    """Return the states of the random numbers of walks; weights are saved with the learner."""
    return {name: generator_state(walk.rng) for name, walk in walking.items()}


def restore_walks(walking: Mapping[str, Walk], saved: Arrays) -> None:
    """Restore the random numbers of walks; ForeignState if others were saved."""
    for name, walk in walking.items():
        put_generator_back(walk.rng, name, saved)
