"""One picture of a run: error, goodness, receptive fields, confusion."""

from __future__ import annotations

from matplotlib.figure import Figure
from xarray import DataTree

from brainlearn.plots.appearance import new_figure
from brainlearn.plots.confusion import draw_confusion
from brainlearn.plots.learning_curve import draw_error, draw_goodness
from brainlearn.plots.receptive_fields import draw_receptive_fields


def overview(tree: DataTree) -> Figure:
    """Draw the four pictures that tell how a run went.

    Parameters
    ----------
    tree : xarray.DataTree
        A result; what it lacks is said in its place.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(11, 8.4)
    panels = figure.subplots(2, 2)
    for axes, draw in zip(panels.flat, (draw_error, draw_goodness, draw_receptive_fields, draw_confusion), strict=True):
        draw(axes, tree)
    attrs = tree.attrs
    title = f"{attrs['experiment']}: {attrs['circuit']} learns {attrs['dataset']} by {attrs['rule']}"
    figure.suptitle(f"{title} (seed {attrs['seed']})", x=0.01, ha="left", fontsize="large")
    return figure
