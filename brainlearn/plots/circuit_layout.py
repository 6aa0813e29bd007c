"""Positions of boxes and arrows in a circuit's drawing: areas by level, populations side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Literal

from brainlearn.circuit import Circuit, Projection

Point = tuple[float, float]
Edge = Literal["top", "bottom", "left", "right"]

BOX_WIDTH, BOX_HEIGHT = 2.7, 1.4
BOX_GAP = 1.5  # between populations of an area: room for lateral arrows and their delays
FRAME, SIDE, TITLE = 0.3, 0.75, 0.45  # below and beside the populations of an area; its title
AREA_GAP = 1.0
ROW_GAP = 1.15
LANE = 0.35  # between arrows that go around


@dataclass(frozen=True)
class Box:
    """A rectangle by its lower left corner, its width and its height."""

    x: float
    y: float
    width: float
    height: float

    def point(self, edge: Edge, share: float) -> Point:
        """Return the point at `share` of an edge, from left to right or from bottom to top."""
        if edge in ("top", "bottom"):
            return self.x + share * self.width, self.y + (self.height if edge == "top" else 0.0)
        return self.x + (self.width if edge == "right" else 0.0), self.y + share * self.height


@dataclass(frozen=True)
class Route:
    """The corners of an arrow, and the position of its label."""

    points: tuple[Point, ...]
    label: Point


@dataclass(frozen=True)
class Layout:
    """Boxes of areas and populations by name, and routes of projections by name."""

    areas: Mapping[str, Box]
    populations: Mapping[str, Box]
    routes: Mapping[str, Route]


@dataclass(frozen=True)
class _Plan:
    """The ends of one projection in the drawing."""

    projection: Projection
    leaves: Edge
    arrives: Edge
    way: Literal["straight", "below", "around", "loop"]


def lay_out(circuit: Circuit) -> Layout:
    """Place everything that is drawn of a circuit."""
    rows = _rows(circuit)
    position = {path: (r, c) for r, row in enumerate(rows) for c, path in enumerate(row)}
    plans = [_plan(projection, position) for projection in circuit.projections]
    areas, boxes = _place(circuit, [_lanes(plans, row) for row in rows])
    ports = _ports(plans, boxes)
    outer = max(box.x + box.width for box in areas.values()) if areas else 0.0
    lanes = {"below": defaultdict(int), "around": defaultdict(int)}  # type: dict[str, defaultdict[int, int]]
    routes = {}
    for number, plan in enumerate(plans):
        row = position[plan.projection.source][0] if plan.way == "below" else 0
        lane = 0
        if plan.way in lanes:
            lanes[plan.way][row] += 1
            lane = lanes[plan.way][row]
        routes[plan.projection.name] = _route(plan, ports[number], lane, outer, number)
    return Layout(areas, boxes, routes)


def _rows(circuit: Circuit) -> list[list[str]]:
    """Paths of populations, level by level."""
    levels = sorted({area.level for area in circuit.areas})
    return [
        [population.path for area in circuit.areas if area.level == level for population in area.populations]
        for level in levels
    ]


def _plan(projection: Projection, position: Mapping[str, tuple[int, int]]) -> _Plan:
    (row, column), (target_row, target_column) = position[projection.source], position[projection.target]
    if projection.source == projection.target:
        return _Plan(projection, "left", "left", "loop")
    if row == target_row and abs(column - target_column) == 1:
        right = target_column > column
        return _Plan(projection, "right" if right else "left", "left" if right else "right", "straight")
    if row == target_row:
        return _Plan(projection, "bottom", "bottom", "below")
    up = target_row > row
    way: Literal["straight", "around"] = "straight" if abs(row - target_row) == 1 else "around"
    return _Plan(projection, "top" if up else "bottom", "bottom" if up else "top", way)


def _lanes(plans: list[_Plan], row: list[str]) -> int:
    """Count the arrows that pass below the boxes of a row."""
    return sum(plan.way == "below" and plan.projection.source in row for plan in plans)


def _place(circuit: Circuit, lanes: list[int]) -> tuple[dict[str, Box], dict[str, Box]]:
    """Boxes of areas and of populations; every row is centred."""
    areas: dict[str, Box] = {}
    populations: dict[str, Box] = {}
    y = 0.0
    for level, lane in zip(sorted({area.level for area in circuit.areas}), lanes, strict=True):
        row = [area for area in circuit.areas if area.level == level and area.populations]
        widths = [_area_width(len(area.populations)) for area in row]
        x = -(sum(widths) + AREA_GAP * (len(row) - 1)) / 2
        below = FRAME + lane * LANE
        height = below + BOX_HEIGHT + TITLE
        for area, width in zip(row, widths, strict=True):
            areas[area.name] = Box(x, y, width, height)
            for k, population in enumerate(area.populations):
                left = x + SIDE + k * (BOX_WIDTH + BOX_GAP)
                populations[population.path] = Box(left, y + below, BOX_WIDTH, BOX_HEIGHT)
            x += width + AREA_GAP
        y += height + ROW_GAP
    return areas, populations


def _area_width(populations: int) -> float:
    return 2 * SIDE + populations * BOX_WIDTH + (populations - 1) * BOX_GAP


def _ports(plans: list[_Plan], boxes: Mapping[str, Box]) -> list[tuple[Point, Point]]:
    """Start and end of every arrow; those at one edge are spread in the order of their other ends."""
    ends: dict[tuple[str, Edge], list[tuple[float, int, int]]] = defaultdict(list)
    for number, plan in enumerate(plans):
        source, target = plan.projection.source, plan.projection.target
        lane = inf if plan.way == "around" else 0.0  # lanes around lie on the right
        ends[source, plan.leaves].append((lane + _centre(boxes[target], plan.leaves), number, 0))
        ends[target, plan.arrives].append((lane + _centre(boxes[source], plan.arrives), number, 1))
    points: dict[tuple[int, int], Point] = {}
    for (path, edge), waiting in ends.items():
        for k, (_, number, end) in enumerate(sorted(waiting)):
            points[number, end] = boxes[path].point(edge, (k + 1) / (len(waiting) + 1))
    return [(points[number, 0], points[number, 1]) for number in range(len(plans))]


def _centre(box: Box, edge: Edge) -> float:
    return box.x + box.width / 2 if edge in ("top", "bottom") else box.y + box.height / 2


def _route(plan: _Plan, ends: tuple[Point, Point], lane: int, outer: float, number: int) -> Route:
    start, end = ends
    if plan.way == "loop":
        return _loop(start, end)
    if plan.way == "below":
        y = start[1] - LANE * lane
        return _bent(start, (start[0], y), (end[0], y), end)
    if plan.way == "around":
        x = outer + 0.4 + LANE * 1.6 * lane
        step = 0.3 + 0.12 * (number % 4)
        first, last = (start[1] + step, end[1] - step) if end[1] > start[1] else (start[1] - step, end[1] + step)
        return _bent(start, (start[0], first), (x, first), (x, last), (end[0], last), end)
    share = 0.5 if plan.projection.pathway == "lateral" else (0.38, 0.62)[number % 2]
    label = (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
    return Route((start, end), label)


def _loop(start: Point, end: Point) -> Route:
    x = start[0] - 0.38
    return Route((start, (x, start[1]), (x, end[1]), end), (x, (start[1] + end[1]) / 2))


def _bent(*points: Point) -> Route:
    """With the label in the middle of the longest stretch."""
    (x, y), (u, v) = max(pairwise(points), key=lambda ends: abs(ends[0][0] - ends[1][0]) + abs(ends[0][1] - ends[1][1]))
    return Route(points, ((x + u) / 2, (y + v) / 2))
