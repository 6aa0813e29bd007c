"""``[rule] file = "rules/NAME.toml"``: the text of the file takes its place, so that later readers find it there.

The name and the text are those of the file. The experiment gives parameters other values, and says which projections
learn, by which updates.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, MutableSequence, Sequence
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
    place : str
        The key of the rule: ``rule``, or one of several.
    text : str
        The rule file, or words for a rule of Python; empty: the text is in the experiment.
    keys : tuple of str
        What was read there: first steps of the rule's keys, ``parameters`` with the name.
    """

    experiment: str
    place: str = "rule"
    text: str = ""
    keys: tuple[str, ...] = ()

    def placed(self, mistake: Mistake) -> Mistake:
        """Name the file that contains a mistake."""
        key = mistake.where.removeprefix(f"{self.experiment}: {self.place}.")
        if not self.text or key == mistake.where or not any(_within(key, each) for each in self.keys):
            return mistake
        return replace(mistake, where=f"{self.text}: {key}")

    def but_for(self, changed: Iterable[Sequence[Step]]) -> Origin:
        """Return where the text was read, without what changes have replaced; each is the steps of a key."""
        above = split_key(self.place)
        mine = [steps for steps in changed if list(steps[: len(above)]) == above]
        replaced = {str(step) for steps in mine for step in steps[len(above) :][:1]}
        return replace(self, keys=tuple(key for key in self.keys if key not in replaced))


def _within(key: str, above: str) -> bool:
    return key == above or key.startswith((f"{above}.", f"{above}["))


Rules = Rule | Sequence[Rule | None] | None
"""Rules of Python: one, or one for each of several of a file, None where the file's stays."""


def put_rules_in(
    data: dict[str, Any], where: str, changes: Changes, rules: Rules
) -> tuple[list[Origin], list[Mistake], bool]:
    """Apply changes to an experiment, and replace the names of rule files or of a `Rule` by their text.

    Parameters
    ----------
    data : dict
        Content of an experiment file; is changed.
    where : str
        The file.
    changes : sequence of str, or mapping
    rules : Rule or sequence of Rule, optional
        Take the place of those of the file.

    Returns
    -------
    origins : list of Origin
        Of each rule.
    mistakes : list of Mistake
    whole : bool
        Whether every text was found; else nothing about the rules can be said.
    """
    keys = changes if isinstance(changes, Mapping) else [each.partition("=")[0] for each in changes]
    later = [key for key in keys if _is_text(_steps(key), rules is not None)]
    mistakes = apply_changes(data, _chosen(changes, [key for key in keys if key not in later]))
    origins, found, whole = _put_texts_in(data, where, rules)
    mistakes += found
    if not whole:
        return origins, mistakes, False
    mistakes += apply_changes(data, _chosen(changes, later))
    mistakes += _files_of_python(data, origins) if rules is not None else ()
    return [origin.but_for(map(_steps, later)) for origin in origins], mistakes, True


def _is_text(steps: Sequence[Step], all_keys: bool) -> bool:
    """Return whether a key is one of the text of a rule, or any key of a rule."""
    if steps[:1] not in (["rule"], ["rules"]):
        return False
    return all_keys or steps[1 if steps[0] == "rule" else 2 :][:1] in _TEXTS


def _put_texts_in(data: dict[str, Any], where: str, rules: Rules) -> tuple[list[Origin], list[Mistake], bool]:
    """Put the text of every rule of Python, or that is in a file, into its table."""
    places = _tables(data)
    given = list(rules) if isinstance(rules, Sequence) else [rules]
    if rules is None:
        given = [None] * len(places)
    elif len(given) != len(places):
        wrong = "the number of rules given in Python differs from the file"
        allowed = f"{len(places)}; None leaves one as it is"
        return [], [Mistake(f"{where}: {places[0][0]}", wrong, f"{len(given)} in Python", allowed)], False
    origins, mistakes, whole = list[Origin](), list[Mistake](), True
    for (place, holder, key), rule in zip(places, given, strict=True):
        origin, found_here, right = _put_text_in(holder, key, Origin(where, place), rule)
        origins.append(origin)
        mistakes += found_here
        whole = whole and right
    return origins, mistakes, whole


def _tables(data: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return for every rule its place, what holds its table, and under which key."""
    tables = data.get("rules")
    if not isinstance(tables, list):
        return [("rule", data, "rule")]
    return [(f"rules[{k}]", tables, k) for k in range(len(tables))]


def _put_text_in(
    holder: MutableMapping[str, Any] | MutableSequence[Any], key: Any, origin: Origin, rule: Rule | None
) -> tuple[Origin, list[Mistake], bool]:
    """Put the text of one rule into the table that `holder` has at `key`."""
    table = holder.get(key) if isinstance(holder, MutableMapping) else holder[key]
    if rule is not None:
        holder[key], origin = _of_python(table, rule, origin)
    elif isinstance(table, dict) and "file" in table:
        try:
            holder[key], origin, found = _of_file(table, origin)
        except UserError as error:
            holder[key] = {"name": "x"} | {name: value for name, value in table.items() if name not in ("file", *TEXT)}
            return origin, list(error.mistakes), False
        return origin, found, True
    return origin, [], True


_TEXTS = [[key] for key in ("name", *TEXT)]


def _steps(key: str) -> list[Step]:
    return split_key(new_key(key.strip()))


def _chosen(changes: Changes, keys: Sequence[str]) -> Changes:
    if isinstance(changes, Mapping):
        return {key: value for key, value in changes.items() if key in keys}
    return [each for each in changes if each.partition("=")[0] in keys]


# ---- a rule of Python ----------------------------------------------------------------------------------------------


def _of_python(table: Any, rule: Rule, origin: Origin) -> tuple[dict[str, Any], Origin]:
    """Return a `Rule` as a table; projections and updates stay, and parameters of the other rule do not."""
    kept = {key: table[key] for key in OF_THE_EXPERIMENT[1:] if key in table} if isinstance(table, dict) else {}
    text = rule_table(rule)
    return {**text, **kept}, replace(origin, text=f"rule {show(rule.name)}", keys=tuple(text))


def _files_of_python(data: dict[str, Any], origins: Sequence[Origin]) -> Iterator[Mistake]:
    """Take names of rule files out of tables that hold a rule of Python, and yield a mistake for each."""
    for (_, holder, key), origin in zip(_tables(data), origins, strict=True):
        if origin.text and isinstance(holder[key], dict) and "file" in holder[key]:
            where, named = f"{origin.experiment}: {origin.place}.file", show(holder[key].pop("file"))
            yield Mistake(where, f"the {origin.text} replaces it", named, "nothing")


# ---- a rule file ---------------------------------------------------------------------------------------------------


def _of_file(table: Mapping[str, Any], origin: Origin) -> tuple[dict[str, Any], Origin, list[Mistake]]:
    """Return a table with the content of its rule file; a UserError if there is none that can be read."""
    where, place = origin.experiment, f"{origin.experiment}: {origin.place}"
    if not isinstance(table["file"], str):
        allowed = "path of a rule file in quotes, from the experiment's folder"
        raise UserError(Mistake(f"{place}.file", "wrong kind of value", show(table["file"]), allowed))
    path = _beside(where, table["file"])
    text = read_toml(path)
    mistakes = check_kind(str(path), text)
    text = {key: value for key, value in text.items() if key not in OF_THE_EXPERIMENT}
    for key in (key for key in TEXT if key in table):
        hint = f"Omit it here or, to change a part of it for a run, use --set {origin.place}.{key}."
        mistakes.append(Mistake(f"{place}.{key}", f"the text of the rule is in {path}", suggestion=hint))
    own = {key: value for key, value in table.items() if key not in ("file", "name", "parameters", *TEXT)}
    parameters, given = text.get("parameters", {}), table.get("parameters", {})
    origin = replace(origin, text=str(path), keys=tuple(key for key in text if key not in own))
    if isinstance(parameters, dict) and isinstance(given, dict):
        wrong = dict(_check_values(place, text.get("name", "the rule"), parameters, given))
        mistakes += wrong.values()
        free = (f"parameters.{key}" for key in parameters if key not in given)
        origin = replace(origin, keys=(*(key for key in origin.keys if key != "parameters"), *free))
        given = {**parameters, **{key: value for key, value in given.items() if key not in wrong}}
    name = {"name": table["name"]} if "name" in table else {}
    return {**name, **text, **own, "parameters": given}, origin, mistakes


def check_kind(path: str, text: Mapping[str, Any]) -> list[Mistake]:
    """Return keys of a rule file that belong elsewhere; a UserError if it is none."""
    if wrong := another_kind(text, path, RULE):
        raise UserError(*wrong)
    if not any(key in text for key in TEXT):
        hint = "brainlearn list rules --text NAME prints an example."
        raise UserError(Mistake(path, "no text of a rule", ", ".join(text) or "an empty file", ", ".join(TEXT), hint))
    theirs = "this key belongs to the experiment, not to the rule"
    keys = [key for key in OF_THE_EXPERIMENT if key in text]
    hints = {key: f"Write it there: [rule] {key} = …." for key in keys}
    return [Mistake(f"{path}: {key}", theirs, show(text[key]), suggestion=hints[key]) for key in keys]


def _beside(where: str, name: str) -> Path:
    """Return where a file is that the experiment names, from the working folder if it is below."""
    resolved = Path(os.path.realpath(Path(where).parent / name))  # a loop of links is named when it is read
    return resolved.relative_to(Path.cwd()) if resolved.is_relative_to(Path.cwd()) else resolved


_OF_ANOTHER = (
    "Remove it or, where the file takes the place of another rule, replace the table too: rule.parameters = {}."
)


def _check_values(
    above: str, rule: str, known: Mapping[str, Any], given: Mapping[str, Any]
) -> Iterator[tuple[str, Mistake]]:
    """Yield each value that no parameter of a rule file can have, by its name, and why."""
    for name, value in given.items():
        place = f"{above}.parameters.{name}"
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
