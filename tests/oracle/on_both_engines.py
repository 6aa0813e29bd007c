"""A circuit that learns by the same rule in Brian2 and in the mirror, in float64, shown the same rounds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from brainlearn.brian.building import Build, BuiltCircuit
from brainlearn.brian.learning.step_checks import check_steps
from brainlearn.brian.presenter import Phase
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.brian.text.synapse_text import check_synapses
from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.schema import Tied
from brainlearn.circuit.wiring import AnyWiring
from brainlearn.experiment.checks.nudges import feedback_read
from brainlearn.experiment.checks.own_rule import between
from brainlearn.mirror.learning.circuit import MirrorCircuit
from brainlearn.mistakes import UserError
from brainlearn.rules import Rule
from tests.oracle.both_deliveries import COPIES, random_rounds

MIRROR = partial(MirrorCircuit, precision="float64")
TOLERANCE = 1e-10
CHAIN = (("step", {"size": 0.01}), ("clip", {"low": -2.0, "high": 2.0}))  # what feeds back would run away
Updates = tuple[tuple[str, dict[str, Any]], ...]


def fitting(rule: Rule, circuit: Circuit) -> tuple[str, ...]:
    """Return the projections of a circuit that can learn by a rule: their units have what it reads."""
    free = (p for p in circuit.projections if not isinstance(p.weights, Tied))
    return tuple(projection.name for projection in free if _fits(rule, circuit, projection))


def _fits(rule: Rule, circuit: Circuit, projection: Projection) -> bool:
    try:
        check_synapses(circuit, projection, rule)
        check_steps(circuit, (projection.name,), rule)
    except UserError:
        return False
    fed_back = all(circuit.models[path].feedback for path in feedback_read(projection, rule))
    return fed_back and not list(between(circuit, projection, rule))


def simulate(
    circuit: Circuit,
    plasticity: Plasticity | Sequence[Plasticity],
    phases: Sequence[Phase],
    build: Build,
    wiring: dict[str, AnyWiring] | None = None,
    copies: int = COPIES,
) -> Simulation:
    """Return a simulation on one of the engines."""
    return Simulation(circuit, copies, phases, plasticity, "shared", 3, "float64", wiring, build=build)


def largest_difference(pair: Iterable[Simulation], rounds: int = 3) -> tuple[float, float]:
    """Let two simulations learn; return by how much any weight of theirs differs, and the least change of any."""
    brian, mirror = pair
    for each in (brian, mirror):
        each.present(random_rounds(each), rounds)
    names = list(brian.learning)
    apart = max(np.abs(brian.weights(name) - mirror.weights(name)).max() for name in brian.projections)
    moved = min(np.abs(brian.weights(name) - brian.wiring[name].weights).max() for name in names)
    return float(apart), float(moved)


def both(
    circuit: Circuit, plasticity: Plasticity | Sequence[Plasticity], phases: Sequence[Phase], **settings: Any
) -> tuple[Simulation, Simulation]:
    """Return the same simulation in Brian2 and in the mirror."""
    brian, mirror = (simulate(circuit, plasticity, phases, build, **settings) for build in (BuiltCircuit, MIRROR))
    return brian, mirror
