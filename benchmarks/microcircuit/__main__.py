"""The microcircuit in several simulators, in turns: ``python -m benchmarks.microcircuit [--scale 0.1]``.

Each simulator runs in a process of its own, on one thread, and in turns, so that all meet the same other load of the
machine. Times are processor time, without which nothing could be said on a shared machine. NEST (`pip install
nest-simulator`) is asked for in the Python of the command, or in another one (`--nest-python`).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.microcircuit.model import NAMES, RATES, RATES_SINCE, SECONDS
from benchmarks.microcircuit.outcome import Outcome
from benchmarks.timing import say

SIDES = {
    "brainlearn": ["benchmarks.microcircuit.brainlearn_side"],
    "nest": ["benchmarks.microcircuit.nest_side"],
    "numpy": ["benchmarks.microcircuit.brian_side", "numpy"],
    "cython": ["benchmarks.microcircuit.brian_side", "cython"],
    "standalone": ["benchmarks.microcircuit.brian_side", "standalone"],
}
ROOT = Path(__file__).parents[2]


def main() -> None:
    """Run all sides in turns, print the tables, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.microcircuit", description=__doc__)
    parser.add_argument("--scale", type=float, default=0.1, help="share of the neurons, and of the synapses onto each")
    parser.add_argument("--only", nargs="+", choices=SIDES, default=list(SIDES))
    parser.add_argument("--repetitions", type=int, default=3, help="each with a seed of its own")
    parser.add_argument("--nest-python", default=sys.executable, help="a Python that has NEST")
    parser.add_argument("--output", type=Path, help="a JSON file for all outcomes")
    asked = parser.parse_args()
    found: dict[str, list[Outcome]] = {}
    for repetition in range(asked.repetitions):
        for side in asked.only:
            python = asked.nest_python if side == "nest" else sys.executable
            outcome = run(python, SIDES[side], asked.scale, repetition + 1)
            if outcome is not None:
                found.setdefault(side, []).append(outcome)
            say(f"  {repetition + 1}/{asked.repetitions} {side}")
    print("\n".join(tables(found, asked.scale)))
    if asked.output is not None:
        content = {"scale": asked.scale, **{side: [vars(each) for each in runs] for side, runs in found.items()}}
        asked.output.write_text(json.dumps(content, indent=1) + "\n")


def run(python: str, side: Sequence[str], scale: float, seed: int) -> Outcome | None:
    """Run one simulator; None, with the reason on standard error, if it cannot."""
    command = [python, "-m", *side, "--scale", str(scale), "--seed", str(seed)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    if done.returncode:
        say(f"  {' '.join(side)}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}")
        return None
    return Outcome(**json.loads(done.stdout.strip().splitlines()[-1]))


def tables(found: dict[str, list[Outcome]], scale: float) -> list[str]:
    """Return the lines of what came out."""
    lines = [
        f"Microcircuit, {scale:g} of its size, {SECONDS:g} s after it has settled; medians over seeds, processor time",
        "",
        f"{'':<26}{'building s':>11}{'running s':>11}{'peak MB':>9}{'synapses':>13}",
    ]
    for runs in found.values():
        build, ran, peak = (statistics.median(getattr(r, key) for r in runs) for key in ("build_s", "run_s", "peak_mb"))
        lines.append(f"{runs[0].simulator:<26}{build:>11.1f}{ran:>11.2f}{peak:>9.0f}{runs[0].synapses:>13,}")
    lines += ["", f"Rates [Hz]{'':<16}" + "".join(f"{name:>7}" for name in NAMES)]
    lines.append(_row("full scale, NEST 2's", RATES))
    lines.append(_row("full scale, NEST 3's", RATES_SINCE))
    for runs in found.values():
        lines.append(_row(f"{runs[0].simulator}", np.mean([r.rates for r in runs], axis=0)))
    lines += ["", "Variation of intervals"]
    for runs in found.values():
        lines.append(_row(f"{runs[0].simulator}", np.mean([r.variation for r in runs], axis=0)))
    if "brainlearn" in found:
        own = statistics.median(r.run_s for r in found["brainlearn"])
        others = {k: statistics.median(r.run_s for r in runs) / own for k, runs in found.items() if k != "brainlearn"}
        lines += ["", *(f"{name}_over_brainlearn: {ratio:.2f}" for name, ratio in others.items())]
    return lines


def _row(name: str, values: np.ndarray) -> str:
    return f"{name:<26}" + "".join(f"{value:>7.2f}" for value in values)


if __name__ == "__main__":
    main()
