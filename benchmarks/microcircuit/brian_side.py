"""The microcircuit in stock Brian2: python -m benchmarks.microcircuit.brian_side TARGET [--scale S].

TARGET is the code generation target: numpy, cython or standalone (C++). All populations are parts of one group, and all
synapses are in one object: so Brian2 compiles least, and runs fastest.
"""

from __future__ import annotations

import itertools
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
        group = _group(model)
        ends = np.cumsum([0, *model.sizes])
        parts: list[Any] = [group, _synapses(model, group, ends[:-1], rng)]
        for k in range(8):
            number, weight = int(model.external_numbers[k]), model.external_weight * b2.pA
            target_part = group[int(ends[k]) : int(ends[k + 1])]
            parts.append(b2.PoissonInput(target_part, "current", number, numbers.EXTERNAL_RATE * b2.Hz, weight))
        monitor = b2.SpikeMonitor(group)
        network = b2.Network(*parts, monitor)
        seconds = _run(network, target, begin, folder)
        times, units = np.asarray(monitor.t_), np.asarray(monitor.i)
        inside = [(units >= first) & (units < end) for first, end in itertools.pairwise(ends)]
        spikes = [(times[each], units[each]) for each in inside]
        name = "C++ standalone" if target == "standalone" else target
        outcome(f"Brian2 {b2.__version__}, {name}", model, seconds, spikes, int(model.numbers.sum())).tell()


def _group(model: Microcircuit) -> Any:
    """Return all neurons, population after population."""
    import brian2 as b2

    namespace = {
        "v_rest": numbers.REST * b2.mV,
        "tau_m": numbers.TAU_MEMBRANE * b2.ms,
        "tau_synapse": numbers.TAU_SYNAPSE * b2.ms,
        "capacitance": numbers.CAPACITANCE * b2.pF,
        "v_threshold": numbers.THRESHOLD * b2.mV,
    }
    group = b2.NeuronGroup(
        int(model.sizes.sum()),
        CELL,
        threshold="v > v_threshold",
        reset="v = v_rest",
        refractory=numbers.REFRACTORY * b2.ms,
        method="exact",
        namespace=namespace,
    )
    rng = np.random.default_rng(model.sizes)
    mean, sd = np.repeat(numbers.INITIAL_MEAN, model.sizes), np.repeat(numbers.INITIAL_SD, model.sizes)
    group.v = rng.normal(mean, sd) * b2.mV
    group.constant_current = np.repeat(model.currents, model.sizes) * b2.pA
    return group


def _synapses(model: Microcircuit, group: Any, first: np.ndarray, rng: np.random.Generator) -> Any:
    """Return all synapses; `first` is the first neuron of each population."""
    import brian2 as b2

    sources, targets, weights, delays = [], [], [], []
    for k in range(8):
        for j in range(8):
            number, weight = int(model.numbers[k, j]), float(model.weights[k, j])
            mean, sd = numbers.DELAYS[numbers.NAMES[j][-1]]
            sources.append(first[j] + rng.integers(model.sizes[j], size=number))
            targets.append(first[k] + rng.integers(model.sizes[k], size=number))
            drawn = rng.normal(weight, abs(weight) * numbers.WEIGHT_SD, number)
            weights.append(np.maximum(drawn * np.sign(weight), 0) * np.sign(weight))
            delay = rng.normal(mean, sd, number)
            while (low := delay < numbers.DT / 2).any():
                delay[low] = rng.normal(mean, sd, int(low.sum()))
            delays.append(delay)
    synapses = b2.Synapses(group, group, "w : amp", on_pre="current_post += w")
    synapses.connect(i=np.concatenate(sources), j=np.concatenate(targets))
    synapses.w = np.concatenate(weights) * b2.pA
    synapses.delay = np.concatenate(delays) * b2.ms
    return synapses


def _run(network: Any, target: str, begin: float, folder: str) -> tuple[float, float]:
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
    b2.device.build(directory=folder, run=False)
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
