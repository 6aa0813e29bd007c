"""Test episodes of a circuit that acts: the way through the pool, the gaze, or what was seen over time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from xarray import Dataset, DataTree

from brainlearn.environments import ENVIRONMENTS
from brainlearn.plots.appearance import new_figure, plain_axes, say, stroke
from brainlearn.results.episodes import films_of

NUMBERS = {"CartPole-v1": ("cart position", "cart velocity", "pole angle", "pole angular velocity")}
MOST_NUMBERS = 4


def films(tree: DataTree) -> Figure:
    """Draw the first test episode of a few copies.

    Parameters
    ----------
    tree : xarray.DataTree
        A result; group ``films``.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(4.8, 4.2)
    draw_films(figure.subplots(), tree)
    return figure


def draw_films(axes: Axes, tree: DataTree) -> None:
    """Draw films as their environment is drawn: by a drawing of its own, as rendered, or as numbers over time."""
    found = films_of(tree)
    if found is None:
        say(axes, "no episode was recorded")
        return
    table = json.loads(tree.attrs["settings"])["environment"]
    if "picture" in found and table["name"] not in DRAWINGS:
        draw_pictures(axes, found)
    else:
        DRAWINGS.get(table["name"], draw_numbers)(axes, found, table)
    plain_axes(axes, "Episodes after learning")


def draw_pool(axes: Axes, found: Dataset, table: Mapping[str, Any]) -> None:
    """Draw the pool of a water maze, its hidden platform, and the ways of the swimmers."""
    maze = ENVIRONMENTS["water_maze"].make(**table.get("settings", {}))
    axes.add_patch(Circle((0, 0), 1.0, fill=False, color="#595959", linewidth=1.2))
    axes.add_patch(Circle(tuple(maze.platform), maze.radius, color="#d9d9d9", linewidth=0))
    for number, places in _each(found, "observation"):
        look = stroke(number)
        axes.plot(*places.T[:2], color=look.colour, linewidth=1.0)
        axes.plot(*places[0, :2], color=look.colour, marker=look.marker, markersize=6, linestyle="none")
    axes.set_aspect("equal")
    axes.set_xlim(-1.05, 1.05)
    axes.set_ylim(-1.05, 1.05)
    axes.set_xlabel("x [radius of the pool]; a mark is where a swimmer starts")
    axes.set_ylabel("y [radius of the pool]")


def draw_gaze(axes: Axes, found: Dataset, table: Mapping[str, Any]) -> None:
    """Draw how fast the head turns, and how fast the eyes turn against it."""
    (_, seen), (_, done) = (next(iter(_each(found, name))) for name in ("observation", "action"))
    decisions = np.arange(len(seen) - 1)
    axes.plot(decisions, seen[:-1, 0], color=stroke(0).colour, linewidth=1.2, label="head")
    axes.plot(decisions, -done[1:, 0], color=stroke(1).colour, linewidth=1.2, linestyle="--", label="eyes, reversed")
    axes.set_xlabel("decision")
    axes.set_ylabel("velocity [largest of the head]")
    axes.legend(fontsize="small", edgecolor="none")


def draw_numbers(axes: Axes, found: Dataset, table: Mapping[str, Any]) -> None:
    """Draw the numbers that the first copy observes, each relative to its largest absolute value."""
    _, seen = next(iter(_each(found, "observation")))
    names = NUMBERS.get(table["name"], [f"number {k}" for k in range(seen.shape[1])])
    for k, values in enumerate(seen.T[:MOST_NUMBERS]):
        largest = float(np.abs(values).max())
        look, relative = stroke(k), values / (largest or 1.0)
        label, every = f"{names[k]} (largest {largest:.3g})", max(1, len(values) // 10)
        axes.plot(relative, color=look.colour, marker=look.marker, markevery=every, markersize=4, label=label)
    axes.set_xlabel("decision")
    axes.set_ylabel("observation [its largest value]")
    axes.legend(fontsize="small", edgecolor="none", framealpha=0.9)


def draw_pictures(axes: Axes, found: Dataset) -> None:
    """Draw what the environment rendered, in two rows from the onset to the end."""
    pictures = found["picture"].values
    half = -(-len(pictures) // 2)
    white = np.full((2 * half - len(pictures), *pictures.shape[1:]), 255, dtype=np.uint8)
    rows = np.split(np.concatenate([pictures, white]), [half])
    axes.imshow(np.concatenate([np.concatenate(list(row), axis=1) for row in rows if len(row)]))
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.set_xlabel("from left to right, then the second row")


def _each(found: Dataset, name: str) -> list[tuple[int, np.ndarray]]:
    """Return a variable film by film, (frame, …)."""
    numbers, values = found["film"].values, found[name].values
    return [(int(number), values[numbers == number]) for number in np.unique(numbers)]


DRAWINGS: Mapping[str, Callable[[Axes, Dataset, Mapping[str, Any]], None]] = {
    "gaze": draw_gaze,
    "water_maze": draw_pool,
}
"""Of built-in environments; others are drawn as rendered, or as numbers."""
