"""A NIR graph as a circuit file and its weights, or all that a circuit file cannot say of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import nir
import numpy as np

from brainlearn.interchange.graph import Graph, Path, Place, read_graph
from brainlearn.interchange.reader import READERS, Reader
from brainlearn.mistakes import Mistake, UserError


@dataclass(frozen=True)
class Imported:
    """What is written.

    Parameters
    ----------
    data : dict
        The circuit file's content.
    arrays : dict of str to array
        Weights, (pre, post), by the name of the projection, and what differs between units, (unit,), as
        ``V1/E.tau_membrane``.
    notes : list of str
        What is not quite the same here.
    """

    data: dict[str, Any]
    arrays: dict[str, np.ndarray]
    notes: list[str]


def from_nir(graph: nir.NIRGraph, where: str, arrays_file: str, dt: float | None, reader: str | None) -> Imported:
    """Return the circuit that a graph says.

    Parameters
    ----------
    graph : nir.NIRGraph
    where : str
        The file, for messages.
    arrays_file : str
        Name of the npz file that will contain the arrays.
    dt : float, optional
        Time step [s]; default: the one in the metadata of files that brainlearn wrote.
    reader : str, optional
        For whom it was written; default: the same, or ``continuous``.

    Raises
    ------
    UserError
        With everything that cannot be said.
    """
    said = graph.metadata
    dt = _said_step(said, where) if dt is None else dt
    taker = READERS.get(reader or str(said.get("reader", "continuous")), READERS["continuous"])
    found = read_graph(graph, where)
    clock = _Clock(taker, dt)
    notes: list[str] = []
    arrays: dict[str, np.ndarray] = {}
    projections = []
    for path in found.paths:
        name = _name(path, arrays)
        arrays[name] = _scaled(path.weight, _scale(found, path, clock, where), f"{where}: {name}").T
        projections.append(_projection(found, path, name, arrays_file, clock, notes))
    models = {}
    for place in (place for place in found.places if place.node):
        models[_neuron(place)], own = _model(place, clock, arrays_file, where)
        arrays |= own
    data = {
        "name": re.sub(r"\W", "_", str(said.get("circuit", "imported"))),
        "description": f"Read from {where.rpartition('/')[2]}.",
        "dt": _text(dt),
        "neurons": models,
        "areas": _areas(found),
        "projections": projections,
    }
    return Imported(data, arrays, notes)


def _said_step(said: Mapping[str, Any], where: str) -> float:
    """Return the time step that the metadata name [s]."""
    if "dt" not in said:
        raise UserError(Mistake(where, "NIR has no time step", suggestion='Give one: --dt "1 ms".'))
    try:
        dt = float(said["dt"])
    except (TypeError, ValueError):
        dt = math.nan
    if not 0 < dt < 1:
        found = f"dt = {str(said['dt'])[:80]}"
        raise UserError(
            Mistake(where, "the time step is not a time in seconds", found, suggestion='Give one: --dt "1 ms".')
        )
    return dt


def _scaled(weight: np.ndarray, scale: np.ndarray, where: str) -> np.ndarray:
    with np.errstate(all="ignore"):
        scaled: np.ndarray = weight * scale[:, None]  # (post, pre)
    if not np.isfinite(scaled).all():
        raise UserError(Mistake(where, "weights are too large to represent", f"times {scale.max():g}"))
    return scaled


@dataclass(frozen=True)
class _Clock:
    """The time steps of the reader that the file was written for, and ours [s]."""

    reader: Reader
    dt: float

    @property
    def step(self) -> float:
        return self.reader.step_for(self.dt)

    def kept(self, tau: np.ndarray) -> np.ndarray:
        """Return the share of a membrane that a step leaves there."""
        left: np.ndarray = 1 - self.step / tau if self.reader.stepwise else np.exp(-self.dt / tau)
        return left

    def tau(self, tau: np.ndarray, where: str) -> np.ndarray:
        """Return our time constants [s]."""
        if not self.reader.stepwise:
            return tau
        if np.any(self.kept(tau) <= 0):
            found = f"{tau.min():g} s"
            raise UserError(Mistake(where, "the time constant must be longer than a step", found, f"{self.step:g} s"))
        ours: np.ndarray = -self.dt / np.log1p(-self.step / tau)
        return ours


def _scale(found: Graph, path: Path, clock: _Clock, where: str) -> np.ndarray:
    """Return the factor of weights, (post,), that gives them the same effect here."""
    node = path.target.node
    spikes = path.source.spikes
    if isinstance(node, nir.CubaLIF):
        if not spikes:
            raise UserError(
                Mistake(f"{where}: {path.target.name}", "values into a synaptic current cannot be represented")
            )
        gain = _numbers(node.r) * _numbers(node.w_in)
        tau = _numbers(node.tau_syn)
        return gain * (1 - clock.kept(tau)) if clock.reader.stepwise else gain / tau
    assert isinstance(node, nir.LIF)
    gain, tau = _numbers(node.r), _numbers(node.tau)
    if not spikes:
        return np.ones_like(gain)  # the resistance is the model's
    kept = clock.kept(tau)
    return gain * (1 - kept) / kept if clock.reader.stepwise else gain / tau


def _numbers(values: Any) -> np.ndarray:
    return np.asarray(values, dtype=float)


def _projection(
    found: Graph, path: Path, name: str, arrays_file: str, clock: _Clock, notes: list[str]
) -> dict[str, Any]:
    cuba = isinstance(path.target.node, nir.CubaLIF)
    synapse = "current" if cuba else "delta" if path.source.spikes else "constant_current"
    levels = path.source.level, path.target.level
    pathway = "bottom_up" if levels[0] < levels[1] else "top_down" if levels[0] > levels[1] else "lateral"
    table: dict[str, Any] = {
        "name": name,
        "source": path.source.name,
        "target": path.target.name,
        "pathway": pathway,
        "synapse": synapse,
        "weights": {"distribution": "file", "file": arrays_file},
    }
    steps = path.delay / clock.step - (1 if clock.reader.stepwise and path.source.spikes else 0)
    if steps < -1e-6:
        notes.append(f"{name}: spikes act a step later in brainlearn, and a delay of 0 cannot be shortened")
    elif not math.isclose(steps, round(steps), abs_tol=1e-6):
        notes.append(f"{name}: the delay is rounded to whole steps, from {path.delay:g} s")
    if round(steps) > 0:
        table["delay"] = _text(round(steps) * clock.dt)
    if path.source is path.target:
        table["self_connections"] = True
    return table


def _model(place: Place, clock: _Clock, arrays_file: str, where: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the table of a population's model, and the arrays of what differs between its units."""
    node, here = place.node, f"{where}: {place.name}"
    subtract = str(node.metadata.get("reset")) == "subtract"
    table: dict[str, Any] = {"reset": "v -= threshold_v" if subtract else f"v = {float(node.v_reset[0])!r}"}
    if isinstance(node, nir.CubaLIF):
        times = {"tau_membrane": node.tau_mem, "tau_synapse": node.tau_syn}
        numbers = {"threshold_v": node.v_threshold}
        table["model"] = "lif"
    else:
        times = {"tau_membrane": node.tau}
        numbers = {"threshold_v": node.v_threshold, "resistance": node.r}
        table["model"] = "lif_delta"
    found = {name: clock.tau(_numbers(tau), f"{here}: {name}") for name, tau in times.items()}
    found |= {name: _numbers(values) for name, values in numbers.items()}
    parameters: dict[str, Any] = {}
    arrays: dict[str, np.ndarray] = {}
    for name, values in found.items():
        if np.all(values == values[0]):
            parameters[name] = _text(float(values[0])) if name in times else float(values[0])
            continue
        arrays[f"{place.name}.{name}"] = values
        parameters[name] = {"distribution": "file", "file": arrays_file, "array": f"{place.name}.{name}"}
        parameters[name] |= {"unit": "s"} if name in times else {}
    return {**table, "parameters": parameters}, arrays


def _areas(found: Graph) -> list[dict[str, Any]]:
    areas: dict[str, dict[str, Any]] = {}
    for place in found.places:
        area, _, population = place.name.partition("/")
        neuron = _neuron(place) if place.node else "poisson" if place.spikes else "constant_current"
        table = areas.setdefault(area, {"name": area, "level": place.level, "populations": []})
        table["populations"].append({"name": population, "size": place.size, "neuron": neuron})
    return sorted(areas.values(), key=lambda area: int(area["level"]))


def _neuron(place: Place) -> str:
    """Return the name of a population's neuron model: another one for ``A/B_C`` than for ``A_B/C``."""
    return place.name.replace("_", "__").replace("/", "_")


def _name(path: Path, taken: dict[str, np.ndarray]) -> str:
    name = f"{path.source.name}->{path.target.name}"
    return next(n for n in _numbered(name) if n not in taken)


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{number}" for number in range(2, 1000))


def _text(seconds: float) -> str:
    """Write a time with all its digits.

    >>> _text(0.001), _text(0.0044814)
    ('1.0 ms', '4.4814 ms')
    """
    return f"{float(f'{1e3 * seconds:.15g}')!r} ms"
