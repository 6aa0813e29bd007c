"""How fast rules learn in the mirror on a GPU, and how large a circuit may be: ``python -m benchmarks.gpu``.

With ``--data DIR`` it trains an epoch of MNIST in experiment 02, and several such trainings at once, with a seed each.
Then it simulates the circuit of `benchmarks.scaling` with a rule that takes a plain step at the end of a phase, ever
larger until memory ends. Where there is no GPU it says so and measures nothing; ``--device cpu`` measures the same on a
processor.
"""

from __future__ import annotations

import argparse
import functools
import statistics
import sys
import time
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

from benchmarks.processes import epoch_seconds
from benchmarks.scaling import PROJECTION, TEXT, rule_called
from brainlearn.mirror.choice import devices

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000)
STEPS = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return 0, also where there is no GPU."""
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__, formatter_class=shape)
    parser.add_argument("--data", type=Path, help="folder of MNIST; default: no trainings")
    parser.add_argument("--device", default="cuda", help="default: %(default)s")
    parser.add_argument("--seeds", type=int, default=16, help="trainings at once; default: %(default)s")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="units; default: %(default)s")
    asked = parser.parse_args(arguments)
    if not any(name.split(":")[0] == asked.device.split(":")[0] for name in devices()):
        print(f"No {asked.device} here, only {', '.join(devices())}: nothing was measured.")
        return 0
    print(f"{name_of(asked.device)}, PyTorch {torch.__version__}")
    if asked.data:
        trainings(asked.data, asked.device, asked.seeds)
    for units in asked.sizes:
        try:
            milliseconds, megabytes = size(units, asked.device)
        except (torch.cuda.OutOfMemoryError, MemoryError):
            print(f"{units:>9,} units: memory ends")
            break
        memory = "" if megabytes is None else f", {megabytes:,.0f} MB on the device"
        print(f"{units:>9,} units, {100 * units:>11,} synapses: {milliseconds:.2f} ms a step{memory}", flush=True)
    return 0


def name_of(device: str) -> str:
    """Return what the device calls itself."""
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else f"device {device}"


def trainings(data: Path, device: str, seeds: int) -> None:
    """Print the time of an epoch of one training, and of several at once."""
    settings = ["training.engine=mirror", f"training.device={device}"]
    alone = epoch_seconds(1, data, 300, settings)
    print(f"an epoch of experiment 02: {alone:.1f} s", flush=True)
    each = [[*settings, f"seed={seed}"] for seed in range(1, seeds + 1)]
    with ThreadPoolExecutor(seeds) as pool:
        found = list(pool.map(lambda further: epoch_seconds(1, data, 300, further), each))
    print(f"{seeds} seeds at once: {statistics.median(found):.1f} s an epoch of each", flush=True)


def size(units: int, device: str) -> tuple[float, float | None]:
    """Return the time of a step [ms] and the memory of a GPU at most [MB], for a circuit with a rule."""
    from brainlearn.brian.presenter import Phase, Round
    from brainlearn.brian.simulation import Plasticity, Simulation
    from brainlearn.circuit import parse_circuit
    from brainlearn.mirror.learning.circuit import MirrorCircuit

    circuit, mistakes = parse_circuit(tomllib.loads(TEXT.format(units=units)), "scaling")
    assert not mistakes, mistakes
    on_gpu = device.startswith("cuda")
    if on_gpu:
        torch.cuda.reset_peak_memory_stats(device)
    phases = [Phase("settle", STEPS), Phase("measured", STEPS, reset=False)]
    updates = (("step", {"size": 1e-3}), ("clip", {"low": 0.0, "high": 0.2}))
    plasticity = Plasticity(rule_called("phase_end"), (PROJECTION,), updates=updates)
    build, clock = functools.partial(MirrorCircuit, device=device), list[float]()

    def note(_: object) -> None:
        if on_gpu:
            torch.cuda.synchronize(device)
        clock.append(time.perf_counter())

    with Simulation(circuit, 1, phases, plasticity, build=build) as simulation:
        simulation.present(iter([Round({}, np.ones(1))]), 1, after_phase=note)
    most = torch.cuda.max_memory_allocated(device) / 1e6 if on_gpu else None
    return 1e3 * (clock[1] - clock[0]) / STEPS, most


if __name__ == "__main__":
    sys.exit(main())
