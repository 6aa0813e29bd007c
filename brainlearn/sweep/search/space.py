"""What a search may choose from, as Optuna takes it, and as an experiment does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from brainlearn.sweep.axes import label
from brainlearn.sweep.search.schema import DimensionTable, Space

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial

MOST_COMBINATIONS = 100_000


def whole(table: DimensionTable) -> bool:
    """Return whether a range consists of whole numbers."""
    return isinstance(table.low, int) and isinstance(table.high, int) and isinstance(table.step or 1, int)


def ends(table: DimensionTable) -> list[Any]:
    """Return values of an experiment that stand for all: every choice, or both ends of a range."""
    return (
        list(table.choices) if table.choices is not None else [value_of(table, table.low), value_of(table, table.high)]
    )


def listed(table: DimensionTable) -> list[Any] | None:
    """Return all values, as a sampler names them; None if they are infinite."""
    if table.choices is not None:
        return [label(choice) for choice in table.choices]
    step = table.step or (1 if whole(table) and not table.log else None)
    if step is None:
        return None
    assert table.low is not None
    assert table.high is not None
    count = int((table.high - table.low) / step * (1 + 1e-12)) + 1
    return [table.low + k * step for k in range(min(count, MOST_COMBINATIONS))]


def combinations(space: Space) -> Iterator[dict[str, Any]]:
    """Yield every combination of listed values; the last key changes fastest."""
    values = {key: listed(table) or [] for key, table in space.items()}
    for chosen in itertools.product(*values.values()):
        yield dict(zip(values, chosen, strict=True))


def value_of(table: DimensionTable, named: Any) -> Any:
    """Return the value of the experiment that a sampler names."""
    if table.choices is not None:
        return next(choice for choice in table.choices if label(choice) == named)
    number = int(named) if whole(table) else float(f"{named:.6g}")  # the file and the name of the point say the same
    return number if table.unit is None else f"{number} {table.unit}"


def values_of(space: Space, named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes of an experiment that a sampler names."""
    return {key: value_of(table, named[key]) for key, table in space.items()}


def suggest(trial: Trial, key: str, table: DimensionTable) -> Any:
    """Let a trial draw the value of a key, or return what it has drawn before."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    match _distribution(table):
        case CategoricalDistribution() as each:
            return trial.suggest_categorical(key, each.choices)
        case IntDistribution() as each:
            return trial.suggest_int(key, each.low, each.high, step=each.step, log=each.log)
        case FloatDistribution() as each:
            return trial.suggest_float(key, each.low, each.high, step=each.step, log=each.log)
    raise AssertionError


def _distribution(table: DimensionTable) -> BaseDistribution:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if table.choices is not None:
        return CategoricalDistribution([label(choice) for choice in table.choices])
    assert table.low is not None
    assert table.high is not None
    high = table.high if table.step is None else (listed(table) or [table.high])[-1]  # as far as steps go
    if whole(table):
        return IntDistribution(int(table.low), int(high), table.log, int(table.step or 1))
    return FloatDistribution(float(table.low), float(high), table.log, table.step)
