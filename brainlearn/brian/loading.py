"""Circuit files, the text of their models included, which only Brian2's parser can read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from brainlearn.brian.text.text_check import find_mistakes
from brainlearn.circuit import Circuit, Reading, read_circuit
from brainlearn.circuit.projection_tables import joined
from brainlearn.circuit.replacing import OtherWeights, Sizes
from brainlearn.mistakes import UserError


def load_circuit(
    path: str | Path, sizes: Sizes = MappingProxyType({}), weights: OtherWeights = MappingProxyType({})
) -> Circuit:
    """Read a circuit file and check the text of its models; `brainlearn.load_circuit` says what each argument is.

    Raises
    ------
    UserError
        With every mistake of the file.
    """
    reading = read_all(path, sizes, weights)
    if reading.mistakes or reading.circuit is None:
        raise UserError(*reading.mistakes)
    return reading.circuit


def read_all(
    path: str | Path, sizes: Sizes = MappingProxyType({}), weights: OtherWeights = MappingProxyType({})
) -> Reading:
    """Read a circuit file as `brainlearn.circuit.read_circuit` does, and check the text of its models."""
    return with_text_checked(read_circuit(path, sizes, weights))


def with_text_checked(reading: Reading) -> Reading:
    """Return the reading with the mistakes in the text of its models."""
    if reading.circuit is None:
        return reading
    return replace(reading, mistakes=(*reading.mistakes, *joined(find_mistakes(reading.circuit))))
