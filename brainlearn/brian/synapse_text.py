"""The text of a projection's synapses, fitted to the populations at both ends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from brainlearn.brian.learning.traces import renamed
from brainlearn.brian.populations import GAIN, Inputs, to_brian
from brainlearn.brian.statement import parse_on_pre, parse_transmit
from brainlearn.circuit import Circuit, Projection
from brainlearn.mistakes import Mistake, UserError
from brainlearn.reserved import reserved
from brainlearn.rules import Rule
from brainlearn.rules.rule import ON_SPIKES
from brainlearn.synapses import SynapseModel
from brainlearn.units import Quantity


def synapse_text(circuit: Circuit, projection: Projection) -> dict[str, str]:
    """Return ``{"on_pre": text}`` or ``{"transmit": text}`` for a projection.

    A population with divisive normalisation multiplies what it sends by its gain.
    """
    synapse = circuit.synapses[projection.synapse]
    text = synapse.on_pre or synapse.transmit
    if circuit.population(projection.source).normalisation is not None:
        text = re.sub(r"\bw\b", f"w*{GAIN}_pre", text)
    return {"on_pre": text} if synapse.on_pre else {"transmit": text}


# ---- constants -----------------------------------------------------------------------------------------------------


def synapse_constants(circuit: Circuit, projection: Projection) -> dict[str, Any]:
    """Return the constants that the text of a projection may name: parameters of the neuron models at both ends.

    ``tau`` is a parameter of either model, ``tau_pre`` that of the source's, ``tau_post`` that of the target's.

    Raises
    ------
    UserError
        If the text names a parameter that both models have, with different values.
    """
    mistakes = ambiguous_constants(circuit, projection)
    if mistakes:
        raise UserError(*mistakes)
    found: dict[str, Any] = {"dt": to_brian(circuit.dt)}
    for suffix, path in (("post", projection.target), ("pre", projection.source)):
        for name, value in circuit.neurons[circuit.population(path).neuron].parameters.items():
            found |= {name: to_brian(value), f"{name}_{suffix}": to_brian(value)}
    return found


def known_constants(circuit: Circuit, projection: Projection) -> list[str]:
    """Return the names that `synapse_constants` would give a value."""
    names = ["dt"]
    for suffix, path in (("pre", projection.source), ("post", projection.target)):
        model = circuit.neurons.get(circuit.population(path).neuron)
        names += [each for name in (model.parameters if model else ()) for each in (name, f"{name}_{suffix}")]
    return list(dict.fromkeys(names))


def ambiguous_constants(circuit: Circuit, projection: Projection) -> list[Mistake]:
    """Return a mistake for every constant of the text that means one thing at the source and another at the target."""
    ends = [circuit.neurons.get(circuit.population(path).neuron) for path in (projection.source, projection.target)]
    if ends[0] is None or ends[1] is None:
        return []
    pre, post = ends[0].parameters, ends[1].parameters
    named = set().union(*(each.factor.names for each in statements_of(circuit.synapses[projection.synapse])))
    place = f"{circuit.path}: projections[{projection.index}].synapse"
    suggestion = f'Write which of them the synapse "{projection.synapse}" means.'
    two = [name for name in named & set(pre) & set(post) if _differ(pre[name], post[name])]
    mistakes = [
        Mistake(
            place,
            f'"{name}" is ambiguous: {projection.source} and {projection.target} both have a parameter of this name',
            f"{pre[name].text} and {post[name].text}",
            f"{name}_pre or {name}_post",
            suggestion,
        )
        for name in sorted(two)
    ]
    variables = {
        path: _variables(model.equations)
        for path, model in zip((projection.source, projection.target), ends, strict=True)
    }
    for name in sorted(named & {*pre, *post} - set(two)):
        for path in (path for path, names in variables.items() if name in names):
            side = "pre" if name in pre else "post"
            wrong = f'"{name}" is ambiguous: it is a parameter, and {path} has a variable of this name'
            mistakes.append(Mistake(place, wrong, f'"{name}"', f"{name}_{side}, which is the parameter", suggestion))
    return mistakes


def _differ(one: Quantity, other: Quantity) -> bool:
    return (one.value, one.dimension) != (other.value, other.dimension)


def _variables(equations: str) -> set[str]:
    """Return the names that the lines of equations define."""
    return {each[0] or each[1] for each in re.findall(r"^\s*(?:d(\w+)\s*/\s*dt|(\w+))\s*[=:]", equations, re.MULTILINE)}


def statements_of(synapse: SynapseModel) -> tuple[Any, ...]:
    """Return the parsed statements of a synapse model."""
    return parse_on_pre(synapse.on_pre) if synapse.on_pre else (parse_transmit(synapse.transmit),)


# ---- continuous transmission ---------------------------------------------------------------------------------------


def continuous_inputs(circuit: Circuit, path: str) -> tuple[Inputs, ...]:
    """Return the variables of population `path` that continuous synapses set, with the projections that do."""
    onto: dict[str, list[str]] = {}
    for projection in circuit.projections:
        text = circuit.synapses[projection.synapse].transmit
        if projection.target == path and text:
            onto.setdefault(parse_transmit(text).target, []).append(projection.name)
    return tuple(Inputs(variable, tuple(names)) for variable, names in onto.items())


def written_by_others(circuit: Circuit, path: str, variable: str) -> bool:
    """Tell whether a reset or a spike may write to a variable that continuous synapses set."""
    reset = circuit.neurons[circuit.population(path).neuron].reset
    if re.search(rf"^\s*{variable}\s*[-+*/]?=", reset.replace(";", "\n"), re.MULTILINE):
        return True
    models = [circuit.synapses[p.synapse] for p in circuit.projections if p.target == path]
    return any(each.target == variable for model in models if model.on_pre for each in parse_on_pre(model.on_pre))


def with_own_target(transmit: str, inputs: Inputs, projection: str) -> str:
    """Return the text of a continuous synapse that sets a part of the sum."""
    return transmit.replace(f"{inputs.variable}_post", f"{inputs.part(projection)}_post", 1)


def with_own_constants(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return text and namespace of synapses with constants under names that no variable of a population can have.

    In `brian2.Synapses` a variable of the target hides a constant of the same name.
    """
    names = {name: reserved(f"constant_{name}") for name in settings["namespace"]}
    texts = {key: renamed(settings[key], names) for key in ("on_pre", "transmit") if key in settings}
    return {**texts, "namespace": {names[name]: value for name, value in settings["namespace"].items()}}


# ---- rules ---------------------------------------------------------------------------------------------------------


def check_spikes(circuit: Circuit, projection: Projection, rule: Rule) -> None:
    """Raise a UserError if `rule` acts on spikes that `projection` does not carry."""
    ends = (circuit.neurons[circuit.population(path).neuron] for path in (projection.source, projection.target))
    spiking = all(model.threshold for model in ends) and circuit.synapses[projection.synapse].on_pre
    if not spiking and any(change.when in ON_SPIKES for change in rule.along(projection.pathway).changes):
        wrong = f'the rule "{rule.name}" acts on spikes, but "{projection.name}" does not join spiking units'
        raise UserError(Mistake(circuit.path, wrong, suggestion="Name those that learn in rule.projections."))
