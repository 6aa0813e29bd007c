"""Keep the small part of a run as the recorded result of its experiment."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from brainlearn.evidence.toml_file import read_toml
from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.json_file import write_json
from brainlearn.results.store import load_result, metrics_only, save_result
from brainlearn.results.summary import summary
from brainlearn.results.whole_file import whole_file

LEFT_OUT = ("name", "circuit", "about")
OTHER_SEEDS = ("seed", "readout.validate_on", "readout.validate_every")  # may differ in runs that show the spread
OF_EACH_SEED = ("seed", "test_error_percent", "one_pass_test_error_percent", "validation_error_percent")


def record_result(run: Path, experiment: Path, *others: Path) -> Path:
    """Copy summary, metrics and figure of a run into ``result/`` of its experiment, each file whole.

    With other runs, the errors of all are kept as ``seeds.json``.

    Parameters
    ----------
    run : Path
        A run folder.
    experiment : Path
        The experiment's folder, as ``experiments/01_name``.
    *others : Path
        Run folders of the same experiment with other seeds; they may have validated less often.

    Returns
    -------
    Path
        The folder ``result``.

    Raises
    ------
    UserError
        If the run is incomplete, belongs to another experiment, or had other settings than the file; nothing
        is written then.
    """
    tree = load_result(run)
    figure = run / "figure.png"
    if not figure.is_file():
        raise UserError(Mistake(str(figure), "no such file", suggestion="Did the run end?"))
    _check_same(tree.attrs, experiment / "experiment.toml", run)
    seeds = [summary(tree)]
    for other in others:
        another = load_result(other)
        _check_same(another.attrs, experiment / "experiment.toml", other, OTHER_SEEDS)
        seeds.append(summary(another))
    result = experiment / "result"
    result.mkdir(exist_ok=True)
    save_result(metrics_only(tree), result / "metrics.nc")
    with whole_file(result / "figure.png") as part:
        shutil.copyfile(figure, part)
    write_json([{key: found[key] for key in OF_EACH_SEED} for found in seeds], result / "seeds.json")
    write_json(summary(tree), result / "summary.json")
    return result


def _check_same(attrs: Mapping[Any, Any], path: Path, run: Path, except_for: tuple[str, ...] = ()) -> None:
    tables = read_toml(path)
    if attrs["experiment"] != tables.get("name"):
        found = f"the run is of {attrs['experiment']}"
        raise UserError(Mistake(str(run), "belongs to another experiment", found, str(tables.get("name"))))
    mistakes = [
        Mistake(f"{path}: {key}", "the run had another value", f"{ran} in the run", f"{written} as in the file")
        for key, ran, written in differences(json.loads(attrs["settings"]), tables)
        if key not in except_for
    ]
    if mistakes:
        raise UserError(*mistakes)


def differences(ran: Mapping[str, Any], written: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return key, value of the run and value of the file, where these two differ.

    >>> differences({"seed": 1, "training": {"epochs": 2}}, {"seed": 1, "training": {"epochs": 40}})
    [('training.epochs', '2', '40')]
    """
    run_values, file_values = dict(_leaves("", ran)), dict(_leaves("", written))
    keys = [*file_values, *(key for key in run_values if key not in file_values)]
    return [
        (key, run_values.get(key, "nothing"), file_values.get(key, "nothing"))
        for key in keys
        if key.split(".")[0] not in LEFT_OUT and run_values.get(key) != file_values.get(key)
    ]


def _leaves(key: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield every value with its key, both as text; numbers that are equal have equal texts."""
    if isinstance(value, Mapping) and "text" in value and "dimension" in value:
        value = value["text"]  # a quantity
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(f"{key}.{name}".lstrip("."), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(f"{key}[{index}]", item)
    elif value is not None:
        yield key, _text(value)


def _text(value: Any) -> str:
    try:
        return str(value) if isinstance(value, bool) else repr(float(value))
    except ValueError:
        return str(value)
