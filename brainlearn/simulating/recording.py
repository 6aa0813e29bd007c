"""What a simulation records: spikes, states and rates, written piece by piece to a file, and spike statistics."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from brainlearn.brian.calling import CalledEachStep
from brainlearn.brian.populations import PopulationGroup
from brainlearn.brian.simulation import Simulation
from brainlearn.brian.spike_recorder import SpikeRecorder
from brainlearn.brian.stretch.rest import FOR_EVER
from brainlearn.results.growing_file import GrowingFile
from brainlearn.results.simulation_schema import (
    CORRELATIONS,
    RECORDED_LEARNING,
    RECORDED_RATES,
    RECORDED_SPIKES,
    RECORDED_STATES,
    STATISTICS,
)
from brainlearn.results.tree import group_name
from brainlearn.simulating.recorded_weights import add_weights, weights_with_ends
from brainlearn.simulating.records import Plan, StateRecord
from brainlearn.simulating.statistics import BinnedCounts, Correlations, IntervalStatistics

PIECE_BYTES = 4_000_000  # of one variable that are held in memory
PIECE_STEPS, PIECE_SPIKES = 1_000, 200_000  # after whichever comes first spikes are worked on and written
SAMPLED_BYTES = 50_000_000  # of the weights of a projection over time; of a larger one every so many synapses
PAIRED_UNITS, PAIRED_COPIES = 50, 20  # whose correlations are taken
BIN = 0.01  # s, of spike counts for correlations

COPY, UNIT = RECORDED_STATES["copy"].attrs, RECORDED_STATES["unit"].attrs


class Recording:
    """Records a simulation into a file while it runs.

    Parameters
    ----------
    simulation : Simulation
    plan : Plan
    every : int
        Steps from one sample of states and rates to the next.
    file : GrowingFile
    room : callable
        Told how many bytes are about to be written; returns False if there is no room, and nothing is written then.
    weights_every : int
        Steps from one sample of learning weights to the next.

    Attributes
    ----------
    full : bool
        Whether there was no room left.
    """

    def __init__(
        self,
        simulation: Simulation,
        plan: Plan,
        every: int,
        file: GrowingFile,
        room: Callable[[int], bool],
        weights_every: int,
    ) -> None:
        self._simulation, self._file, self._room, self.full = simulation, file, room, False
        self._steps = 0
        dt = simulation.circuit.dt.value
        self._states = [_States(self, simulation, path, each, every) for path, each in plan.states.items()]
        recorder = SpikeRecorder(simulation)
        self._spikes = {
            path: _Spikes(self, simulation, recorder, population, plan, every, max(round(BIN / dt), 1))
            for path, population in simulation.populations.items()
            if population.spiking
        }
        self._weights = [_Weights(self, simulation, name, weights_every) for name in simulation.learning]
        self._plan_of_weights = plan.weights
        self._often = [*(each.every for each in self._states), *(each.every for each in self._weights)]
        CalledEachStep(simulation, self._sample, "start", 0, self._until_sample)
        CalledEachStep(simulation, self._listen, "end", 1, self._until_piece, self._skip)  # after the recorder

    def _sample(self) -> None:
        for states in self._states:
            states.run(self._steps)
        for weights in self._weights:
            weights.run(self._steps)

    def _until_sample(self) -> int:
        """Return the number of steps, including the current one, before the next sample."""
        return min((every - self._steps % every for every in self._often), default=FOR_EVER)

    def _listen(self) -> None:
        self._steps += 1
        for spikes in self._spikes.values():
            spikes.run(self._steps)

    def _until_piece(self) -> int:
        """Return the number of steps, including this one, to the end of a piece."""
        return PIECE_STEPS - self._steps % PIECE_STEPS

    def _skip(self, steps: int) -> None:
        self._steps += steps

    def append(self, path: str, values: dict[str, np.ndarray]) -> None:
        """Write rows if there is space."""
        if not self.full and not self._room(sum(array.nbytes for array in values.values())):
            self.full = True
        if not self.full:
            self._file.append(path, values)

    def finish(self) -> int:
        """Write the rest, and the statistics, of the simulated steps; return their number."""
        for states in self._states:
            states.write()
        for weights in self._weights:
            weights.write(self._steps)
        for name in dict.fromkeys((*self._plan_of_weights, *self._simulation.learning)):
            add_weights(self._file, self._simulation, name)
        for path, spikes in self._spikes.items():
            spikes.work(self._steps)
            self._add_statistics(path, spikes)
        return self._steps

    def _add_statistics(self, path: str, spikes: _Spikes) -> None:
        size, copies = spikes.size, self._simulation.copies
        group, dt = f"/statistics/{group_name(path)}", self._simulation.circuit.dt.value
        coordinates = {"copy": (np.arange(copies), COPY), "unit": (np.arange(size), UNIT)}
        self._file.add_group(group, coordinates)
        intervals, seconds = spikes.intervals, max(self._steps, 1) * dt
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
        pairs, group = spikes.pairs, f"/correlations/{group_name(path)}"
        coordinates = {
            "copy": (np.arange(spikes.pair_copies), COPY),
            "unit": (pairs, UNIT),
            "other_unit": (pairs, CORRELATIONS["other_unit"].attrs),
        }
        self._file.add_group(group, coordinates)
        found = CORRELATIONS["correlation"]
        self._file.add_array(group, "correlation", found.dims, spikes.correlations.values(), found.attrs)
        self._file.describe({"population": path, "bin": spikes.bin_steps * dt * 1e3, "bin_units": "ms"}, group)


class _States:
    """Samples state variables of a population at the beginning of a step, as `brian2.StateMonitor` does."""

    def __init__(
        self, recording: Recording, simulation: Simulation, path: str, record: StateRecord, every: int
    ) -> None:
        self._recording, self._population, self._record = recording, simulation.populations[path], record
        self.every, self._path = every, f"/states/{group_name(path)}"
        self._milliseconds = simulation.circuit.dt.value * 1e3
        self._of = np.ix_(record.copies, record.units)
        shape = len(record.copies), len(record.units)
        dtype = np.dtype(simulation.precision)
        rows = int(np.clip(PIECE_BYTES // max(shape[0] * shape[1] * dtype.itemsize, 1), 1, 10_000))
        self._held = {each.name: np.empty((rows, *shape), dtype) for each in record.variables}
        self._times, self._row = np.empty(rows), 0
        file = recording._file
        file.add_group(self._path, {"copy": (record.copies, COPY), "unit": (record.units, UNIT)}, "time")
        file.add_growing(self._path, "time", ("time",), float, RECORDED_STATES["time"].attrs)
        for each in record.variables:
            about = {"units": each.units, "long_name": f"{each.name} of {path} at the beginning of the step"}
            file.add_growing(self._path, each.name, ("time", "copy", "unit"), dtype, about)
        file.describe({"population": path}, self._path)

    def run(self, step: int) -> None:
        if step % self.every:
            return
        for name, held in self._held.items():
            values = np.asarray(self._population.value(name))
            held[self._row] = values[self._of] if values.ndim == 2 else values
        self._times[self._row] = round(step * self._milliseconds, 9)
        self._row += 1
        if self._row == len(self._times):
            self.write()

    def write(self) -> None:
        if self._row:
            values = {"time": self._times, **self._held}
            self._recording.append(self._path, {name: array[: self._row] for name, array in values.items()})
        self._row = 0


class _Weights:
    """Samples the weights of a projection that learns, at the beginning of a step and at the very end."""

    def __init__(self, recording: Recording, simulation: Simulation, name: str, every: int) -> None:
        self._recording, self._weights, self.every = recording, simulation.weights(name), every
        self._path, self._milliseconds = f"/learning/{group_name(name)}", simulation.circuit.dt.value * 1e3
        pre, post, self._all = weights_with_ends(simulation.projections[name])
        apart = -(-len(pre) * 100 * self._weights.itemsize // SAMPLED_BYTES) or 1
        chosen = np.arange(0, len(pre), apart)
        self._of, file = self._all[chosen], recording._file
        about = RECORDED_LEARNING
        file.add_group(self._path, {"synapse": (chosen, about["synapse"].attrs)}, "time")
        for side, units in (("pre", pre), ("post", post)):
            file.add_array(self._path, side, ("synapse",), units[chosen], about[side].attrs)
        for each, dtype in (("time", float), ("mean", float), ("sd", float), ("weights", self._weights.dtype)):
            file.add_growing(self._path, each, about[each].dims, dtype, about[each].attrs)
        file.describe({"projection": name, "synapses": len(pre)}, self._path)
        self._held: list[tuple[float, float, float, np.ndarray]] = []  # time, mean, standard deviation, weights

    def run(self, step: int) -> None:
        if step % self.every == 0:
            self._sample(step)

    def _sample(self, step: int) -> None:
        flat = self._weights.reshape(-1)
        every = flat[self._all] if len(self._all) else np.zeros(1)
        time = round(step * self._milliseconds, 9)
        self._held.append((time, float(every.mean()), float(every.std()), flat[self._of]))
        if len(self._held) * max(len(self._of), 1) * self._weights.itemsize > PIECE_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._held:
            names = ("time", "mean", "sd", "weights")
            columns = map(np.array, zip(*self._held, strict=True))
            self._recording.append(self._path, dict(zip(names, columns, strict=True)))
        self._held = []

    def write(self, step: int) -> None:
        """Write the rest, and the weights at the end."""
        self._sample(step)
        self._flush()


class _Spikes:
    """Collects the spikes of a population, computes statistics, and writes those that are recorded."""

    def __init__(
        self,
        recording: Recording,
        simulation: Simulation,
        recorder: SpikeRecorder,
        population: PopulationGroup,
        plan: Plan,
        every: int,
        bin_steps: int,
    ) -> None:
        self._recording, self._recorder, self._path = recording, recorder, population.population.path
        self.size, self.copies, self.bin_steps = population.population.size, simulation.copies, bin_steps
        self._milliseconds, self._every = simulation.circuit.dt.value * 1e3, every
        path = population.population.path
        self.intervals = IntervalStatistics(self.size * self.copies)
        self.pairs = np.unique(np.linspace(0, self.size - 1, min(self.size, PAIRED_UNITS)).astype(int))
        self.pair_copies = min(self.copies, PAIRED_COPIES)
        self._pair_counts = BinnedCounts(bin_steps, self._rows(self.pairs), self.pair_copies * len(self.pairs))
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
        self._group, file = f"/spikes/{group_name(path)}", self._recording._file
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
        self._rate_group, file = f"/rates/{group_name(path)}", self._recording._file
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
            self._recording.append(self._group, {**values, "spike_copy": copy[here].astype(np.int32)})
        if self._rate_counts is not None:
            self._write_rates(self._rate_counts.add(steps, found, until))

    def _write_rates(self, counts: np.ndarray) -> None:
        seconds = self._every * self._milliseconds / 1e3
        times = np.arange(self._rate_bins, self._rate_bins + len(counts)) * self._every * self._milliseconds
        self._rate_bins += len(counts)
        if len(counts):
            rates = counts / (seconds * self._rate_units)
            self._recording.append(self._rate_group, {"time": np.round(times, 9), "rate": rates})
