"""The text of a projection's synapses, fitted to the populations at both ends."""

from __future__ import annotations

import re

from brainlearn.brian.populations import GAIN, Inputs
from brainlearn.brian.statement import parse_transmit
from brainlearn.circuit import Circuit, Projection
from brainlearn.mistakes import Mistake, UserError
from brainlearn.rules import Rule
from brainlearn.rules.rule import ON_SPIKES


def synapse_text(circuit: Circuit, projection: Projection) -> dict[str, str]:
    """Return ``{"on_pre": text}`` or ``{"transmit": text}`` for a projection.

    A population with divisive normalisation multiplies what it sends by its gain; each continuous projection writes
    into a variable of its own.
    """
    synapse = circuit.synapses[projection.synapse]
    text = synapse.on_pre or _with_own_target(circuit, projection)
    if circuit.population(projection.source).normalisation is not None:
        text = re.sub(r"\bw\b", f"w*{GAIN}_pre", text)
    return {"on_pre": text} if synapse.on_pre else {"transmit": text}


def _with_own_target(circuit: Circuit, projection: Projection) -> str:
    """Return the text of a continuous synapse with the target's variable for this projection."""
    text = circuit.synapses[projection.synapse].transmit
    variable = parse_transmit(text).target
    names = _continuous_onto(circuit, projection.target, variable)
    part = _parts(variable, len(names))[names.index(projection.name)]
    return text.replace(f"{variable}_post", f"{part}_post", 1)


def _continuous_onto(circuit: Circuit, path: str, variable: str) -> list[str]:
    """Return the names of the continuous projections that set `variable` of population `path`."""
    onto = [p for p in circuit.projections if p.target == path and circuit.synapses[p.synapse].transmit]
    return [p.name for p in onto if parse_transmit(circuit.synapses[p.synapse].transmit).target == variable]


def _parts(variable: str, count: int) -> tuple[str, ...]:
    return (variable,) if count == 1 else tuple(f"{variable}_{k}" for k in range(count))


def continuous_inputs(circuit: Circuit, path: str) -> tuple[Inputs, ...]:
    """Return the variables of population `path` that continuous synapses set, with a part for each projection."""
    texts = [circuit.synapses[p.synapse].transmit for p in circuit.projections if p.target == path]
    variables = dict.fromkeys(parse_transmit(text).target for text in texts if text)
    return tuple(Inputs(v, _parts(v, len(_continuous_onto(circuit, path, v)))) for v in variables)


def check_spikes(circuit: Circuit, projection: Projection, rule: Rule) -> None:
    """Raise a UserError if `rule` acts on spikes that `projection` does not carry."""
    ends = (circuit.neurons[circuit.population(path).neuron] for path in (projection.source, projection.target))
    spiking = all(model.threshold for model in ends) and circuit.synapses[projection.synapse].on_pre
    if not spiking and any(change.when in ON_SPIKES for change in rule.along(projection.pathway).changes):
        wrong = f'the rule "{rule.name}" acts on spikes, but "{projection.name}" does not join spiking units'
        raise UserError(Mistake(circuit.path, wrong, suggestion="Name those that learn in rule.projections."))
