"""Peak memory of learning against the steps of a presentation: temporal differences, and backpropagation through time.

python -m benchmarks.memory_over_steps                  prints a table
python -m benchmarks.memory_over_steps ENGINE STEPS     measures one engine in this process

All train the circuit of the MNIST experiment with targets, 784-500-10, on 100 copies of noise. A presentation has
three phases of a third of the steps. Temporal differences go through all of them, backpropagation through the two that
lead to the answer. Every measurement has a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import say

CIRCUIT = Path(__file__).parents[1] / "circuits" / "temporal_difference.toml"
SIZES: dict[str, int | tuple[int, int]] = {"retina/image": (28, 28), "V1/E": 500}
OUTPUTS = "IT/class"
COPIES, ROUNDS = 100, 3
STEPS = (15, 30, 60, 120)
CHECKPOINT_EVERY = 10  # steps; near the root of the number of steps least is kept
ENGINES = ("temporal_difference", "backprop_through_time", "checkpointing")
GIVE_BACK = {"MALLOC_MMAP_THRESHOLD_": "65536"}  # bytes: the C library gives larger pieces back at once, and keeps none


def measure_memory_over_steps(steps: Sequence[int] = STEPS) -> dict[str, Any]:
    """Return for every engine the memory in MB before learning and at its peak, by steps of a presentation."""
    say("memory against steps")
    found: dict[str, Any] = {"steps": list(steps), "copies": COPIES}
    for engine in ENGINES:
        measured = [_in_a_process(engine, count) for count in steps]
        found[engine] = {
            "built_mb": [each["built_mb"] for each in measured],
            "peak_mb": [each["peak_mb"] for each in measured],
            "learning_mb": [round(each["peak_mb"] - each["built_mb"], 1) for each in measured],
        }
    return found


def _in_a_process(engine: str, steps: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.memory_over_steps", engine, str(steps)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | GIVE_BACK)
    peaks: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return peaks


def megabytes_per_step(memory: Mapping[str, Any], engine: str) -> float:
    """Return how much the peak grows with every step, from the fewest to the most steps."""
    peaks, steps = memory[engine]["peak_mb"], memory["steps"]
    return round((peaks[-1] - peaks[0]) / (steps[-1] - steps[0]), 3)


def table(memory: Mapping[str, Any]) -> list[str]:
    """Return the peaks as lines of a table, and how much they grow."""
    lines = [f"\nPeak memory in MB by steps of a presentation (784-500-10, {memory['copies']} copies)"]
    lines += [f"  {'':<24}" + "".join(f"{count:>8}" for count in memory["steps"]) + "   MB per step"]
    for engine in ENGINES:
        peaks = "".join(f"{peak:8.0f}" for peak in memory[engine]["peak_mb"])
        lines += [f"  {engine:<24}{peaks}   {megabytes_per_step(memory, engine):11.2f}"]
    return lines


# ---- in a process of its own ---------------------------------------------------------------------------------------


def main(engine: str, steps: int) -> None:
    """Build, learn, and print the peaks as JSON."""
    from brainlearn import load_circuit
    from brainlearn.running.peak_memory import PeakMemory

    warnings.simplefilter("ignore")
    circuit, third = load_circuit(CIRCUIT, SIZES), steps // 3
    rng = np.random.default_rng(1)
    images = rng.random((COPIES, 784), dtype=np.float32)
    images *= 0.3 / np.sqrt(np.square(images).mean(axis=1, keepdims=True))
    labels = rng.integers(10, size=COPIES)
    learn = (
        _temporal_difference(circuit, images, labels, third)
        if engine == "temporal_difference"
        else _backprop(circuit, images, labels, third, CHECKPOINT_EVERY if engine == "checkpointing" else None)
    )
    memory = PeakMemory()
    built = memory.mb()
    learn()
    print(json.dumps({"built_mb": round(built, 1), "peak_mb": round(memory.mb(), 1)}))


def _temporal_difference(circuit: Any, images: np.ndarray, labels: np.ndarray, third: int) -> Any:
    """Return what learns some rounds by temporal differences in Brian2."""
    from brainlearn.brian.presenter import Phase, Round
    from brainlearn.brian.simulation import Plasticity, Simulation
    from brainlearn.rules import RULES

    phases = (
        Phase("settle", third, learn=False),
        Phase("free", third, reset=False, learn=False, remember=True),
        Phase("nudged", third, reset=False, nudge=1.0),
    )
    names = tuple(p.name for p in circuit.projections if p.pathway == "bottom_up")
    plasticity = Plasticity(RULES["temporal_difference"], names, {}, (("adam", {"size": 1e-3}),))
    simulation = Simulation(circuit, COPIES, phases, plasticity, seed=1)
    stimuli = {"retina/image": images, OUTPUTS: np.eye(10, dtype=np.float32)[labels]}
    shown = Round(stimuli, np.ones(COPIES, dtype=np.float32))
    return lambda: simulation.present(iter([shown] * ROUNDS), ROUNDS)


def _backprop(circuit: Any, images: np.ndarray, labels: np.ndarray, third: int, recompute_every: int | None) -> Any:
    """Return what learns some rounds by backpropagation through the mirror."""
    import torch

    from brainlearn.mirror import Mirror
    from brainlearn.mirror.backprop import Backprop, Stretch
    from brainlearn.mirror.output_activity import OutputActivity

    torch.set_num_threads(1)
    mirror = Mirror(circuit, seed=1, surrogate="arctan")
    phases = [Stretch(third), Stretch(third, reset=False)]
    backprop = Backprop(mirror, OutputActivity(mirror, OUTPUTS), phases, recompute_every=recompute_every)

    def learn() -> None:
        for _ in range(ROUNDS):
            backprop.learn({"retina/image": images}, labels)

    return learn


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1], int(sys.argv[2]))
    else:
        print("\n".join(table(measure_memory_over_steps())))
