"""How far the rule's changes point from the negative gradient, where that was measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from xarray import Dataset

from brainlearn.plots.alignment import over_training
from brainlearn.report.blocks import Gallery, Picture, Section, Table, Words
from brainlearn.report.panel import named
from brainlearn.report.runs import Run
from brainlearn.report.words import number, short
from brainlearn.results.alignment_seeds import alignment_of_seeds, most_averaged

ABOUT = (
    "90° means that changes and gradient have nothing in common, 0° that the rule follows the gradient; most "
    "presentations averaged. Shuffled: the same with postsynaptic units exchanged."
)
COLUMNS = ("projection", "epoch", "angle [degree]", "shuffled", "null", "same sign [percent]", "length ratio")
NAMES = ("angle", "angle_shuffled", "null_angle", "sign_agreement", "norm_ratio")


def angles(runs: Sequence[Run]) -> Section | None:
    """Draw the angles of every run and loss; None if none were measured."""
    measured = [(run, found) for run in runs if (found := alignment_of_seeds([run.tree])) is not None]
    title = "Angle to the gradient"
    if not measured:
        if all(run.baseline for run in runs):
            return None
        text = "No angle was measured: the experiment file has no table [alignment]."
        return Section("angles", title, (Words(text),))
    pictures = tuple(_angle(run, found, str(loss)) for run, found in measured for loss in found["loss"].values)
    return Section("angles", title, (Gallery("Over training", pictures, ABOUT),))


def _angle(run: Run, found: Dataset, loss: str) -> Picture:
    here = found.sel(loss=loss).isel(seed=0)
    last = most_averaged(here["angle"]).isel(epoch=-1)
    told = ", ".join(f"{p} {number(float(last.sel(projection=p)))}" for p in here["projection"].values)
    epoch = int(here["epoch"].values[-1])
    alt = (
        f"Angle between changes and the negative gradient of the loss {loss}. After epoch {epoch}, in degrees: {told}."
    )
    caption, name = f"{run.label}, loss {loss}", f"{named('angle', run)}_{loss}"
    return Picture(name, caption, alt, over_training(found, loss), "alignment/angle", _table(caption, here))


def _table(caption: str, here: Dataset) -> Table:
    values = {n: most_averaged(here[n]) if "averaging" in here[n].dims else here[n] for n in NAMES}
    rows = tuple(
        (str(p), int(e), *(short(float(values[n].sel(projection=p, epoch=e))) for n in NAMES))
        for p in here["projection"].values
        for e in here["epoch"].values
        if np.isfinite(values["angle"].sel(projection=p, epoch=e))
    )
    return Table(f"Angles: {caption}", COLUMNS, rows)
