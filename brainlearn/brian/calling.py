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
    rest : callable, optional
        Returns for how many steps, this one included, it is enough to be called in one, and told of the others.
    skip : callable, optional
        Is told of so many steps in which the function was not called.
    """

    add_to_magic_network = False

    def __init__(
        self,
        simulation: Simulation,
        function: Callable[[], None],
        when: str,
        order: int = 0,
        rest: Callable[[], int] = lambda: 1,
        skip: Callable[[int], None] = lambda steps: None,
    ) -> None:
        super().__init__(clock=simulation.clock, when=when, order=order, name="called_each_step*")
        self._function, self._rest, self._skip = function, rest, skip
        simulation.network.add(self)

    def run(self) -> None:
        """Call the function."""
        self._function()

    def rest(self) -> int:
        """Return for how many steps it need not be called."""
        return self._rest()

    def skip(self, steps: int) -> None:
        """Tell of steps in which it was not called."""
        self._skip(steps)
