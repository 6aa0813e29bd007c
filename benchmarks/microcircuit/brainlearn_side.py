"""The microcircuit in brainlearn, in a process of its own: ``python -m benchmarks.microcircuit.brainlearn_side``."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks.microcircuit import model as numbers
from benchmarks.microcircuit.arguments import microcircuit
from benchmarks.microcircuit.model import Microcircuit
from benchmarks.microcircuit.outcome import outcome

NEURON = {
    "equations": """
dv/dt = (v_rest - v)/tau_m + (current + constant_current)/capacitance : volt (unless refractory)
dcurrent/dt = -current/tau_synapse : amp
""",
    "threshold": "v > v_threshold",
    "reset": "v = v_rest",
    "method": "exact",
}


def main() -> None:
    """Build, settle, run and tell."""
    from brainlearn.brian.presenter import Phase, Round
    from brainlearn.brian.simulation import Simulation
    from brainlearn.circuit import wire

    model, seed = microcircuit(__doc__)
    begin = time.process_time()
    circuit = circuit_of(model)
    wiring = wire(circuit, seed, "float32")
    steps = [round(1e3 * seconds / numbers.DT) for seconds in (numbers.SETTLE, numbers.SECONDS)]
    simulation = Simulation(circuit, 1, [Phase("run", sum(steps))], seed=seed, wiring=wiring)
    rng = np.random.default_rng(seed)
    monitor = _Spikes(simulation, rng, model, steps[0])
    simulation.present(iter([Round({}, np.zeros(1))]), 1)
    finished = time.process_time()
    seconds = monitor.started - begin, finished - monitor.settled
    synapses = sum(each.weights.size for each in wiring.values())
    outcome("brainlearn", model, seconds, monitor.spikes(), synapses).tell()


class _Spikes:
    """Keeps all spikes, sets initial membranes, and looks at the clock."""

    def __init__(self, simulation: Any, rng: np.random.Generator, model: Microcircuit, settle: int) -> None:
        from brian2 import NetworkOperation

        self._populations = [simulation.populations[f"cortex/{name}"] for name in numbers.NAMES]
        self._rng, self._settle, self._step = rng, settle, 0
        self._times: list[list[float]] = [[] for _ in numbers.NAMES]
        self._units: list[list[np.ndarray]] = [[] for _ in numbers.NAMES]
        self.started = self.settled = 0.0
        simulation.network.add(
            NetworkOperation(self._begin, clock=simulation.clock, when="start", order=5),
            NetworkOperation(self._look, clock=simulation.clock, when="end"),
        )

    def _begin(self) -> None:
        if self._step == 0:
            self.started = time.process_time()
            for k, population in enumerate(self._populations):
                v = self._rng.normal(numbers.INITIAL_MEAN[k], numbers.INITIAL_SD[k], population.population.size)
                population.array("v")[:] = 1e-3 * v
        if self._step == self._settle:
            self.settled = time.process_time()

    def _look(self) -> None:
        self._step += 1
        for k, population in enumerate(self._populations):
            spikes = population.spikes()
            if len(spikes):
                self._times[k].append(1e-3 * numbers.DT * self._step)
                self._units[k].append(spikes.copy())

    def spikes(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return times [s] and units of each population."""
        found = []
        for times, units in zip(self._times, self._units, strict=True):
            lengths = [len(each) for each in units]
            found.append((np.repeat(times, lengths), np.concatenate([np.empty(0, dtype=int), *units])))
        return found


def circuit_of(model: Microcircuit) -> Any:
    """Return the model as a circuit."""
    from brainlearn.brian.loading import with_text_checked
    from brainlearn.circuit.loading import read_tables

    reading = with_text_checked(read_tables(tables(model), "microcircuit"))
    assert not reading.mistakes, reading.mistakes
    return reading.circuit


def tables(model: Microcircuit) -> dict[str, Any]:
    """Return the model as tables of a circuit file."""
    parameters = {
        "v_rest": f"{numbers.REST} mV",
        "v_threshold": f"{numbers.THRESHOLD} mV",
        "tau_m": f"{numbers.TAU_MEMBRANE} ms",
        "tau_synapse": f"{numbers.TAU_SYNAPSE} ms",
        "capacitance": f"{numbers.CAPACITANCE} pF",
    }
    neurons, populations, projections = {}, [], []
    for k, name in enumerate(numbers.NAMES):
        own = {**parameters, "constant_current": f"{model.currents[k]:.6g} pA"}
        neurons[name] = {**NEURON, "refractory": f"{numbers.REFRACTORY}*ms", "parameters": own}
        neurons[name]["initial"] = {"v": f"{numbers.INITIAL_MEAN[k]} mV"}
        drive = {
            "variable": "current",
            "number": int(model.external_numbers[k]),
            "rate": f"{numbers.EXTERNAL_RATE} Hz",
            "weight": f"{model.external_weight:.9g} pA",
        }
        populations.append({"name": name, "size": int(model.sizes[k]), "neuron": name, "poisson_input": [drive]})
        projections += [_projection(model, k, j) for j in range(8) if model.numbers[k, j]]
    synapses = {kind: {"on_pre": "current_post += w*pA", "sign": kind} for kind in ("excitatory", "inhibitory")}
    return {
        "name": "microcircuit",
        "dt": f"{numbers.DT} ms",
        "neurons": neurons,
        "synapses": synapses,
        "areas": [{"name": "cortex", "level": 1, "populations": populations}],
        "projections": projections,
    }


def _projection(model: Microcircuit, k: int, j: int) -> dict[str, Any]:
    weight = float(model.weights[k, j])
    bound = {"low": 0.0} if weight > 0 else {"high": 0.0}
    mean, sd = numbers.DELAYS[numbers.NAMES[j][-1]]
    kind = "excitatory" if weight > 0 else "inhibitory"
    return {
        "source": f"cortex/{numbers.NAMES[j]}",
        "target": f"cortex/{numbers.NAMES[k]}",
        "pathway": "lateral",
        "synapse": kind,
        "sign": kind,
        "self_connections": True,
        "connectivity": {"kind": "fixed_total_number", "number": int(model.numbers[k, j]), "multapses": True},
        "weights": {"distribution": "normal", "mean": weight, "sd": abs(weight) * numbers.WEIGHT_SD, **bound},
        "delay": {"distribution": "normal", "mean": f"{mean} ms", "sd": f"{sd} ms", "low": f"{numbers.DT} ms"},
    }


if __name__ == "__main__":
    main()
