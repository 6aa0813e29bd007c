"""Every comparison of docs/claims.toml computed anew from the records, by code that shares none with the page."""

from __future__ import annotations

import json
import tomllib
from functools import cache, reduce
from math import isnan, nan, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from scipy import stats

ROOT = Path(__file__).parents[2]
CLAIMS: list[dict[str, Any]] = tomllib.loads((ROOT / "docs" / "claims.toml").read_text(encoding="utf-8"))["claim"]
Table = dict[str, Any]


@cache
def opened(path: Path) -> xr.Dataset:
    with xr.open_dataset(path, engine="h5netcdf", decode_times=False) as data:
        return data.load()


def of_seeds(side: Table, experiment: str, where: Table) -> dict[int, float]:
    """Return the measure of each seed."""
    path = ROOT / "experiments" / side.get("experiment", experiment) / "result" / side["file"]
    wanted = {key: value if isinstance(value, list) else [value] for key, value in where.items()}
    if path.suffix == ".json":
        runs = [r for r in json.loads(path.read_text(encoding="utf-8")) if all(r[k] in v for k, v in wanted.items())]
        measured = [(r["seed"], reduce(lambda table, key: table[key], side["measure"].split("."), r)) for r in runs]
        seeds = sorted({seed for seed, value in measured if value is not None})
        found = {s: float(np.mean([value for seed, value in measured if seed == s])) for s in seeds}
    else:
        array = opened(path)[side["measure"]].transpose("seed", ...)
        for dim, values in wanted.items():
            at = [list(array[dim].values).index(value) for value in values]
            array = array.isel({dim: at}).mean(dim)
        rows = array.values.reshape(array.sizes["seed"], -1)  # (seed, averaging), or one column
        found = {int(s): float(row[np.isfinite(row)][-1]) for s, row in zip(array["seed"].values, rows, strict=True)}
    return {seed: value * side.get("factor", 1) for seed, value in found.items()}


def parts(side: Table, experiment: str) -> list[dict[int, float]]:
    """Return what is measured, and what is subtracted from it if anything is."""
    where = side.get("where", {})
    return [of_seeds(side, experiment, at) for at in (where, {**where, **side.get("less", {})})[: 1 + ("less" in side)]]


def net(side: list[dict[int, float]]) -> dict[int, float]:
    return {s: v - (side[1][s] if len(side) > 1 else 0.0) for s, v in side[0].items()}


def interval(run: dict[int, float], control: dict[int, float] | float) -> tuple[float, float, float, int]:
    """Return mean, low and high of the difference, and the number of seeds, by scipy's t tests."""
    if isinstance(control, float):
        values = np.array(list(run.values())) - control
        ends = stats.ttest_1samp(values, 0).confidence_interval() if len(values) > 1 else (nan, nan)
        return float(values.mean()), *map(float, ends), len(values)
    shared = [seed for seed in run if seed in control]
    mean = float(np.mean(list(run.values())) - np.mean(list(control.values())))
    if len(shared) > 1 or len(run) == len(control) == len(shared) == 1:
        pairs = np.array([[run[seed], control[seed]] for seed in shared])
        ends = stats.ttest_rel(*pairs.T).confidence_interval() if len(shared) > 1 else (nan, nan)
        return float((pairs[:, 0] - pairs[:, 1]).mean()), *map(float, ends), len(shared)
    if min(len(run), len(control)) < 2:
        return mean, nan, nan, min(len(run), len(control))
    welch = stats.ttest_ind(list(run.values()), list(control.values()), equal_var=False).confidence_interval()
    return mean, float(welch.low), float(welch.high), min(len(run), len(control))


def wilson_ends(percent: float, items: int) -> tuple[float, float]:
    """Return where the score test just rejects a share: the roots of (p - x)² = z² x (1 - x) / n."""
    p, z = percent / 100, float(stats.norm.ppf(0.975))
    low, high = sorted(np.roots([1 + z**2 / items, -(2 * p + z**2 / items), p**2]).real)
    return 100 * float(low), 100 * float(high)


def items_of(comparison: Table) -> int | None:
    if "items" in comparison:
        return int(comparison["items"])
    counts = []
    for side in (comparison["run"], comparison["control"]):
        folder = ROOT / "experiments" / side.get("experiment", comparison["experiment"]) / "result"
        if str(side.get("measure", "")).endswith("test_error_percent"):
            counts.append(json.loads((folder / "summary.json").read_text())["test_presentations"])
    return min(counts) if counts else None


def undetermined(comparison: Table) -> bool:
    """Tell whether an angle is cut off at 0 or 180 degrees, or measured against a gradient that moves by 10 or more."""
    run = comparison["run"]
    if run["file"] != "alignment.nc":
        return False
    path = ROOT / "experiments" / comparison["experiment"] / "result" / "alignment.nc"
    here = opened(path).sel(run["where"])
    cut = run["measure"] == "angle_limit" and bool(np.isin(here["angle_limit"].values, (0.0, 180.0)).any())
    return cut or float(here["angle_gradient"].transpose("seed", "averaging").values[:, -2].max()) > 10


def recomputed(comparison: Table) -> tuple[float, float, float, int, str]:
    """Return mean, low, high, seeds and verdict of a comparison."""
    run = parts(comparison["run"], comparison["experiment"])
    known = "value" in comparison["control"]
    control = [] if known else parts(comparison["control"], comparison["experiment"])
    mean, low, high, seeds = interval(net(run), float(comparison["control"]["value"]) if known else net(control))
    items = items_of(comparison)
    if items is not None:
        signed = [
            (side * part, values)
            for side, all_ in ((1, run), (-1, control))
            for part, values in zip((1, -1), all_, strict=False)
        ]
        down = up = 0.0
        for sign, values in signed:
            share = float(np.mean(list(values.values())))
            ends = wilson_ends(share, items)
            down += (share - ends[0] if sign > 0 else ends[1] - share) ** 2
            up += (ends[1] - share if sign > 0 else share - ends[0]) ** 2
        low, high = mean - sqrt((mean - low) ** 2 + down), mean + sqrt((high - mean) ** 2 + up)
    if seeds < 3 or isnan(low) or undetermined(comparison):
        return mean, low, high, seeds, "undecided"
    if "at_most" in comparison:
        inside, outside = high <= comparison["at_most"], low > comparison["at_most"]
    else:
        inside, outside = low >= comparison["at_least"], high < comparison["at_least"]
    return mean, low, high, seeds, "holds" if inside else "does not hold" if outside else "undecided"


def claim_verdict(claim: Table) -> str:
    """Return the verdict of a claim from its comparisons."""
    found = [(recomputed(each)[-1], each.get("part", False)) for each in claim.get("comparison", [])]
    deciding = {verdict for verdict, part in found if not part}
    for verdict in ("does not hold", "undecided", "holds"):
        if verdict in deciding:
            return verdict
    return "touched only" if found or claim.get("shown") else "not tested"
