"""What the schemas of results consist of: variables with dimensions and units, and the checks that all trees pass."""

from __future__ import annotations

import numbers
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from xarray import DataTree

INDEX_DIMENSIONS = (
    "epoch",
    "episode",
    "frame",
    "number",
    "component",
    "picture",
    "row",
    "column",
    "colour",
    "presentation",
    "phase",
    "step",
    "copy",
    "unit",
    "pre",
    "post",
    "synapse",
    "pre_channel",
    "post_channel",
    "kernel_row",
    "kernel_column",
    "time",
    "spike",
)
LABEL_DIMENSIONS = (
    "area",
    "population",
    "projection",
    "rule",
    "seed",
    "run",
    "label",
    "loss",
    "averaging",
    "subset",
    "readout",
    "task",
    "stage",
)
RESERVED_DIMENSIONS = INDEX_DIMENSIONS + LABEL_DIMENSIONS


@dataclass(frozen=True)
class Variable:
    """What the schema says of one variable.

    Parameters
    ----------
    dims : tuple of str
        Its dimensions, in order.
    units, long_name : str
        Its attributes, as UDUNITS text and as a plain phrase.
    kinds : str
        Letters of the NumPy kinds it may have.
    required : bool
        Whether the group must hold it.
    """

    dims: tuple[str, ...]
    units: str
    long_name: str
    kinds: str = "f"
    required: bool = True

    @property
    def attrs(self) -> dict[str, str]:
        """Its attributes, ready for an array."""
        return {"units": self.units, "long_name": self.long_name}


class SchemaError(ValueError):
    """A tree that does not follow the schema; `violations` lists all of them."""

    def __init__(self, violations: tuple[str, ...]) -> None:
        self.violations = violations
        super().__init__("the result does not follow the schema:\n" + "\n".join(f"  {v}" for v in violations))


def check_variables(group: DataTree, schema: Mapping[str, Variable]) -> Iterator[str]:
    """Yield what is missing or wrong in the variables of a group."""
    variables = group.ds.variables
    for name, asked in schema.items():
        if name not in variables:
            if asked.required:
                yield f"{group.path}: variable {name} is missing"
            continue
        found = variables[name]
        if found.dims != asked.dims:
            yield f"{group.path}: {name} must have dimensions {dims_text(asked.dims)}; found {dims_text(found.dims)}"
        if found.dtype.kind not in asked.kinds:
            yield f"{group.path}: {name} has type {found.dtype}; allowed kinds: {_kinds(asked.kinds)}"
        if found.attrs.get("units", asked.units) != asked.units:
            yield f'{group.path}: {name} must have units "{asked.units}"; found "{found.attrs["units"]}"'


def check_groups(tree: DataTree, more: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the mistakes in attributes and dimensions anywhere; dimensions of `more` are allowed too."""
    allowed = RESERVED_DIMENSIONS + more
    for group in tree.subtree:
        yield from _attributes(group.path, group.attrs)
        for name, variable in group.to_dataset(inherit=False).variables.items():
            where = f"{group.path}: {name}"
            for attribute in ("units", "long_name"):
                if not isinstance(variable.attrs.get(attribute), str):
                    yield f"{where} has no {attribute}"
            for dim in variable.dims:
                if dim not in allowed:
                    yield f"{where} has dimension {dim}; allowed: {', '.join(allowed)}"
            yield from _attributes(where, variable.attrs)


def _attributes(where: str, attrs: Mapping[Any, Any]) -> Iterator[str]:
    for name, value in attrs.items():
        flat = list(value) if isinstance(value, (list, tuple, np.ndarray)) else [value]
        if not all(isinstance(item, str) or is_number(item) for item in flat):
            yield f"{where}: attribute {name} must be text, a number or a list of them; found {value!r}"


def is_number(value: Any) -> bool:
    """Return whether an attribute is a real number."""
    return isinstance(value, (numbers.Number, np.number)) and not isinstance(value, (bool, np.bool_, complex))


def show(attrs: Mapping[Any, Any], name: str) -> str:
    """Say what an attribute is."""
    return repr(attrs[name]) if name in attrs else "nothing"


def dims_text(dims: tuple[Any, ...]) -> str:
    """Write dimensions in the words of users."""
    return "(" + ", ".join(map(str, dims)) + ")"


def _kinds(letters: str) -> str:
    words = {"f": "float", "i": "integer", "u": "unsigned integer", "U": "text"}
    return ", ".join(words[letter] for letter in letters)
