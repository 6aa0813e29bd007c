"""Time of a sweep with one worker and with several.

python -m benchmarks.sweep [SWEEP] [--workers N] [--data DIR] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from xarray import Dataset

from brainlearn.sweep.cluster import client_of
from brainlearn.sweep.loading import Sweep, load_sweep
from brainlearn.sweep.progress import PointDone, SilentSweep
from brainlearn.sweep.run import run_sweep

EXAMPLE = Path(__file__).parents[1] / "examples" / "step_and_width.toml"
TIMES = ("train_seconds",)


class Clock(SilentSweep):
    """Notes when the last point was done."""

    def __init__(self) -> None:
        self.last = 0.0

    def point_done(self, point: PointDone) -> None:
        """Note the time."""
        self.last = time.perf_counter()


def main() -> None:
    """Measure both, compare all results, and print times and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=__doc__)
    parser.add_argument("sweep", type=Path, nargs="?", default=EXAMPLE)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--data", type=Path, help="folder of the datasets")
    parser.add_argument("--keep", type=Path, help="folder that keeps both sweeps")
    options = parser.parse_args()
    sweep, each = load_sweep(options.sweep, options.data), (1, options.workers)
    with tempfile.TemporaryDirectory() as place:
        folder = options.keep or Path(place)
        (alone, one), (together, several) = (measure(sweep, n, folder / f"workers-{n}", options.data) for n in each)
    print(f"all results equal: {one.drop_vars(TIMES).equals(several.drop_vars(TIMES))}")
    print(f"speed-up with {options.workers} workers: {alone / together:.2f}")


def measure(sweep: Sweep, workers: int, folder: Path, data: Path | None) -> tuple[float, Dataset]:
    """Return how long the points took from the first start of a worker to the last result [s], and the results."""
    clock, load = Clock(), os.getloadavg()[0]
    began = time.perf_counter()
    dataset = run_sweep(sweep, folder, client_of(workers, None, len(sweep.points)), data, clock)
    seconds = clock.last - began
    print(f"{workers} worker(s): {len(sweep.points)} points in {seconds:.1f} s (load before: {load:.1f})", flush=True)
    return seconds, dataset


if __name__ == "__main__":
    main()
