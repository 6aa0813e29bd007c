"""Activity of units: spikes of a few presentations, mean activity, silent and saturated units."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from xarray import Dataset

from brainlearn.plots.raster import SHOWN, caption, raster
from brainlearn.plots.unit_use import draw_activity, draw_unused
from brainlearn.report.blocks import Block, Cell, Gallery, Picture, Section, Table, Words
from brainlearn.report.learning import metrics_of
from brainlearn.report.panel import named, panel
from brainlearn.report.runs import Run
from brainlearn.report.words import number, short
from brainlearn.results.spikes import presentations, spikes_of, spiking_populations

MEASURES = {
    "activity": "activity",
    "silent": "silent [percent]",
    "saturated": "saturated [percent]",
    "goodness_positive": "goodness, positive",
    "goodness_negative": "goodness, negative",
}


def activity(runs: Sequence[Run]) -> Section:
    """Draw rasters, activity and unused units of every run."""
    rasters = tuple(_raster(run) for run in runs if presentations(spiking_populations(run.tree)))
    blocks: list[Block] = []
    if rasters:
        about = (
            "The first recorded presentations of held-out images after training, without learning. A dot is a spike, "
            "a row is a unit; dotted lines end phases."
        )
        blocks.append(Gallery("Spikes of a few presentations", rasters, about))
    else:
        blocks.append(Words("No spikes were recorded: no unit spikes, or the run is older than their recording."))
    blocks.append(Gallery("Activity over training", tuple(_activity(run) for run in runs)))
    about = "Silent units were never active in an epoch, saturated ones whenever they could be. Both are uninformative."
    blocks.append(Gallery("Dead and saturated units", tuple(_unused(run) for run in runs), about))
    blocks.append(_last_epoch(runs))
    return Section("activity", "Activity", tuple(blocks))


def _raster(run: Run) -> Picture:
    populations = spiking_populations(run.tree)
    shown = presentations(populations)[:SHOWN]
    rows = tuple(
        (caption(populations[0], k), str(p.attrs["population"]), int(p.attrs["size"]), spikes_of(p, k)[0].size)
        for k in shown
        for p in populations
    )
    told = "; ".join(f"{what}: {path} {spikes} spikes" for what, path, _, spikes in rows)
    table = Table(f"Spikes: {run.label}", ("presentation", "population", "units", "spikes"), rows, heads=2)
    return Picture(
        named("raster", run),
        run.label,
        f"Rasters of {len(shown)} presentations. {told}.",
        raster(run.tree),
        "spikes/<population>",
        table,
        ink=True,
    )


def _last_epoch(runs: Sequence[Run]) -> Table:
    """Return a row for each population of each run."""
    rows: list[tuple[Cell, ...]] = []
    for run in runs:
        metrics = metrics_of(run)
        for k, path in enumerate(metrics["population"].values if metrics.sizes["epoch"] else ()):
            units = int(metrics["size"].values[k]) if "size" in metrics else None
            rows.append((run.label, str(path), units, *(short(float(metrics[n].values[-1, k])) for n in MEASURES)))
    return Table("After the last epoch", ("run", "population", "units", *MEASURES.values()), tuple(rows), heads=2)


def _activity(run: Run) -> Picture:
    metrics = metrics_of(run)
    told = _ends(run, "activity")
    alt = f"Activity over the epochs. At first and at last, {told}." if told else "No activity was measured."
    return Picture(
        named("activity", run),
        run.label,
        alt,
        panel(draw_activity, run.tree),
        "metrics/activity",
        _table(f"Activity: {run.label}", metrics, ("activity",)),
    )


def _unused(run: Run) -> Picture:
    metrics = metrics_of(run)
    kinds = ((kind, _ends(run, kind, " %")) for kind in ("silent", "saturated"))
    told = [f"{kind}: {ends}" for kind, ends in kinds if ends]
    alt = f"Share of the units. At first and at last, {'; '.join(told)}." if told else "Silent units were not counted."
    return Picture(
        named("unused_units", run),
        run.label,
        alt,
        panel(draw_unused, run.tree),
        "metrics/silent, metrics/saturated",
        _table(f"Unused units [percent]: {run.label}", metrics, ("silent", "saturated")),
    )


def _ends(run: Run, name: str, unit: str = "") -> str:
    """Describe the first and last value of a measure of every population."""
    metrics = metrics_of(run)
    found = []
    for path in metrics["population"].values:
        values = metrics[name].sel(population=path).values
        known = values[np.isfinite(values)]
        if known.size:
            found.append(f"{path} {number(known[0])} and {number(known[-1])}{unit}")
    return ", ".join(found)


def _table(title: str, metrics: Dataset, names: tuple[str, ...]) -> Table:
    columns, values = ["epoch"], []
    for path in metrics["population"].values:
        for name in names:
            columns.append(f"{path} {name}")
            values.append(metrics[name].sel(population=path).values)
    rows = tuple((int(e), *(short(float(v[k])) for v in values)) for k, e in enumerate(metrics["epoch"].values))
    return Table(title, tuple(columns), rows)
