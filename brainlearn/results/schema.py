"""The written schema of a result: what every tree holds, and a check that names every violation."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from xarray import DataTree

from brainlearn.results.cost_schema import COST
from brainlearn.results.variables import (
    SchemaError,
    Variable,
    check_groups,
    check_variables,
    dims_text,
    is_number,
    show,
)

SCHEMA_VERSION = "1.9"
ENGINES = ("brian", "mirror")
PATHWAYS = ("bottom_up", "top_down", "lateral")
ROOT_TEXT = (
    "brainlearn_schema",
    "creation_library",
    "creation_library_version",
    "experiment",
    "circuit",
    "dataset",
    "rule",
    "engine",
    "started",
    "settings",
    "circuit_text",
    "experiment_sha256",
    "circuit_sha256",
    "versions",
    "notes",
)
ROOT_NUMBERS = ("seed", "presentations", "train_seconds")
ROOT_NUMBERS_LATER = ("memory_before_mb", "peak_memory_mb")  # since 1.1
WEIGHT_TEXT = ("projection", "source", "target", "pathway")
SHA256 = re.compile(r"[0-9a-f]{64}")


METRICS: Mapping[str, Variable] = {
    "epoch": Variable(("epoch",), "1", "number of the epoch, from 1", "iu"),
    "population": Variable(("population",), "1", "path of the population", "U"),
    "seconds": Variable(("epoch",), "s", "wall time of training in the epoch"),
    "presentations": Variable(("epoch",), "1", "presentations shown for learning in the epoch", "iu"),
    "validation_error": Variable(("epoch",), "percent", "validation error, goodness of every label"),
    "one_pass_error": Variable(("epoch",), "percent", "validation error, one-pass softmax"),
    "goodness_positive": Variable(("epoch", "population"), "1", "mean goodness of positive presentations"),
    "goodness_negative": Variable(("epoch", "population"), "1", "mean goodness of negative presentations"),
    "activity": Variable(("epoch", "population"), "1", "spikes per unit and presentation (graded: mean)"),
    "silent": Variable(("epoch", "population"), "percent", "units never active in the epoch"),
    "saturated": Variable(("epoch", "population"), "percent", "units active whenever they could be"),
    "loss": Variable(("epoch",), "nat", "mean training loss", "f", False),
    "validation_mean_squared_error": Variable(
        ("epoch",), "1", "validation: mean squared error of the outputs' values", "f", False
    ),
    "task": Variable(("task",), "1", "task of a sequence", "U", False),
    "task_error": Variable(("epoch", "task"), "percent", "error on the test items of the task", "f", False),
    "task_learned": Variable(("epoch",), "1", "task that was learned in the epoch", "U", False),
    "size": Variable(("population",), "1", "units of the population", "iu", False),
    "spiking": Variable(("population",), "1", "1 if the population spikes", "iu", False),
}
TEST: Mapping[str, Variable] = {
    "presentation": Variable(("presentation",), "1", "number of the test presentation, from 0", "iu"),
    "label": Variable(("label",), "1", "label that was tried", "iu", False),
    "label_name": Variable(("label",), "1", "name of the label", "U", False),
    "true_label": Variable(("presentation",), "1", "true label", "iu", False),
    "prediction": Variable(("presentation",), "1", "label of the greatest goodness", "iu", False),
    "target": Variable(("presentation", "step", "unit"), "1", "value that the output should take", "f", False),
    "output": Variable(("presentation", "step", "unit"), "1", "value of the output; nan: does not count", "f", False),
    "goodness": Variable(("presentation", "label"), "1", "goodness with each label", "f", False),
    "one_pass_prediction": Variable(("presentation",), "1", "answer of the one-pass softmax", "iu", False),
    "short_list_prediction": Variable(
        ("presentation",), "1", "label of the greatest goodness in a short list", "iu", False
    ),
    "task_name": Variable(("presentation",), "1", "task to which the item belongs", "U", False),
    "subset": Variable(("subset",), "1", "populations that are read together", "U", False),
    "subset_prediction": Variable(("presentation", "subset"), "1", "answer of these populations alone", "iu", False),
    "readout": Variable(("readout",), "1", "readout of the answer", "U", False),
    "readout_presentations": Variable(("readout",), "1", "presentations for one answer", "iu", False),
    "readout_seconds": Variable(("readout",), "s", "wall time of all answers", "f", False),
}
EPISODES: Mapping[str, Variable] = {
    "episode": Variable(("episode",), "1", "number of the episode, in the order in which they ended, from 0", "iu"),
    "epoch": Variable(("episode",), "1", "epoch in which it ended", "iu", False),
    "copy": Variable(("episode",), "1", "copy of the episode", "iu"),
    "number": Variable(("episode",), "1", "number of the episode in its copy, from 0", "iu"),
    "total_reward": Variable(("episode",), "1", "sum of all rewards"),
    "length": Variable(("episode",), "1", "decisions", "iu"),
    "latency": Variable(("episode",), "s", "time of the circuit from the onset to the last decision"),
    "terminated": Variable(("episode",), "1", "1 if it reached a terminal state, 0 if it was truncated", "iu"),
}
CLASSES, VALUES = ("label", "true_label", "prediction"), ("target", "output")  # a test is of classes, or of values
WEIGHTS: Mapping[str, Variable] = {
    "pre": Variable(("pre",), "1", "unit of the source population", "iu"),
    "post": Variable(("post",), "1", "unit of the target population", "iu"),
    "initial": Variable(("pre", "post"), "1", "weights before learning"),
    "final": Variable(("pre", "post"), "1", "weights after learning"),
    "mask": Variable(("pre", "post"), "1", "1 where a synapse exists", "iu", False),
}
OF_SYNAPSES: Mapping[str, Variable] = {
    "delay": Variable(("synapse",), "ms", "from the spike to its effect", "f", False),
    "utilisation": Variable(("synapse",), "1", "fraction of the resources used by a spike after a silence", "f", False),
    "tau_recovery": Variable(("synapse",), "ms", "time constant of the recovery of resources", "f", False),
    "tau_facilitation": Variable(("synapse",), "ms", "time constant of facilitation", "f", False),
    "tau_inactivation": Variable(("synapse",), "ms", "time for which resources are active", "f", False),
}
"""What synapses of a list may have of their own beside their weights."""
LISTED_WEIGHTS: Mapping[str, Variable] = {
    "synapse": Variable(("synapse",), "1", "number of the synapse", "iu"),
    **{name: replace(WEIGHTS[name], dims=("synapse",)) for name in ("pre", "post", "initial", "final")},
    **OF_SYNAPSES,
}
"""Of a projection whose synapses are listed, instead of `WEIGHTS`."""
FILMS: Mapping[str, Variable] = {
    "film": Variable(("frame",), "1", "episode that the frame belongs to, from 0", "iu"),
    "observation": Variable(("frame", "number"), "1", "what the copy observed"),
    "action": Variable(("frame", "component"), "1", "action that led to the frame; nan: none, the first frame"),
    "reward": Variable(("frame",), "1", "reward that came with the frame"),
    "picture": Variable(("picture", "row", "column", "colour"), "1", "rendered picture, red green blue", "iu", False),
}
SPIKES: Mapping[str, Variable] = {
    "presentation": Variable(("presentation",), "1", "number of the presentation, from 0", "iu"),
    "true_label": Variable(("presentation",), "1", "label of the image", "iu"),
    "shown_label": Variable(("presentation",), "1", "label that was shown with it; -1: none", "iu"),
    "row_size": Variable(("presentation",), "1", "spikes in the presentation; -1: not recorded", "iu"),
    "spike_time": Variable(("spike",), "ms", "time of the spike from the onset of its presentation"),
    "spike_unit": Variable(("spike",), "1", "unit that spiked", "iu"),
}
PLACES: Mapping[str, Variable] = {
    "copy": Variable(("copy",), "1", "number of the copy, from 0", "iu", False),
    "unit": Variable(("unit",), "1", "unit of the population, from 0", "iu"),
}
"""Coordinates of what differs between units; its variables have the names that the circuit gives them."""
_PER_AVERAGING = ("loss", "epoch", "projection", "averaging")
_PER_EPOCH = ("loss", "epoch", "projection")
ALIGNMENT: Mapping[str, Variable] = {
    "loss": Variable(("loss",), "1", "loss whose gradient is compared", "U"),
    "epoch": Variable(("epoch",), "1", "number of epochs of training", "iu"),
    "projection": Variable(("projection",), "1", "name of the projection", "U"),
    "averaging": Variable(("averaging",), "1", "presentations that were averaged", "iu"),
    "angle": Variable(_PER_AVERAGING, "degree", "angle of the mean change to the negative gradient"),
    "angle_shuffled": Variable(_PER_AVERAGING, "degree", "the same with postsynaptic units exchanged at random"),
    "angle_gradient": Variable(_PER_AVERAGING, "degree", "angle of the gradient of some to that of all presentations"),
    "angle_limit": Variable(_PER_EPOCH, "degree", "estimated angle for infinitely many presentations", "f", False),
    "null_angle": Variable(_PER_EPOCH, "degree", "angle above which 97.5 % of random directions lie"),
    "sign_agreement": Variable(_PER_EPOCH, "percent", "synapses whose change has the sign of the negative gradient"),
    "norm_ratio": Variable(_PER_EPOCH, "1", "length of the mean change over that of the gradient"),
}

KERNEL_SIDES: Mapping[str, Variable] = {
    "pre_channel": Variable(("pre_channel",), "1", "unit at each place of the source", "iu"),
    "post_channel": Variable(("post_channel",), "1", "unit at each place of the target", "iu"),
    "kernel_row": Variable(("kernel_row",), "1", "row of the window", "iu"),
    "kernel_column": Variable(("kernel_column",), "1", "column of the window", "iu"),
}
KERNEL_WEIGHTS: Mapping[str, Variable] = {
    **KERNEL_SIDES,
    **{name: replace(WEIGHTS[name], dims=tuple(KERNEL_SIDES)) for name in ("initial", "final")},
}
"""Of a convolution, whose places share their weights."""


def weights_schema(sizes: Container[Any]) -> Mapping[str, Variable]:
    """Return what a group of weights has, by its dimensions: a matrix, a list of synapses, or kernels."""
    if "synapse" in sizes:
        return LISTED_WEIGHTS
    return KERNEL_WEIGHTS if "kernel_row" in sizes else WEIGHTS


def validate(tree: DataTree) -> None:
    """Check `tree` against the schema.

    Parameters
    ----------
    tree : xarray.DataTree
        A result; nothing in it is changed.

    Raises
    ------
    SchemaError
        With every violation, each starting with the group it was found in.
    """
    checks = (_root, _metrics, _test, _episodes, _weights, _spikes, unit_values, _alignment, _cost, check_groups)
    violations = tuple(violation for check in checks for violation in check(tree))
    if violations:
        raise SchemaError(violations)


def _root(tree: DataTree) -> Iterator[str]:
    for name in ROOT_TEXT:
        if not isinstance(tree.attrs.get(name), str):
            yield f"/: attribute {name} must be text; found {show(tree.attrs, name)}"
    for name in (*ROOT_NUMBERS, *(name for name in ROOT_NUMBERS_LATER if name in tree.attrs)):
        if not is_number(tree.attrs.get(name)):
            yield f"/: attribute {name} must be a number; found {show(tree.attrs, name)}"
    version = tree.attrs.get("brainlearn_schema")
    if isinstance(version, str) and version.split(".")[0] != SCHEMA_VERSION.split(".")[0]:
        yield f"/: schema {version} cannot be read; this brainlearn reads {SCHEMA_VERSION}"
    engine = tree.attrs.get("engine")
    if isinstance(engine, str) and engine not in ENGINES:
        yield f'/: attribute engine is "{engine}"; allowed: {", ".join(ENGINES)}'
    for name in ("experiment_sha256", "circuit_sha256", "dataset_sha256"):
        value = tree.attrs.get(name)
        if isinstance(value, str) and not SHA256.fullmatch(value):
            yield f"/: attribute {name} must be 64 hexadecimal digits"
    if tree.ds.variables:
        yield "/: the root may contain only attributes; found " + ", ".join(map(str, tree.ds.variables))


def _metrics(tree: DataTree) -> Iterator[str]:
    if "metrics" not in tree.children:
        yield "/: group metrics is missing"
        return
    group = tree.children["metrics"]
    yield from check_variables(group, METRICS)
    epoch = group.ds.variables.get("epoch")
    if epoch is not None and epoch.ndim == 1 and not (np.diff(epoch.values.astype(float)) > 0).all():
        yield "/metrics: epoch must increase"


def _test(tree: DataTree) -> Iterator[str]:
    if "test" not in tree.children:
        return
    group = tree.children["test"]
    yield from check_variables(group, TEST)
    variables = group.ds.variables
    asked = VALUES if "target" in variables or "output" in variables else CLASSES
    for name in asked:
        if name not in variables:
            yield f"{group.path}: variable {name} is missing"
    for name in ("true_label", "prediction", "one_pass_prediction", "short_list_prediction", "subset_prediction"):
        if name in variables and "label" in variables:
            strange = np.setdiff1d(variables[name].values, variables["label"].values)
            if strange.size:
                yield f"/test: {name} holds {strange[0]}, which is not a label"


def _episodes(tree: DataTree) -> Iterator[str]:
    for name in ("episodes", "test_episodes"):
        if name in tree.children:
            yield from check_variables(tree.children[name], EPISODES)
    if "films" in tree.children:
        yield from check_variables(tree.children["films"], FILMS)


def _weights(tree: DataTree) -> Iterator[str]:
    for group in tree.children["weights"].children.values() if "weights" in tree.children else ():
        yield from check_variables(group, weights_schema(group.ds.sizes))
        for name in WEIGHT_TEXT:
            if not isinstance(group.attrs.get(name), str):
                yield f"{group.path}: attribute {name} must be text; found {show(group.attrs, name)}"
        pathway = group.attrs.get("pathway")
        if isinstance(pathway, str) and pathway not in PATHWAYS:
            yield f'{group.path}: attribute pathway is "{pathway}"; allowed: {", ".join(PATHWAYS)}'
        yield from _sheet(group)


def _spikes(tree: DataTree) -> Iterator[str]:
    for group in tree.children["spikes"].children.values() if "spikes" in tree.children else ():
        yield from check_variables(group, SPIKES)
        if not isinstance(group.attrs.get("population"), str):
            yield f"{group.path}: attribute population must be text; found {show(group.attrs, 'population')}"
        if not is_number(group.attrs.get("size")):
            yield f"{group.path}: attribute size must be a number; found {show(group.attrs, 'size')}"
        rows, spikes = group.ds.variables.get("row_size"), group.ds.sizes.get("spike", 0)
        if rows is not None and np.maximum(rows.values, 0).sum() != spikes:
            yield f"{group.path}: row_size must add up to {spikes} spikes; found {np.maximum(rows.values, 0).sum()}"


def unit_values(tree: DataTree) -> Iterator[str]:
    """Yield the mistakes in what differs between units."""
    for group in tree.children["unit_values"].children.values() if "unit_values" in tree.children else ():
        yield from check_variables(group, PLACES)
        if not isinstance(group.attrs.get("population"), str):
            yield f"{group.path}: attribute population must be text; found {show(group.attrs, 'population')}"
        for name, variable in group.to_dataset(inherit=False).data_vars.items():
            if variable.dims not in (("unit",), ("copy", "unit")):
                asked = "unit, or copy and unit"
                yield f"{group.path}: {name} must have dimensions {asked}; found {dims_text(variable.dims)}"


def _alignment(tree: DataTree) -> Iterator[str]:
    if "alignment" in tree.children:
        yield from check_variables(tree.children["alignment"], ALIGNMENT)


def _cost(tree: DataTree) -> Iterator[str]:
    if "cost" in tree.children:
        yield from check_variables(tree.children["cost"], COST)


def _sheet(group: DataTree) -> Iterator[str]:
    sheet = group.attrs.get("source_sheet")
    if sheet is None:
        return
    if np.shape(sheet) != (2,) or not all(is_number(side) for side in sheet):
        yield f"{group.path}: attribute source_sheet must be two numbers; found {sheet}"
    elif "pre" in group.ds.sizes and group.ds.sizes["pre"] % np.prod(sheet):
        yield f"{group.path}: source_sheet {list(sheet)} does not hold {group.ds.sizes['pre']} units"
