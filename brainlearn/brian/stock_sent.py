"""What stock synapses read of presynaptic units: as it was when the spike was sent that arrives.

`brian2.Synapses` reads presynaptic variables when a spike arrives.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from brian2 import BrianObject, NeuronGroup, Synapses
from brian2.core.variables import Subexpression, Variable

from brainlearn.brian.learning.stock_text import told_variable
from brainlearn.brian.populations import unit_text
from brainlearn.reserved import reserved
from brainlearn.rules.rule import SPIKED


class WhenSent(BrianObject):
    """Keeps presynaptic variables for as long as spikes are in transit: what arrives carries what was sent.

    The text reads copies of them, which are as old as the delay.
    """

    add_to_magic_network = False

    def __init__(self, source: NeuronGroup, names: Iterable[str], steps: int, when: str, order: int, name: str) -> None:
        super().__init__(clock=source.clock, when=when, order=order, name=name)
        self._steps = steps
        self._new_names: dict[str, str] = {}
        self._lines: list[tuple[str, Any, np.ndarray, deque[np.ndarray]]] = []
        for variable, now in _read(source, names):
            own = f"{reserved('sent')}_{name}_{variable}"
            source.variables.add_array(own, size=source.N, dimensions=now.dim, dtype=now.dtype)
            self._new_names[f"{variable}_pre"] = f"{own}_pre"
            self._lines.append((variable, _values(source, variable), source.variables[own].get_value(), deque()))

    def renamed(self, text: str) -> str:
        """Return text of the synapses that reads what arrives."""
        return _renamed(text, self._new_names)

    def clear(self) -> None:
        """Start over: before the first step, values were as in it, and nothing spiked."""
        for *_, line in self._lines:
            line.clear()

    def run(self) -> None:
        """Store what is sent in this step, and provide what arrives."""
        for variable, now, then, line in self._lines:
            if not line:
                before = np.zeros_like(now[:]) if variable == told_variable(SPIKED) else np.array(now[:])
                line.extend([before] * self._steps)
            line.append(np.array(now[:]))
            then[:] = line.popleft()


class EachSent(BrianObject):
    """As `WhenSent` for synapses with their own delays: each has a variable as old as its delay.

    Parameters
    ----------
    source : NeuronGroup
    names : iterable of str
        That the text names.
    pres : (synapse,) array of int
        Source units.
    delays : (synapse,) array of int
        In steps.
    copies : int
    when, order, name
        Of Brian2.

    Attributes
    ----------
    declarations : list of str
        Of the synapses' variables.
    """

    add_to_magic_network = False

    def __init__(
        self,
        source: NeuronGroup,
        names: Iterable[str],
        pres: np.ndarray,
        delays: np.ndarray,
        copies: int,
        when: str,
        order: int,
        name: str,
    ) -> None:
        super().__init__(clock=source.clock, when=when, order=order, name=name)
        self._delays = np.tile(delays, copies)
        self._pres = np.tile(pres, copies) + np.repeat(np.arange(copies), len(pres)) * (source.N // copies)
        read = dict(_read(source, names))
        self._own = {variable: f"{reserved('sent')}_{name}_{variable}" for variable in read}
        self.declarations = [f"{own} : {unit_text(read[variable].dim)}" for variable, own in self._own.items()]
        longest = int(delays.max(initial=0)) + 1
        self._now = {variable: _values(source, variable) for variable in read}
        self._past = {variable: np.zeros((longest, source.N)) for variable in read}
        self._then: dict[str, np.ndarray] = {}
        self._step = -1

    def renamed(self, text: str) -> str:
        """Return text of the synapses that reads what arrives."""
        return _renamed(text, {f"{variable}_pre": own for variable, own in self._own.items()})

    def attach(self, synapses: Synapses) -> None:
        """Find the variables of synapses that are connected."""
        self._then = {variable: synapses.variables[own].get_value() for variable, own in self._own.items()}

    def clear(self) -> None:
        """Start over: before the first step, values were as in it, and nothing spiked."""
        self._step = -1

    def run(self) -> None:
        """Store what is sent in this step, and provide what arrives at each synapse."""
        begins, self._step = self._step < 0, self._step + 1
        for variable, past in self._past.items():
            if begins:
                past[:] = 0 if variable == told_variable(SPIKED) else self._now[variable][:]
            past[self._step % len(past)] = self._now[variable][:]
            self._then[variable][:] = past[(self._step - self._delays) % len(past), self._pres]


def _read(source: NeuronGroup, names: Iterable[str]) -> Iterator[tuple[str, Variable]]:
    """Yield the presynaptic variables among `names` that differ between units."""
    for variable in (each[:-4] for each in sorted(names) if each.endswith("_pre")):
        if variable in source.variables and not source.variables[variable].scalar:
            yield variable, source.variables[variable]


def _values(source: NeuronGroup, variable: str) -> Any:
    """Return what gives the values of a variable, or a subexpression, as they are when it is indexed."""
    now = source.variables[variable]
    return source.state(variable, use_units=False) if isinstance(now, Subexpression) else now.get_value()


def _renamed(text: str, names: dict[str, str]) -> str:
    return re.sub(r"\b[A-Za-z_]\w*\b", lambda word: names.get(word[0], word[0]), text)
