"""The text of a projection's synapses, fitted to the populations at both ends."""

from __future__ import annotations

import re

from brainlearn.brian.inputs import Inputs
from brainlearn.brian.learning.traces import renamed
from brainlearn.brian.populations import GAIN
from brainlearn.brian.text.statement import parse_on_pre, parse_transmit
from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.schema import AveragePooling, Convolution
from brainlearn.mistakes import Mistake, UserError
from brainlearn.rules import Rule
from brainlearn.rules.rule import ON_SPIKES


def synapse_text(circuit: Circuit, projection: Projection, own_part: bool = False) -> dict[str, str]:
    """Return ``{"on_pre": text}`` or ``{"transmit": text}`` for a projection.

    A population with divisive normalisation or dropout multiplies what it sends by its gain. A continuous projection
    whose sum with others equations take, or any if `own_part`, writes into its own variable. Constants that differ
    between units have the names of variables, as ``tau_post``.
    """
    synapse = circuit.synapses[projection.synapse]
    text = renamed(synapse.on_pre or synapse.transmit, differing_constants(circuit, projection))
    inputs = inputs_of(circuit, projection)
    if inputs is not None and (own_part or inputs.in_equations):
        text = text.replace(f"{inputs.variable}_post", f"{inputs.part(projection.name)}_post", 1)
    if circuit.population(projection.source).scaled:
        text = re.sub(r"\bw\b", f"w*{GAIN}_pre", text)
    return {"on_pre": text} if synapse.on_pre else {"transmit": text}


def differing_constants(circuit: Circuit, projection: Projection) -> dict[str, str]:
    """Return the constants that differ between units of the source or of the target, and what they are called there."""
    found: dict[str, str] = {}
    for suffix, path in (("post", projection.target), ("pre", projection.source)):
        model = circuit.models.get(path)
        found |= {name: f"{name}_{suffix}" for name in (model.varied if model else ())}
    return found


# ---- continuous transmission ---------------------------------------------------------------------------------------


def continuous_inputs(circuit: Circuit, path: str) -> tuple[Inputs, ...]:
    """Return the variables of population `path` that continuous synapses set, with the projections that do."""
    onto: dict[str, list[str]] = {}
    for projection in circuit.projections:
        text = circuit.synapses[projection.synapse].transmit
        if projection.target == path and text:
            onto.setdefault(parse_transmit(text).target, []).append(projection.name)
    return tuple(
        Inputs(v, tuple(names), _overwritten(circuit, path, v), _passed_on(circuit, path, v))
        for v, names in onto.items()
    )


def inputs_of(circuit: Circuit, projection: Projection) -> Inputs | None:
    """Return the sum that a continuous projection is a part of; None if it waits for spikes."""
    onto = continuous_inputs(circuit, projection.target)
    return next((each for each in onto if projection.name in each.projections), None)


def _passed_on(circuit: Circuit, path: str, variable: str) -> bool:
    """Return whether a continuous projection reads a variable of population `path`."""
    ends = [("pre", p.source, p) for p in circuit.projections] + [("post", p.target, p) for p in circuit.projections]
    models = ((side, circuit.synapses[p.synapse]) for side, end, p in ends if end == path)
    return any(f"{variable}_{side}" in parse_transmit(m.transmit).factor.names for side, m in models if m.transmit)


def _overwritten(circuit: Circuit, path: str, variable: str) -> bool:
    """Return whether a reset or a spike may write to a variable that continuous synapses set."""
    reset = circuit.models[path].reset
    if re.search(rf"^\s*{variable}\s*[-+*/]?=", reset.replace(";", "\n"), re.MULTILINE):
        return True
    models = [circuit.synapses[p.synapse] for p in circuit.projections if p.target == path]
    return any(each.target == variable for model in models if model.on_pre for each in parse_on_pre(model.on_pre))


# ---- rules ---------------------------------------------------------------------------------------------------------


def check_synapses(circuit: Circuit, projection: Projection, rule: Rule) -> None:
    """Raise a UserError if `rule` acts on spikes that `projection` does not carry, or has states for kernels."""
    ends = (circuit.models[path] for path in (projection.source, projection.target))
    spiking = all(model.threshold for model in ends) and circuit.synapses[projection.synapse].on_pre
    jumps = any(state.on_pre or state.on_post for state in rule.states)
    on_spikes = jumps or any(change.when in ON_SPIKES for change in rule.along(projection.pathway).changes)
    if not spiking and on_spikes:
        wrong = f'the rule "{rule.name}" acts on spikes, but "{projection.name}" does not connect spiking units'
        raise UserError(Mistake(circuit.path, wrong, suggestion="List the learning projections in rule.projections."))
    if isinstance(projection.connectivity, AveragePooling):
        wrong = f'"{projection.name}" averages over windows, which cannot learn'
        raise UserError(Mistake(circuit.path, wrong, suggestion="Remove it from rule.projections."))
    if isinstance(projection.connectivity, Convolution) and rule.states:
        wrong = f'the rule "{rule.name}" gives each synapse states, but those of "{projection.name}" share weights'
        raise UserError(Mistake(circuit.path, wrong, suggestion="List the learning projections in rule.projections."))
