"""From a run's record to labelled arrays: one `xarray.DataTree` per run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xarray import Dataset, DataTree

from brainlearn.results.cost_group import cost_group
from brainlearn.results.episodes_record import EpisodesRecord, FilmRecord
from brainlearn.results.record import (
    AlignmentRecord,
    EpochRecord,
    RunRecord,
    SpikeRecord,
    TestRecord,
    UnitRecord,
    WeightRecord,
)
from brainlearn.results.schema import (
    ALIGNMENT,
    EPISODES,
    FILMS,
    KERNEL_SIDES,
    METRICS,
    PLACES,
    SCHEMA_VERSION,
    SPIKES,
    TEST,
    weights_schema,
)
from brainlearn.results.variables import Variable

PER_POPULATION = {
    "goodness_positive": "goodness_positive",
    "goodness_negative": "goodness_negative",
    "activity": "activity",
    "silent": "silent_percent",
    "saturated": "saturated_percent",
}


def result_tree(record: RunRecord) -> DataTree:
    """Label what a run recorded.

    Parameters
    ----------
    record : RunRecord
        A run, finished or not.

    Returns
    -------
    xarray.DataTree
        Root attributes, and the groups ``metrics``, ``test`` (if the run was tested), ``episodes`` and
        ``test_episodes`` and ``films`` (in an environment), ``cost``, ``alignment`` (if it was measured), ``weights``,
        ``spikes`` (if some were recorded), and ``unit_values`` (if units differ).

    Raises
    ------
    ValueError
        If two projections would share a group, or arrays of one group differ in size.
    """
    groups = {"/": Dataset(attrs=root_attributes(record)), "/metrics": metrics_group(record)}
    groups |= acting_groups(record)
    if record.test is not None and record.test.episodes is None:
        groups["/test"] = answers_group(record.test, record.class_names)
    if record.footprint is not None:
        groups["/cost"] = cost_group(record, record.footprint)
    if record.alignments:
        groups["/alignment"] = alignment_group(record.alignments)
    for name, weights in record.weights.items():
        path = f"/weights/{group_name(name)}"
        if path in groups:
            raise ValueError(f'two projections would share the group "{path}"; one of them is "{name}"')
        groups[path] = weights_group(name, weights)
    for path, spikes in record.spikes.items():
        groups[f"/spikes/{group_name(path)}"] = spikes_group(path, spikes)
    for path, units in record.unit_values.items():
        groups[f"/unit_values/{group_name(path)}"] = unit_values_group(path, units)
    return DataTree.from_dict(groups)


def group_name(projection: str) -> str:
    """Return the group of a projection or population: a group's name holds no slash.

    >>> group_name("retina/image->V1/E")
    'retina.image->V1.E'
    """
    return projection.replace("/", ".")


def root_attributes(record: RunRecord) -> dict[str, Any]:
    """Return what identifies a run: text and numbers only."""
    return {
        "brainlearn_schema": SCHEMA_VERSION,
        "creation_library": "brainlearn",
        "creation_library_version": record.versions.get("brainlearn", "unknown"),
        "experiment": record.experiment,
        "circuit": record.circuit,
        "dataset": record.dataset,
        "rule": record.rule,
        "engine": record.engine,
        "seed": int(record.seed),
        "presentations": int(record.presentations),
        "train_seconds": float(record.train_seconds),
        "memory_before_mb": float(record.memory_before_mb),
        "peak_memory_mb": float(record.peak_memory_mb),
        "started": record.started,
        "settings": record.settings,
        "circuit_text": record.circuit_text,
        **({"dataset_sha256": record.dataset_sha256} if record.dataset_sha256 else {}),
        "experiment_sha256": _sha256(record.settings),
        "circuit_sha256": _sha256(record.circuit_text),
        "versions": json.dumps(record.versions, sort_keys=True),
        "notes": json.dumps(list(record.notes)),
    }


def metrics_group(record: RunRecord) -> Dataset:
    """Label what every epoch measured: (epoch,) and (epoch, population) arrays."""
    epochs: list[EpochRecord] = record.epochs
    tables = [getattr(e, name) for e in epochs for name in PER_POPULATION.values()]
    populations = list(dict.fromkeys(path for table in tables for path in table))
    data: dict[str, NDArray[Any]] = {
        "epoch": np.array([e.epoch for e in epochs], dtype=np.int64),
        "population": np.array(populations, dtype=np.str_),
        "seconds": np.array([e.seconds for e in epochs], dtype=float),
        "presentations": np.array([e.presentations for e in epochs], dtype=np.int64),
        "validation_error": np.array([e.validation_error_percent for e in epochs], dtype=float),
        "one_pass_error": np.array([e.one_pass_error_percent for e in epochs], dtype=float),
    }
    if any(np.isfinite(e.loss) for e in epochs):
        data["loss"] = np.array([e.loss for e in epochs], dtype=float)
    if any(np.isfinite(e.validation_mean_squared_error) for e in epochs):
        data["validation_mean_squared_error"] = np.array([e.validation_mean_squared_error for e in epochs], dtype=float)
    if tasks := list(dict.fromkeys(name for e in epochs for name in e.task_error_percent)):
        data["task"] = np.array(tasks, dtype=np.str_)
        data["task_error"] = _table([e.task_error_percent for e in epochs], tasks)
        data["task_learned"] = np.array([e.task for e in epochs], dtype=np.str_)
    if record.sizes:
        data["size"] = np.array([record.sizes.get(path, 0) for path in populations], dtype=np.int64)
        data["spiking"] = np.array([path in record.spiking for path in populations], dtype=np.int8)
    for variable, name in PER_POPULATION.items():
        data[variable] = _table([getattr(e, name) for e in epochs], populations)
    return _dataset(data, METRICS)


def answers_group(test: TestRecord, class_names: Sequence[str] = ()) -> Dataset:
    """Label the final test: (presentation,) and (presentation, label) arrays; with the names of labels, if any."""
    if test.target is not None and test.output is not None:
        return values_group(test.target, test.output, test.task)
    assert test.label is not None
    assert test.prediction is not None
    assert test.goodness is not None
    data: dict[str, NDArray[Any]] = {
        "presentation": np.arange(len(test.label)),
        "label": np.arange(test.goodness.shape[1]),
        "true_label": _integers(test.label),
        "prediction": _integers(test.prediction),
        "goodness": np.asarray(test.goodness, dtype=float),
    }
    if len(class_names) == test.goodness.shape[1]:
        data["label_name"] = np.array(class_names, dtype=np.str_)
    if test.task is not None:
        data["task_name"] = np.array(test.task, dtype=np.str_)
    if test.one_pass is not None:
        data["one_pass_prediction"] = _integers(test.one_pass)
    if test.short_list is not None:
        data["short_list_prediction"] = _integers(test.short_list)
    if test.of_subsets:
        data["subset"] = np.array(list(test.of_subsets), dtype=np.str_)
        data["subset_prediction"] = _integers(np.stack(list(test.of_subsets.values()), axis=1))
    if test.shown:
        data["readout"] = np.array(list(test.shown), dtype=np.str_)
        data["readout_presentations"] = np.array(list(test.shown.values()), dtype=np.int64)
        data["readout_seconds"] = np.array([test.seconds[name] for name in test.shown], dtype=float)
    return _dataset(data, TEST)


def values_group(target: NDArray[Any], output: NDArray[Any], task: NDArray[Any] | None = None) -> Dataset:
    """Label the final test of values: (presentation, step, unit) arrays."""
    values = {"target": target, "output": output}
    data: dict[str, NDArray[Any]] = {name: np.asarray(each, dtype=np.float32) for name, each in values.items()}
    named = {} if task is None else {"task_name": np.array(task, dtype=np.str_)}
    return _dataset({"presentation": np.arange(len(target)), **data, **named}, TEST)


def acting_groups(record: RunRecord) -> dict[str, Dataset]:
    """Label the episodes of training and of the test, and films of a few of these; none without an environment."""
    found: dict[str, Dataset] = {}
    if any(epoch.episodes.copy for epoch in record.epochs):
        found["/episodes"] = episodes_group([epoch.episodes for epoch in record.epochs])
    if record.test is not None and record.test.episodes is not None:
        found["/test_episodes"] = episodes_group([record.test.episodes], of_epochs=False)
    if record.test is not None and record.test.films is not None:
        found["/films"] = films_group(record.test.films)
    return found


def episodes_group(records: Sequence[EpisodesRecord], of_epochs: bool = True) -> Dataset:
    """Label episodes: (episode,) arrays, from one record after the other, of epochs or of the test."""
    lengths = [len(record.copy) for record in records]
    data: dict[str, NDArray[Any]] = {"episode": np.arange(sum(lengths))}
    if of_epochs:
        data["epoch"] = np.repeat(np.arange(1, len(records) + 1), lengths)
    for name, kind in (("copy", int), ("number", int), ("total_reward", float), ("length", int), ("latency", float)):
        data[name] = np.array([value for record in records for value in getattr(record, name)], dtype=kind)
    ends = [end for record in records for end in record.terminated]
    return _dataset({**data, "terminated": np.array(ends, dtype=np.int8)}, EPISODES)


def films_group(record: FilmRecord) -> Dataset:
    """Label what a few copies saw and did in a test episode."""
    data = {name: value for name in FILMS if (value := getattr(record, name)) is not None}
    return _dataset(data, FILMS)


def alignment_group(records: Iterable[AlignmentRecord]) -> Dataset:
    """Label the angles between local changes and gradients; all records have the same projections."""
    table = {(r.loss, r.epoch): r for r in records}
    losses = list(dict.fromkeys(loss for loss, _ in table))
    epochs = sorted({epoch for _, epoch in table})
    first = next(iter(table.values()))
    data: dict[str, NDArray[Any]] = {
        "loss": np.array(losses, dtype=np.str_),
        "epoch": np.array(epochs, dtype=np.int64),
        "projection": np.array(list(first.angle), dtype=np.str_),
        "averaging": np.asarray(first.presentations, dtype=np.int64),
    }
    for name in ALIGNMENT.keys() - data.keys():
        per_epoch = [[list(getattr(table[loss, epoch], name).values()) for epoch in epochs] for loss in losses]
        data[name] = np.array(per_epoch, dtype=float)
    return _dataset(data, ALIGNMENT)


def weights_group(name: str, weights: WeightRecord) -> Dataset:
    """Label one projection's weights: (pre, post) arrays, (synapse,) ones, or those of kernels."""
    data: dict[str, NDArray[Any]] = {
        "initial": np.asarray(weights.initial, dtype=np.float32),
        "final": np.asarray(weights.final, dtype=np.float32),
    }
    if weights.final.ndim == len(KERNEL_SIDES):
        data |= {side: np.arange(size) for side, size in zip(KERNEL_SIDES, weights.final.shape, strict=True)}
    elif weights.pre is None or weights.post is None:
        data |= {"pre": np.arange(weights.final.shape[0]), "post": np.arange(weights.final.shape[1])}
    else:
        data |= {"synapse": np.arange(len(weights.final)), "pre": weights.pre, "post": weights.post}
    data |= weights.of_synapses
    if weights.mask is not None:
        data["mask"] = np.asarray(weights.mask, dtype=np.int8)
    attrs: dict[str, Any] = {
        "projection": name,
        "source": weights.source,
        "target": weights.target,
        "pathway": weights.pathway,
    }
    if weights.source_sheet is not None:
        attrs["source_sheet"] = [int(side) for side in weights.source_sheet]
    return _dataset(data, weights_schema(data)).assign_attrs(attrs)


def spikes_group(path: str, spikes: SpikeRecord) -> Dataset:
    """Label the spikes of one population: a contiguous ragged array."""
    data: dict[str, NDArray[Any]] = {
        "presentation": np.arange(len(spikes.row_size)),
        "true_label": _integers(spikes.true_label),
        "shown_label": _integers(spikes.shown_label),
        "row_size": _integers(spikes.row_size),
        "spike_time": np.asarray(spikes.time, dtype=np.float32),
        "spike_unit": _integers(spikes.unit),
    }
    attrs = {
        "population": path,
        "size": int(spikes.size),
        "phases": list(spikes.phases),
        "phase_ends": [float(end) for end in spikes.phases.values()],
    }
    return _dataset(data, SPIKES).assign_attrs(attrs)


def unit_values_group(path: str, units: Mapping[str, UnitRecord]) -> Dataset:
    """Label what differs between the units of one population: (unit,) or (copy, unit) arrays."""
    data = {
        name: (("copy", "unit")[-each.values.ndim :], each.values, {"units": each.units, "long_name": each.long_name})
        for name, each in units.items()
    }
    sides = Dataset(data).sizes
    places = {name: ((name,), np.arange(sides[name]), each.attrs) for name, each in PLACES.items() if name in sides}
    return Dataset(data, coords=places, attrs={"population": path})


def _dataset(data: Mapping[str, NDArray[Any]], schema: Mapping[str, Variable]) -> Dataset:
    variables = {name: (schema[name].dims, values, schema[name].attrs) for name, values in data.items()}
    coordinates = [name for name in variables if schema[name].dims == (name,)]
    return Dataset(variables).set_coords(coordinates)


def _table(rows: list[dict[str, float]], columns: list[str]) -> NDArray[Any]:
    table = [[row.get(column, np.nan) for column in columns] for row in rows]
    return np.array(table, dtype=float).reshape(len(rows), len(columns))


def _integers(values: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(values).astype(np.int32, casting="same_kind")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
