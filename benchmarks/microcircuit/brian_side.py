"""The microcircuit in stock Brian2: python -m benchmarks.microcircuit.brian_side TARGET [--scale S].

TARGET is the code generation target: numpy, cython or standalone (C++).
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from typing import Any

import numpy as np

from benchmarks.microcircuit import model as numbers
from benchmarks.microcircuit.arguments import microcircuit
from benchmarks.microcircuit.model import Microcircuit
from benchmarks.microcircuit.outcome import outcome

CELL = """
dv/dt = (v_rest - v)/tau_m + (current + constant_current)/capacitance : volt (unless refractory)
dcurrent/dt = -current/tau_synapse : amp
constant_current : amp (constant)
"""


def main() -> None:
    """Build, settle, run and tell."""
    import brian2 as b2

    model, seed = microcircuit(__doc__)
    target = sys.argv[1]
    b2.defaultclock.dt = numbers.DT * b2.ms
    b2.prefs.codegen.target = "cython" if target == "standalone" else target
    with tempfile.TemporaryDirectory() as folder:
        if target == "standalone":
            b2.set_device("cpp_standalone", directory=folder, build_on_run=False)
        b2.seed(seed)
        rng = np.random.default_rng(seed)
        begin = time.process_time()
        groups = [_group(model, k) for k in range(8)]
        parts: list[Any] = [*groups]
        for k in range(8):
            for j in range(8):
                if model.numbers[k, j]:
                    parts.append(_synapses(model, groups, k, j, rng))
            weight = model.external_weight * b2.pA
            rate = numbers.EXTERNAL_RATE * b2.Hz
            parts.append(b2.PoissonInput(groups[k], "current", int(model.external_numbers[k]), rate, weight))
        monitors = [b2.SpikeMonitor(group) for group in groups]
        network = b2.Network(*parts, *monitors)
        seconds = _run(network, target, begin)
        spikes = [(np.asarray(m.t_), np.asarray(m.i)) for m in monitors]
        name = "C++ standalone" if target == "standalone" else target
        outcome(f"Brian2 {b2.__version__}, {name}", model, seconds, spikes, int(model.numbers.sum())).tell()


def _group(model: Microcircuit, k: int) -> Any:
    import brian2 as b2

    namespace = {
        "v_rest": numbers.REST * b2.mV,
        "tau_m": numbers.TAU_MEMBRANE * b2.ms,
        "tau_synapse": numbers.TAU_SYNAPSE * b2.ms,
        "capacitance": numbers.CAPACITANCE * b2.pF,
        "v_threshold": numbers.THRESHOLD * b2.mV,
    }
    group = b2.NeuronGroup(
        int(model.sizes[k]),
        CELL,
        threshold="v > v_threshold",
        reset="v = v_rest",
        refractory=numbers.REFRACTORY * b2.ms,
        method="exact",
        namespace=namespace,
    )
    group.v = f"({numbers.INITIAL_MEAN[k]} + {numbers.INITIAL_SD[k]}*randn())*mV"
    group.constant_current = float(model.currents[k]) * b2.pA
    return group


def _synapses(model: Microcircuit, groups: list[Any], k: int, j: int, rng: np.random.Generator) -> Any:
    import brian2 as b2

    number, weight = int(model.numbers[k, j]), float(model.weights[k, j])
    mean, sd = numbers.DELAYS[numbers.NAMES[j][-1]]
    synapses = b2.Synapses(groups[j], groups[k], "w : amp", on_pre="current_post += w")
    synapses.connect(i=rng.integers(model.sizes[j], size=number), j=rng.integers(model.sizes[k], size=number))
    drawn = rng.normal(weight, abs(weight) * numbers.WEIGHT_SD, number)
    synapses.w = np.maximum(drawn * np.sign(weight), 0) * np.sign(weight) * b2.pA
    delays = rng.normal(mean, sd, number)
    while (low := delays < numbers.DT / 2).any():
        delays[low] = rng.normal(mean, sd, int(low.sum()))
    synapses.delay = delays * b2.ms
    return synapses


def _run(network: Any, target: str, begin: float) -> tuple[float, float]:
    """Return the seconds for building and for a second of the model's time."""
    import brian2 as b2

    settle, after = numbers.SETTLE * b2.second, numbers.SECONDS * b2.second
    if target != "standalone":
        network.run(settle)
        settled = time.process_time()
        network.run(after)
        return settled - begin, time.process_time() - settled
    network.run(settle)
    network.run(after)
    b2.device.build(run=False)
    built = time.process_time() - begin + _of_children()
    b2.device.run(b2.device.project_dir, with_output=False)
    # all runs, with what the program takes to read synapses and to write states: a few hundredths of the whole
    ran = _of_children() + time.process_time() - begin - built
    return built, ran * numbers.SECONDS / (numbers.SETTLE + numbers.SECONDS)


def _of_children() -> float:
    """Return the processor time of the compiler and of the compiled program so far [s]."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
