"""Turn what pydantic finds wrong with a table into mistakes, and keep the rest for further checks."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from brainlearn.mistakes import Mistake, closest
from brainlearn.units import UnitError

Model = TypeVar("Model", bound=BaseModel)
Location = Sequence[str | int]
Fields = Mapping[str, Any]

_NAME_RULE = "letters, digits and _, beginning with a letter"
_TYPES = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list in [brackets]",
    "tuple_type": "two whole numbers in [brackets]",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "finite_number": "a finite number",
    "int_parsing_size": "a smaller number",
    "string_too_long": "a shorter text",
    "too_short": "at least one entry",
}
_BOUNDS = {
    "greater_than_equal": "{} or more",
    "greater_than": "above {}",
    "less_than_equal": "{} or less",
    "less_than": "below {}",
}


def validate(
    model: type[Model], data: Any, where: str, key: str, placeholders: Mapping[str, Any]
) -> tuple[Model | None, list[Mistake]]:
    """Validate one table and keep what is right in it.

    Parameters
    ----------
    model : type of BaseModel
        What the table should be.
    data : object
        As read from TOML.
    where, key : str
        File and key path of the table, for the mistakes.
    placeholders : mapping
        A right value for each field that may be missing or wrong, so that the other fields can be read.

    Returns
    -------
    table : model or None
        With None in each field that is missing or wrong; None if `data` is no table.
    mistakes : list of Mistake
    """
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
    mistakes = [describe(model, data, where, key, each) for each in errors]
    if not isinstance(data, dict):
        return None, mistakes
    wrong = {str(each["loc"][0]) for each in errors if each["loc"]}
    right = {name: value for name, value in data.items() if name in model.model_fields and name not in wrong}
    if any(not each["loc"] for each in errors):  # fields contradict each other, as size and sheet may
        return _without_optional(model, right, wrong, placeholders), mistakes
    return _partial(model, right, wrong, placeholders), mistakes


def _partial(model: type[Model], right: Fields, wrong: set[str], placeholders: Fields) -> Model | None:
    """Fill placeholders in, validate, and set the filled fields to None."""
    needed = {name for name in placeholders if name in wrong or model.model_fields[name].is_required()} - set(right)
    try:
        table = model.model_validate({**{name: placeholders[name] for name in needed}, **right})
    except ValidationError:
        return _without_optional(model, right, wrong, placeholders)
    return table.model_copy(update=dict.fromkeys(needed))


def _without_optional(model: type[Model], right: Fields, wrong: set[str], placeholders: Fields) -> Model | None:
    """As `_partial`, without the fields that can contradict each other."""
    optional = {name for name in placeholders if not model.model_fields[name].is_required()}
    kept = {name: value for name, value in right.items() if name not in optional}
    try:
        table = model.model_validate({**placeholders, **kept})
    except ValidationError:
        return None
    return table.model_copy(update=dict.fromkeys((wrong | set(placeholders)) - set(kept)))


def describe(model: type[BaseModel], data: Any, where: str, key: str, error: Any) -> Mistake:
    """Return the mistake that one error of pydantic stands for."""
    location = plain_location(data, error["loc"], error["type"])
    place = f"{where}: {join(key, location)}" if key or location else where
    kind, context = error["type"], error.get("ctx", {})
    found = show(error["input"])
    if kind == "extra_forbidden":
        allowed = list(fields_at(model, data, error["loc"]))
        name = str(location[-1])
        return Mistake(place, "unknown key", show(name), ", ".join(allowed), closest(name, allowed) or "Remove it.")
    if kind == "missing":
        suggestion = f"Add a line `{location[-1]} = …`."
        return Mistake(place, "the key is missing", "nothing", _meaning(model, error["loc"]), suggestion)
    if kind in ("literal_error", "union_tag_invalid"):
        return _not_a_choice(place, error, context)
    if kind == "union_tag_not_found":
        tag = str(context.get("discriminator", "")).strip("'")
        tags = _tags(model, error["loc"])
        return Mistake(f"{place}.{tag}", "the key is missing", "nothing", tags, f"Add `{tag} = …`.")
    if kind in ("string_pattern_mismatch", "invalid_key"):
        rule = "area/population, as in V1/E" if "/[A-Za-z]" in str(context.get("pattern")) else _NAME_RULE
        return Mistake(place, "not a name", found, rule)
    if kind == "value_error":
        return _refused(place, found if location else "", context["error"])
    if kind == "too_short" and context["min_length"] > 1:
        return Mistake(place, "too few entries", str(context["actual_length"]), f"{context['min_length']} or more")
    if kind in _TYPES:
        return Mistake(place, "wrong kind of value", found, _TYPES[kind])
    if kind in _BOUNDS:
        problem = "negative" if error["input"] < 0 else "out of range"
        bound = _BOUNDS[kind].format(*context.values())
        return Mistake(place, problem, found, bound, f"Write a number of {bound}.")
    return Mistake(place, "not allowed", found, error["msg"].removeprefix("Input should be "))


def _refused(place: str, found: str, error: Exception) -> Mistake:
    """Return what a validator of our own said; a `UnitError` says it in parts."""
    if isinstance(error, UnitError):
        return Mistake(place, error.wrong, error.found or found, error.allowed, error.suggestion)
    return Mistake(place, str(error), found)


def _not_a_choice(place: str, error: Any, context: Any) -> Mistake:
    allowed = str(context.get("expected") or context.get("expected_tags", "")).replace(" or ", ", ").replace("'", "")
    found = error["input"]
    if error["type"] == "union_tag_invalid":
        tag = str(context["discriminator"]).strip("'")
        place, found = f"{place}.{tag}", context["tag"]
    suggestion = closest(found, allowed.split(", ")) if isinstance(found, str) else ""
    return Mistake(place, "not one of the allowed words", show(found), allowed, suggestion)


def plain_location(data: Any, location: Location, kind: str) -> list[str | int]:
    """Return the steps to a place in `data`, without what pydantic adds: the tag of a union, ``[key]``."""
    plain: list[str | int] = []
    step: Any
    for position, step in enumerate(location):
        in_list = isinstance(data, list) and isinstance(step, int) and step < len(data)
        inside = in_list or (isinstance(data, dict) and step in data)
        if inside:
            data = data[step]
        if inside or (position == len(location) - 1 and kind in ("missing", "extra_forbidden")):
            plain.append(step)
    return plain


def join(key: str, location: Location) -> str:
    """Write a key path: ``areas[1].populations[0].neuron``."""
    for step in location:
        if isinstance(step, int):
            key += f"[{step}]"
        else:
            step = step if step.replace("_", "a").replace("-", "a").isalnum() else show(step)
            key += f".{step}" if key else step
    return key


def show(value: Any) -> str:
    """Write a value as TOML does, short and on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        text = value if len(value) <= 60 else value[:57] + "…"
        return '"' + "".join(c if c.isprintable() else " " for c in text) + '"'
    if isinstance(value, dict):
        return "a table" if value else "an empty table"
    if isinstance(value, int) and value.bit_length() > 200:
        return "a huge number"
    return reprlib.repr(value)


def unknown(where: str, kind: str, name: str, known: Iterable[str]) -> Mistake:
    """Return the mistake of a name that nothing in the file carries."""
    known = list(known)
    allowed = ", ".join(known) or f"none: there is no {kind}"
    return Mistake(where, f"no {kind} {show(name)}", show(name), allowed, closest(name, known))


def fields_at(model: type[BaseModel], data: Any, location: Location) -> Sequence[str]:
    """Names of the fields that the table at `location` may have."""
    for step in location[:-1]:
        nested = _models_in(model.model_fields[step].annotation) if step in model.model_fields else []
        tagged = [each for each in nested if step not in location[1:2] and _tag(each) in location]
        if nested:
            model = (tagged or nested)[0]
    return list(model.model_fields)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in getattr(annotation, "__args__", ()) for model in _models_in(inner)]


def _tag(model: type[BaseModel]) -> str:
    for name in ("distribution", "kind"):
        if name in model.model_fields:
            return str(getattr(model.model_fields[name].annotation, "__args__", [""])[0])
    return ""


def _tags(model: type[BaseModel], location: Location) -> str:
    field = model.model_fields.get(str(location[0])) if location else None
    return ", ".join(_tag(each) for each in _models_in(field.annotation)) if field else ""


def _meaning(model: type[BaseModel], location: Location) -> str:
    """Return the description of a missing field, from the schema."""
    names = [str(step) for step in location]
    for name in names:
        field = model.model_fields.get(name)
        if field is None:
            continue
        if name == names[-1]:
            return field.description or ""
        nested = _models_in(field.annotation)
        model = next((each for each in nested if _tag(each) in names), nested[0]) if nested else model
    return ""
