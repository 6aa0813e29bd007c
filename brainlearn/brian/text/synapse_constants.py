"""Constants in the text of synapses: parameters of the neuron models at both ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brainlearn.brian.learning.traces import renamed
from brainlearn.brian.populations import to_brian
from brainlearn.brian.text.statement import statements_of
from brainlearn.circuit import Circuit, Projection
from brainlearn.mistakes import Mistake, UserError
from brainlearn.neurons.varying import defined_names, written_equations
from brainlearn.reserved import reserved
from brainlearn.units import Quantity


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
        for name, value in circuit.models[path].parameters.items():
            found |= {name: to_brian(value), f"{name}_{suffix}": to_brian(value)}
    return found


def known_constants(circuit: Circuit, projection: Projection) -> list[str]:
    """Return the names of constants that text may use."""
    names = ["dt"]
    for suffix, path in (("pre", projection.source), ("post", projection.target)):
        model = circuit.models.get(path)
        constants = {**model.parameters, **model.varied} if model else {}
        names += [each for name in constants for each in (name, f"{name}_{suffix}")]
    return list(dict.fromkeys(names))


def ambiguous_constants(circuit: Circuit, projection: Projection) -> list[Mistake]:
    """Return a mistake for every constant of the text that means one thing at the source and another at the target."""
    source, target = (circuit.models.get(path) for path in (projection.source, projection.target))
    if source is None or target is None:
        return []
    pre, post = {**source.parameters, **source.varied}, {**target.parameters, **target.varied}
    named = set().union(*(each.factor.names for each in statements_of(circuit.synapses[projection.synapse])))
    place = f"{circuit.path}: {projection.place('synapse')}"
    suggestion = f'State which of them is meant in the synapse "{projection.synapse}" means.'
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
    models = {projection.source: source, projection.target: target}
    variables = {path: defined_names(written_equations(model)) for path, model in models.items()}
    for name in sorted(named & {*pre, *post} - set(two)):
        for path in (path for path, names in variables.items() if name in names):
            side = "pre" if name in pre else "post"
            wrong = f'"{name}" is ambiguous: it is a parameter, and {path} has a variable of this name'
            mistakes.append(Mistake(place, wrong, f'"{name}"', f"{name}_{side}, which is the parameter", suggestion))
    return mistakes


def _differ(one: Any, other: Any) -> bool:
    if not isinstance(one, Quantity) or not isinstance(other, Quantity):
        return True  # units differ
    return (one.value, one.dimension) != (other.value, other.dimension)


def with_own_constants(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return text and namespace of synapses with constants under names that no variable of a population can have.

    In `brian2.Synapses` a variable of the target hides a constant of the same name. ``w`` is the weight, whatever a
    neuron model calls so.
    """
    names = {name: reserved(f"{name}_constant") for name in settings["namespace"] if name != "w"}
    texts = {key: renamed(settings[key], names) for key in ("on_pre", "transmit") if key in settings}
    return {**texts, "namespace": {own: settings["namespace"][name] for name, own in names.items()}}
