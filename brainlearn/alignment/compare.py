"""How proposals of a rule and gradients compare: angles, signs and lengths, for every projection."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from brainlearn.alignment.angles import angle_limit, mean_angle
from brainlearn.results.record import AlignmentRecord

Matrices = dict[str, np.ndarray]  # (pre, post), or (synapse,) of listed synapses, by projection
TWO_SIDED = 1.96  # standard deviations: 97.5 % of a normal distribution is below


def compare(
    loss: str,
    epoch: int,
    proposals: Sequence[Mapping[str, np.ndarray]],
    gradients: Sequence[Mapping[str, np.ndarray]],
    presentations: int,
    rng: np.random.Generator,
    listed: Mapping[str, np.ndarray] | None = None,
) -> AlignmentRecord:
    """Return angles, sign agreement and norm ratio for every projection; nan where the gradient is 0.

    Parameters
    ----------
    loss : str
    epoch : int
    proposals, gradients : sequence of mapping of str to (pre, post) or (synapse,) array
        One for each round, by projection.
    presentations : int
        In a round.
    rng : Generator
        For the exchange of postsynaptic units.
    listed : mapping of str to (synapse,) array, optional
        Source units of listed synapses, ascending, by projection.
    """
    rounds = len(proposals)
    counts = [2**k for k in range(rounds.bit_length()) if 2**k < rounds] + [rounds]
    names = list(proposals[0])
    angle, shuffled, itself = ({name: np.zeros(len(counts)) for name in names} for _ in range(3))
    limit: dict[str, float] = {}
    null: dict[str, float] = {}
    signs: dict[str, float] = {}
    ratio: dict[str, float] = {}
    for name in names:
        change: np.ndarray = np.stack([p[name] for p in proposals])
        downhill: np.ndarray = -np.stack([g[name] for g in gradients])
        whole: np.ndarray = downhill.mean(axis=0)
        there: np.ndarray = whole != 0  # synapses that cannot matter, as those of a dark pixel, are no dimension
        order = _exchange(whole, (listed or {}).get(name), rng)
        for k, count in enumerate(counts):
            angle[name][k] = mean_angle(change, whole, count)
            shuffled[name][k] = mean_angle(np.take(change, order, axis=min(2, change.ndim - 1)), whole, count)
            itself[name][k] = mean_angle(downhill, whole, count)
        limit[name] = angle_limit(change, downhill)
        mean: np.ndarray = change.mean(axis=0)
        null[name] = 90.0 - math.degrees(TWO_SIDED / math.sqrt(max(int(there.sum()), 1)))
        signs[name] = 100.0 * float((np.sign(mean) == np.sign(whole))[there].mean()) if there.any() else np.nan
        ratio[name] = float(np.linalg.norm(mean) / np.linalg.norm(whole)) if there.any() else np.nan
    averaged = np.array(counts) * presentations
    return AlignmentRecord(epoch, loss, averaged, angle, shuffled, itself, limit, null, signs, ratio)


def _exchange(whole: np.ndarray, pres: np.ndarray | None, rng: np.random.Generator) -> np.ndarray:
    """Return an order of postsynaptic units or channels; of listed synapses, one of those that each source unit has."""
    return rng.permutation(whole.shape[1]) if pres is None else np.lexsort((rng.random(len(pres)), pres))
