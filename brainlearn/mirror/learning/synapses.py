"""A projection of the mirror as rules see it: what `SharedSynapses` are in Brian2."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from brainlearn.brian.delay_line import DelayLine, Volley
from brainlearn.brian.spikes_of_copies import forget_copies
from brainlearn.circuit.kernels import Kernels
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.wiring import AnyWiring
from brainlearn.mirror.learning.population import TensorPopulation
from brainlearn.mirror.projection import MirrorProjection
from brainlearn.mirror.state import MirrorState
from brainlearn.saved_state import Arrays, find

SENT, RELEASED, FAST = "sent", "released", "fast"


class TensorSynapses:
    """The weights of a projection, which rules change in place, and what is in transit.

    Parameters
    ----------
    name : str
    mirror : MirrorProjection
    wiring : Wiring, Rows or Kernels
    state : MirrorState
        Its entries for this projection belong to it.
    source : TensorPopulation
    dtype : numpy type
    device : torch.device
    follows_spikes : bool
        Whether somebody asks which spikes arrive.

    Attributes
    ----------
    weights : (pre, post) or (synapse,) array, or that of kernels
        The weights all copies share [1].
    mask : (pre, post) bool array, or None
    rows : Rows or None
    kernels : Kernels or None
    shape : (int, int)
        Source units and target units of a copy.
    spread : (synapse,) array or None
        The delay of every synapse, if each has its own [time steps].
    """

    def __init__(
        self,
        name: str,
        mirror: MirrorProjection,
        wiring: AnyWiring,
        state: MirrorState,
        source: TensorPopulation,
        dtype: Any,
        device: torch.device,
        follows_spikes: bool,
    ) -> None:
        self.name, self.mirror, self.clock = name, mirror, source.group.clock
        self._state, self._source, self._device = state, source, device
        self.weights = np.array(wiring.weights, dtype=dtype)
        self.rows = wiring if isinstance(wiring, Rows) else None
        self.kernels = wiring if isinstance(wiring, Kernels) else None
        self.mask = wiring.mask
        if self.mask is not None:
            self.weights[~self.mask] = 0
        self.shape: tuple[int, int] = wiring.shape if isinstance(wiring, Rows | Kernels) else self.weights.shape
        self.spread = None if self.rows is None else self.rows.delays
        self.delay_steps = mirror.code.delay
        follows_spikes = follows_spikes and not mirror.code.continuous
        self._line = DelayLine(self.delay_steps, 0) if follows_spikes and self.delay_steps else None
        self._tensor = torch.from_numpy(self.weights).to(device)
        self.clear()

    @property
    def tensor(self) -> Tensor:
        """The weights as the mirror reads them; of the same memory, if they are on a CPU."""
        return self._tensor

    def touch(self) -> None:
        """Note that entries of `weights` were changed in place."""
        if self._device.type != "cpu":
            self._tensor = torch.from_numpy(self.weights).to(self._device)
        self._state.seen.pop(self.name, None)

    def arriving(self) -> np.ndarray:
        """Return the indices ``copy * pre + unit`` of the spikes that arrive in this step, before it delivers them."""
        return self._source.spikes() if self._line is None else self._line.next_spikes(self._source.spikes())

    def delivered(self) -> None:
        """Take note that the spikes of this step were delivered, or are on their way."""
        if self._line is not None:
            self._line.exchange(Volley(self._source.spikes(), []))

    def clear(self) -> None:
        """Discard the spikes in transit."""
        if self.mirror.keeps:
            self._state.lines[self.name] = self.mirror.under_way()
        self._state.releases.pop(self.name, None)
        self._state.fast.pop(self.name, None)
        if self._line is not None:
            self._line.clear()

    def restart(self, copies: np.ndarray) -> None:
        """Forget what some copies, (copy,) bool, have in transit, what their spikes used up, and their fast weights."""
        chosen = torch.from_numpy(copies)[:, None].to(self._device)
        if line := self._state.lines.get(self.name):
            self.mirror.begin_again(self._state.populations[self._source.population.path], line, chosen)
        if self.name in self._state.releases:
            self._state.releases[self.name] = tuple(
                torch.where(chosen, torch.zeros_like(each), each) for each in self._state.releases[self.name]
            )
        if self._line is not None:
            forget_copies(self._line, copies, self.shape[0], self._source.group.N, self.weights.dtype)
        fast = self._state.fast.get(self.name)
        if fast is not None and len(fast) == len(copies):  # and not one of all copies
            fast[chosen[:, 0]] = 0

    # ---- saving --------------------------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Return what is in transit, what spikes left of the resources of synapses, and fast weights."""
        saved: Arrays = {} if self._line is None else self._line.state()
        for step, sent in enumerate(self._state.lines.get(self.name, ())):
            if sent is not None:
                saved[f"{SENT}_{step}"] = torch.stack(sent).numpy(force=True)  # (effect, copy, unit)
        if self.name in self._state.releases:
            saved[RELEASED] = torch.stack(self._state.releases[self.name]).numpy(force=True)
        if self.name in self._state.fast:
            saved[FAST] = self._state.fast[self.name].numpy(force=True)
        return saved

    def restore(self, saved: Arrays) -> None:
        """Restore spikes in transit."""
        self.clear()
        if self._line is not None:
            self._line.restore(saved, self._source.group.N, self.weights.dtype)
        line = self._state.lines.get(self.name, ())
        for step in range(len(line)):
            if f"{SENT}_{step}" in saved:
                line[step] = list(self._put(find(f"{SENT}_{step}", saved)))
        if RELEASED in saved:
            self._state.releases[self.name] = tuple(self._put(find(RELEASED, saved)))

        if FAST in saved:
            self._state.fast[self.name] = self._put(find(FAST, saved))

    def _put(self, values: np.ndarray) -> Tensor:
        return torch.from_numpy(np.array(values)).to(self._device)
