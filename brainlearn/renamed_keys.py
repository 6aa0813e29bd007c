"""Keys of files that had another name in 0.1: files, changes and run folders with them are still read.

What was recorded keeps the hash of its setup, which is made of the names of 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

RENAMED: Mapping[str, str] = {
    "rule.constraints": "updates",
    "training.checkpoint_minutes": "save_minutes",
    "readout.one_pass_step": "one_pass_step_size",
    "baselines.*.step": "step_size",
    "baselines.*.steps": "time_steps",
    "baselines.*.checkpoint_every": "recompute_every",
}
"""From a key of experiment files in 0.1, where a star is any name, to its last step now."""

RENAMED_IN_CIRCUITS: Mapping[str, str] = {"areas.*.populations.*.per_place": "channels"}
"""The same of circuit files, where a star is any entry of a list."""


def with_new_names(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of an experiment or circuit file with the names of now; the tables of `data` stay as they are.

    A key that is there under both names is left, for it is a mistake.

    >>> with_new_names({"rule": {"name": "kinase", "constraints": []}, "baselines": {"backprop": {"steps": 3}}})
    {'rule': {'name': 'kinase', 'updates': []}, 'baselines': {'backprop': {'time_steps': 3}}}
    """
    renamed: Any = dict(data)
    for old, new in (*RENAMED.items(), *RENAMED_IN_CIRCUITS.items()):
        *above, last = old.split(".")
        renamed = _renamed(renamed, above, last, new)
    return renamed


def _renamed(table: Any, above: Sequence[str], old: str, new: str) -> Any:
    if isinstance(table, list) and above[:1] == ["*"]:
        return [_renamed(entry, above[1:], old, new) for entry in table]
    if not isinstance(table, dict):
        return table
    if not above:
        both = old in table and new in table
        return table if both else {new if name == old else name: value for name, value in table.items()}
    here = [name for name in table if above[0] in ("*", name)]
    return table | {name: _renamed(table[name], above[1:], old, new) for name in here}


def new_key(key: str) -> str:
    """Return a key path, as of ``--set`` or of a sweep, with the names of now.

    >>> new_key("rule.constraints[0].size"), new_key("baselines.backprop.step"), new_key("rule.name")
    ('rule.updates[0].size', 'baselines.backprop.step_size', 'rule.name')
    """
    for old, new in RENAMED.items():
        above, _, last = old.rpartition(".")
        key = re.sub(rf"^(\s*{_pattern(above)}\s*\.\s*){last}(?![\w-])", rf"\g<1>{new}", key)
    return key


def old_key(key: str) -> str:
    """Return a key path with the names of 0.1.

    >>> old_key("rule.updates[0].size"), old_key("training.epochs")
    ('rule.constraints[0].size', 'training.epochs')
    """
    for old, new in RENAMED.items():
        above, _, last = old.rpartition(".")
        key = re.sub(rf"^({_pattern(above)}\.){new}(?![\w-])", rf"\g<1>{last}", key)
    return key


def _pattern(above: str) -> str:
    return re.escape(above).replace(r"\*", r"\w+").replace(r"\.", r"\s*\.\s*")
