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
    rest : callable, optional
        Returns for how many steps, this one included, it is enough to be called in one, and told of the others.
    skip : callable, optional
        Is told of so many steps in which the function was not called.
    """

    def __init__(
        self,
        simulation: Simulation,
        function: Callable[[], None],
        when: str,
        order: int = 0,
        rest: Callable[[], int] = lambda: 1,
        skip: Callable[[int], None] = lambda steps: None,
    ) -> None:
        super().__init__(simulation.clock, function, when, order, "called_each_step*")
        self._rest, self._skip = rest, skip
        simulation.network.add(self)

    def rest(self) -> int:
        """Return for how many steps it need not be called."""
        return self._rest()

    def skip(self, steps: int) -> None:
        """Tell of steps in which it was not called."""
        self._skip(steps)
