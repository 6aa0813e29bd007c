"""A circuit as a `torch.nn.Module` in continuous time: exact spike times, and their exact gradients by EventProp."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from brainlearn.circuit import Circuit
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.wiring import AnyWiring, wire
from brainlearn.mirror.event_prop.event_circuit import READOUTS, UNITS, in_order, kind_of, unit_of
from brainlearn.mirror.event_prop.spike_times import SpikeTimes, event_times
from brainlearn.mirror.learned_delays import delays_to_learn, learned_wiring
from brainlearn.mirror.weights import Weights, constrain
from brainlearn.mistakes import Mistake, UserError


@dataclass(frozen=True)
class Events:
    """Spikes of a population.

    Parameters
    ----------
    times : (copy, event) Tensor
        In seconds; infinite where there is none.
    units : (event,) array of int
        Who spikes.
    """

    times: Tensor
    units: np.ndarray


@dataclass(frozen=True)
class EventRun:
    """What a presentation brought.

    Parameters
    ----------
    events : mapping of str to Events
        Spikes, by path.
    outputs : mapping of str to (copy, unit) Tensor
        Readouts at the end, by path.
    """

    events: Mapping[str, Events]
    outputs: Mapping[str, Tensor]


class EventMirror(nn.Module):
    """A feed-forward circuit in continuous time, without time steps.

    Between events units follow their solution in closed form; spike times are solved to machine precision. What comes
    back through them are exact gradients of weights and delays, as long as no spike comes or goes (Wunderlich & Pehle
    2021, Scientific Reports 11:12829; with delays Mészáros, Knight & Nowotny 2025, arXiv 2501.07331). Brian2 with small
    steps comes to the same spikes.

    Parameters
    ----------
    circuit : Circuit
        Of `spike_train` stimuli, `lif` units with `current` synapses, and `leaky_readout` outputs with `readout`
        synapses.
    duration : float
        Of a presentation [s].
    seed : int
        For initial weights and delays: the same ones as a `Simulation` draws.
    wiring : mapping of str to Wiring or Rows, optional
        Synapses and weights to start from instead.
    learned_delays : mapping of str to int, optional
        As for `Mirror`.

    Attributes
    ----------
    weights, delays : ParameterDict
        As those of a `Mirror`: delays in time steps of the circuit, whole or not.

    Raises
    ------
    UserError
        If the circuit has anything else.
    """

    def __init__(
        self,
        circuit: Circuit,
        duration: float,
        seed: int = 0,
        wiring: Mapping[str, AnyWiring] | None = None,
        learned_delays: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        super().__init__()
        self._order = in_order(circuit)
        self.circuit, self.duration = circuit, duration
        self._wiring = wire(circuit, seed) if wiring is None else wiring
        delays = delays_to_learn(circuit, self._wiring, learned_delays)
        self._longest = learned_delays
        self._pairs: dict[str, Tensor | None] = {}
        self._fixed: dict[str, Tensor] = {}
        for projection in circuit.projections:
            own = self._wiring[projection.name]
            self._pairs[projection.name] = None if not isinstance(own, Rows) else _pairs(circuit, projection.name, own)
            steps = projection.common_delay / circuit.dt.value
            drawn = own.delays if isinstance(own, Rows) else None
            self._fixed[projection.name] = _tensor(np.full(own.weights.shape, steps) if drawn is None else drawn)
        self.weights = Weights({name: nn.Parameter(_tensor(own.weights)) for name, own in self._wiring.items()})
        self.delays = Weights({name: nn.Parameter(_tensor(drawn)) for name, drawn in delays.items()})

    # ---- presenting ----------------------------------------------------------------------------------------------

    def present(self, stimuli: Mapping[str, Any]) -> EventRun:
        """Show spike trains.

        Parameters
        ----------
        stimuli : mapping of str to (copy, step, unit) array
            1 where a unit of a `spike_train` population spikes, in steps of the circuit.

        Returns
        -------
        EventRun
            Its tensors carry gradients to weights and delays.
        """
        events, outputs = {}, {}
        for path, frames in stimuli.items():
            times = event_times(frames, self.circuit.dt.value)
            units = np.arange(self.circuit.population(path).size)
            events[path] = Events(torch.from_numpy(times), np.repeat(units, times.shape[1] // len(units)))
        for path in self._order:
            kind = kind_of(self.circuit, path)
            if kind == UNITS:
                events[path] = self._spikes(path, events)
            elif kind == READOUTS:
                outputs[path] = self._readout(path, events)
        return EventRun(events, outputs)

    def _spikes(self, path: str, events: Mapping[str, Events]) -> Events:
        """Return the spikes of a population from those of its sources."""
        times, pres, weights, delays, first = [], [], [], [], 0
        for projection in (p for p in self.circuit.projections if p.target == path):
            own_weights, own_delays = self._matrices(projection.name)
            times.append(events[projection.source].times)
            pres.append(events[projection.source].units + first)
            weights.append(own_weights)
            delays.append(own_delays)
            first += len(own_weights)
        spikes = SpikeTimes.apply(
            torch.cat(times, dim=1), torch.cat(weights), torch.cat(delays),
            np.concatenate(pres), unit_of(self.circuit, path), self.duration,
        )  # fmt: skip
        return Events(spikes.flatten(1), np.repeat(np.arange(spikes.shape[1]), spikes.shape[2]))

    def _readout(self, path: str, events: Mapping[str, Events]) -> Tensor:
        """Return what the readouts of a population hold at the end: every spike's weight, decayed since it arrived."""
        tau = self.circuit.models[path].parameters["tau"].value
        total = torch.zeros(1, self.circuit.population(path).size, dtype=torch.float64)
        for projection in (p for p in self.circuit.projections if p.target == path):
            weights, delays = self._matrices(projection.name)
            sent = events[projection.source]
            left = self.duration - sent.times[:, :, None] - delays[sent.units]  # (copy, event, post) [s]
            kept = torch.where(left > 0, torch.exp(-left.clamp(min=0) / tau), 0.0)
            total = total + (kept * weights[sent.units]).sum(dim=1)
        return total

    def _matrices(self, name: str) -> tuple[Tensor, Tensor]:
        """Return weights and delays [s], (pre, post) each; 0 where there is no synapse."""
        dt = self.circuit.dt.value
        weights, delays = self.weights[name], self.delays[name] if name in self.delays else self._fixed[name]
        mask = self._wiring[name].mask
        if (pairs := self._pairs[name]) is None:
            return weights if mask is None else weights * torch.as_tensor(mask), delays * dt
        shape = self._wiring[name].shape  # type: ignore[union-attr]
        empty = weights.new_zeros(shape[0] * shape[1])
        weights, delays = (empty.index_put((pairs,), each).view(shape) for each in (weights, delays))
        return weights, delays * dt

    # ---- learning ------------------------------------------------------------------------------------------------

    def constrain(self) -> None:
        """Put back what an optimiser moved out of bounds: Dale signs, pairs without a synapse, longest delays."""
        masks = {n: torch.as_tensor(w.mask) for n, w in self._wiring.items() if w.mask is not None}
        constrain(self.circuit, self.weights, masks, self.delays, self._longest)

    def learned_wiring(self) -> dict[str, AnyWiring]:
        """Return synapses with the current weights, and learned delays in whole steps, for a `Simulation`."""
        return learned_wiring(self._wiring, self.weights, self.delays)


def _tensor(values: Any) -> Tensor:
    """Return a copy: a mirror never writes into what it was given."""
    return torch.tensor(np.asarray(values, dtype=np.float64))


def _pairs(circuit: Circuit, name: str, rows: Rows) -> Tensor:
    """Return where listed synapses are in the flattened matrix, (synapse,)."""
    pairs = rows.pres.astype(np.int64) * rows.shape[1] + rows.posts
    if len(np.unique(pairs)) < len(pairs):
        wrong = "several synapses between two units are not supported event by event"
        raise UserError(Mistake(f'{circuit.path}: projection "{name}"', wrong, "multapses", "one synapse of a pair"))
    return torch.from_numpy(pairs)
