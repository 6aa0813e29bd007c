"""Receptive fields of the first level: its weights on the sheet of the stimulus."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray
from xarray import DataTree

from brainlearn.plots.appearance import new_figure, plain_axes, say
from brainlearn.plots.learning_curve import saw_labels

Weights = NDArray[np.floating]
ONE_LINE = 24  # characters of a title beside its first words
COLOURS = "gray"  # one lightness for one weight: dark inhibits, bright excites


def receptive_fields(tree: DataTree, units: int = 24) -> Figure:
    """Draw the weights of the units with the longest weight vectors.

    Parameters
    ----------
    tree : xarray.DataTree
        A result with weights of a projection whose source lies on a sheet.
    units : int
        How many units to show.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(7, 5.5)
    draw_receptive_fields(figure.subplots(), tree, units)
    return figure


def draw_receptive_fields(axes: Axes, tree: DataTree, units: int = 24) -> None:
    """Draw the receptive fields as tiles of one picture; black and white are equally strong."""
    group = first_level(tree)
    if group is None:
        say(axes, "no weights on a sheet in this result")
        return
    weights, sides = fields_of(group)
    chosen = largest(weights, units)
    tiles = weights[:, chosen].T.reshape(len(chosen), -1, *sides).mean(axis=1)  # over the planes of a colour image
    limit = strength(tiles, 0.995)
    label = label_weights(tree, group)
    if label is not None:
        tiles = with_strips(tiles, label.ds["final"].values[:, chosen].T, limit)
    axes.imshow(mosaic(tiles), cmap=COLOURS, vmin=-limit, vmax=limit, interpolation="nearest")
    ends = f"of {group.attrs['target']}", f"in {group.attrs['source']}"
    between = " " if sum(map(len, ends)) <= ONE_LINE else "\n"
    plain_axes(axes, "Receptive fields " + between.join(ends))
    axes.spines[:].set_visible(False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlabel(_caption(len(chosen), weights.shape[1], label), fontsize="small")
    scale = ScalarMappable(Normalize(-limit, limit), COLOURS)
    bar = axes.figure.colorbar(scale, ax=axes, label="weight [1]", shrink=0.7, aspect=30)
    bar.ax.tick_params(labelsize="small")


def first_level(tree: DataTree) -> DataTree | None:
    """Return the weights of the largest projection from a sheet that nothing else projects to."""
    if "weights" not in tree.children:
        return None
    groups = list(tree.children["weights"].children.values())
    targets = {group.attrs["target"] for group in groups if group.attrs["pathway"] == "bottom_up"}
    drawn = [group for group in groups if "synapse" not in group.ds.sizes]  # and not lists of synapses
    fitting = [g for g in drawn if "source_sheet" in g.attrs and g.attrs["source"] not in targets]
    return max(fitting, key=_source_units, default=None)


def _source_units(group: DataTree) -> int:
    sizes = group.ds.sizes
    return sizes["pre"] if "pre" in sizes else sizes["pre_channel"] * math.prod(group.attrs["source_sheet"])


def fields_of(group: DataTree) -> tuple[Weights, tuple[int, int]]:
    """Return the weights onto every unit, (pre, post), and rows and columns of what it sees.

    Units of one channel share theirs: of kernels there is one field for each channel.
    """
    weights = group.ds["final"].values
    if "kernel_row" in group.ds.sizes:
        by_target = weights.swapaxes(0, 1)  # (post channel, pre channel, row, column)
        return by_target.reshape(len(by_target), -1).T, by_target.shape[2:]
    rows, columns = (int(side) for side in group.attrs["source_sheet"])
    return weights, (rows, columns)


def label_weights(tree: DataTree, group: DataTree) -> DataTree | None:
    """Return the weights from a population with one unit per label to the same target, if one was shown."""
    if not saw_labels(tree):
        return None
    labels = tree.children["test"].sizes.get("label") if "test" in tree.children else None
    for other in tree.children["weights"].children.values():
        same = other.attrs["target"] == group.attrs["target"] and other is not group
        if same and other.attrs["pathway"] == "bottom_up" and other.ds.sizes.get("pre") == labels:
            return other
    return None


def largest(weights: Weights, units: int) -> NDArray[np.intp]:
    """Return the units with the longest weight vectors, longest first: (unit,) from (pre, post)."""
    norms = np.nan_to_num(np.linalg.norm(weights, axis=0), nan=-1.0)
    return np.argsort(-norms, kind="stable")[:units]


def with_strips(tiles: Weights, labels: Weights, limit: float) -> Weights:
    """Put below each tile a strip with its label weights, each on its own scale, to show which labels it prefers.

    Parameters
    ----------
    tiles : (unit, row, column) array
    labels : (unit, label) array
    limit : float
        What the strongest label weight of each unit is scaled to.

    Returns
    -------
    (unit, row, column) array
        Tiles enlarged by a whole number so that the strip fits, a gap, and the strip.
    """
    factor = math.lcm(tiles.shape[2], labels.shape[1]) // tiles.shape[2]
    enlarged = tiles.repeat(factor, axis=1).repeat(factor, axis=2)
    cell = enlarged.shape[2] // labels.shape[1]
    scaled = labels * (limit / np.array([[strength(row, 1.0)] for row in labels]))
    strip = scaled[:, None, :].repeat(cell + cell // 2, axis=1).repeat(cell, axis=2)
    gap = np.full((len(tiles), max(1, cell // 2), enlarged.shape[2]), np.nan)
    return np.concatenate([enlarged, gap, strip], axis=1)


def strength(weights: Weights, share: float) -> float:
    """Return the strength that this share of all finite weights stays within; 1 if there is none."""
    finite = np.abs(weights[np.isfinite(weights)])
    return (float(np.quantile(finite, share)) if finite.size else 0.0) or 1.0


def mosaic(tiles: Weights) -> Weights:
    """Lay tiles out in rows with gaps between them: (row, column) from (unit, row, column); gaps are nan."""
    columns = math.ceil(math.sqrt(1.5 * len(tiles)))
    rows = math.ceil(len(tiles) / columns)
    gap = max(1, tiles.shape[2] // 10)
    height, width = tiles.shape[1] + gap, tiles.shape[2] + gap
    picture = np.full((rows * height - gap, columns * width - gap), np.nan)
    for index, tile in enumerate(tiles):
        top, left = index // columns * height, index % columns * width
        picture[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return picture


def _caption(shown: int, of: int, label: DataTree | None) -> str:
    text = f"the {shown} of {of} units with the longest weight vectors"
    if label is None:
        return text
    return f"{text}\nstrips: weights from {label.attrs['source']}, first label on the left, each on its own scale"
