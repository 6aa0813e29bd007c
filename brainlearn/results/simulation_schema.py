"""The written schema of the result of a simulation, which has other groups than that of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xarray import DataTree

from brainlearn.results.schema import KERNEL_SIDES, OF_SYNAPSES, PLACES, unit_values
from brainlearn.results.variables import SchemaError, Variable, check_groups, check_variables

KIND = "simulation"
SIMULATION_SCHEMA = "1.5"
SIMULATION_TEXT = (
    "brainlearn_kind",
    "brainlearn_schema",
    "creation_library",
    "creation_library_version",
    "circuit",
    "circuit_text",
    "circuit_sha256",
    "delivery",
    "precision",
    "asked",
    "started",
    "versions",
    "notes",
)
SIMULATION_NUMBERS = ("duration", "simulated", "dt", "interval", "steps", "copies", "seed", "seconds")

_COPY = Variable(("copy",), "1", "number of the copy, from 0: a trial", "iu")
_UNIT = Variable(("unit",), "1", "unit of the population", "iu")
RECORDED_SPIKES: Mapping[str, Variable] = {
    "spike_time": Variable(("spike",), "ms", "time of the spike"),
    "spike_unit": Variable(("spike",), "1", "unit that spiked", "iu"),
    "spike_copy": Variable(("spike",), "1", "copy that it is of", "iu"),
}
RECORDED_STATES: Mapping[str, Variable] = {
    "time": Variable(("time",), "ms", "time since the start of the simulation"),
    "copy": _COPY,
    "unit": _UNIT,
}
RECORDED_RATES: Mapping[str, Variable] = {
    "time": Variable(("time",), "ms", "beginning of the bin"),
    "copy": _COPY,
    "rate": Variable(("time", "copy"), "Hz", "spikes of a unit per second, mean over units"),
}
RECORDED_WEIGHTS: Mapping[str, Variable] = {
    "pre": Variable(("pre",), "1", "unit of the source population", "iu"),
    "post": Variable(("post",), "1", "unit of the target population", "iu"),
    "weights": Variable(("pre", "post"), "1", "weights at the end; 0 where there is no synapse"),
}
RECORDED_SYNAPSES: Mapping[str, Variable] = {
    "synapse": Variable(("synapse",), "1", "number of the synapse", "iu"),
    "pre": Variable(("synapse",), "1", "unit of the source population", "iu"),
    "post": Variable(("synapse",), "1", "unit of the target population", "iu"),
    "weights": Variable(("synapse",), "1", "weights at the end"),
    **OF_SYNAPSES,
}
"""Weights of a projection whose synapses are listed, instead of `RECORDED_WEIGHTS`."""
RECORDED_KERNELS: Mapping[str, Variable] = {
    **KERNEL_SIDES,
    "weights": Variable(tuple(KERNEL_SIDES), "1", "weights at the end"),
}
"""Weights of a convolution, instead of `RECORDED_WEIGHTS`."""
RECORDED_LEARNING: Mapping[str, Variable] = {
    "time": Variable(("time",), "ms", "time since the start of the simulation"),
    "synapse": Variable(("synapse",), "1", "number of the synapse among all of the projection", "iu"),
    "pre": Variable(("synapse",), "1", "unit of the source population; of kernels the channel", "iu"),
    "post": Variable(("synapse",), "1", "unit of the target population; of kernels the channel", "iu"),
    "weights": Variable(("time", "synapse"), "1", "weights before the step"),
    "mean": Variable(("time",), "1", "mean weight of all synapses"),
    "sd": Variable(("time",), "1", "standard deviation of the weights of all synapses"),
}
STATISTICS: Mapping[str, Variable] = {
    "copy": _COPY,
    "unit": _UNIT,
    "spike_count": Variable(("copy", "unit"), "1", "spikes", "iu"),
    "mean_rate": Variable(("copy", "unit"), "Hz", "spikes over the time that was simulated"),
    "mean_interval": Variable(("copy", "unit"), "ms", "mean interval between spikes"),
    "cv": Variable(("copy", "unit"), "1", "coefficient of variation of the intervals"),
    "lv": Variable(("copy", "unit"), "1", "local variation of the intervals (Shinomoto et al. 2003)"),
}
CORRELATIONS: Mapping[str, Variable] = {
    "copy": _COPY,
    "unit": _UNIT,
    "other_unit": Variable(("other_unit",), "1", "the other unit of the pair", "iu"),
    "correlation": Variable(
        ("copy", "unit", "other_unit"), "1", "Pearson's correlation of the spike counts of two units"
    ),
}
GROUPS: Mapping[str, Mapping[str, Variable]] = {
    "spikes": RECORDED_SPIKES,
    "states": RECORDED_STATES,
    "rates": RECORDED_RATES,
    "weights": RECORDED_WEIGHTS,
    "learning": RECORDED_LEARNING,
    "statistics": STATISTICS,
    "correlations": CORRELATIONS,
    "unit_values": PLACES,
}
"""Groups of the result, each with a group for every population or projection -> their variables."""


def is_simulation(attrs: Mapping[Any, Any]) -> bool:
    """Tell by the attributes of its root whether a result is that of a simulation."""
    return attrs.get("brainlearn_kind") == KIND


def validate_simulation(tree: DataTree) -> None:
    """Check the result of a simulation against the schema.

    Raises
    ------
    SchemaError
        With every violation, each starting with the group it was found in.
    """
    violations = (*_root(tree), *_groups(tree), *unit_values(tree), *check_groups(tree, ("other_unit", "synapse")))
    if violations:
        raise SchemaError(violations)


def _root(tree: DataTree) -> Iterator[str]:
    for names, kind, words in ((SIMULATION_TEXT, str, "text"), (SIMULATION_NUMBERS, int | float, "a number")):
        for name in names:
            if not isinstance(tree.attrs.get(name), kind):
                yield f"/: attribute {name} must be {words}; found {tree.attrs.get(name)!r}"
    version = tree.attrs.get("brainlearn_schema")
    if isinstance(version, str) and version.split(".")[0] != SIMULATION_SCHEMA.split(".")[0]:
        yield f"/: schema {version} cannot be read; this brainlearn reads {SIMULATION_SCHEMA}"


def _groups(tree: DataTree) -> Iterator[str]:
    for name, child in tree.children.items():
        if name not in GROUPS:
            yield f"/: group {name} is none of {', '.join(GROUPS)}"
            continue
        if name == "unit_values":  # checked as in runs
            continue
        for group in child.children.values():
            sizes = group.ds.sizes if name == "weights" else {}
            kernels = RECORDED_KERNELS if "kernel_row" in sizes else GROUPS[name]
            yield from check_variables(group, RECORDED_SYNAPSES if "synapse" in sizes else kernels)
