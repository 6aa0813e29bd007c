"""Time of an epoch of MNIST in one process and spread over two.

python -m benchmarks.processes --data DIR [--processes N] [--repetitions N] [--copies N]

It also runs the whole training in each of several processes at once, which share nothing. How much these slow each
other down is what cores, cache and memory of the machine take, and no way of spreading can do better.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

EXPERIMENT = Path(__file__).parents[1] / "experiments" / "02_forward_forward_mnist" / "experiment.toml"


def main() -> None:
    """Measure in turns, and print medians and their ratio."""
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m benchmarks.processes", description=__doc__, formatter_class=shape)
    parser.add_argument("--data", type=Path, required=True, help="folder of MNIST")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--copies", type=int, default=300, help="in all processes together")
    options = parser.parse_args()
    processes, data, copies = options.processes, options.data, options.copies
    alone, spread, apart = [], [], []
    for _ in range(options.repetitions):
        alone.append(epoch_seconds(1, data, copies))
        print(f"1 process: {alone[-1]:.1f} s an epoch", flush=True)
        spread.append(epoch_seconds(processes, data, copies))
        print(f"spread over {processes} processes: {spread[-1]:.1f} s an epoch", flush=True)
        with ThreadPoolExecutor(processes) as pool:
            apart.append(statistics.mean(pool.map(lambda _: epoch_seconds(1, data, copies), range(processes))))
        print(f"{processes} trainings at once, a process each: {apart[-1]:.1f} s an epoch of each", flush=True)
    one, several, beside = map(statistics.median, (alone, spread, apart))
    print(
        f"medians of {options.repetitions}: {one:.1f} s in 1, {several:.1f} s spread, {beside:.1f} s beside each other"
    )
    print(
        f"speed-up on {processes} processes: {one / several:.2f}; of separate trainings: {processes * one / beside:.2f}"
    )


def epoch_seconds(processes: int, data: Path, copies: int, further: Sequence[str] = ()) -> float:
    """Return how long the second epoch of experiment 02 takes in so many processes [s]: the first one compiles.

    `further` settings are as of ``--set``.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "run"
        launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
        settings = [
            "training.epochs=2",
            f"training.copies={copies}",
            "readout.validate_on=100",
            "dataset.validation=100",
            "alignment.epochs=[]",
            *further,
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
