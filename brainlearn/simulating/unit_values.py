"""What differs between units, written into the file of a simulation."""

from __future__ import annotations

from brainlearn.brian.simulation import Simulation
from brainlearn.results.growing_file import GrowingFile
from brainlearn.results.tree import group_name, unit_values_group
from brainlearn.training.unit_records import unit_records


def write_unit_values(file: GrowingFile, simulation: Simulation) -> None:
    """Write constants and initial states that differ between units, which are known from the start."""
    for path, units in unit_records(simulation.circuit, simulation.copies, simulation.seed).items():
        group, found = f"/unit_values/{group_name(path)}", unit_values_group(path, units)
        file.add_group(group, {str(name): (each.values, each.attrs) for name, each in found.coords.items()})
        for name, each in found.data_vars.items():
            file.add_array(group, str(name), [str(dim) for dim in each.dims], each.values, each.attrs)
        file.describe(found.attrs, group)
