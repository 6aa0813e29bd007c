"""A run in one page of JSON: what was run, how well it did, how long it took."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

import numpy as np
from xarray import Dataset, DataTree

from brainlearn.results.comparison import brief
from brainlearn.results.cost_group import cost_summary
from brainlearn.results.episodes import episode_summary
from brainlearn.results.json_file import plain, write_json
from brainlearn.results.record import RunRecord
from brainlearn.results.settings import setup_sha256
from brainlearn.results.tree import result_tree
from brainlearn.results.values_error import mean_squared_error, percent_of_variance

__all__ = ["summary", "write_json"]

ANSWERS = {
    "test_error_percent": "prediction",
    "one_pass_test_error_percent": "one_pass_prediction",
    "short_list_test_error_percent": "short_list_prediction",
}


def summary(run: RunRecord | DataTree) -> dict[str, Any]:
    """Sum up a run.

    Parameters
    ----------
    run : RunRecord or xarray.DataTree
        What a run recorded, or its labelled result.

    Returns
    -------
    dict
        Ready for JSON: text, finite numbers, lists, dicts, and None for what was not measured. Errors are
        those after the last epoch [percent]; ``last`` and ``best`` (the epoch of the least validation error)
        hold the state of every population; times are in seconds.
    """
    tree = result_tree(run) if isinstance(run, RunRecord) else run
    metrics = tree.children["metrics"].to_dataset(inherit=False)
    found = {
        **{name: tree.attrs[name] for name in ("experiment", "circuit", "dataset", "rule", "engine", "seed")},
        "epochs": metrics.sizes["epoch"],
        "presentations": tree.attrs["presentations"],
        **answer_errors(tree),
        "readouts": readouts(tree),
        "subsets": errors_of_subsets(tree),
        **errors_of_tasks(metrics),
        **episode_summary(tree),
        "validation_error_percent": _last(metrics["validation_error"].values),
        "one_pass_validation_error_percent": _last(metrics["one_pass_error"].values),
        "last": _state(metrics, metrics.sizes["epoch"] - 1),
        "best": _state(metrics, _best(metrics)),
        "train_seconds": tree.attrs["train_seconds"],
        "epoch_seconds": metrics["seconds"].values,
        "spikes_per_presentation": spikes_per_presentation(metrics),
        "cost": cost_summary(tree),
        "memory_before_mb": tree.attrs.get("memory_before_mb"),
        "peak_memory_mb": tree.attrs.get("peak_memory_mb"),
        "angles": final_angles(tree),
        "started": tree.attrs["started"],
        "experiment_sha256": tree.attrs["experiment_sha256"],
        "circuit_sha256": tree.attrs["circuit_sha256"],
        "setup_sha256": _setup(tree),
        "versions": json.loads(tree.attrs["versions"]),
        "notes": json.loads(tree.attrs["notes"]),
    }
    return {name: plain(value) for name, value in found.items()}


def recorded(tree: DataTree) -> dict[str, Any]:
    """Return the record of a result for comparison: `brief`, and ``validation_curve``."""
    return {**brief(summary(tree)), "validation_curve": validation_curve(tree)}


def validation_curve(tree: DataTree) -> list[tuple[int, float]]:
    """Return epoch and validation error [percent], of the epochs after which it was measured."""
    metrics = tree.children["metrics"].to_dataset(inherit=False)
    pairs = zip(metrics["epoch"].values.tolist(), metrics["validation_error"].values.tolist(), strict=True)
    return [(epoch, error) for epoch, error in pairs if isfinite(error)]


def _setup(tree: DataTree) -> str:
    """Return the hash that runs share which differ in their seed only."""
    settings = json.loads(tree.attrs["settings"])
    return setup_sha256(settings, tree.attrs["circuit_text"], tree.attrs["rule"], tree.attrs["engine"])


def answer_errors(tree: DataTree) -> dict[str, float | None]:
    """Return the number of test presentations, and the error of every readout [percent] or None."""
    if "test" not in tree.children:
        return {"test_presentations": 0, **dict.fromkeys(ANSWERS)}
    test = tree.children["test"].to_dataset(inherit=False)
    if "output" in test:
        squared = mean_squared_error(test["output"].values, test["target"].values)
        errors: dict[str, float | None] = {
            "test_error_percent": error_of_test(test),
            "test_mean_squared_error": squared,
        }
        return {"test_presentations": test.sizes["presentation"], **dict.fromkeys(ANSWERS), **errors}
    errors = {key: _error_percent(test, prediction) for key, prediction in ANSWERS.items()}
    return {"test_presentations": test.sizes["presentation"], **errors}


def error_of_test(test: Dataset) -> float | None:
    """Return the error of the answers in a group ``test`` [percent]; of values the squared error by their variance."""
    if "output" in test:
        return percent_of_variance(test["output"].values, test["target"].values)
    return _error_percent(test, ANSWERS["test_error_percent"])


def errors_of_tasks(metrics: Dataset) -> dict[str, Any]:
    """Return the error on every task of a sequence after it was learned and at the end, and the difference.

    Forgetting is how much the error rose from one to the other [percent], the mean over all tasks but the last: the
    backward transfer of Lopez-Paz and Ranzato 2017 with the other sign. Nothing without a sequence.
    """
    if "task_error" not in metrics or not metrics.sizes["epoch"]:
        return {}
    error, learned = metrics["task_error"].values, metrics["task_learned"].values
    names = [str(name) for name in metrics["task"].values]
    tasks = {}
    for k, name in enumerate(names):
        own = np.flatnonzero(learned == name)
        after, end = (error[own[-1], k] if own.size else np.nan), error[-1, k]
        tasks[name] = {"error_when_learned_percent": float(after), "error_at_end_percent": float(end)}
    rises = [each["error_at_end_percent"] - each["error_when_learned_percent"] for each in tasks.values()]
    return {"tasks": tasks, "forgetting_percent": float(np.mean(rises[:-1])) if len(rises) > 1 else None}


def readouts(tree: DataTree) -> dict[str, dict[str, float]] | None:
    """Return what an answer costs by each readout: presentations, and wall time of all answers [s]."""
    if "test" not in tree.children or "readout" not in tree.children["test"].ds:
        return None
    test = tree.children["test"].to_dataset(inherit=False)
    shown, seconds = test["readout_presentations"].values, test["readout_seconds"].values
    return {
        str(name): {"presentations": int(shown[k]), "seconds": float(seconds[k])}
        for k, name in enumerate(test["readout"].values)
    }


def errors_of_subsets(tree: DataTree) -> dict[str, float] | None:
    """Return the test error of goodness [percent] by the populations that are read."""
    if "test" not in tree.children or "subset" not in tree.children["test"].ds:
        return None
    test = tree.children["test"].to_dataset(inherit=False)
    wrong = test["subset_prediction"].values != test["true_label"].values[:, None]
    return {str(name): 100 * float(wrong[:, k].mean()) for k, name in enumerate(test["subset"].values)}


def spikes_per_presentation(metrics: Dataset) -> float | None:
    """Return the spikes of all units in a presentation of the last epoch; None without spiking units."""
    if "spiking" not in metrics or not metrics["spiking"].any() or not metrics.sizes["epoch"]:
        return None
    spikes = (metrics["activity"] * metrics["size"] * metrics["spiking"]).isel(epoch=-1)
    return float(spikes.sum())


def final_angles(tree: DataTree) -> dict[str, dict[str, float]] | None:
    """Return the last angles to the gradient, averaged over most presentations [degree], by loss and projection."""
    if "alignment" not in tree.children:
        return None
    angle = tree.children["alignment"].to_dataset(inherit=False)["angle"].isel(epoch=-1, averaging=-1)
    return {
        str(loss): {str(p): float(angle.sel(loss=loss, projection=p)) for p in angle["projection"].values}
        for loss in angle["loss"].values
    }


def _error_percent(test: Dataset, name: str) -> float | None:
    if name not in test or not test.sizes["presentation"]:
        return None
    return 100 * float(np.mean(test[name].values != test["true_label"].values))


def _last(values: np.ndarray) -> float | None:
    measured = values[np.isfinite(values)]
    return float(measured[-1]) if measured.size else None


def _best(metrics: Dataset) -> int:
    """Return the index of the epoch with the least validation error; the last one if none was measured."""
    error = metrics["validation_error"].values
    return int(np.nanargmin(error)) if np.isfinite(error).any() else error.size - 1


def _state(metrics: Dataset, index: int) -> dict[str, Any]:
    if index < 0:
        return {}
    row = metrics.isel(epoch=index)
    names = {"silent": "silent_percent", "saturated": "saturated_percent"}
    tables = [name for name, variable in metrics.items() if variable.dims == ("epoch", "population")]
    return {
        "epoch": int(row["epoch"]),
        "validation_error_percent": float(row["validation_error"]),
        "populations": {
            str(path): {names.get(str(name), str(name)): float(row[name].values[i]) for name in tables}
            for i, path in enumerate(row["population"].values)
        },
    }
