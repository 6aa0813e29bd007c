"""Spike times of a population as a function of what it depends on, differentiable by EventProp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from brainlearn.mirror.event_prop.adjoint import go_back
from brainlearn.mirror.event_prop.forward import find_spikes

FIRST_ROOM = 4  # spikes of a unit for which there is room at first


@dataclass(frozen=True)
class Unit:
    """A leaky integrate-and-fire unit with an exponential synaptic current; see `find_spikes`.

    Parameters
    ----------
    membrane, synapse : float
        Time constants [s], not equal.
    threshold : float
    """

    membrane: float
    synapse: float
    threshold: float

    @property
    def constants(self) -> tuple[float, float, float]:
        """The arguments of compiled loops."""
        return self.membrane, self.synapse, self.threshold


class SpikeTimes(torch.autograd.Function):
    """When units spike; on the way back, how a loss depends on arrivals, weights and delays.

    ``SpikeTimes.apply(times, weights, delays, pres, unit, end)`` returns (copy, post, most) times [s], infinite where a
    unit does not spike so often. `times` is (copy, event) [s], infinite where there is no spike, `weights` and `delays`
    [s] are (pre, post), and `pres`, an (event,) array of int, says who sends. The number of spikes has no derivative.
    """

    @staticmethod
    def forward(  # type: ignore[no-untyped-def]
        ctx, times: Tensor, weights: Tensor, delays: Tensor, pres: np.ndarray, unit: Unit, end: float
    ) -> Tensor:
        """Solve for the spikes."""
        arrivals = np.moveaxis(times.numpy(force=True)[:, :, None] + delays.numpy(force=True)[pres], 1, 2)
        arrivals = np.ascontiguousarray(arrivals)  # (copy, post, event)
        given = arrivals, np.argsort(arrivals), pres, weights.numpy(force=True), *unit.constants, end
        counts = np.zeros((len(times), weights.shape[1]), dtype=np.int64)
        room = FIRST_ROOM
        while True:
            spikes, currents = np.full((*counts.shape, room), np.inf), np.zeros((*counts.shape, room))
            find_spikes(*given, spikes, currents, counts)
            if counts.max(initial=0) <= room:
                break
            room = int(counts.max())
        ctx.run, ctx.shapes = (*given, spikes, currents, counts), (times.shape, weights.shape, delays.shape)
        return torch.from_numpy(spikes)

    @staticmethod
    def backward(ctx, *gradient: Tensor) -> tuple[Any, ...]:  # type: ignore[no-untyped-def]
        """Solve the adjoint equations."""
        found = tuple(np.zeros(shape) for shape in ctx.shapes)
        go_back(*ctx.run, np.ascontiguousarray(gradient[0].numpy(force=True)), *found)
        return *map(torch.from_numpy, found), None, None, None


def event_times(frames: np.ndarray, dt: float) -> np.ndarray:
    """Return when the spikes of a train are delivered, (copy, unit * most) [s], infinite where there is none.

    Parameters
    ----------
    frames : (copy, step, unit) array
        1 where a unit spikes in a step, at the end of which the spike is delivered, else 0.
    dt : float
        Time step [s].
    """
    spiked = np.asarray(frames) > 0
    number = np.cumsum(spiked, axis=1)
    most = int(number.max(initial=0))
    times = np.full((len(spiked), spiked.shape[2], most), np.inf)
    copies, steps, units = np.nonzero(spiked)
    times[copies, units, number[copies, steps, units] - 1] = (steps + 1) * dt
    return times.reshape(len(spiked), -1)
