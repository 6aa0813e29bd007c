"""A function that the network of a simulation calls in every step."""

from __future__ import annotations

from collections.abc import Callable

from brainlearn.brian.clockwork import SlotCall
from brainlearn.brian.simulation import Simulation


class CalledEachStep(SlotCall):
    """Calls a function in one slot of every step.

    Parameters
    ----------
    simulation : Simulation
        The object joins its network.
    function : callable
    when : str
        The slot, as ``"start"``.
    order : int
        Within the slot.
    """

    def __init__(self, simulation: Simulation, function: Callable[[], None], when: str, order: int = 0) -> None:
        super().__init__(simulation.clock, function, when, order, "called_each_step*")
        simulation.network.add(self)
