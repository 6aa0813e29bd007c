"""The settings of a run, value by value: what differs, and what decides learning."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from brainlearn.renamed_keys import old_key, with_new_names
from brainlearn.results.learned_by import by_gradients

DESCRIPTION = (
    "name",
    "circuit",
    "about",
    "dataset.file",
)  # names, places and words; the circuit's text is compared by itself
BESIDE = (
    "seed",
    "readout.validate_on",
    "readout.validate_every",
    "readout.short_list",
    "alignment",
    "baselines",
    "training.device",
)  # decide nothing that is learned


def differences(ran: Mapping[str, Any], written: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return key, value of the run and value of the file, where these two differ.

    >>> differences({"seed": 1, "training": {"epochs": 2}}, {"seed": 1, "training": {"epochs": 40}})
    [('training.epochs', '2.0', '40.0')]
    """
    run_values, file_values = (dict(leaves(with_new_names(each))) for each in (ran, written))
    keys = [*file_values, *(key for key in run_values if key not in file_values)]
    return [
        (key, run_values.get(key, "nothing"), file_values.get(key, "nothing"))
        for key in keys
        if not within(key, DESCRIPTION) and run_values.get(key) != file_values.get(key)
    ]


def setup_sha256(settings: Mapping[str, Any], circuit_text: str, rule: str, engine: str) -> str:
    """Return a hash of all that decides what is learned but the seed; runs that share it differ in their seed only.

    Parameters
    ----------
    settings : mapping
        The experiment as run.
    circuit_text : str
        The content of a circuit file; its comments, layout and description decide nothing.
    rule, engine : str
        Of a baseline, its own table counts too.
    """
    own = (f"baselines.{rule}",) if by_gradients(engine, rule) else ()
    lines = sorted(
        f"{old_key(k)} = {v}"
        for k, v in leaves(with_new_names(settings))
        if not within(k, (*DESCRIPTION, *BESIDE)) or within(k, own)
    )
    content = leaves(tomllib.loads(circuit_text))
    circuit = "\n".join(sorted(f"{key} = {value}" for key, value in content if key != "description"))
    return hashlib.sha256("\n".join((engine, rule, circuit, *lines)).encode()).hexdigest()


def within(key: str, tables: tuple[str, ...]) -> bool:
    """Return whether `key` is one of `tables` or is in one.

    >>> within("alignment.losses[0]", ("alignment",)), within("seeds", ("seed",))
    (True, False)
    """
    return any(key == table or key.startswith((f"{table}.", f"{table}[")) for table in tables)


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value with its key, both as text; numbers that are equal have equal texts."""
    if isinstance(value, Mapping) and "text" in value and "dimension" in value:
        value = value["text"]  # a quantity
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from leaves(item, f"{key}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, f"{key}[{index}]")
    elif value is not None:
        yield key, _text(value)


def _text(value: Any) -> str:
    try:
        return str(value) if isinstance(value, bool) else repr(float(value))
    except ValueError:
        return str(value)
