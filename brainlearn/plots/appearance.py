"""The common style of all pictures: readable in greyscale, so markers and strokes differ, not only colours."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import MaxNLocator

INK = "0.15"


@dataclass(frozen=True)
class Stroke:
    """The style of one line."""

    colour: str
    marker: str


# colours of Okabe and Ito (2008), told apart by colour-blind readers, from dark to light
STROKES = (
    Stroke("#000000", "o"),
    Stroke("#d55e00", "s"),
    Stroke("#0072b2", "^"),
    Stroke("#009e73", "D"),
    Stroke("#cc79a7", "v"),
    Stroke("#e69f00", "P"),
    Stroke("#56b4e9", "X"),
)


def stroke(index: int) -> Stroke:
    """Return the stroke of the line with this number; they repeat after seven."""
    return STROKES[index % len(STROKES)]


def new_figure(width: float = 5.0, height: float = 3.8) -> Figure:
    """Return an empty figure of `width` by `height` inches that belongs to nobody's list of open figures."""
    return Figure(figsize=(width, height), layout="constrained")


def two_rows(figure: Figure, above: float, below: float) -> tuple[SubFigure, SubFigure]:
    """Divide a figure into two parts, one above the other, whose heights are as `above` to `below`."""
    upper, lower = np.asarray(figure.subfigures(2, 1, height_ratios=(above, below)))
    return upper, lower


def entitle(figure: Figure, title: str, size: str = "large") -> None:
    """Write a title at the left above everything, in as many lines as the width of the figure asks for."""
    letter = 0.58 * FontProperties(size=size).get_size_in_points() / 72  # width of most of them [inch]
    lines = [textwrap.fill(line, int(figure.get_figwidth() / letter)) for line in title.split("\n")]
    figure.suptitle("\n".join(lines), x=0.01, ha="left", fontsize=size)


def plain_axes(axes: Axes, title: str) -> None:
    """Give the axes a title, and remove what carries no information."""
    axes.set_title(title, loc="left", fontsize="medium", fontweight="bold", color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize="small", color=INK)


def epoch_axis(axes: Axes, last: int) -> None:
    """Label the horizontal axis with whole epochs, from 0 to the last one."""
    axes.set_xlabel("epoch")
    axes.set_xlim(0, 1.03 * max(last, 1))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, steps=[1, 2, 5, 10]))
    axes.grid(axis="y", color="0.9", linewidth=0.6)
    axes.set_axisbelow(True)


def marks_every(points: int) -> int:
    """Return the spacing of markers on a line, for about ten."""
    return max(1, points // 10)


def say(axes: Axes, text: str) -> None:
    """Write into empty axes why they are empty."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, text, ha="center", va="center", color="0.35", transform=axes.transAxes)
