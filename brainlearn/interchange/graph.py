"""A NIR graph as populations and the paths between them, or all in it that has no counterpart here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import nir
import numpy as np

from brainlearn.mistakes import Mistake, UserError

UNITS = (nir.LIF, nir.CubaLIF)
ON_THE_WAY = (nir.Linear, nir.Affine, nir.Delay)
KNOWN = (*UNITS, *ON_THE_WAY, nir.Input, nir.Output)
TIMES = {"tau", "tau_mem", "tau_syn"}
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*/[A-Za-z][A-Za-z0-9_]*")
LEVEL = re.compile(r"\d{1,3}")
STIMULUS = re.compile(r"(\S+) (\d+):(\d+) (spikes|values)")


@dataclass(frozen=True, eq=False)
class Place:
    """A population: units, or a part of the input.

    Parameters
    ----------
    name : str
        As ``V1/E``.
    level, size : int
    spikes : bool
        Whether it sends spikes, or values.
    node : nir.NIRNode or None
        None of a stimulus.
    part : slice
        Its part of the input.
    """

    name: str
    level: int
    size: int
    spikes: bool
    node: Any = None
    part: slice = field(default_factory=lambda: slice(None))


@dataclass(frozen=True, eq=False)
class Path:
    """What one population does to another: (post, pre) weights, after a delay [s]."""

    source: Place
    target: Place
    weight: np.ndarray
    delay: float


@dataclass(frozen=True)
class Graph:
    """Populations, and the paths between them."""

    places: list[Place]
    paths: list[Path]


def read_graph(graph: nir.NIRGraph, where: str) -> Graph:
    """Read populations and paths.

    Raises
    ------
    UserError
        With every node that cannot be said.
    """
    mistakes = [mistake for name, node in graph.nodes.items() for mistake in _mistakes(name, node, where)]
    inputs = [name for name, node in graph.nodes.items() if isinstance(node, nir.Input)]
    if len(inputs) != 1:
        mistakes.append(Mistake(where, "one input is needed", f"{len(inputs)} of them"))
    if mistakes:
        raise UserError(*mistakes)
    depths = _depths(graph, inputs[0])
    units = _apart({n: _place(n, node, depths) for n, node in graph.nodes.items() if isinstance(node, UNITS)})
    stimuli = _stimuli(graph, inputs[0], where)
    paths = []
    for source in (inputs[0], *units):
        for target, weight, delay in _walk(graph, source, where):
            for place in stimuli if source == inputs[0] else [units[source]]:
                part = weight[:, place.part]
                if part.any() or len(stimuli) == 1 or source in units:
                    paths.append(Path(place, units[target], part, delay))
    return Graph([*stimuli, *units.values()], paths)


def _mistakes(name: str, node: nir.NIRNode, where: str) -> Iterator[Mistake]:
    place = f"{where}: {name}"
    if not isinstance(node, KNOWN):
        allowed = ", ".join(kind.__name__ for kind in KNOWN)
        yield Mistake(place, "no such node can be read", type(node).__name__, allowed)
    elif isinstance(node, nir.Linear | nir.Affine):
        if np.ndim(node.weight) != 2 or not _finite(node.weight):
            shape = f"shape {np.shape(node.weight)}"
            yield Mistake(place, "weights are a matrix of finite numbers", shape if _finite(node.weight) else "others")
        if isinstance(node, nir.Affine) and np.any(node.bias):
            yield Mistake(place, "a bias cannot be represented", f"up to {np.abs(node.bias).max():g}", "Linear")
    elif isinstance(node, UNITS):
        yield from _mistakes_of_units(place, node)
    elif isinstance(node, nir.Delay):
        if np.size(node.delay) == 0 or not _finite(node.delay) or np.any(np.asarray(node.delay) < 0):
            yield Mistake(place, "a delay is a time", str(node.delay)[:80], "finite numbers from 0 on, in seconds")
        elif np.unique(node.delay).size > 1:
            yield Mistake(place, "a projection has a single delay", "several")


def _mistakes_of_units(place: str, node: nir.NIRNode) -> Iterator[Mistake]:
    fields = {k: v for k, v in node.to_dict().items() if isinstance(v, np.ndarray)}
    if any(values.ndim != 1 or values.size == 0 for values in fields.values()):
        shapes = sorted({str(values.shape) for values in fields.values()})
        yield Mistake(place, "units must be in one row", f"shape {' and '.join(shapes)}")
        return
    if wrong := [key for key, values in fields.items() if not _finite(values)]:
        yield Mistake(place, "the sizes of populations must be finite", f"others in {', '.join(wrong)}")
        return
    for key in TIMES & fields.keys():
        if np.any(fields[key] <= 0):
            yield Mistake(place, "time constants must be positive", f"{key} = {fields[key].min():g} s")
    if np.unique(fields["v_reset"]).size > 1:
        yield Mistake(place, "all units of a population must reset to the same value", "several values of v_reset")
    if np.any(node.v_leak):
        yield Mistake(place, "membranes must leak to 0", f"v_leak = {float(node.v_leak[0]):g}")


def _finite(values: object) -> bool:
    array = np.asarray(values)
    return array.dtype.kind in "fiu" and bool(np.isfinite(array).all())


def _depths(graph: nir.NIRGraph, start: str) -> dict[str, int]:
    """Return how many populations lie between the input and each node, at least, counting itself."""
    depths, left = {start: 0}, [start]
    while left:
        name = left.pop(0)
        for source, target in graph.edges:
            step = int(isinstance(graph.nodes[target], UNITS))
            if source == name and depths[name] + step < depths.get(target, len(graph.nodes) + 1):
                depths[target] = depths[name] + step
                left.append(target)
    return depths


def _place(name: str, node: nir.NIRNode, depths: Mapping[str, int]) -> Place:
    path, said = str(node.metadata.get("population", "")), str(node.metadata.get("level", ""))
    if NAME.fullmatch(path) and LEVEL.fullmatch(said):
        return Place(path, int(said), len(node.v_threshold), True, node)
    level = max(depths.get(name, 1), 1)
    return Place(f"level{level}/{_word(name)}", level, len(node.v_threshold), True, node)


def _apart(units: Mapping[str, Place]) -> dict[str, Place]:
    """Give populations whose nodes have names that are alike as words, as ``a.b`` and ``a_b``, their own names."""
    found: dict[str, Place] = {}
    taken: set[str] = set()
    for node, place in units.items():
        name, number = place.name, 2
        while name in taken:
            name, number = f"{place.name}_{number}", number + 1
        taken.add(name)
        found[node] = replace(place, name=name)
    return found


def _word(name: str) -> str:
    """Return a name that a circuit file takes."""
    word = re.sub(r"\W", "_", name)[:60]
    return word if word[:1].isalpha() else f"n{word}"[:60]


def _stimuli(graph: nir.NIRGraph, name: str, where: str) -> list[Place]:
    """Return the parts of the input, as brainlearn's metadata say; else one stimulus."""
    size = int(np.prod(graph.nodes[name].input_type["input"]))
    said = [STIMULUS.fullmatch(each) for each in str(graph.metadata.get("stimuli", "")).split("; ")]
    parts = [
        Place(m[1], 0, int(m[3]) - int(m[2]), m[4] == "spikes", None, slice(int(m[2]), int(m[3]))) for m in said if m
    ]
    if parts and all(m is not None for m in said) and sum(part.size for part in parts) == size:
        return parts
    onto = {type(graph.nodes[target]) for target, _, _ in _walk(graph, name, where)}
    if onto == set(UNITS):
        raise UserError(Mistake(f"{where}: {name}", "an input cannot carry both values and spikes", "LIF and CubaLIF"))
    return [Place(f"stimulus/{_word(name)}", 0, size, onto == {nir.CubaLIF})]


def _walk(graph: nir.NIRGraph, source: str, where: str) -> Iterator[tuple[str, np.ndarray, float]]:
    """Yield every population that a node reaches, with the (post, pre) weights and the delay on the way."""
    left: list[tuple[str, np.ndarray | None, float, int]] = [(source, None, 0.0, 0)]
    while left:
        name, weight, delay, hops = left.pop()
        if hops > len(graph.nodes):
            raise UserError(Mistake(f"{where}: {name}", "a loop without units"))
        for target in (target for start, target in graph.edges if start == name):
            node = graph.nodes[target]
            if isinstance(node, UNITS):
                yield target, np.eye(len(node.v_threshold)) if weight is None else weight, delay
            elif isinstance(node, nir.Delay):
                left.append((target, weight, delay + float(np.ravel(node.delay)[0]), hops + 1))
            elif isinstance(node, nir.Linear | nir.Affine):
                matrix = np.asarray(node.weight, dtype=float)
                left.append((target, matrix if weight is None else matrix @ weight, delay, hops + 1))
