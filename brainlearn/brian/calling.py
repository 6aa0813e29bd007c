"""A function that a network calls in every step."""

from __future__ import annotations

from collections.abc import Callable

from brian2 import BrianObject

from brainlearn.brian.simulation import Simulation


class CalledEachStep(BrianObject):
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

    add_to_magic_network = False

    def __init__(self, simulation: Simulation, function: Callable[[], None], when: str, order: int = 0) -> None:
        super().__init__(clock=simulation.clock, when=when, order=order, name="called_each_step*")
        self._function = function
        simulation.network.add(self)

    def run(self) -> None:
        """Call the function."""
        self._function()
