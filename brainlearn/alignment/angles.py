"""Angles between directions that are estimated from some presentations."""

from __future__ import annotations

import numpy as np


def angle_between(a: np.ndarray, b: np.ndarray) -> float:
    """Return the angle between two arrays taken as vectors [degree]; nan if one of them is 0.

    >>> angle_between(np.array([1.0, 0.0]), np.array([1.0, 1.0]))
    45.0
    """
    x, y = a.ravel().astype(float), b.ravel().astype(float)
    lengths = np.linalg.norm(x) * np.linalg.norm(y)
    return np.nan if lengths == 0 else _degrees(x @ y / lengths)


def mean_angle(rounds: np.ndarray, reference: np.ndarray, count: int) -> float:
    """Return the mean angle to `reference` of averages over groups of `count` rounds [degree].

    Parameters
    ----------
    rounds : (round, pre, post) or (round, synapse) array
    reference : (pre, post) or (synapse,) array
    count : int
        Groups share no round; what does not fill a group is left out.
    """
    groups = len(rounds) // count
    averages = rounds[: groups * count].reshape(groups, count, *rounds.shape[1:]).mean(axis=1)
    return float(np.mean([angle_between(average, reference) for average in averages]))


def angle_limit(changes: np.ndarray, downhill: np.ndarray) -> float:
    """Estimate the angle that would remain if endlessly many presentations were averaged: the bias [degree].

    Products of different rounds have no noise in common, so their means estimate the products of the expected vectors;
    Spearman's correction for attenuation (1904, American Journal of Psychology 15, 72) is the same for correlations.

    Parameters
    ----------
    changes, downhill : (round, pre, post) or (round, synapse) array
        The proposed change and the negative gradient of every round.

    Returns
    -------
    float
        nan if there is one round, or if one of the two is lost in its noise.
    """
    if len(changes) < 2:
        return np.nan
    lengths = _across(changes, changes), _across(downhill, downhill)
    if min(lengths) <= 0:
        return np.nan
    return _degrees(_across(changes, downhill) / np.sqrt(lengths[0] * lengths[1]))


def _across(a: np.ndarray, b: np.ndarray) -> float:
    """Return the mean scalar product of different rounds."""
    together = float(np.vdot(a.sum(axis=0, dtype=float), b.sum(axis=0, dtype=float)))
    same = sum(float(np.vdot(x.astype(float), y.astype(float))) for x, y in zip(a, b, strict=True))
    return (together - same) / (len(a) * (len(a) - 1))


def _degrees(cosine: float) -> float:
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
