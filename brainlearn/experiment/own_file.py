"""Paths of the data of an experiment file: absolute, so that a run folder finds them too."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import Any


def with_place(data: dict[str, Any], path: str | Path) -> dict[str, Any]:
    """Return the content of an experiment file with the absolute path of its data, and a name for them.

    Parameters
    ----------
    data : dict
        As read, right or wrong.
    path : str or Path
        The experiment file: its folder is the first in which the data are looked for. What is not there stays as it
        is, to be looked for in the folder of all data.
    """
    tasks = data.get("sequence")
    if isinstance(tasks, list):
        data = {**data, "sequence": [_placed(task, path) if isinstance(task, dict) else task for task in tasks]}
    return _placed(data, path)


def _placed(holder: dict[str, Any], path: str | Path) -> dict[str, Any]:
    """Return what holds a table ``dataset``, with the whole path of its file."""
    table = holder.get("dataset")
    if not isinstance(table, dict) or not isinstance(table.get("file"), str) or not table["file"]:
        return holder
    whole = os.path.abspath(Path(path).parent / os.path.expanduser(table["file"]))
    place = whole if os.path.lexists(whole) else table["file"]
    return {**holder, "dataset": {"name": PurePath(whole).stem, **table, "file": place}}
