"""Angles between the rule's changes and the negative gradient, where measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from xarray import DataArray, Dataset

from brainlearn.plots.alignment import over_training
from brainlearn.report.blocks import Gallery, Picture, Section, Table, Words
from brainlearn.report.runs import Group, Run, groups_of
from brainlearn.report.words import number, short
from brainlearn.results.alignment_seeds import alignment_of_seeds, most_averaged

ABOUT = (
    "90° means that changes and gradient are unrelated, 0° that the rule follows the gradient; most "
    "presentations averaged. Limit: what would remain of endlessly many. Shuffled: the same with postsynaptic units "
    "exchanged. Null: 97.5 % of random directions lie above."
)
MEASURES = {
    "angle": "angle [degree]",
    "angle_limit": "limit",
    "angle_shuffled": "shuffled",
    "null_angle": "null",
    "sign_agreement": "same sign [percent]",
    "norm_ratio": "length ratio",
}


def angles(runs: Sequence[Run]) -> Section | None:
    """Draw the angles of every run, or of all its seeds, and loss; None if none were measured."""
    groups = groups_of(runs)
    measured = [(g, found) for g in groups if (found := alignment_of_seeds([run.tree for run in g.runs])) is not None]
    title = "Angle to the gradient"
    if not measured:
        if all(run.baseline for run in runs):
            return None
        text = "No angle was measured: the experiment file has no table [alignment]."
        return Section("angles", title, (Words(text),))
    pictures = tuple(_angle(group, found, str(loss)) for group, found in measured for loss in found["loss"].values)
    return Section("angles", title, (Gallery("Over training", pictures, ABOUT),))


def _angle(group: Group, found: Dataset, loss: str) -> Picture:
    here = found.sel(loss=loss).mean("seed", keep_attrs=True)
    last = {name: _most(here, name).isel(epoch=-1) for name in MEASURES if name in here}
    told = ", ".join(_told(str(projection), last) for projection in here["projection"].values)
    epoch, seeds = int(here["epoch"].values[-1]), f", mean of {len(group.runs)} seeds" if group.several else ""
    alt = (
        f"Angle between changes and the negative gradient of the loss {loss}{seeds}. "
        f"After epoch {epoch}, in degrees: {told}."
    )
    caption = f"{group.label}, loss {loss}"
    name = f"angle_{group.key}_{loss}" if group.key else f"angle_{loss}"
    return Picture(name, caption, alt, over_training(found, loss), "alignment/angle", _table(caption, here))


def _told(projection: str, last: Mapping[str, DataArray]) -> str:
    values = {name: number(float(values.sel(projection=projection))) for name, values in last.items()}
    limit = f" (limit {values['angle_limit']})" if "angle_limit" in values else ""
    return f"{projection} {values['angle']}{limit}"


def _most(here: Dataset, name: str) -> DataArray:
    return most_averaged(here[name]) if "averaging" in here[name].dims else here[name]


def _table(caption: str, here: Dataset) -> Table:
    values = {name: _most(here, name) for name in MEASURES if name in here}
    rows = tuple(
        (str(p), int(e), *(short(float(each.sel(projection=p, epoch=e))) for each in values.values()))
        for p in here["projection"].values
        for e in here["epoch"].values
        if np.isfinite(values["angle"].sel(projection=p, epoch=e))
    )
    return Table(f"Angles: {caption}", ("projection", "epoch", *(MEASURES[name] for name in values)), rows)
