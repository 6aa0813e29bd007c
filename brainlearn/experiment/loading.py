"""From an experiment file to an `Experiment`, or to its mistakes."""

from __future__ import annotations

import copy
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import reduce
from pathlib import Path
from typing import Any

from brainlearn.brian.loading import read_all
from brainlearn.circuit import Circuit, Reading, parse_circuit
from brainlearn.circuit.dropout import with_dropout
from brainlearn.circuit.file_kind import EXPERIMENT, another_kind
from brainlearn.circuit.reading import read_toml
from brainlearn.circuit.shipped import shipped_circuits
from brainlearn.experiment.changes import Changes
from brainlearn.experiment.checks.mirrors import find_unrendered
from brainlearn.experiment.checks.rule_text import check_rule_text
from brainlearn.experiment.checks.table import CIRCUIT, check_experiment
from brainlearn.experiment.draft import read_settings
from brainlearn.experiment.learning import learning_by, learning_projections, with_goodness
from brainlearn.experiment.own_file import with_place
from brainlearn.experiment.rule_file import Rules, put_rules_in
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake, UserError
from brainlearn.renamed_keys import with_new_names


@dataclass(frozen=True)
class Experiment:
    """An experiment as read, with its circuit.

    Parameters
    ----------
    settings : ExperimentFile
    circuit : Circuit
    path : str
        The file that it was read from.
    circuit_text : str
        The circuit file as text, with the weights by which the experiment replaces others.
    data : mapping
        The content of the file, with the changes that were asked for.
    """

    settings: ExperimentFile
    circuit: Circuit
    path: str
    circuit_text: str
    data: Mapping[str, Any]

    def with_parts(self, **parts: Any) -> Experiment:
        """Return the experiment with other fields, which nobody checks, and as one that was read, not built."""
        return Experiment(**{each.name: getattr(self, each.name) for each in fields(Experiment)} | parts)

    def text_in_run_folder(self, circuit: str) -> str:
        """Return the experiment as TOML, with its changes, for a folder that holds the circuit as `circuit`.

        An environment that a script handed over is left out: only its name is there.
        """
        import tomli_w

        acting = self.data.get("environment")
        own = {"environment": {key: each for key, each in acting.items() if key != "make"}} if acting else {}
        return tomli_w.dumps({**self.data, **own, "circuit": circuit})

    @property
    def learning(self) -> tuple[str, ...]:
        """Names of the projections that learn."""
        return tuple(projection.name for projection in learning_projections(self.settings, self.circuit))

    @property
    def learning_by(self) -> dict[str, tuple[str, ...]]:
        """Names of the projections that learn by each rule, by the key of the rule."""
        tables = self.settings.rule_tables.items()
        return {key: tuple(p.name for p in learning_by(table, self.circuit)) for key, table in tables}

    @property
    def image_sheet(self) -> tuple[int, int] | None:
        """Rows and columns of the image; None if its population has no sheet."""
        return self.circuit.population(self.settings.stimulus.image).sheet

    @property
    def read_out(self) -> tuple[str, ...]:
        """Paths of the populations whose goodness is the answer."""
        if self.settings.target is not None:
            return (self.settings.target.population,)
        if self.settings.unit_classes is not None:
            return (self.settings.unit_classes.population,)
        if self.settings.completion is not None:
            return (self.settings.completion.population,)
        if self.settings.readout.populations is not None:
            return tuple(self.settings.readout.populations)
        return with_goodness(self.settings, self.circuit)


def load_experiment(path: str | Path, changes: Changes = (), rule: Rules = None) -> Experiment:
    """Read an experiment file and its circuit; `brainlearn.load_experiment` says what each argument is.

    Raises
    ------
    UserError
        With every mistake of the file, of the changes, and of the circuit.
    """
    where = str(path)
    data = read_toml(path)
    if wrong := another_kind(data, where, EXPERIMENT):
        raise UserError(*wrong)
    return read_experiment(
        with_new_names(data),
        where,
        changes,
        lambda settings: read_all(_circuit_path(path, settings), settings.sizes, settings.weights),
        lambda settings, circuit: _circuit_text(path, settings, circuit),
        rule,
    )


def with_rule(experiment: Experiment, rule: Rules) -> Experiment:
    """Return an experiment that learns by another rule, with that rule's parameters; all else stays as it was asked.

    Raises
    ------
    UserError
        With every mistake, as `load_experiment`: the rule may ask of the circuit what it does not have.
    """
    data = copy.deepcopy(dict(experiment.data))
    read = Reading(experiment.circuit, (), whole=True)
    return read_experiment(data, experiment.path, (), lambda _: read, lambda *_: experiment.circuit_text, rule)


def read_experiment(
    data: dict[str, Any],
    where: str,
    changes: Changes,
    read: Callable[[ExperimentFile], Reading],
    text: Callable[[ExperimentFile, Circuit], str],
    rule: Rules = None,
) -> Experiment:
    """As `load_experiment`, from the content of a file that is called `where`.

    Parameters
    ----------
    data : dict
    where : str
    changes : sequence of str, or mapping
    read, text : callable
        Return the reading of the circuit that the settings ask for, and the text of its file.
    rule : Rule or sequence of Rule, optional
    """
    origins, first, whole = put_rules_in(data, where, changes, rule)

    def placed(mistakes: Iterable[Mistake]) -> list[Mistake]:
        return [reduce(lambda mistake, origin: origin.placed(mistake), origins, each) for each in mistakes]

    data = with_place(with_new_names(data), where)
    settings, mistakes, broken = read_settings(data, where)
    if settings is None:
        raise UserError(*first, *placed(mistakes))
    broken += [] if whole else [("rule",)]
    reading = NOTHING if (CIRCUIT,) in broken else read(settings)
    if not reading.whole:
        broken.append((CIRCUIT,))
    mistakes += reading.mistakes
    circuit = reading.circuit or EMPTY
    mistakes += _in_file(where, check_experiment(settings, circuit, broken))
    if not first and not mistakes:
        mistakes += [*_in_file(where, check_rule_text(settings, circuit)), *find_unrendered(settings, circuit)]
    if first or mistakes:
        raise UserError(*first, *placed(mistakes))
    return Experiment(settings, with_dropout(circuit, settings.dropout), where, text(settings, circuit), data)


def _in_file(where: str, mistakes: Iterable[Mistake]) -> list[Mistake]:
    return [replace(mistake, where=f"{where}: {mistake.where}") for mistake in mistakes]


NOTHING = Reading(None, (), whole=False)
EMPTY, _ = parse_circuit({}, "")


def _circuit_path(path: str | Path, settings: ExperimentFile) -> Path:
    """Return where the circuit file is, from the working folder if it is below; or that of a shipped circuit's name."""
    named = shipped_circuits().get(settings.circuit)
    if named is not None and not (Path(path).parent / settings.circuit).exists():
        return named
    resolved = Path(os.path.realpath(Path(path).parent / settings.circuit))  # a loop of links is named when it is read
    return resolved.relative_to(Path.cwd()) if resolved.is_relative_to(Path.cwd()) else resolved


def _circuit_text(path: str | Path, settings: ExperimentFile, circuit: Circuit) -> str:
    """Return the circuit file unchanged; with other weights, rewritten without its comments."""
    file = _circuit_path(path, settings)
    text = file.read_text(encoding="utf-8")
    if not settings.weights:
        return text
    import tomli_w

    data = tomllib.loads(text.removeprefix("\ufeff"))
    for projection in circuit.projections:
        if projection.name in settings.weights:
            weights, entry = projection.weights.model_dump(exclude_unset=True), projection.entry
            if entry is None:
                data["projections"][projection.index]["weights"] = weights
            else:
                ends = {"sources": [projection.source], "targets": [projection.target]}
                data["projection_tables"][entry.block].setdefault("exceptions", []).append({**ends, "weights": weights})
    return f"# {file.name} with the weights of the experiment {settings.name}\n\n{tomli_w.dumps(data)}"
