"""Random numbers of one projection: adding, removing or moving another one leaves them as they are."""

from __future__ import annotations

import hashlib

import numpy as np


def projection_rng(seed: int, name: str) -> np.random.Generator:
    """Return the random numbers of one projection: the same for the same seed and name, on every machine."""
    return np.random.default_rng(seeds_of(seed, name))


def seeds_of(seed: int, name: str) -> list[int]:
    """Return the seeds of everything that has its own random numbers, by name."""
    digest = hashlib.sha256(name.encode()).digest()
    return [seed, int.from_bytes(digest[:8], "little")]
