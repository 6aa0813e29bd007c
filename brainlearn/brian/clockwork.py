"""What lets other machines take part in a network of Brian2: its clock, and functions that it calls in its slots."""

from __future__ import annotations

from collections.abc import Callable

from brian2 import BrianObject, Clock, second

from brainlearn.circuit import Circuit


def circuit_clock(circuit: Circuit) -> Clock:
    """Return a new clock that ticks in the time steps of a circuit."""
    return Clock(dt=circuit.dt.value * second, name="circuit_clock*")


class SlotCall(BrianObject):
    """Calls a function in one slot of every step.

    Parameters
    ----------
    clock : Clock
    function : callable
    when : str
        The slot, as ``"start"``.
    order : int
        Within the slot.
    name : str
    """

    add_to_magic_network = False

    def __init__(
        self, clock: Clock, function: Callable[[], None], when: str, order: int = 0, name: str = "slot_call*"
    ) -> None:
        super().__init__(clock=clock, when=when, order=order, name=name)
        self._function = function

    def run(self) -> None:
        """Call the function."""
        self._function()
