"""From an experiment file to an `Experiment`, or to its mistakes."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from brainlearn.circuit import Circuit
from brainlearn.circuit.loading import read_circuit
from brainlearn.circuit.reading import read_toml
from brainlearn.circuit.validation import show, validate
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake, UserError, closest
from brainlearn.rules import RULES
from brainlearn.rules.constraints import CONSTRAINTS
from brainlearn.stimuli import DATASETS


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
        The circuit file, as text.
    """

    settings: ExperimentFile
    circuit: Circuit
    path: str
    circuit_text: str

    @property
    def learning(self) -> tuple[str, ...]:
        """Names of the projections that learn."""
        chosen = self.settings.rule.projections
        return tuple(p.name for p in self.circuit.projections if chosen == "all" or p.name in chosen)

    @property
    def read_out(self) -> tuple[str, ...]:
        """Paths of the populations whose goodness is the answer."""
        if self.settings.readout.populations is not None:
            return tuple(self.settings.readout.populations)
        return tuple(dict.fromkeys(p.target for p in self.circuit.projections if p.name in self.learning))


def load_experiment(path: str | Path, changes: Sequence[str] | Mapping[str, Any] = ()) -> Experiment:
    """Read an experiment file and its circuit.

    Parameters
    ----------
    path : str or Path
        A TOML file; docs/experiments.md says what may stand in it.
    changes : sequence of str, or mapping
        ``"training.epochs=5"`` and the like, or the same as a mapping; they replace what stands in the file.

    Raises
    ------
    UserError
        With every mistake of the file, of the changes, and of the circuit.
    """
    where = str(path)
    data = read_toml(path)
    mistakes = _apply(data, changes)
    settings, found = validate(ExperimentFile, data, where, "", {})
    mistakes += found
    if settings is None or mistakes:
        raise UserError(*mistakes)
    circuit_path = Path(path).parent / settings.circuit
    circuit, found = read_circuit(_short(circuit_path), settings.sizes)
    mistakes += found
    if circuit is not None and not mistakes:
        from brainlearn.brian.text_check import find_mistakes

        mistakes += _check(settings, circuit, where) or find_mistakes(circuit)
    if mistakes or circuit is None:
        raise UserError(*mistakes)
    return Experiment(settings, circuit, where, circuit_path.read_text(encoding="utf-8"))


def _short(path: Path) -> Path:
    """Write a path from the working folder, if it lies below."""
    resolved = path.resolve()
    return resolved.relative_to(Path.cwd()) if resolved.is_relative_to(Path.cwd()) else resolved


def _apply(data: dict[str, Any], changes: Sequence[str] | Mapping[str, Any]) -> list[Mistake]:
    """Set keys given as ``key.path=value``."""
    mistakes: list[Mistake] = []
    pairs = changes.items() if isinstance(changes, Mapping) else [_split(change, mistakes) for change in changes]
    for key, value in pairs:
        table: Any = data
        *parents, last = key.split(".") if key else [""]
        for parent in parents:
            table = table.setdefault(parent, {}) if isinstance(table, dict) else None
        if not isinstance(table, dict) or not last:
            mistakes.append(Mistake(f"--set {key}", "no such key", suggestion="Write --set training.epochs=5."))
        else:
            table[last] = value
    return [m for m in mistakes if m.wrong]


def _split(change: str, mistakes: list[Mistake]) -> tuple[str, Any]:
    key, equals, text = change.partition("=")
    if not equals or not key.strip():
        mistakes.append(Mistake(f"--set {change}", "not of the form key.path=value", show(change), "training.epochs=5"))
        return "_", None
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        value = text  # a bare word is a text
    return key.strip(), value


def _check(settings: ExperimentFile, circuit: Circuit, where: str) -> list[Mistake]:
    """Compare the experiment with its circuit and with the tables of rules, constraints and datasets."""
    return [
        *_check_names(settings, where),
        *_check_populations(settings, circuit, where),
        *_check_phases(settings, circuit, where),
        *_check_constraints(settings, where),
        *_check_parameters(settings, where),
    ]


def _unknown(where: str, kind: str, name: str, known: Sequence[str]) -> Mistake:
    return Mistake(where, f"no {kind} {show(name)}", show(name), ", ".join(known), closest(name, known))


def _check_names(settings: ExperimentFile, where: str) -> list[Mistake]:
    mistakes = []
    if settings.rule.name not in RULES:
        mistakes.append(_unknown(f"{where}: rule.name", "rule", settings.rule.name, list(RULES)))
    if settings.dataset.name not in DATASETS:
        mistakes.append(_unknown(f"{where}: dataset.name", "dataset", settings.dataset.name, list(DATASETS)))
    return mistakes


def _check_populations(settings: ExperimentFile, circuit: Circuit, where: str) -> list[Mistake]:
    paths = [population.path for population in circuit.populations]
    stimuli = [p.path for p in circuit.populations if circuit.neurons[p.neuron].kind == "stimulus"]
    areas = [path for path in paths if path not in stimuli]
    named = [("stimulus.image", settings.stimulus.image, stimuli)]
    if settings.stimulus.label is not None and not settings.stimulus.embed_label:
        named.append(("stimulus.label", settings.stimulus.label, stimuli))
    for key, read in (
        ("readout.populations", settings.readout.populations),
        ("readout.one_pass_populations", settings.readout.one_pass_populations),
    ):
        named += [(f"{key}[{k}]", path, areas) for k, path in enumerate(read or [])]
    mistakes = [
        _unknown(f"{where}: {key}", "population", path, known) for key, path, known in named if path not in known
    ]
    names = [projection.name for projection in circuit.projections]
    chosen = settings.rule.projections
    for k, name in enumerate([] if chosen == "all" else chosen):
        if name not in names:
            mistakes.append(_unknown(f"{where}: rule.projections[{k}]", "projection", name, names))
    if chosen == [] or not names:
        mistakes.append(
            Mistake(f"{where}: rule.projections", "no projection learns", "none", "all, or a list of names")
        )
    if settings.stimulus.label is None and not settings.stimulus.embed_label:
        wrong = "the label reaches no population"
        mistakes.append(Mistake(f"{where}: stimulus.label", wrong, suggestion="Name one, or set embed_label = true."))
    return mistakes


def _check_phases(settings: ExperimentFile, circuit: Circuit, where: str) -> list[Mistake]:
    mistakes = []
    for k, phase in enumerate(settings.phases):
        steps = phase.duration.value / circuit.dt.value
        if steps < 1 or abs(steps - round(steps)) > 1e-6:
            allowed = f"a multiple of dt = {circuit.dt.text}"
            mistakes.append(
                Mistake(
                    f"{where}: phases[{k}].duration",
                    "does not fit the time step",
                    phase.duration.text,
                    allowed,
                )
            )
    if not any(phase.learn for phase in settings.phases):
        mistakes.append(
            Mistake(f"{where}: phases", "the rule applies in no phase", suggestion="Set learn = true in one.")
        )
    return mistakes


def _check_constraints(settings: ExperimentFile, where: str) -> list[Mistake]:
    mistakes = []
    for k, constraint in enumerate(settings.rule.constraints):
        key = f"{where}: rule.constraints[{k}]"
        if constraint.name not in CONSTRAINTS:
            mistakes.append(_unknown(f"{key}.name", "constraint", constraint.name, list(CONSTRAINTS)))
            continue
        allowed = inspect.signature(CONSTRAINTS[constraint.name]).parameters
        for name, value in (constraint.model_extra or {}).items():
            if name not in allowed:
                mistakes.append(_unknown(f"{key}.{name}", "setting", name, list(allowed)))
            elif allowed[name].annotation == "float" and (
                isinstance(value, bool) or not isinstance(value, int | float)
            ):
                mistakes.append(Mistake(f"{key}.{name}", "not a number", show(value), "a number"))
    return mistakes


def _check_parameters(settings: ExperimentFile, where: str) -> list[Mistake]:
    if settings.rule.name not in RULES:
        return []
    rule = RULES[settings.rule.name]
    mistakes = []
    for name, value in settings.rule.parameters.items():
        key = f"{where}: rule.parameters.{name}"
        if name not in rule.parameters:
            mistakes.append(_unknown(key, f"parameter of {rule.name}", name, list(rule.parameters)))
        elif value.dimension != rule.parameters[name].dimension:
            mistakes.append(Mistake(key, "wrong unit", value.text, f"as in {rule.parameters[name].text}"))
    return mistakes
