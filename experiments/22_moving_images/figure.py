"""The figure of the moving digits."""

from __future__ import annotations

import motion
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from xarray import DataArray, Dataset

from brainlearn.lab import mean_interval, new_figure, plain_axes, stroke

WORDS = {"loud": "loud when it continues", "quiet": "quiet when it continues"}


def draw(data: Dataset) -> Figure:
    """Draw two films, how often the next frame is chosen, and how loud V1 is."""
    figure = new_figure(9.5, 5.6)
    above, below = np.asarray(figure.subfigures(2, 1, height_ratios=(2, 3)))
    draw_films(above)
    left, middle, right = below.subplots(1, 3)
    draw_chosen(left, data["chosen"])
    draw_cuts(middle, data["chosen"])
    draw_loudness(right, data["loudness"])
    return figure


def draw_films(figure: SubFigure) -> None:
    """Draw a film that goes straight on, and one that turns from frame to frame."""
    rng = np.random.default_rng(3)
    film = motion.straight(motion.data().images[:1], rng)
    rows = figure.subplots(2, motion.FRAMES)
    for axes, shown in zip(rows, (film, motion.turning(film, rng)), strict=True):
        for each, frame in zip(axes, shown.frames(), strict=True):
            each.imshow(frame.reshape(motion.SIDE, motion.SIDE), cmap="gray_r")
            each.set_xticks([])
            each.set_yticks([])
    for k, axes in enumerate(rows[0]):
        axes.set_title(f"frame {k + 1}", fontsize="small")
    rows[0][0].set_ylabel("positive", fontsize="small")
    rows[1][0].set_ylabel("negative", fontsize="small")


def draw_chosen(axes: Axes, values: DataArray) -> None:
    """Draw how often the right next frame is chosen from eight, against its number."""
    for k, sense in enumerate(values["sense"].values):
        with_interval(
            axes, values["frame"].values, values.sel(sense=sense, cut="nothing"), "frame", k, WORDS[str(sense)]
        )
    axes.axhline(12.5, color="0.6", linewidth=0.8)
    axes.text(8, 13.5, "chance", ha="right", fontsize="x-small", color="0.4")
    axes.set_ylim(0, 100)
    axes.set_xlabel("number of the next frame")
    axes.set_ylabel("right direction of eight chosen [%]")
    plain_axes(axes, "Prediction")
    axes.legend(frameon=False, fontsize="x-small")


def draw_cuts(axes: Axes, values: DataArray) -> None:
    """Draw the same of the last frame, with projections cut."""
    last, cuts = values.isel(frame=-1), values["cut"].values
    for k, sense in enumerate(values["sense"].values):
        found = np.array([mean_interval(last.sel(sense=sense, cut=cut).values) for cut in cuts])
        look, place = stroke(k), np.arange(len(cuts)) + 0.2 * k - 0.1
        spread = np.abs(found[:, 1:] - found[:, :1]).T
        axes.errorbar(place, found[:, 0], spread, fmt=look.marker, color=look.colour, markersize=4, capsize=2)
    axes.axhline(12.5, color="0.6", linewidth=0.8)
    axes.set_ylim(0, 100)
    axes.set_xticks(np.arange(len(cuts)), [str(cut).replace("_", "-") for cut in cuts])
    axes.set_xlabel("cut after learning")
    plain_axes(axes, "Frame 8, projections cut")


def draw_loudness(axes: Axes, values: DataArray) -> None:
    """Draw the activity of V1 against how far the last frame is from the expected one."""
    for k, sense in enumerate(values["sense"].values):
        turns = values.sel(sense=sense).isel(end=slice(0, 8)).values
        folded = np.stack([(turns[:, j] + turns[:, -j]) / 2 for j in range(5)], axis=1)
        folded = DataArray(folded, dims=("seed", "turn"), coords={"turn": 45 * np.arange(5)})
        with_interval(axes, folded["turn"].values, folded, "turn", k, WORDS[str(sense)])
        other = mean_interval(values.sel(sense=sense, end="other digit").values).mean
        axes.plot(
            [205],
            [other],
            linestyle="none",
            marker=stroke(k).marker,
            color=stroke(k).colour,
            markersize=5,
            markerfacecolor="none",
        )
    axes.set_xticks([0, 45, 90, 135, 180, 205], ["0", "45", "90", "135", "180", "\nother\ndigit"])
    axes.set_xlabel("turn of the motion in frame 8 [degree]")
    axes.set_ylabel("mean square activity of V1 [1]")
    plain_axes(axes, "Surprise")


def with_interval(axes: Axes, along: np.ndarray, values: DataArray, name: str, number: int, label: str) -> None:
    """Draw the mean over seeds with its interval."""
    mean, low, high = np.array([mean_interval(values.sel({name: each}).values) for each in along]).T
    look = stroke(number)
    axes.fill_between(along, low, high, color=look.colour, alpha=0.12, linewidth=0)
    axes.plot(along, mean, color=look.colour, marker=look.marker, markersize=3.5, label=label)
