"""One panel of a page: small enough to be read on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brainlearn.plots.appearance import new_figure
from brainlearn.report.runs import Run

WIDTH, HEIGHT = 4.8, 3.4  # inches


def panel(draw: Callable[..., None], *shown: Any, width: float = WIDTH, height: float = HEIGHT) -> Figure:
    """Return a figure with one panel.

    Parameters
    ----------
    draw : callable
        Called with the axes, and with `shown`.
    width, height : float
        In inches.
    """
    figure = new_figure(width, height)
    axes: Axes = figure.subplots()
    draw(axes, *shown)
    return figure


def named(name: str, run: Run) -> str:
    """Return the name of a picture of one run, unique in the report."""
    return f"{name}_{run.key}" if run.key else name
