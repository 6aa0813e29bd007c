"""The protocol of learners: they show rounds and learn, as the circuit by a rule or the mirror by backpropagation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal, Protocol

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.cost.events import EventTally
from brainlearn.results.cost_record import Footprint, StageCost
from brainlearn.results.record import SpikeRecord, UnitRecord
from brainlearn.saved_state import Arrays
from brainlearn.tasks.task import Examples, Reading

Schedule = Literal["constant", "linear", "linear_half"]


class Learner(Reading, Protocol):
    """A circuit that is shown rounds and learns from them.

    Attributes
    ----------
    engine, rule : str
        ``"brian"`` or ``"mirror"``, and the name of the rule or baseline.
    baseline : str or None
        The name of the baseline, if it is one.
    epochs : int
        How many it trains for.
    schedule : "constant", "linear" or "linear_half"
        Of its step size.
    copies, at_once : int
        Presentations at once, at most, in a round with learning and in one without.
    steps : int
        Of the last phase of a presentation.
    loss : float
        Of the last round with learning; nan for rules that have none.
    tally : EventTally or None
        Takes in what units send in every round that is shown; None: nobody counts.
    """

    engine: str
    rule: str
    baseline: str | None
    epochs: int
    schedule: Schedule
    copies: int
    at_once: int
    steps: int
    loss: float
    tally: EventTally | None

    def present(
        self, rounds: Iterator[Round], count: int, done: Callable[[Round], None], until_answer: bool = False
    ) -> None:
        """Show `count` rounds, and learn from those that are for learning.

        Parameters
        ----------
        rounds : iterator of Round
            Asked for the next round when the one before is over, so it may depend on it. The rows of a round are some
            or all of the copies.
        count : int
        done : callable
            Called with each round at its end, after learning, when the learner can be read; all copies have a row then.
        until_answer : bool
            Whether a presentation ends with the last step that counts for the answer.
        """

    def contrasted(self) -> dict[str, np.ndarray]:
        """Return the goodness of every population that learns by it, in the last phase, (own copy,) by path."""

    def set_factor(self, factor: float) -> None:
        """Multiply the step sizes of all projections."""

    def learning(self) -> tuple[str, ...]:
        """Return the names of the projections that learn."""

    def weights(self, name: str) -> np.ndarray:
        """Return the (pre, post) weights of a projection; perhaps a view."""

    def set_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Set (pre, post) weights by projection name; tied weights follow."""

    def mask(self, name: str) -> np.ndarray | None:
        """Return which pairs a projection connects, (pre, post) bool; None if all."""

    def not_finite(self) -> Iterable[str]:
        """Yield a note for weights and states that are no longer finite."""

    def units(self) -> tuple[dict[str, int], tuple[str, ...]]:
        """Return the sizes of all populations but stimuli, by path, and which of them spike."""

    def unit_values(self) -> dict[str, dict[str, UnitRecord]]:
        """Return what differs between units, by population and variable."""

    def cost(self, tally: EventTally) -> StageCost:
        """Return the cost of the rounds of a tally, with synapses and weights as they are now."""

    def footprint(self) -> Footprint:
        """Return the memory of the circuit and its learning."""

    def record_spikes(self, examples: Examples) -> dict[str, SpikeRecord]:
        """Record every spike while a few examples are shown; empty where nothing spikes."""

    def why_not_saved(self) -> str:
        """Say why its state cannot be saved completely; empty if it can."""

    def state(self) -> Arrays:
        """Return all that decides how it continues, between two rounds; perhaps views."""

    def restore(self, saved: Arrays) -> None:
        """Restore a saved state; ForeignState if it belongs to another learner."""


@contextmanager
def counting(learner: Learner, tally: EventTally) -> Iterator[None]:
    """Add what units send in all rounds within the block to a tally."""
    learner.tally = tally
    try:
        yield
    finally:
        learner.tally = None


def step_factor(schedule: Schedule, epoch: int, epochs: int, within: float) -> float:
    """Return the factor of the step size.

    Parameters
    ----------
    schedule : "constant", "linear" or "linear_half"
        The second falls linearly to 0, the third does so over the second half of training (as Hinton's published
        program).
    epoch, epochs : int
        Epoch counted from 0, and how many there are.
    within : float
        Share of the epoch that is over.

    Examples
    --------
    >>> step_factor("linear_half", epoch=7, epochs=10, within=0.5)
    0.5
    """
    left = max(0.0, 1.0 - (epoch + within) / epochs)
    return {"constant": 1.0, "linear": left, "linear_half": min(1.0, 2.0 * left)}[schedule]
