"""Goodness beside a mean rate: ``python experiments/47_goodness_as_value/beside.py``.

It reads the recorded seeds of this experiment and of experiment 46, and prints how much later the platform is found
after learning with goodness as value than with the actor-critic, as a mean over the seeds that both have, with its 95 %
interval.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from brainlearn.lab import mean_interval

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Print the paired difference."""
    goodness, rate = latencies(HERE), latencies(HERE.parent / "46_water_maze")
    seeds = sorted(goodness.keys() & rate.keys())
    mean, low, high = mean_interval(np.array([goodness[seed] - rate[seed] for seed in seeds]))
    print(f"seeds {seeds}: {mean:+.2f} s ({low:+.2f} to {high:+.2f})")


def latencies(experiment: Path) -> dict[int, float]:
    """Return the mean latency after learning [s], by seed."""
    seeds = json.loads((experiment / "result" / "seeds.json").read_text(encoding="utf-8"))
    return {each["seed"]: each["episodes"]["test_latency"] for each in seeds}


if __name__ == "__main__":
    main()
