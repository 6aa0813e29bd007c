"""What `t`, `i` and `N` mean in the text of a population: time since onset, unit and size of one copy.

Brian2 counts neurons through all copies and time through all presentations. A circuit file is about one copy and one
presentation, so these names get their own variables.
"""

from __future__ import annotations

import re

import numpy as np
from brian2 import Clock, NeuronGroup, second

from brainlearn.reserved import reserved

SIZE = reserved("N")
UNIT = reserved("i")


class OnsetTime:
    """The time since the onset of a presentation, instead of the time since the beginning of a run.

    Parameters
    ----------
    dt : float
        Time step [s].
    """

    def __init__(self, dt: float) -> None:
        self.dt = dt
        self._clock = Clock(dt=dt * second, name="onset_clock*")  # it drives nothing: its variables are what is read
        self._step = self._clock.variables["timestep"].get_value()
        self._time = self._clock.variables["t"].get_value()

    @property
    def steps(self) -> int:
        """Steps since the onset."""
        return int(self._step[0])

    @property
    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """Steps and time since the onset, (1,) each, as text reads them."""
        return self._step, self._time

    def set(self, steps: int) -> None:
        """Let so many steps have passed since the onset."""
        self._step[0] = steps
        self._time[0] = steps * self.dt

    def be_read_by(self, group: NeuronGroup) -> None:
        """Let `t` and `t_in_timesteps` in the group's text be the time since the onset, `lastspike` too."""
        for name, own in (("t", "t"), ("t_in_timesteps", "timestep")):
            group.variables._variables[name] = self._clock.variables[own]


def number_units(group: NeuronGroup, size: int) -> None:
    """Add the variable behind `i`: the number of a unit within its own copy of `size` units."""
    values = np.tile(np.arange(size, dtype=np.int32), group.N // size)
    group.variables.add_array(UNIT, size=group.N, dtype=np.int32, values=values, constant=True, read_only=True)


def of_one_copy(text: str) -> str:
    """Return text in which `N` is the size of the population in one copy, and `i` counts the units of that copy."""
    return re.sub(r"\bN\b", SIZE, re.sub(r"\bi\b", UNIT, text))
