"""What the page of a run shows: the circuit's drawing, how far the run is, and what the circuit does."""

from __future__ import annotations

import math
from typing import Any

from brainlearn.circuit import Circuit
from brainlearn.plots.circuit_layout import Box, lay_out
from brainlearn.results.read_summary import outcome
from brainlearn.results.run_folder import RunFolder


def drawing_of(circuit: Circuit) -> dict[str, Any]:
    """Return where boxes and arrows of a circuit lie, as `brainlearn.plots.circuit_layout` places them.

    Returns
    -------
    dict
        ``areas``, ``populations`` and ``projections``, lists of dicts; y grows upwards.
    """
    layout = lay_out(circuit)
    areas = [
        {"name": area.name, "level": area.level, **_corners(layout.areas[area.name])}
        for area in circuit.areas
        if area.name in layout.areas
    ]
    populations = [
        {
            "path": each.path,
            "name": each.name,
            "size": each.size,
            "columns": columns_of(each.size, each.sheet),
            **_corners(layout.populations[each.path]),
        }
        for each in circuit.populations
    ]
    projections = [
        {
            "name": each.name,
            "pathway": each.pathway,
            "inhibitory": each.sign == "inhibitory",
            "points": layout.routes[each.name].points,
        }
        for each in circuit.projections
    ]
    return {"name": circuit.name, "areas": areas, "populations": populations, "projections": projections}


def _corners(box: Box) -> dict[str, float]:
    return {"x": box.x, "y": box.y, "width": box.width, "height": box.height}


def columns_of(size: int, sheet: tuple[int, int] | None) -> int:
    """Return how many units stand side by side: those of a sheet as they lie, others twice as wide as high."""
    return sheet[1] if sheet is not None and sheet[0] * sheet[1] == size else max(1, math.ceil(math.sqrt(2 * size)))


def state_of(run: RunFolder, part: RunFolder, drawing: dict[str, Any]) -> dict[str, Any]:
    """Return what the page shows now.

    Parameters
    ----------
    run, part : RunFolder
        The run, and the folder that is active now: its own, or one of its baselines.
    drawing : dict
        As from `drawing_of`.
    """
    ended = not run.marked
    status = (None if ended else part.read_status()) or {}
    return {
        "run": run.path.resolve().name,
        "part": part.path.name if part != run else "",
        "drawing": drawing,
        "ended": ended,
        "outcome": outcome(run.read_summary()) if ended and run.ended else "",
        "title": status.get("title", ""),
        "notes": status.get("notes", []),
        "progress": status.get("progress"),
        "written": status.get("written"),
        "live": None if ended else part.read_live(),
    }
