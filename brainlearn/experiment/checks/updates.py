"""Check that every element of the chain between the rule and the weights is there, and takes its settings."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence

from brainlearn.circuit import Circuit
from brainlearn.circuit.validation import show, unknown
from brainlearn.experiment.rule_schema import UpdateTable
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake
from brainlearn.rules.updates import UPDATES, build_update


def check_updates(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Yield every mistake about the chains."""
    for key, table in settings.rule_tables.items():
        yield from find_in_updates(table.updates, f"{key}.updates")


def find_in_updates(updates: Sequence[UpdateTable], where: str) -> Iterator[Mistake]:
    """Yield every mistake in the elements of a chain."""
    for k, update in enumerate(updates):
        key = f"{where}[{k}]"
        if update.name not in UPDATES:
            yield unknown(f"{key}.name", "update", update.name, UPDATES)
        else:
            yield from [*_check_settings(update, key)] or _try_update(update, key)


def _check_settings(update: UpdateTable, key: str) -> Iterator[Mistake]:
    """Compare the settings of one update with what it takes."""
    allowed = inspect.signature(UPDATES[update.name]).parameters
    given = update.model_extra or {}
    for name, value in given.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if name not in allowed:
            yield unknown(f"{key}.{name}", "setting", name, allowed)
        elif allowed[name].annotation == "float" and not number:
            yield Mistake(f"{key}.{name}", "not a number", show(value), "a number")
    for name, setting in allowed.items():
        if setting.default is inspect.Parameter.empty and name not in given:
            yield Mistake(f"{key}.{name}", "the setting is missing", "nothing")


def _try_update(update: UpdateTable, key: str) -> list[Mistake]:
    """Build the update once, so that it can refuse its settings."""
    try:
        build_update(update.name, update.model_extra or {})
    except ValueError as error:
        takes = ", ".join(inspect.signature(UPDATES[update.name]).parameters) or "no settings"
        return [Mistake(key, f'"{update.name}" does not take these settings: {error}', allowed=takes)]
    return []
