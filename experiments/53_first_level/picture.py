"""The picture of first levels: image weights on their sheet, with the ten label weights beside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brainlearn.lab import new_figure, plain_axes

PANELS = {
    "forward_forward": "Forward-Forward",
    "labels_at_random": "the same, labels dealt at random",
    "backprop_through_time": "backpropagation",
}
ACROSS, DOWN, SIDE, GAP = 5, 6, 28, 2
STRIP = 3  # pixels: width of the column of label weights
BRIGHTEST = 99.5  # percentile of absolute weights that is black or white


def draw(folder: Path) -> Figure:
    """Draw the units with the longest image weights of every learner, from the weights of the first seed."""
    figure = new_figure(11, 4.8)
    for axes, (learner, title) in zip(figure.subplots(1, len(PANELS)), PANELS.items(), strict=True):
        with np.load(folder / f"{learner}.npz") as weights:
            image, label = (weights[name].astype(float) for name in ("image", "label"))
        draw_fields(axes, image, label if learner != "backprop_through_time" else None)
        plain_axes(axes, title)
        axes.spines[:].set_visible(False)
        axes.set_xticks([])
        axes.set_yticks([])
    return figure


def draw_fields(axes: Axes, image: np.ndarray, label: np.ndarray | None) -> None:
    """Draw tiles: weights from the image, and beside them, from 0 above to 9 below, those from the label.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    image : (pixel, unit) array
    label : (label, unit) array, optional
    """
    chosen = longest(image)
    width = SIDE + GAP + (STRIP + 1 if label is not None else 0)
    canvas = np.full((DOWN * (SIDE + GAP), ACROSS * width), np.nan)
    for place, unit in enumerate(chosen):
        top, left = place // ACROSS * (SIDE + GAP), place % ACROSS * width
        canvas[top : top + SIDE, left : left + SIDE] = scaled(image[:, unit]).reshape(SIDE, SIDE)
        if label is not None:
            rows = np.arange(SIDE) * len(label) // SIDE
            canvas[top : top + SIDE, left + SIDE + 1 : left + SIDE + 1 + STRIP] = scaled(label[:, unit])[rows, None]
    axes.imshow(canvas, cmap="gray", vmin=-1, vmax=1, interpolation="nearest")


def longest(image: np.ndarray) -> np.ndarray:
    """Return the numbers of the units that are drawn: those with the longest image weights, (pixel, unit)."""
    return np.argsort(-(image**2).sum(axis=0), kind="stable")[: ACROSS * DOWN]


def scaled(weights: np.ndarray) -> np.ndarray:
    """Return weights around 0 so that the strongest are black or white."""
    limit = np.percentile(np.abs(weights), BRIGHTEST)
    return np.clip(weights / limit, -1, 1) if limit > 0 else weights
