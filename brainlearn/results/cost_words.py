"""Columns of cost tables, on a terminal and on a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import mean
from typing import Any

STAGES = ("training", "test")
PER_PRESENTATION: Mapping[str, str] = {
    "macs": "MACs",
    "acs": "ACs",
    "dense": "dense",
    "learning": "learning",
    "weight_updates": "weight updates",
    "membrane_updates": "membrane updates",
    "traffic_bytes": "bytes moved",
}
"""Numbers of a stage, means over presentations, and what they are called."""
OCCUPIED: Mapping[str, str] = {
    "parameter_bytes": "parameters, bytes",
    "state_bytes": "state, bytes",
    "learning_bytes": "learning, bytes",
    "connection_sparsity": "connection sparsity",
}
ABOUT = (
    "Means over presentations, by the definitions of NeuroBench: MACs and ACs are multiply-accumulates and accumulates "
    "through synapses that are not 0, dense what a machine does that skips nothing; docs/cost.md has them all"
)


def stage_rows(group: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[float | None], float | None]]:
    """Yield stage, numbers of `PER_PRESENTATION` and activation sparsity, means over the runs of a group."""
    for stage in STAGES:
        found = [cost[stage] for cost in _known(group) if stage in cost]
        if found:
            yield stage, [_mean(found, name) for name in PER_PRESENTATION], _mean(found, "activation_sparsity")


def occupied(group: Sequence[Mapping[str, Any]]) -> list[float | None] | None:
    """Return numbers of `OCCUPIED`, means over the runs of a group, and operations of the whole training."""
    found = [cost["footprint"] for cost in _known(group)]
    training = [cost["training"] for cost in _known(group) if "training" in cost]
    return [*(_mean(found, name) for name in OCCUPIED), _mean(training, "operations")] if found else None


def _known(group: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [run["cost"] for run in group if run.get("cost")]


def _mean(found: Sequence[Mapping[str, Any]], name: str) -> float | None:
    values = [each[name] for each in found if each.get(name) is not None]
    return mean(values) if values else None


def amount(value: float | None) -> str:
    """Write a number with three digits and a prefix of SI; a dash for None.

    >>> amount(153753.2), amount(12.0), amount(0.855), amount(None)
    ('154 k', '12', '0.855', '–')
    """
    if value is None:
        return "–"
    for exponent, prefix in ((15, "P"), (12, "T"), (9, "G"), (6, "M"), (3, "k")):
        if abs(value) >= 0.9995 * 10**exponent:
            return f"{_three_digits(value / 10**exponent)} {prefix}"
    return _three_digits(value)


def _three_digits(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 99.95 else f"{value:.3g}"
