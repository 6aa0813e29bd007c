"""One picture of a run: error or reward, goodness, receptive fields, confusion, values or latency."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from xarray import DataTree

from brainlearn.plots.appearance import entitle, new_figure
from brainlearn.plots.confusion import draw_confusion
from brainlearn.plots.episodes import draw_latency, draw_reward
from brainlearn.plots.learning_curve import draw_error, draw_goodness
from brainlearn.plots.receptive_fields import draw_receptive_fields
from brainlearn.plots.values import draw_values, of_values
from brainlearn.results.episodes import acted


def overview(tree: DataTree) -> Figure:
    """Draw the pictures that show how a run went.

    Parameters
    ----------
    tree : xarray.DataTree
        A result; without goodness or weights, as in a record, their pictures are left out.

    Returns
    -------
    matplotlib.figure.Figure
    """
    answers = draw_values if of_values(tree) else draw_confusion
    draw = [draw_error, draw_goodness, draw_receptive_fields, answers]
    if acted(tree):
        draw = [draw_reward, draw_goodness, draw_receptive_fields, draw_latency]
    if not _has_goodness(tree):
        draw.remove(draw_goodness)
    if "weights" not in tree.children:
        draw.remove(draw_receptive_fields)
    rows = 2 if len(draw) == 4 else 1
    figure = new_figure(11, 4.2 * rows)
    for axes, fill in zip(figure.subplots(rows, len(draw) // rows).flat, draw, strict=True):
        fill(axes, tree)
    attrs = tree.attrs
    does = "acts in" if acted(tree) else "learns"
    title = f"{attrs['experiment']}: {attrs['circuit']} {does} {attrs['dataset']} by {attrs['rule']}"
    entitle(figure, f"{title} (seed {attrs['seed']})")
    return figure


def _has_goodness(tree: DataTree) -> bool:
    return bool(np.isfinite(tree.children["metrics"].to_dataset()["goodness_positive"].values).any())
