"""`Experiment` as scripts have it: built in Python or read from a file, saved as TOML, a table in notebooks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from brainlearn.brian.loading import with_text_checked
from brainlearn.circuit import Reading, read_tables
from brainlearn.circuit import circuit as read
from brainlearn.circuit.plain_values import plain
from brainlearn.circuit.writing import circuit_tables, circuit_text
from brainlearn.experiment import loading
from brainlearn.experiment.changes import Changes
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.results.run_folder import DATA
from brainlearn.results.whole_file import whole_file, write_text
from brainlearn.rules import Rule
from brainlearn.running.copied_arrays import copy_arrays
from brainlearn.running.preparation import check_fit
from brainlearn.scripting.circuit import as_public
from brainlearn.stimuli import Dataset, settle, write_dataset

FIELDS = tuple(each.name for each in dataclasses.fields(loading.Experiment))


class Experiment(loading.Experiment):
    """An experiment: a circuit, what it is shown, how it learns, and how it is tested.

    Parameters
    ----------
    name : str
    circuit : Circuit
        Built in Python, or read from a file.
    **tables : object
        Tables and keys of an experiment file; docs/experiments.md says what may be in them. Quantities may be
        those of Brian2, and `dataset` a `Dataset` of your own, or ``{"arrays": dataset, "validation": 50}``.

    Raises
    ------
    UserError
        With all mistakes at once: the same as of an experiment file.

    Examples
    --------
    >>> from brainlearn import load_circuit
    >>> Experiment(
    ...     "digits",
    ...     load_circuit("circuits/one_area.toml"),
    ...     phases=[{"name": "show", "duration": "12 ms"}],
    ...     rule={"name": "forward_forward"},
    ...     training={"epochs": 2},
    ... )
    Experiment "digits": forward_forward on digits, 2 epochs, circuit "one_area"
    """

    given: Dataset | None = None  # of arrays

    def __init__(self, name: str, circuit: read.Circuit, **tables: Any) -> None:
        tables, given = _without_arrays(tables)
        data = {"name": name, "circuit": f"{circuit.name}.toml", **{key: plain(each) for key, each in tables.items()}}

        def parts(settings: ExperimentFile) -> Reading:
            content = circuit_tables(circuit)
            return with_text_checked(read_tables(content, circuit.path, settings.sizes, settings.weights))

        def text(settings: ExperimentFile, _: read.Circuit) -> str:
            content = circuit_tables(circuit)
            found = read_tables(content, circuit.path, weights=settings.weights).circuit if settings.weights else None
            return circuit_text(found or circuit)

        self._take(loading.read_experiment(data, f'experiment "{name}"', (), parts, text))
        if given is not None:
            check_fit(self, given)
            object.__setattr__(self, "given", given)

    def _take(self, experiment: loading.Experiment) -> None:
        for name in FIELDS:
            object.__setattr__(self, name, getattr(experiment, name))
        object.__setattr__(self, "circuit", as_public(experiment.circuit))

    def save(self, path: str | Path, circuit: str = "circuit.toml") -> None:
        """Write an experiment file, and next to it the circuit file, files of weights, and a dataset of arrays.

        Parameters
        ----------
        path : str or Path
            An existing file is replaced.
        circuit : str
            Name of the circuit file.

        Raises
        ------
        UserError
            If a file cannot be written.
        """
        folder = Path(path).parent
        write_text(folder / circuit, self.circuit_text)
        copy_arrays(self.circuit, folder)
        if self.given is not None:
            with whole_file(folder / DATA) as part:
                write_dataset(self.given, part)
        write_text(Path(path), self.text_in_run_folder(circuit))

    def __repr__(self) -> str:
        settings, epochs = self.settings, sum(self.settings.epochs_of_tasks())
        shown = settings.dataset if settings.environment is None else settings.environment
        return (
            f'Experiment "{settings.name}": {settings.rule_name} on {shown.name}, '
            f'{epochs:,} epoch{"" if epochs == 1 else "s"}, circuit "{self.circuit.name}"'
        )

    def _repr_html_(self) -> str:
        """Return a table of what the experiment says, for notebooks."""
        rows = "".join(
            f'<tr><th style="text-align: left">{escape(key)}</th><td style="text-align: left">{escape(value)}</td></tr>'
            for key, value in _rows(self.data)
        )
        return f"<table><caption>{escape(repr(self))}</caption><tbody>{rows}</tbody></table>"


def _without_arrays(tables: Mapping[str, Any]) -> tuple[dict[str, Any], Dataset | None]:
    """Return the tables with a file in place of a dataset of arrays, and the dataset, if there is one."""
    table = tables.get("dataset")
    if isinstance(table, Dataset):
        table = {"arrays": table}
    if not isinstance(table, Mapping) or not isinstance(given := table.get("arrays"), Dataset):
        return dict(tables), None
    rest = {key: each for key, each in table.items() if key != "arrays"}
    return {**tables, "dataset": {"name": given.name, "file": DATA, **rest}}, settle(given)


def _rows(data: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in data.items():
        tables = value if isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value) else ()
        for number, table in enumerate(tables):
            yield from _rows(table, f"{before}{key}[{number}].")
        if isinstance(value, Mapping) and value:
            yield from _rows(value, f"{before}{key}.")
        elif not tables:
            yield f"{before}{key}", str(value)


def load_experiment(
    path: str | Path, changes: Changes = (), rule: Rule | Sequence[Rule | None] | None = None
) -> Experiment:
    """Read an experiment file and its circuit.

    Parameters
    ----------
    path : str or Path
        A TOML file; docs/experiments.md documents its content.
    changes : sequence of str, or mapping
        ``"training.epochs=5"`` and the like, or the same as a mapping; they replace what is in the file.
    rule : Rule or sequence of Rule, optional
        Takes the place of the file's rule, with its own parameters; projections and updates stay. Of several rules, one
        for each of ``[[rules]]``, in their order; None leaves the file's.

    Returns
    -------
    Experiment

    Raises
    ------
    UserError
        With every mistake of the file, of the changes, and of the circuit.
    """
    public = object.__new__(Experiment)
    public._take(loading.load_experiment(path, changes, rule))
    return public
