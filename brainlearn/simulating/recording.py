"""What a simulation records: spikes, states and rates, written piece by piece to a file, and spike statistics."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from brainlearn.brian.calling import CalledEachStep
from brainlearn.brian.simulation import Simulation
from brainlearn.brian.spike_recorder import SpikeRecorder
from brainlearn.brian.stretch.rest import FOR_EVER
from brainlearn.results.growing_file import GrowingFile
from brainlearn.results.simulation_schema import RECORDED_LEARNING, RECORDED_STATES
from brainlearn.results.tree import group_name
from brainlearn.simulating.recorded_spikes import PIECE_STEPS, RecordedSpikes
from brainlearn.simulating.recorded_weights import add_weights, weights_with_ends
from brainlearn.simulating.records import Plan, StateRecord

PIECE_BYTES = 4_000_000  # of one variable that are held in memory
SAMPLED_BYTES = 50_000_000  # of the weights of a projection over time; of a larger one every so many synapses

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
        self._states = [_States(self, simulation, path, each, every) for path, each in plan.states.items()]
        recorder = SpikeRecorder(simulation)
        self._spikes = {
            path: RecordedSpikes(self.append, file, simulation, recorder, population, plan, every)
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
        for spikes in self._spikes.values():
            spikes.work(self._steps)
            spikes.add_statistics(self._steps)
        return self._steps


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
