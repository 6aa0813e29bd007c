"""What a simulation of the microcircuit gave: times, memory, rates and irregularity."""

from __future__ import annotations

import json
import resource
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from benchmarks.microcircuit.model import SECONDS, SETTLE, Microcircuit


@dataclass(frozen=True)
class Outcome:
    """One run of one simulator.

    Parameters
    ----------
    simulator : str
    build_s : float
        Processor time until the first step.
    run_s : float
        Processor time for a second of the model's time, after it has settled.
    peak_mb : float
        Resident memory at its largest, of the process or of what it started.
    synapses : int
        Without those from outside.
    rates : list of float
        Of each population [Hz].
    variation : list of float
        Mean coefficient of variation of the intervals between spikes of a neuron, of each population.
    """

    simulator: str
    build_s: float
    run_s: float
    peak_mb: float
    synapses: int
    rates: list[float]
    variation: list[float]

    def tell(self) -> None:
        """Print it for the process that started this one."""
        print(json.dumps(asdict(self)), flush=True)


def outcome(
    simulator: str,
    model: Microcircuit,
    seconds: tuple[float, float],
    spikes: Sequence[tuple[np.ndarray, np.ndarray]],
    synapses: int,
) -> Outcome:
    """Sum up a run.

    Parameters
    ----------
    simulator : str
    model : Microcircuit
    seconds : (float, float)
        For building and for running.
    spikes : sequence of ((spike,) array, (spike,) array)
        Times [s] and neuron of all spikes of each population.
    synapses : int
    """
    rates, variation = [], []
    for size, (times, units) in zip(model.sizes, spikes, strict=True):
        late = times > SETTLE
        rates.append(round(float(late.sum() / size / SECONDS), 3))
        variation.append(round(_variation(times[late], units[late]), 3))
    used = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)  # in kB on Linux
    peak = max(resource.getrusage(each).ru_maxrss for each in used) / 1024
    return Outcome(simulator, round(seconds[0], 2), round(seconds[1], 2), round(peak), synapses, rates, variation)


def _variation(times: np.ndarray, units: np.ndarray) -> float:
    """Return the mean coefficient of variation over neurons with at least three intervals; NaN if there are none."""
    order = np.lexsort((times, units))
    times, units = times[order], units[order]
    found = [
        np.std(intervals) / np.mean(intervals)
        for own in np.split(times, np.flatnonzero(np.diff(units)) + 1)
        if len(intervals := np.diff(own)) >= 3
    ]
    return float(np.mean(found)) if found else float("nan")
