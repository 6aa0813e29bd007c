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
    from brainlearn.brian.spike_recorder import SpikeRecorder
    from brainlearn.circuit import wire

    model, seed = microcircuit(__doc__)
    clock = [time.process_time()]
    circuit = circuit_of(model)
    wiring = wire(circuit, seed, "float32")
    settle, steps = (round(1e3 * seconds / numbers.DT) for seconds in (numbers.SETTLE, numbers.SECONDS))
    phases = [Phase("begin", 1), Phase("settle", settle - 1, reset=False), Phase("run", steps, reset=False)]
    simulation = Simulation(circuit, 1, phases, seed=seed, wiring=wiring)
    recorder = SpikeRecorder(simulation)
    simulation.present(iter([Round({}, np.zeros(1))]), 1, after_phase=lambda _: clock.append(time.process_time()))
    begin, built, settled, finished = clock
    synapses = sum(each.weights.size for each in wiring.values())
    spikes = [recorder.spikes(f"cortex/{name}") for name in numbers.NAMES]
    found = [(1e-3 * numbers.DT * (step + 1), unit) for step, unit in spikes]
    outcome("brainlearn", model, (built - begin, finished - settled), found, synapses).tell()


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
        mean, sd = f"{numbers.INITIAL_MEAN[k]} mV", f"{numbers.INITIAL_SD[k]} mV"
        neurons[name]["initial"] = {"v": {"distribution": "normal", "mean": mean, "sd": sd}}
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
