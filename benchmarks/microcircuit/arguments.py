"""What every side of the comparison is told on its command line."""

from __future__ import annotations

import argparse

from benchmarks.microcircuit.model import Microcircuit


def microcircuit(description: str | None) -> tuple[Microcircuit, int]:
    """Return the model at the scale that is asked for, and the seed."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--scale", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    options, _ = parser.parse_known_args()
    return Microcircuit(options.scale), options.seed
