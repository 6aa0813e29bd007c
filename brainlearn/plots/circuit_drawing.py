"""A drawing of a circuit: areas stacked by level, and an arrow for every projection."""

from __future__ import annotations

import io
from math import hypot
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path as Line

from brainlearn.circuit import Area, Circuit, Population, Projection
from brainlearn.circuit.counting import sheet_words
from brainlearn.mistakes import Mistake, UserError, closest
from brainlearn.plots.circuit_layout import TITLE, Box, Layout, Point, Route, lay_out

FORMATS = (".svg", ".png", ".pdf")

INCHES = 0.62  # per unit of the layout
# A pathway is told by its line, and once more by its colour; an inhibitory end by its bar.
STYLES: dict[str, tuple[Any, str]] = {
    "bottom_up": ("solid", "#1b4f72"),
    "top_down": ((0, (5, 2)), "#a04000"),
    "lateral": ((0, (1, 1.4)), "#3d3d3d"),
}
HEAD = 0.2  # length of an arrowhead, and half the width of an inhibitory bar


def draw_circuit(circuit: Circuit) -> Figure:
    """Draw a circuit.

    Parameters
    ----------
    circuit : Circuit

    Returns
    -------
    Figure
        Level 0 at the bottom. Solid arrows go bottom-up, dashed ones top-down, dotted ones are lateral; an
        inhibitory projection ends in a bar. Delays above 0 stand beside their arrows.
    """
    layout = lay_out(circuit)
    left, bottom, right, top = _extent(layout)
    figure = Figure(figsize=((right - left) * INCHES, (top - bottom) * INCHES))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(left, right), ylim=(bottom, top))
    axes.axis("off")
    for area in circuit.areas:
        if area.name in layout.areas:
            _draw_area(axes, area, layout.areas[area.name])
    for population in circuit.populations:
        _draw_population(axes, population, layout.populations[population.path])
    for projection in circuit.projections:
        _draw_projection(axes, projection, layout.routes[projection.name])
    _draw_legend(axes, circuit)
    axes.set_title(circuit.name, y=1.0, pad=-16, fontsize=11, fontweight="bold")
    return figure


def save_drawing(circuit: Circuit, path: str | Path) -> None:
    """Draw a circuit into a file; the ending of its name says the format.

    Raises
    ------
    UserError
        If the ending is none of `FORMATS`, or the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise UserError(
            Mistake(
                f"--output {path}",
                "unknown format",
                f'"{path.suffix}"',
                ", ".join(FORMATS),
                closest(path.suffix, FORMATS),
            )
        )
    dates = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix.lower(), {})
    with rc_context({"svg.hashsalt": circuit.name}):  # the same circuit gives the same bytes
        try:
            draw_circuit(circuit).savefig(path, dpi=160, metadata=dates)
        except OSError as error:
            raise UserError(
                Mistake(f"--output {path}", "cannot write the file", error.strerror or str(error))
            ) from None


def svg_drawing(circuit: Circuit) -> str:
    """Draw a circuit as an ``<svg>`` element for notebooks, no wider than its place."""
    file = io.StringIO()
    with rc_context({"svg.hashsalt": circuit.name, "svg.fonttype": "none"}):
        draw_circuit(circuit).savefig(file, format="svg", facecolor="white", metadata={"Date": None})
    text = file.getvalue()
    return text[text.index("<svg") :].replace("<svg", '<svg style="max-width: 100%; height: auto"', 1)


def _extent(layout: Layout) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of all that is drawn, with room for the title and the legend."""
    boxes = [*layout.areas.values()]
    corners = [point for route in layout.routes.values() for point in route.points]
    xs = [x for x, _ in corners] + [box.x for box in boxes] + [box.x + box.width for box in boxes]
    ys = [y for _, y in corners] + [box.y for box in boxes] + [box.y + box.height for box in boxes]
    centre, width = (min(xs) + max(xs)) / 2, max(max(xs) - min(xs), 9.0)
    return centre - width / 2 - 0.6, min(ys) - 1.1, centre + width / 2 + 0.6, max(ys) + 0.8


def _draw_area(axes: Axes, area: Area, box: Box) -> None:
    axes.add_patch(_rectangle(box, facecolor="#f4f1ea", edgecolor="#b9b2a3", linewidth=0.8))
    y = box.y + box.height - TITLE / 2
    axes.text(box.x + 0.25, y, area.name, fontsize=10, fontweight="bold", va="center", ha="left")
    axes.text(
        box.x + box.width - 0.25,
        y,
        f"level {area.level}",
        fontsize=8,
        va="center",
        ha="right",
        color="#666666",
    )


def _draw_population(axes: Axes, population: Population, box: Box) -> None:
    axes.add_patch(_rectangle(box, facecolor="white", edgecolor="black", linewidth=1.0))
    lines = [_count(population), population.neuron]
    if population.sign != "mixed":
        lines.append(population.sign)
    if population.normalisation is not None:
        lines.append(f"normalised to rms {population.normalisation.rms:g}")
    lines += [f"Poisson {each.number:,} × {each.rate.text}" for each in population.poisson_input]
    x, top = box.x + box.width / 2, box.y + box.height
    axes.text(x, top - 0.24, population.name, fontsize=10, fontweight="bold", ha="center", va="center")
    apart = 0.27 if len(lines) < 4 else 0.8 / len(lines)
    for k, line in enumerate(lines):
        axes.text(
            x, top - 0.54 - apart * k, _shortened(line), fontsize=8 if len(lines) < 5 else 7, ha="center", va="center"
        )


def _count(population: Population) -> str:
    units = "1 unit" if population.size == 1 else f"{population.size} units"
    return units if population.sheet is None else f"{sheet_words(population)} = {units}"


def _shortened(line: str, limit: int = 26) -> str:
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _rectangle(box: Box, **style: Any) -> FancyBboxPatch:
    return FancyBboxPatch((box.x, box.y), box.width, box.height, boxstyle="round,pad=0,rounding_size=0.12", **style)


def _draw_projection(axes: Axes, projection: Projection, route: Route) -> None:
    line, colour = STYLES[projection.pathway]
    tip = route.points[-1]
    neck = _towards(tip, route.points[-2], HEAD if projection.sign != "inhibitory" else HEAD / 2)
    path = _rounded((*route.points[:-1], neck))
    axes.add_patch(PathPatch(path, fill=False, linestyle=line, edgecolor=colour, linewidth=1.3, capstyle="butt"))
    _draw_end(axes, neck, tip, projection.sign == "inhibitory", colour)
    if projection.delayed:
        background = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.9}
        axes.text(
            *route.label,
            projection.delay.text,
            fontsize=7.5,
            ha="center",
            va="center",
            color=colour,
            bbox=background,
        )


def _draw_end(axes: Axes, neck: Point, tip: Point, inhibitory: bool, colour: str) -> None:
    """Draw a bar across the end of an inhibitory line, and an arrowhead at any other."""
    length = hypot(tip[0] - neck[0], tip[1] - neck[1]) or 1.0
    across = (neck[1] - tip[1]) / length, (tip[0] - neck[0]) / length
    half = 0.85 * HEAD if inhibitory else 0.4 * HEAD
    sides = [(neck[0] + side * half * across[0], neck[1] + side * half * across[1]) for side in (-1, 1)]
    if inhibitory:
        axes.add_line(Line2D(*zip(*sides, strict=True), color=colour, linewidth=2.2, solid_capstyle="butt"))
    else:
        axes.add_patch(Polygon([*sides, tip], closed=True, facecolor=colour, edgecolor="none"))


def _rounded(points: tuple[Point, ...], radius: float = 0.15) -> Line:
    """Return a line through `points` with round corners."""
    vertices, codes = [points[0]], [Line.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        vertices += [_towards(corner, before, radius), corner, _towards(corner, after, radius)]
        codes += [Line.LINETO, Line.CURVE3, Line.CURVE3]
    return Line([*vertices, points[-1]], [*codes, Line.LINETO])


def _towards(start: Point, end: Point, distance: float) -> Point:
    length = max(hypot(end[0] - start[0], end[1] - start[1]), 1e-9)
    share = min(distance / length, 0.5)
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _draw_legend(axes: Axes, circuit: Circuit) -> None:
    """Explain what the drawing uses, and nothing else."""
    pathways = dict.fromkeys(projection.pathway for projection in circuit.projections)
    handles = [
        Line2D([], [], color=STYLES[p][1], linestyle=STYLES[p][0], linewidth=1.3, label=p.replace("_", "-"))
        for p in STYLES
        if p in pathways
    ]
    if any(projection.sign == "inhibitory" for projection in circuit.projections):
        handles.append(Line2D([], [], color="black", marker="|", markersize=8, linewidth=0, label="inhibitory end"))
    if any(projection.delayed for projection in circuit.projections):
        marker: dict[str, Any] = {
            "marker": r"$1\,\mathrm{ms}$",
            "markersize": 18,
            "markeredgewidth": 0.2,
            "color": "black",
        }
        handles.append(Line2D([], [], linewidth=0, label="delay", **marker))
    if handles:
        axes.legend(
            handles=handles,
            loc="lower center",
            ncols=len(handles),
            frameon=False,
            fontsize=8.5,
            handlelength=3,
        )
