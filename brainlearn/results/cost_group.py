"""The cost of a run as labelled arrays, and in its summary."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from xarray import Dataset, DataTree

from brainlearn.results.cost_record import Footprint, StageCost
from brainlearn.results.cost_schema import COST, FOOTPRINT, OF_STAGES, TEST, TRAINING
from brainlearn.results.record import RunRecord

PER_PRESENTATION = (
    "macs",
    "acs",
    "dense",
    "learning_macs",
    "learning_acs",
    "learning_dense",
    "weight_updates",
    "membrane_updates",
    "state_updates",
    "traffic_bytes",
)


def cost_group(record: RunRecord, footprint: Footprint) -> Dataset:
    """Label the cost of a run: (stage, projection) and (stage, population) arrays, and the memory of its circuit."""
    stages = stages_of(record)
    projections = list(footprint.pairs)
    populations = list(dict.fromkeys([*footprint.state_bytes, *(path for s in stages.values() for path in s.events)]))
    names = {"projection": projections, "population": populations}
    labels: dict[str, np.ndarray] = {key: np.array(each, dtype=np.str_) for key, each in names.items()}
    labels["stage"] = np.array(list(stages), dtype=np.str_)
    data = dict(labels)
    for name in OF_STAGES:
        data[name] = _table([getattr(stage, name) for stage in stages.values()], names, OF_STAGES[name].dims[1:])
    for name in FOOTPRINT:
        data[name] = _table([getattr(footprint, name)], names, FOOTPRINT[name].dims)[0]
    data["exact"] = data["exact"].astype(np.int8)
    variables = {name: (COST[name].dims, values, COST[name].attrs) for name, values in data.items()}
    return Dataset(variables).set_coords(list(labels))


def stages_of(record: RunRecord) -> dict[str, StageCost]:
    """Return the cost of training and of the test, as far as they were counted."""
    epochs = [epoch.cost for epoch in record.epochs if epoch.cost is not None]
    found = {TRAINING: reduce(add, epochs)} if epochs else {}
    if record.test is not None and record.test.cost is not None:
        found[TEST] = record.test.cost
    return found


def _table(rows: list[Any], names: Mapping[str, list[str]], dims: tuple[str, ...]) -> np.ndarray:
    """Return numbers, or what mappings hold for each name of a dimension, one row for each; 0 for what is not there."""
    if not dims:
        return np.array(rows, dtype=float)
    columns = names[dims[0]]
    table = [[row.get(name, 0.0) for name in columns] for row in rows]
    return np.array(table, dtype=float).reshape(len(rows), len(columns))


def cost_summary(tree: DataTree) -> dict[str, Any] | None:
    """Return the cost of a run: numbers by presentation, totals, and bytes; None if it was not counted.

    Returns
    -------
    dict
        ``"footprint"``, ``"training"`` and ``"test"``. Means over presentations, as NeuroBench gives them over
        executions of a network; ``operations`` is the sum over all presentations of a stage.
    """
    if "cost" not in tree.children:
        return None
    cost = tree.children["cost"].to_dataset(inherit=False)
    return {"footprint": _footprint(cost), **{str(s): _stage(cost.sel(stage=s)) for s in cost["stage"].values}}


def _footprint(cost: Dataset) -> dict[str, float | None]:
    pairs = float(cost["pairs"].sum())
    return {
        "parameter_bytes": float(cost["parameter_bytes"].sum()),
        "state_bytes": float(cost["state_bytes"].sum()),
        "learning_bytes": float(cost["learning_bytes"]),
        "connection_sparsity": max(0.0, 1 - float(cost["nonzero"].sum()) / pairs) if pairs else None,
    }


def _stage(cost: Dataset) -> dict[str, float | None]:
    presentations = float(cost["presentations"])
    sums = {name: float(cost[name].sum()) for name in PER_PRESENTATION}
    operations = sum(sums[name] for name in ("macs", "acs", "learning_macs", "learning_acs"))
    found: dict[str, float | None] = {name: total / max(presentations, 1) for name, total in sums.items()}
    found["learning"] = (sums["learning_macs"] + sums["learning_acs"]) / max(presentations, 1)
    updates, areas = float(cost["membrane_updates"].sum()), cost["membrane_updates"] > 0
    events = float(cost["events"].where(areas, 0).sum())
    found["activation_sparsity"] = 1 - events / updates if updates else None
    return {"presentations": presentations, **found, "operations": operations}
