"""Latency within fifty trials: ``python experiments/47_goodness_as_value/trials.py RUN_FOLDER ...``.

For every run it prints the mean latency over copies of the first trial, of the last ten of the first fifty trials, and
after learning, the latter two also as shares of the first, and the mean number of trials of a copy. Of the fifty, those
count that every copy finished.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import xarray as xr

from brainlearn import load_result

MOST, LAST = 50, 10


def main() -> None:
    """Print a line for every run."""
    parser = argparse.ArgumentParser(description="Latency within fifty trials.")
    parser.add_argument("runs", type=Path, nargs="+")
    print("seed  first trial  last ten of fifty (share)  after learning (share)  trials of a copy")
    for run in parser.parse_args().runs:
        tree = load_result(run / "result.nc")
        print(line(int(tree.attrs["seed"]), tree["episodes"].to_dataset(), tree["test_episodes"].to_dataset()))


def line(seed: int, trials: xr.Dataset, tested: xr.Dataset) -> str:
    """Return the line of a run."""
    copies = trials["copy"].values
    finished = min(int((copies == copy).sum()) for copy in set(copies.tolist()))
    number, latency = trials["number"].values, trials["latency"].values
    until = min(finished, MOST)
    first, after = float(latency[number == 0].mean()), float(tested["latency"].mean())
    last = float(latency[(number >= max(until - LAST, 1)) & (number < until)].mean())
    of_each = len(latency) / len(set(copies.tolist()))
    shares = f"{last:.2f} s ({last / first:.2f})  {after:.2f} s ({after / first:.2f})"
    return f"{seed:4d}  {first:.2f} s  {shares}  {of_each:.1f}"


if __name__ == "__main__":
    main()
