"""A circuit with its weights as a NIR graph, or all that NIR cannot say of it.

NIR: Pedersen et al. 2024, Nature Communications 15:8122.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import nir
import numpy as np

from brainlearn.circuit import Circuit, Population, Projection
from brainlearn.interchange.node_names import node_names
from brainlearn.interchange.plan import Plan, kind_of
from brainlearn.interchange.plan import plan as plan_of
from brainlearn.interchange.reader import READERS, euler_tau, kept
from brainlearn.interchange.units import Number, Unit

INPUT, OUTPUT = "input", "output"


def to_nir(
    circuit: Circuit,
    weights: Mapping[str, np.ndarray],
    reader: str = "continuous",
    subtract: bool = False,
    seed: int = 0,
) -> nir.NIRGraph:
    """Return a circuit as a NIR graph.

    Parameters
    ----------
    circuit : Circuit
    weights : mapping of str to (pre, post) array
        Of every projection [1]; 0 where there is no synapse.
    reader : str
        A key of `READERS`: who will read it.
    subtract : bool
        Write units that reset by subtraction too, with ``reset = "subtract"`` in their metadata: NIR has no such reset.
    seed : int
        Of what differs between units.

    Raises
    ------
    UserError
        With everything that NIR, or this reader, cannot say.
    """
    plan = plan_of(circuit, READERS[reader], subtract, seed)
    names = node_names(circuit, (INPUT, OUTPUT))
    nodes: dict[str, nir.NIRNode] = {INPUT: nir.Input({"input": np.array([plan.inputs])})}
    edges: list[tuple[str, str]] = []
    for path, unit in plan.units.items():
        nodes[names[path]] = _unit_node(plan, unit, circuit.population(path))
    for matrix in _matrices(plan, weights, names):
        _add(matrix, nodes, edges)
    top = output_population(plan)
    nodes[OUTPUT] = nir.Output({"output": np.array([top.size])})
    edges.append((names[top.path], OUTPUT))
    return nir.NIRGraph(nodes, edges, metadata=_metadata(plan))


def output_population(plan: Plan) -> Population:
    """Return the population that is the graph's output: the first of the highest area that spikes."""
    spiking = [(area.level, p) for area in plan.circuit.areas for p in area.populations if p.path in plan.units]
    return max(spiking, key=lambda pair: pair[0])[1]


def _unit_node(plan: Plan, unit: Unit, population: Population) -> nir.NIRNode:
    one = np.ones(population.size)
    about = {"population": population.path, "level": plan.circuit.area(population.area).level}
    reset = {"reset": "subtract"} if unit.reset is None else {}
    shared = {
        "v_leak": 0 * one,
        "v_threshold": unit.threshold * one,
        "v_reset": (0.0 if unit.reset is None else unit.reset) * one,
        "metadata": {**about, **reset},
    }
    tau = _tau(plan, unit.tau_membrane)
    if unit.tau_synapse is None:
        return nir.LIF(tau=tau * one, r=one, **shared)
    tau_synapse = _tau(plan, unit.tau_synapse)
    if not plan.reader.stepwise:
        return nir.CubaLIF(tau_syn=tau_synapse * one, tau_mem=tau * one, r=one, w_in=one, **shared)
    # snnTorch takes no other resistance: then a synaptic current of 1 adds 1 to the membrane in a step.
    scale = {"r": tau / plan.step * one, "w_in": tau_synapse / plan.step * one}
    return nir.CubaLIF(tau_syn=tau_synapse * one, tau_mem=tau * one, **scale, **shared)


def _tau(plan: Plan, tau: Number) -> Number:
    """Return a time constant as the reader needs it [s]."""
    stepped: Number = euler_tau(kept(tau, plan.dt), plan.step)
    return stepped if plan.reader.stepwise else tau


def scale_of(plan: Plan, projection: Projection) -> Number:
    """Return the factor of weights that gives them the same effect there: a number, or (post,)."""
    unit, kind = plan.units[projection.target], kind_of(plan.circuit, projection)
    share: Number = kept(unit.tau_membrane, plan.dt)
    if kind == "current":
        return unit.resistance  # written with a resistance of 1, which is the only one that Norse takes
    if kind == "delta":  # here it is added after a step, and decays in the next; there it enters that next step
        return share / (1 - share) if plan.reader.stepwise else unit.tau_membrane
    assert unit.tau_synapse is not None
    return 1 - share if plan.reader.stepwise else unit.tau_synapse


@dataclass(frozen=True)
class _Matrix:
    """Weights from one node to another: (post, pre), after a delay [s]."""

    name: str
    source: str
    target: str
    delay: float
    weight: np.ndarray


def _matrices(plan: Plan, weights: Mapping[str, np.ndarray], names: Mapping[str, str]) -> list[_Matrix]:
    """Return the matrix of every projection; those of stimuli onto one population with one delay are added up."""
    found: dict[tuple[str, str, float], _Matrix] = {}
    for projection in plan.circuit.projections:
        matrix = weights[projection.name].T * np.reshape(scale_of(plan, projection), (-1, 1))  # (post, pre)
        target, delay = names[projection.target], _delay(plan, projection)
        if place := plan.stimuli.get(projection.source):
            wide = np.zeros((matrix.shape[0], plan.inputs))
            wide[:, place] = matrix
            known = found.get((INPUT, target, delay))
            wide = wide if known is None else wide + known.weight
            slower = sum(1 for source, to, other in found if (source, to) == (INPUT, target) and other != delay)
            name = f"{INPUT}_to_{target}" + (f"_{slower + 1}" if slower else "")
            found[INPUT, target, delay] = _Matrix(known.name if known else name, INPUT, target, delay, wide)
        else:
            name = names[projection.name]
            found[name, target, delay] = _Matrix(name, names[projection.source], target, delay, matrix)
    return list(found.values())


def _delay(plan: Plan, projection: Projection) -> float:
    """Return the delay that is written [s]."""
    delay = float(projection.common_delay)
    if plan.reader.stepwise and kind_of(plan.circuit, projection) != "current":
        # Here a spike acts in the step after the one that it is sent in, there within it.
        return round(delay / plan.dt + 1) * plan.step
    return delay


def _add(matrix: _Matrix, nodes: dict[str, nir.NIRNode], edges: list[tuple[str, str]]) -> None:
    """Add a delay of the source's spikes, if there is one, and the weights."""
    source = matrix.source
    if matrix.delay:
        source = f"{matrix.name}_delay"
        nodes[source] = nir.Delay(np.full(matrix.weight.shape[1], matrix.delay))
        edges.append((matrix.source, source))
    nodes[matrix.name] = nir.Linear(matrix.weight)
    edges += [(source, matrix.name), (matrix.name, matrix.target)]


def _metadata(plan: Plan) -> dict[str, str | float]:
    """Say what NIR has no field for: whose steps, in which units, and where each stimulus is in the input."""
    sends = {path: "spikes" if plan.circuit.models[p.path].threshold else "values" for path, p in _stimuli(plan)}
    stimuli = "; ".join(f"{path} {place.start}:{place.stop} {sends[path]}" for path, place in plan.stimuli.items())
    return {
        "made_by": "brainlearn",
        "circuit": plan.circuit.name,
        "reader": plan.reader.name,
        "dt": plan.dt,
        "step": plan.step,
        "time_unit": "s",
        "stimuli": stimuli,
    }


def _stimuli(plan: Plan) -> list[tuple[str, Population]]:
    return [(path, plan.circuit.population(path)) for path in plan.stimuli]
