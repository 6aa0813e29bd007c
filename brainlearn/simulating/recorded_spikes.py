"""The spikes of a population while a simulation runs: statistics, and what is recorded of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from brainlearn.brian.populations import PopulationGroup
from brainlearn.brian.simulation import Simulation
from brainlearn.brian.spike_recorder import SpikeRecorder
from brainlearn.results.growing_file import GrowingFile
from brainlearn.results.simulation_schema import (
    CORRELATIONS,
    RECORDED_RATES,
    RECORDED_SPIKES,
    RECORDED_STATES,
    STATISTICS,
)
from brainlearn.results.tree import group_name
from brainlearn.simulating.records import Plan
from brainlearn.simulating.statistics import BinnedCounts, Correlations, IntervalStatistics

PIECE_STEPS, PIECE_SPIKES = 1_000, 200_000  # after whichever comes first spikes are worked on and written
PAIRED_UNITS, PAIRED_COPIES = 50, 20  # whose correlations are taken
BIN = 0.01  # s, of spike counts for correlations

COPY, UNIT = RECORDED_STATES["copy"].attrs, RECORDED_STATES["unit"].attrs


class RecordedSpikes:
    """Collects the spikes of a population, computes statistics, and writes those that are recorded.

    Parameters
    ----------
    append : callable
        Writes rows to a group of the file: its path, and arrays by name.
    file : GrowingFile
    simulation : Simulation
    recorder : SpikeRecorder
    population : PopulationGroup
    plan : Plan
    every : int
        Steps from one sample of rates to the next.
    """

    def __init__(
        self,
        append: Callable[[str, dict[str, np.ndarray]], None],
        file: GrowingFile,
        simulation: Simulation,
        recorder: SpikeRecorder,
        population: PopulationGroup,
        plan: Plan,
        every: int,
    ) -> None:
        path, dt = population.population.path, simulation.circuit.dt.value
        self._append, self._file, self._recorder, self._path = append, file, recorder, path
        self.size, self.copies, self.bin_steps = population.population.size, simulation.copies, max(round(BIN / dt), 1)
        self._dt, self._milliseconds, self._every = dt, dt * 1e3, every
        self.intervals = IntervalStatistics(self.size * self.copies)
        self.pairs = np.unique(np.linspace(0, self.size - 1, min(self.size, PAIRED_UNITS)).astype(int))
        self.pair_copies = min(self.copies, PAIRED_COPIES)
        self._pair_counts = BinnedCounts(self.bin_steps, self._rows(self.pairs), self.pair_copies * len(self.pairs))
        self.correlations = Correlations(self.pair_copies, len(self.pairs))
        self._wanted: np.ndarray | None = None
        if path in plan.spikes:
            self._open_spikes(path, plan.spikes[path])
        self._rate_counts: BinnedCounts | None = None
        if path in plan.rates:
            self._open_rates(path, plan.rates[path])

    def _rows(self, units: np.ndarray) -> np.ndarray:
        """Return the row of every unit of every copy: the pairs of one copy after those of another."""
        rows = np.full((self.copies, self.size), -1)
        rows[: self.pair_copies, units] = np.arange(self.pair_copies * len(units)).reshape(self.pair_copies, -1)
        return rows.reshape(-1)

    def _open_spikes(self, path: str, units: np.ndarray) -> None:
        self._group, file = f"/spikes/{group_name(path)}", self._file
        file.add_group(self._group, {}, "spike")
        for name, variable in RECORDED_SPIKES.items():
            file.add_growing(
                self._group, name, variable.dims, np.int32 if "i" in variable.kinds else float, variable.attrs
            )
        attrs = {"population": path, "size": self.size, "copies": self.copies, "recorded_units": len(units)}
        file.describe(attrs, self._group)
        self._wanted = np.zeros(self.size, dtype=bool)
        self._wanted[units] = True

    def _open_rates(self, path: str, units: np.ndarray) -> None:
        self._rate_group, file = f"/rates/{group_name(path)}", self._file
        file.add_group(self._rate_group, {"copy": (np.arange(self.copies), COPY)}, "time")
        for name in ("time", "rate"):
            file.add_growing(self._rate_group, name, RECORDED_RATES[name].dims, float, RECORDED_RATES[name].attrs)
        file.describe(
            {"population": path, "bin": self._every * self._milliseconds, "bin_units": "ms"}, self._rate_group
        )
        rows = np.full((self.copies, self.size), -1)
        rows[:, units] = np.arange(self.copies)[:, None]
        self._rate_counts = BinnedCounts(self._every, rows.reshape(-1), self.copies)
        self._rate_units, self._rate_bins = len(units), 0

    def run(self, until: int) -> None:
        """Process spikes at the end of a piece."""
        if until % PIECE_STEPS == 0 or self._recorder.held(self._path) >= PIECE_SPIKES:
            self.work(until)

    def work(self, until: int) -> None:
        """Process the spikes of all steps before `until`."""
        steps, units = self._recorder.take(self._path)
        found = units.astype(np.int64)
        self.intervals.add(steps, found)
        counts = self._pair_counts.add(steps, found, until)
        self.correlations.add(counts.reshape(len(counts), self.pair_copies, len(self.pairs)))
        if self._wanted is not None and len(found):
            copy, unit = np.divmod(found, self.size)
            here = self._wanted[unit]
            times = np.round(steps[here] * self._milliseconds, 9)
            values = {"spike_time": times, "spike_unit": unit[here].astype(np.int32)}
            self._append(self._group, {**values, "spike_copy": copy[here].astype(np.int32)})
        if self._rate_counts is not None:
            self._write_rates(self._rate_counts.add(steps, found, until))

    def _write_rates(self, counts: np.ndarray) -> None:
        seconds = self._every * self._milliseconds / 1e3
        times = np.arange(self._rate_bins, self._rate_bins + len(counts)) * self._every * self._milliseconds
        self._rate_bins += len(counts)
        if len(counts):
            rates = counts / (seconds * self._rate_units)
            self._append(self._rate_group, {"time": np.round(times, 9), "rate": rates})

    def add_statistics(self, simulated: int) -> None:
        """Write the statistics of all spikes in so many steps."""
        path, size, copies = self._path, self.size, self.copies
        group, dt = f"/statistics/{group_name(path)}", self._dt
        coordinates = {"copy": (np.arange(copies), COPY), "unit": (np.arange(size), UNIT)}
        self._file.add_group(group, coordinates)
        intervals, seconds = self.intervals, max(simulated, 1) * dt
        for name, values in {
            "spike_count": intervals.count,
            "mean_rate": intervals.count / seconds,
            "mean_interval": intervals.mean_interval() * dt * 1e3,
            "cv": intervals.cv(),
            "lv": intervals.lv(),
        }.items():
            variable = STATISTICS[name]
            self._file.add_array(group, name, variable.dims, values.reshape(copies, size), variable.attrs)
        self._file.describe({"population": path}, group)
        pairs, group = self.pairs, f"/correlations/{group_name(path)}"
        coordinates = {
            "copy": (np.arange(self.pair_copies), COPY),
            "unit": (pairs, UNIT),
            "other_unit": (pairs, CORRELATIONS["other_unit"].attrs),
        }
        self._file.add_group(group, coordinates)
        found = CORRELATIONS["correlation"]
        self._file.add_array(group, "correlation", found.dims, self.correlations.values(), found.attrs)
        self._file.describe({"population": path, "bin": self.bin_steps * dt * 1e3, "bin_units": "ms"}, group)
