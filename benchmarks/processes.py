"""Time of an epoch of MNIST in one process and spread over two.

python -m benchmarks.processes --data DIR [--processes N] [--repetitions N] [--copies N]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

EXPERIMENT = Path(__file__).parents[1] / "experiments" / "02_forward_forward_mnist" / "experiment.toml"


def main() -> None:
    """Measure in turns, and print medians and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.processes", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of MNIST")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--copies", type=int, default=300, help="in all processes together")
    options = parser.parse_args()
    seconds: dict[int, list[float]] = {1: [], options.processes: []}
    for _ in range(options.repetitions):
        for processes, found in seconds.items():
            found.append(epoch_seconds(processes, options.data, options.copies))
            print(f"{processes} process(es): {found[-1]:.1f} s an epoch", flush=True)
    alone, spread = (statistics.median(found) for found in seconds.values())
    print(f"median of {options.repetitions}: {alone:.1f} s in 1, {spread:.1f} s in {options.processes} processes")
    print(f"speed-up on {options.processes} processes: {alone / spread:.2f}")


def epoch_seconds(processes: int, data: Path, copies: int) -> float:
    """Return how long the second epoch of experiment 02 takes in so many processes [s]: the first one compiles."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "run"
        launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
        settings = [
            "training.epochs=2",
            f"training.copies={copies}",
            "readout.validate_on=100",
            "dataset.validation=100",
            "alignment.epochs=[]",
        ]
        program = [
            "-m",
            "brainlearn",
            "run",
            str(EXPERIMENT),
            "--data",
            str(data.resolve()),
            "--only",
            "rule",
            "--quiet",
        ]
        changes = [word for setting in settings for word in ("--set", setting)]
        command = [sys.executable, *(launcher if processes > 1 else []), *program, *changes, "--output", str(folder)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return float(summary["epoch_seconds"][1])


if __name__ == "__main__":
    main()
