"""Circuits: read from files, checked, and wired."""

from __future__ import annotations

from brainlearn.circuit.circuit import Area, Circuit, Population, Projection
from brainlearn.circuit.kernels import Kernels
from brainlearn.circuit.loading import Reading, parse_circuit, read_circuit, read_tables
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.short_term import ReleaseValues, short_term_values
from brainlearn.circuit.unit_values import unit_values
from brainlearn.circuit.wiring import Wiring, wire

__all__ = [
    "Area",
    "Circuit",
    "Kernels",
    "Population",
    "Projection",
    "Reading",
    "ReleaseValues",
    "Rows",
    "Wiring",
    "parse_circuit",
    "read_circuit",
    "read_tables",
    "short_term_values",
    "unit_values",
    "wire",
]
