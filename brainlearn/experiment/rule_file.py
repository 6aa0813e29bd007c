"""``[rule] file = "rules/NAME.toml"``: the text of the file takes its place, so that whoever reads on finds it there.

The name and the text are those of the file. The experiment gives parameters other values, and says which projections
learn, by which updates.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from brainlearn.circuit.file_kind import RULE, another_kind
from brainlearn.circuit.reading import read_toml
from brainlearn.circuit.validation import show
from brainlearn.experiment.changes import Changes, Step, apply_changes, split_key
from brainlearn.experiment.rule_schema import TEXT
from brainlearn.mistakes import Mistake, UserError, closest
from brainlearn.renamed_keys import new_key
from brainlearn.rules import Rule
from brainlearn.rules.writing import rule_table
from brainlearn.units import UnitError, parse_quantity

OF_THE_EXPERIMENT = ("file", "projections", "updates")
"""Keys of ``[rule]`` that say what is done with a rule, whatever its text is."""


@dataclass(frozen=True)
class Origin:
    """Where the text of an experiment's rule was read, for mistakes.

    Parameters
    ----------
    experiment : str
        The experiment file.
    text : str
        The rule file, or words for a rule of Python; empty: the text stands in the experiment.
    keys : tuple of str
        What was read there: first steps of the rule's keys, ``parameters`` with the name.
    """

    experiment: str
    text: str = ""
    keys: tuple[str, ...] = ()

    def placed(self, mistake: Mistake) -> Mistake:
        """Name the file that a mistake stands in."""
        key = mistake.where.removeprefix(f"{self.experiment}: rule.")
        if not self.text or key == mistake.where or not any(_within(key, each) for each in self.keys):
            return mistake
        return replace(mistake, where=f"{self.text}: {key}")


def _within(key: str, above: str) -> bool:
    return key == above or key.startswith((f"{above}.", f"{above}["))


def put_rule_in(
    data: dict[str, Any], where: str, changes: Changes, rule: Rule | None
) -> tuple[Origin, list[Mistake], bool]:
    """Apply changes to an experiment, and put the text of a rule file or of a `Rule` in the place of its name.

    Parameters
    ----------
    data : dict
        Content of an experiment file; is changed.
    where : str
        The file.
    changes : sequence of str, or mapping
    rule : Rule, optional
        Takes the place of the rule of the file.

    Returns
    -------
    origin : Origin
    mistakes : list of Mistake
    whole : bool
        Whether the text was found; else nothing about the rule can be said.
    """
    keys = changes if isinstance(changes, Mapping) else [each.partition("=")[0] for each in changes]
    later = [key for key in keys if _steps(key)[:1] == ["rule"] and (rule is not None or _steps(key)[1:2] in _TEXTS)]
    mistakes = apply_changes(data, _chosen(changes, [key for key in keys if key not in later]))
    origin, table = Origin(where), data.get("rule")
    if rule is not None:
        origin = _of_python(data, rule, where)
    elif isinstance(table, dict) and "file" in table:
        try:
            origin, found = _of_file(data, table, where)
        except UserError as error:
            data["rule"] = {"name": "x"} | {key: value for key, value in table.items() if key not in ("file", *TEXT)}
            return origin, [*mistakes, *error.mistakes], False
        mistakes += found
    mistakes += apply_changes(data, _chosen(changes, later))
    if rule is not None and isinstance(data["rule"], dict) and "file" in data["rule"]:
        named = show(data["rule"].pop("file"))
        mistakes.append(Mistake(f"{where}: rule.file", f"the {origin.text} takes its place", named, "nothing"))
    changed = {str(step) for key in later for step in _steps(key)[1:2]}
    return replace(origin, keys=tuple(key for key in origin.keys if key not in changed)), mistakes, True


_TEXTS = [[key] for key in ("name", *TEXT)]


def _steps(key: str) -> list[Step]:
    return split_key(new_key(key.strip()))


def _chosen(changes: Changes, keys: Sequence[str]) -> Changes:
    if isinstance(changes, Mapping):
        return {key: value for key, value in changes.items() if key in keys}
    return [each for each in changes if each.partition("=")[0] in keys]


# ---- a rule of Python ----------------------------------------------------------------------------------------------


def _of_python(data: dict[str, Any], rule: Rule, where: str) -> Origin:
    """Put a `Rule` into ``[rule]``; projections and updates stay, and parameters of the other rule do not."""
    table = data.get("rule")
    kept = {key: table[key] for key in OF_THE_EXPERIMENT[1:] if key in table} if isinstance(table, dict) else {}
    text = rule_table(rule)
    data["rule"] = {**text, **kept}
    return Origin(where, f"rule {show(rule.name)}", tuple(text))


# ---- a rule file ---------------------------------------------------------------------------------------------------


def _of_file(data: dict[str, Any], table: Mapping[str, Any], where: str) -> tuple[Origin, list[Mistake]]:
    """Put the content of a rule file into ``[rule]``; a UserError if there is none that can be read."""
    if not isinstance(table["file"], str):
        allowed = "path of a rule file in quotes, from the experiment's folder"
        raise UserError(Mistake(f"{where}: rule.file", "wrong kind of value", show(table["file"]), allowed))
    path = _beside(where, table["file"])
    text = read_toml(path)
    mistakes = check_kind(str(path), text)
    text = {key: value for key, value in text.items() if key not in OF_THE_EXPERIMENT}
    for key in (key for key in TEXT if key in table):
        hint = f"Leave it out here or, to change a part of it for a run, use --set rule.{key}."
        mistakes.append(Mistake(f"{where}: rule.{key}", f"the text of the rule stands in {path}", suggestion=hint))
    own = {key: value for key, value in table.items() if key not in ("file", "name", "parameters", *TEXT)}
    parameters, given = text.get("parameters", {}), table.get("parameters", {})
    origin = Origin(where, str(path), tuple(key for key in text if key not in own))
    if isinstance(parameters, dict) and isinstance(given, dict):
        wrong = dict(_check_values(where, text.get("name", "the rule"), parameters, given))
        mistakes += wrong.values()
        free = (f"parameters.{key}" for key in parameters if key not in given)
        origin = replace(origin, keys=(*(key for key in origin.keys if key != "parameters"), *free))
        given = {**parameters, **{key: value for key, value in given.items() if key not in wrong}}
    name = {"name": table["name"]} if "name" in table else {}
    data["rule"] = {**name, **text, **own, "parameters": given}
    return origin, mistakes


def check_kind(path: str, text: Mapping[str, Any]) -> list[Mistake]:
    """Return keys of a rule file that belong elsewhere; a UserError if it is none."""
    if wrong := another_kind(text, path, RULE):
        raise UserError(*wrong)
    if not any(key in text for key in TEXT):
        hint = "brainlearn list rules --text NAME prints a whole one."
        raise UserError(Mistake(path, "no text of a rule", ", ".join(text) or "an empty file", ", ".join(TEXT), hint))
    theirs = "this belongs to the experiment that learns by the rule, no rule holds it"
    keys = [key for key in OF_THE_EXPERIMENT if key in text]
    hints = {key: f"Write it there: [rule] {key} = …." for key in keys}
    return [Mistake(f"{path}: {key}", theirs, show(text[key]), suggestion=hints[key]) for key in keys]


def _beside(where: str, name: str) -> Path:
    """Return where a file is that the experiment names, from the working folder if it lies below."""
    resolved = Path(os.path.realpath(Path(where).parent / name))  # a loop of links is named when it is read
    return resolved.relative_to(Path.cwd()) if resolved.is_relative_to(Path.cwd()) else resolved


_OF_ANOTHER = (
    "Remove it or, where the file takes the place of another rule, replace the table too: rule.parameters = {}."
)


def _check_values(
    where: str, rule: str, known: Mapping[str, Any], given: Mapping[str, Any]
) -> Iterator[tuple[str, Mistake]]:
    """Yield each value that no parameter of a rule file can have, by its name, and why."""
    for name, value in given.items():
        place = f"{where}: rule.parameters.{name}"
        if name not in known:
            allowed = ", ".join(known) or f"none: {rule} has no parameters"
            wrong = f"no parameter of {rule} {show(name)}"
            yield name, Mistake(place, wrong, show(name), allowed, closest(name, known) or _OF_ANOTHER)
            continue
        try:
            default, quantity = parse_quantity(known[name]), parse_quantity(value)
        except UnitError:
            continue  # named where the values themselves are looked at
        if default.dimension != quantity.dimension:
            yield name, Mistake(place, "wrong unit", quantity.text, f"as in {default.text}")
