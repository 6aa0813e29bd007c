"""The result of a simulation without learning: spikes, population rates, and state variables over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from xarray import Dataset, DataTree

from brainlearn.plots.appearance import INK, new_figure, plain_axes, say, stroke

MOST_SPIKES = 200_000  # of a population that are read for a picture
MOST_DOTS = 40_000  # in a raster
MOST_SAMPLES, MOST_POINTS = 20_000, 2_500  # of a trace; of one that is drawn as lines and not as dots of ink
TRACES, MOST_ROWS = 5, 400  # units whose traces are drawn, and those that are drawn as shades
RATE_BINS = 150
GAP = 0.06  # between populations of a raster, as a share of all units
WIDTH = 9.6  # inches
PREFIXES = {"V": ("mV", 1e3), "A": ("nA", 1e9), "S": ("nS", 1e9), "s": ("ms", 1e3), "F": ("pF", 1e12)}


@dataclass(frozen=True)
class ShownSpikes:
    """The spikes of a population within the time that is drawn.

    Parameters
    ----------
    path : str
    size, copies : int
    times : (spike,) array
        In ms.
    units, copy : (spike,) array of int
    """

    path: str
    size: int
    copies: int
    times: np.ndarray
    units: np.ndarray
    copy: np.ndarray


def shown_spikes(tree: DataTree) -> tuple[list[ShownSpikes], float]:
    """Read the spikes to draw, and until when [ms]: from the start, as long as they are not too many for a picture."""
    groups = (
        [g.to_dataset(inherit=False) for g in tree.children["spikes"].children.values()] if _has(tree, "spikes") else []
    )
    end = float(tree.attrs["simulated"])
    found = []
    for group in groups:
        first = group.isel(spike=slice(0, MOST_SPIKES))
        times, copies = first["spike_time"].values, first["spike_copy"].values
        if group.sizes["spike"] > MOST_SPIKES:
            end = min(end, float(times[-1]))
        of_first = times[copies == 0]
        if of_first.size > MOST_DOTS:
            end = min(end, float(of_first[MOST_DOTS]))
        attrs = group.attrs
        found.append(
            (
                str(attrs["population"]),
                int(attrs["size"]),
                int(attrs["copies"]),
                times,
                first["spike_unit"].values,
                copies,
            )
        )
    shown = []
    for path, size, number, times, units, copies in found:
        within = times < end
        shown.append(ShownSpikes(path, size, number, times[within], units[within], copies[within]))
    return shown, end


def raster_of(spikes: Sequence[ShownSpikes], end: float, dt: float) -> Figure:
    """Draw a dot for each spike of the first copy: time to the right, the first population at the bottom."""
    units = sum(each.size for each in spikes)
    figure = new_figure(WIDTH, float(np.clip(1.2 + units / 220, 2.2, 6.5)))
    axes: Axes = figure.subplots()
    if not spikes:
        say(axes, "no unit of this circuit spikes")
        return figure
    gap, base = GAP * units, 0.0
    middles, labels = [], []
    mark = 9 if units < 400 else 3
    for each in spikes:
        first = each.copy == 0
        axes.scatter(each.times[first], base + each.units[first], s=mark, color=INK, linewidths=0, rasterized=True)
        middles.append(base + (each.size - 1) / 2)
        labels.append(f"{each.path}\n{each.size} unit{'s' * (each.size != 1)}")
        base += each.size + gap
        if each is not spikes[-1]:
            axes.axhline(base - gap / 2 - 0.5, color="0.5", linewidth=0.6)
    plain_axes(axes, "")
    axes.set_yticks(middles, labels)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-gap / 2 - 0.5, base - gap / 2 - 0.5)
    _time_axis(axes, end, dt)
    return figure


def rates_of(spikes: Sequence[ShownSpikes], end: float, dt: float) -> Figure:
    """Draw the mean rate of each population over time, over units and copies, in bins."""
    figure = new_figure(WIDTH, 0.7 + 1.25 * max(len(spikes), 1))
    panels = figure.subplots(max(len(spikes), 1), 1, sharex=True, squeeze=False)[:, 0]
    edges = bin_edges(end, dt)
    for k, (axes, each) in enumerate(zip(panels, spikes, strict=False)):
        counts, _ = np.histogram(each.times, edges - dt / 2)  # no spike is at an edge
        rate = counts / (np.diff(edges) / 1e3 * each.size * each.copies)
        axes.stairs(rate, edges, color=stroke(k).colour, linewidth=1.2, baseline=None)
        plain_axes(axes, each.path)
        axes.set_ylabel("Hz")
        axes.set_ylim(0, max(float(rate.max(initial=0)) * 1.08, 1.0))
    if not spikes:
        say(panels[0], "no unit of this circuit spikes")
    _time_axis(panels[-1], end, dt)
    return figure


def bin_edges(end: float, dt: float) -> np.ndarray:
    """Return the edges of the bins of rates [ms]: whole time steps, about 1 ms at least, about `RATE_BINS` of them.

    >>> bin_edges(1000.0, 0.5)[:3]
    array([ 0. ,  6.5, 13. ])
    """
    width = max(round(max(end / RATE_BINS, 1.0) / dt), 1) * dt
    number = int(end / width + 1e-9)
    return np.arange(number + 1) * width if number else np.array([0.0, max(end, dt)])


def traces_of(states: Dataset, name: str, end: float, dt: float) -> Figure:
    """Draw a state variable of the first few units that were recorded, in the first copy, one below the other."""
    shown = first_samples(states, end)
    units, scale = PREFIXES.get(str(shown[name].attrs["units"]), (str(shown[name].attrs["units"]), 1.0))
    values = shown[name].isel(copy=0, unit=slice(0, TRACES)).values * scale  # (time, unit)
    rows = max(values.shape[1], 1)
    figure = new_figure(WIDTH, 0.8 + 0.75 * rows)
    panels = figure.subplots(rows, 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for k, axes in enumerate(panels[: values.shape[1]]):
        axes.plot(shown["time"].values, values[:, k], color=INK, linewidth=0.9, rasterized=len(values) > MOST_POINTS)
        plain_axes(axes, "")
        axes.set_ylabel(f"unit {int(shown['unit'].values[k])}", rotation=0, ha="right", va="center", fontsize="small")
        axes.margins(y=0.08)
    panels[0].set_title(name if units == "1" else f"{name} [{units}]", loc="left", fontsize="medium", color=INK)
    _time_axis(panels[-1], _last(shown, end), dt)
    return figure


def heat_of(states: Dataset, name: str, end: float, dt: float) -> Figure:
    """Draw a state variable of many units of the first copy as shades: the raster of units that do not spike."""
    shown = first_samples(states, end)
    values = shown[name].isel(copy=0, unit=slice(0, MOST_ROWS)).values.T  # (unit, time)
    figure = new_figure(WIDTH, float(np.clip(1.2 + len(values) / 40, 2.0, 4.5)))
    axes: Axes = figure.subplots()
    last = _last(shown, end)
    image = axes.imshow(
        values, aspect="auto", origin="lower", cmap="Greys", interpolation="nearest",
        extent=(0.0, last, -0.5, len(values) - 0.5),
    )  # fmt: skip
    plain_axes(axes, "")
    axes.set_ylabel("unit")
    units = str(shown[name].attrs["units"])
    figure.colorbar(image, ax=axes, label=name if units == "1" else f"{name} [{units}]", pad=0.01)
    _time_axis(axes, last, dt)
    return figure


def first_samples(states: Dataset, end: float) -> Dataset:
    """Return the samples to draw: those before `end`, not more than a picture shows."""
    first = states.isel(time=slice(0, MOST_SAMPLES))
    return first.isel(time=first["time"].values < end)


def _last(shown: Dataset, end: float) -> float:
    """Return where the axis of time ends [ms]."""
    times = shown["time"].values
    return end if times.size < MOST_SAMPLES or not times.size else float(times[-1])


def _time_axis(axes: Axes, end: float, dt: float) -> None:
    axes.set_xlim(-0.005 * end, max(end, dt))
    axes.set_xlabel("time [ms]")


def _has(tree: DataTree, group: str) -> bool:
    return group in tree.children
