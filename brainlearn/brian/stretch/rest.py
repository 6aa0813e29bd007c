"""Objects of a network that have nothing to do for several steps."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from brian2 import BrianObject, NeuronGroup

FOR_EVER = 2**31


@runtime_checkable
class Resting(Protocol):
    """An object that can be left out of steps."""

    def rest(self) -> int:
        """Return for how many steps, this one included, `skip` does all that `run` would do; 1 if it is not so."""

    def skip(self, steps: int) -> None:
        """Take note of steps in which it was not run."""


def does_nothing(each: BrianObject) -> bool:
    """Return whether an object does nothing in any step, as a group whose states others update."""
    return isinstance(each, NeuronGroup) and type(each).run is BrianObject.run and not each._code_objects
