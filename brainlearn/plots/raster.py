"""The spikes of a few presentations after training: a dot for each."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from xarray import Dataset, DataTree

from brainlearn.plots.appearance import INK, new_figure, plain_axes, say
from brainlearn.results.spikes import phase_ends, presentations, spikes_of, spiking_populations

NOTHING = "no spikes were recorded in this result"
SHOWN = 4  # presentations
GAP = 0.06  # between populations, as a share of all units
COLUMNS = 2


def raster(tree: DataTree) -> Figure:
    """Draw the spikes of the first recorded presentations.

    Parameters
    ----------
    tree : xarray.DataTree
        A result with a group ``spikes``.

    Returns
    -------
    matplotlib.figure.Figure
        A panel for each presentation: time to the right, populations above each other, a dot for each spike; dotted
        lines end phases.
    """
    populations = spiking_populations(tree)
    shown = presentations(populations)[:SHOWN]
    rows = max(1, -(-len(shown) // COLUMNS))
    figure = new_figure(5.6, 0.5 + 2.5 * rows)
    if not shown:
        say(figure.subplots(), NOTHING)
        return figure
    panels = figure.subplots(rows, COLUMNS, sharex=True, sharey=True, squeeze=False)
    for axes, presentation in zip(panels.flat, shown, strict=False):
        draw_raster(axes, populations, presentation)
    for axes in panels.flat[len(shown) :]:
        axes.set_axis_off()
    for axes in panels[-1]:
        axes.set_xlabel("time [ms]")
    return figure


def caption(population: Dataset, presentation: int) -> str:
    """Return a title: which label an image has, and which was shown with it."""
    true = int(population["true_label"].values[presentation])
    shown = int(population["shown_label"].values[presentation])
    if true < 0:  # items have values, not labels
        return f"presentation {presentation + 1}"
    if shown < 0:
        return f"label {true}"
    return f"label {true}, shown with {shown}" + ("" if shown == true else " (wrong)")


def draw_raster(axes: Axes, populations: list[Dataset], presentation: int) -> None:
    """Draw the spikes of one presentation, the first population at the bottom."""
    sizes = [int(p.attrs["size"]) for p in populations]
    gap, base = GAP * sum(sizes), 0.0
    middles = []
    mark = 9 if sum(sizes) < 800 else 3
    for population, size in zip(populations, sizes, strict=True):
        time, unit = spikes_of(population, presentation)
        axes.scatter(time, base + unit, s=mark, marker="o", color=INK, linewidths=0, rasterized=True)
        middles.append(base + size / 2)
        base += size + gap
        if population is not populations[-1]:
            axes.axhline(base - gap / 2, color="0.5", linewidth=0.6)
    ends = phase_ends(populations[0])
    for _, end in ends[:-1]:
        axes.axvline(end, color="0.35", linewidth=0.9, linestyle=":")
    plain_axes(axes, caption(populations[0], presentation))
    labels = [f"{p.attrs['population']}\n{size} units" for p, size in zip(populations, sizes, strict=True)]
    axes.set_yticks(middles, labels)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-gap / 2, base - gap / 2)
    axes.set_xlim(-0.02 * ends[-1][1], ends[-1][1])
