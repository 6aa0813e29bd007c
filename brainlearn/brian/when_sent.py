"""What presynaptic variables were when a spike was sent, for synapses of Brian2, which read them when it arrives."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from typing import Any

import numpy as np
from brian2 import BrianObject, NeuronGroup
from brian2.core.variables import Subexpression

from brainlearn.brian.learning.stock_text import told_variable
from brainlearn.reserved import reserved
from brainlearn.rules.rule import SPIKED


class WhenSent(BrianObject):
    """Keeps presynaptic variables for as long as spikes are under way: what arrives carries what was sent.

    `brian2.Synapses` reads presynaptic variables when a spike arrives. Here the text reads copies of them instead,
    which are as old as the delay.
    """

    add_to_magic_network = False

    def __init__(self, source: NeuronGroup, names: Iterable[str], steps: int, when: str, order: int, name: str) -> None:
        super().__init__(clock=source.clock, when=when, order=order, name=name)
        self._steps = steps
        self._new_names: dict[str, str] = {}
        self._lines: list[tuple[str, Any, np.ndarray, deque[np.ndarray]]] = []
        for variable in (each[:-4] for each in sorted(names) if each.endswith("_pre")):
            if variable not in source.variables or source.variables[variable].scalar:
                continue
            now = source.variables[variable]
            own = f"{reserved('sent')}_{name}_{variable}"
            source.variables.add_array(own, size=source.N, dimensions=now.dim, dtype=now.dtype)
            self._new_names[f"{variable}_pre"] = f"{own}_pre"
            read = source.state(variable, use_units=False) if isinstance(now, Subexpression) else now.get_value()
            self._lines.append((variable, read, source.variables[own].get_value(), deque()))

    def renamed(self, text: str) -> str:
        """Return text of the synapses that reads what arrives."""
        return re.sub(r"\b[A-Za-z_]\w*\b", lambda word: self._new_names.get(word[0], word[0]), text)

    def clear(self) -> None:
        """Begin anew: before the first step all was as in it, but that nothing spiked."""
        for *_, line in self._lines:
            line.clear()

    def run(self) -> None:
        """Take in what is sent in this step, and bring out what arrives."""
        for variable, now, then, line in self._lines:
            if not line:
                before = np.zeros_like(now[:]) if variable == told_variable(SPIKED) else np.array(now[:])
                line.extend([before] * self._steps)
            line.append(np.array(now[:]))
            then[:] = line.popleft()
