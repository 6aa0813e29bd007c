"""The runs that a report shows: those that were named, each followed by its baselines."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from xarray import DataTree

from brainlearn.circuit import Circuit
from brainlearn.circuit.loading import parse_circuit
from brainlearn.regular_file import is_folder, is_regular
from brainlearn.results.comparison import brief, of_one_mean
from brainlearn.results.learned_by import by_gradients
from brainlearn.results.run_folder import CIRCUIT, RunFolder
from brainlearn.results.store import load_run, result_file
from brainlearn.results.summary import summary


@dataclass(frozen=True)
class Run:
    """A run as it is shown.

    Parameters
    ----------
    folder : Path
    tree : xarray.DataTree
    label : str
        What distinguishes it from the others, in words.
    key : str
        The same for names of files and anchors.
    """

    folder: Path
    tree: DataTree
    label: str
    key: str

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Its page of numbers."""
        return summary(self.tree)

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The experiment as run."""
        found: dict[str, Any] = json.loads(self.tree.attrs["settings"])
        return found

    @property
    def baseline(self) -> bool:
        """Whether backpropagation learned, in the mirror."""
        return by_gradients(str(self.tree.attrs["engine"]), str(self.tree.attrs["rule"]))

    def text(self, name: str) -> str | None:
        """Return a text file of the run folder; None if it is missing or not text."""
        return RunFolder(self.folder if is_folder(self.folder) else self.folder.parent).text(name)

    @cached_property
    def circuit(self) -> Circuit | None:
        """The circuit as run, with the experiment's sizes; None if this brainlearn cannot read it."""
        try:
            data = tomllib.loads(self.tree.attrs["circuit_text"].removeprefix("\ufeff"))
            sizes = {path: _size(size) for path, size in self.settings.get("sizes", {}).items()}
            circuit, mistakes = parse_circuit(data, CIRCUIT, sizes)
        except (tomllib.TOMLDecodeError, AttributeError, TypeError, ValueError):
            return None
        return None if mistakes else circuit


def _size(size: int | list[int]) -> int | tuple[int, int]:
    return (size[0], size[1]) if isinstance(size, list) else size


def find_runs(named: Sequence[Path]) -> list[Run]:
    """Read the named runs and the baselines in their folders, none of them twice.

    Raises
    ------
    UserError
        If one of those named holds no result, or a damaged one.
    """
    for folder in named:
        result_file(folder)
    folders = list({run.resolve(): run for folder in named for run in _with_baselines(folder)}.values())
    trees = [load_run(folder) for folder in folders]
    labels = labels_of([tree.attrs for tree in trees])
    keys = [f"{number:02d}_{tree.attrs['rule']}" if len(trees) > 1 else "" for number, tree in enumerate(trees, 1)]
    return [Run(*parts) for parts in zip(folders, trees, labels, keys, strict=True)]


def _with_baselines(folder: Path) -> list[Path]:
    if not is_folder(folder):
        return [folder]
    return [run.path for run in RunFolder(folder).runs() if is_regular(run.result)]


@dataclass(frozen=True)
class Group:
    """Runs that differ in their seed only, over which means are taken; or one run.

    Parameters
    ----------
    runs : tuple of Run
    label : str
        What distinguishes it from the others, in words.
    key : str
        For names of files and anchors.
    """

    runs: tuple[Run, ...]
    label: str
    key: str

    @property
    def several(self) -> bool:
        """Whether there is more than one seed."""
        return len(self.runs) > 1

    def values(self, name: str) -> list[float | None]:
        """Return a number of the brief summary of each run."""
        return [brief(run.summary)[name] for run in self.runs]


def groups_of(runs: Sequence[Run]) -> list[Group]:
    """Bring together the runs that differ in their seed only."""
    found = of_one_mean([{**brief(run.summary), "run": run} for run in runs])
    sets = [tuple(each["run"] for each in group) for group in found]
    names = labels_of([_without_seed(group) for group in sets])
    return [
        Group(group, group[0].label if len(group) == 1 else f"{name}, {len(group)} seeds", group[0].key)
        for group, name in zip(sets, names, strict=True)
    ]


def _without_seed(group: Sequence[Run]) -> Mapping[Any, Any]:
    attrs = group[0].tree.attrs
    return attrs if len(group) == 1 else {**attrs, "seed": ", ".join(str(run.tree.attrs["seed"]) for run in group)}


def labels_of(attributes: Sequence[Mapping[Any, Any]]) -> list[str]:
    """Return a name for each run: the rule, and as much more as distinguishes it from the others.

    >>> labels_of([{"rule": "e_prop", "seed": 1, "experiment": "a"}, {"rule": "e_prop", "seed": 2, "experiment": "a"}])
    ['e prop, seed 1', 'e prop, seed 2']
    """
    labels = [str(attrs["rule"]) for attrs in attributes]
    for name, form in (("experiment", "{}, {}"), ("seed", "{}, seed {}")):
        values = [attrs[name] for attrs in attributes]
        if len(set(labels)) < len(labels) and len(set(values)) > 1:
            labels = [form.format(label, value) for label, value in zip(labels, values, strict=True)]
    if len(set(labels)) == len(labels):
        return labels
    return [f"{number}: {label}" for number, label in enumerate(labels, start=1)]
