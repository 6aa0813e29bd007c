"""Keep the small part of a run as the recorded result of its experiment."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xarray import DataTree

from brainlearn.experiment.loading import load_experiment
from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.alignment_seeds import alignment_of_seeds, load_alignment, save_alignment
from brainlearn.results.json_file import write_json
from brainlearn.results.run_folder import EXPERIMENT, RunFolder
from brainlearn.results.settings import BESIDE, differences, within
from brainlearn.results.store import load_result, metrics_only, save_result
from brainlearn.results.summary import recorded, summary
from brainlearn.results.whole_file import whole_file
from pages.evidence.older_record import with_older_runs, with_older_seeds
from pages.evidence.pictures import redraw, stamp
from pages.evidence.toml_file import read_toml

OF_EACH_SEED = (
    "seed",
    "test_error_percent",
    "one_pass_test_error_percent",
    "short_list_test_error_percent",
    "validation_error_percent",
)
IN_AN_ENVIRONMENT = ("episodes",)
KEPT = ("alignment",)  # with `keep` a run need not have the angles of the file
ANGLES, COMPARISON = ("alignment.nc", "alignment.png"), ("comparison.json", "comparison.png")


def record_result(run: Path, experiment: Path, *others: Path, keep: bool = False) -> Path:
    """Copy the small part of a run into ``result/`` of its experiment, each file whole.

    These are summary, metrics and figure; with other runs, the errors of all as ``seeds.json``; if any run measured
    its angle to the gradient, the angles of all; and if any has baselines in its folder, errors, time and memory of
    all runs and baselines. What an older record had beyond that is taken away.

    Parameters
    ----------
    run : Path
        A run folder.
    experiment : Path
        The experiment's folder, as ``experiments/01_name``.
    *others : Path
        Run folders of the same experiment with other seeds; they may have validated less often, and need not have
        angles and baselines or have measured others, which are then left out.
    keep : bool
        Whether other seeds and baselines of the older record stay, and, unless the runs measured them with all of its
        seeds, its angles; the runs may then have measured other angles, or none. Summary, metrics and figure stay too,
        unless one of the runs has their seed.

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
    path, figure = experiment / EXPERIMENT, RunFolder(run).figure
    written = written_settings(experiment)
    trees = [load_result(folder) for folder in (run, *others)]
    if not figure.is_file():
        raise UserError(Mistake(str(figure), "no such file", suggestion="Did the run end?"))
    result = experiment / "result"
    adds = keep and _other_seed_is_shown(result, [int(tree.attrs["seed"]) for tree in trees])
    for folder, tree in zip((run, *others), trees, strict=True):
        check_same(tree, written, path, folder, BESIDE if adds or folder != run else KEPT if keep else ())
    beside = [_baselines(folder, tree, written, path) for folder, tree in zip((run, *others), trees, strict=True)]
    compared = [each for tree, baselines in zip(trees, beside, strict=True) for each in (tree, *baselines)]
    seeds = [summary(tree) for tree in trees]
    errors: Sequence[Mapping[str, Any]] = [
        {key: found[key] for key in (*OF_EACH_SEED, *IN_AN_ENVIRONMENT) if key in found} for found in seeds
    ]
    runs: Sequence[Mapping[str, Any]] = [recorded(tree) for tree in compared] if any(beside) else []
    if keep:
        errors = with_older_seeds(errors, result, seeds[0]["setup_sha256"])
        runs = with_older_runs([recorded(tree) for tree in compared], result, trees[0])
    result.mkdir(exist_ok=True)
    if not adds:
        save_result(metrics_only(trees[0]), result / "metrics.nc")
        with whole_file(result / "figure.png") as part:
            shutil.copyfile(figure, part)
        stamp(result / "figure.png", result / "metrics.nc")
        write_json(seeds[0], result / "summary.json")
    write_json(errors, result / "seeds.json")
    if runs:
        write_json(runs, result / COMPARISON[0])
        redraw(result / COMPARISON[1])
    elif not keep:
        _take_away(result, COMPARISON)
    measured = [tree for tree in trees if not _differences(tree, written, "alignment")]
    if not keep or _measured_again(measured, result):
        _record_angles(measured, result)
    return result


def written_settings(experiment: Path) -> Mapping[str, Any]:
    """Return the content of an experiment's file, with the text of the rule files that it names."""
    path = experiment / EXPERIMENT
    written = read_toml(path)
    tables = written.get("rules", [written.get("rule", {})])
    return load_experiment(path).data if any("file" in table for table in tables) else written


def _baselines(run: Path, tree: DataTree, written: Mapping[str, Any], path: Path) -> list[DataTree]:
    """Return the results of the baselines in a run folder, all checked."""
    found = []
    for folder in (each.path for each in RunFolder(run).runs()[1:]):
        baseline = load_result(folder)
        check_same(baseline, written, path, folder, BESIDE, f"baselines.{baseline.attrs['rule']}")
        if baseline.attrs["seed"] != tree.attrs["seed"]:
            seeds = f"seed {baseline.attrs['seed']}", f"seed {tree.attrs['seed']}, as the run {run}"
            raise UserError(Mistake(str(folder), "the baseline had another seed", *seeds))
        found.append(baseline)
    return found


def _other_seed_is_shown(result: Path, seeds: Sequence[int]) -> bool:
    """Tell whether the older record shows summary, metrics and figure of a seed that none of the runs has."""
    path = result / "summary.json"
    return path.is_file() and json.loads(path.read_text(encoding="utf-8"))["seed"] not in seeds


def _measured_again(trees: Sequence[DataTree], result: Path) -> bool:
    """Tell whether runs measured angles with every seed whose angles the older record has."""
    path = result / ANGLES[0]
    seeds = {tree.attrs["seed"] for tree in trees if "alignment" in tree.children}
    return path.is_file() and seeds.issuperset(load_alignment(path)["seed"].values.tolist())


def _record_angles(trees: Sequence[DataTree], result: Path) -> None:
    """Keep the angles along ``seed`` and their picture, or neither."""
    measured = [tree for tree in trees if "alignment" in tree.children]
    angles = alignment_of_seeds(measured)
    if angles is None:
        _take_away(result, ANGLES)
        return
    save_alignment(angles, result / ANGLES[0])
    redraw(result / ANGLES[1])


def _take_away(result: Path, names: Sequence[str]) -> None:
    for name in names:
        (result / name).unlink(missing_ok=True)


def check_same(
    tree: DataTree,
    written: Mapping[str, Any],
    path: Path,
    run: Path,
    except_for: tuple[str, ...] = (),
    but: str = "",
) -> None:
    """Raise a UserError if a run had other settings than the file, `except_for` some tables, `but` for one in them."""
    if tree.attrs["experiment"] != written.get("name"):
        found = f"the run is of {tree.attrs['experiment']}"
        raise UserError(Mistake(str(run), "belongs to another experiment", found, str(written.get("name"))))
    mistakes = [
        Mistake(f"{path}: {key}", "the run had another value", f"{ran} in the run", f"{value} as in the file")
        for key, ran, value in differences(json.loads(tree.attrs["settings"]), written)
        if not within(key, except_for) or (but and within(key, (but,)))
    ]
    if mistakes:
        raise UserError(*mistakes)


def _differences(tree: DataTree, written: Mapping[str, Any], table: str) -> bool:
    """Return whether a run had other settings than the file in one of its tables."""
    ran = json.loads(tree.attrs["settings"])
    return any(within(key, (table,)) for key, _, _ in differences(ran, written))
