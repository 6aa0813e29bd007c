"""Neuron and synapse models of a file: built-in ones with other parameters, or text."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

from brainlearn.circuit.draft import Draft
from brainlearn.circuit.schema import NeuronTable
from brainlearn.circuit.validation import show
from brainlearn.mistakes import Mistake, closest
from brainlearn.neurons import NEURONS, NeuronKind, NeuronModel
from brainlearn.synapses import SYNAPSES, SynapseModel
from brainlearn.units import Quantity, wrong_dimension

_REPLACEABLE = ("threshold", "reset", "refractory", "method")
_FIXED = ("equations", "kind", "output", "input", "feedback", "kept")


def resolve_neurons(draft: Draft) -> dict[str, NeuronModel | None]:
    """Return every neuron model that the file may use, by name; None for one that has a mistake."""
    models: dict[str, NeuronModel | None] = dict(NEURONS)
    for name, table in draft.neurons.items():
        if name in NEURONS:
            draft.mistakes.append(_taken(draft, "neurons", name))
        models[name] = _resolve_neuron(draft, name, table) if table is not None else None
    return models


def resolve_synapses(draft: Draft) -> dict[str, SynapseModel | None]:
    """Return every synapse model that the file may use, by name; None for one that has a mistake."""
    models: dict[str, SynapseModel | None] = dict(SYNAPSES)
    for name, table in draft.synapses.items():
        if name in SYNAPSES:
            draft.mistakes.append(_taken(draft, "synapses", name))
        models[name] = None
        if table is not None:
            on_pre, transmit = table.on_pre.strip(), table.transmit.strip()
            models[name] = SynapseModel(name, on_pre, transmit, table.sign, source="the circuit file")
    return models


def _taken(draft: Draft, section: str, name: str) -> Mistake:
    place = draft.place(section, name)
    return Mistake(
        place,
        "duplicate name: a built-in model is called so",
        show(name),
        "a name of its own",
        "Choose another name.",
    )


def _resolve_neuron(draft: Draft, name: str, table: NeuronTable) -> NeuronModel | None:
    before = len(draft.mistakes)
    model = _from_built_in(draft, name, table) if table.model else _from_text(draft, name, table)
    return model if len(draft.mistakes) == before else None


def _from_built_in(draft: Draft, name: str, table: NeuronTable) -> NeuronModel | None:
    if table.model not in NEURONS:
        place, known = draft.place("neurons", name, "model"), ", ".join(NEURONS)
        draft.mistakes.append(Mistake(place, "no such model", show(table.model), known, closest(table.model, NEURONS)))
        return None
    built_in = NEURONS[table.model]
    for key in _FIXED:
        if getattr(table, key):
            place = draft.place("neurons", name, key)
            allowed = ", ".join(("parameters", "initial", *_REPLACEABLE))
            suggestion = f"Leave it out, or leave `model` out and write all of {name} as text."
            draft.mistakes.append(Mistake(place, f"{table.model} fixes this key", key, allowed, suggestion))
    _check_parameters(draft, name, table, built_in)
    return dataclasses.replace(
        built_in,
        name=name,
        parameters=_merged(built_in.parameters, table.parameters),
        initial=_merged(built_in.initial, table.initial),
        **{key: getattr(table, key) for key in _REPLACEABLE if getattr(table, key)},
    )


def _check_parameters(draft: Draft, name: str, table: NeuronTable, built_in: NeuronModel) -> None:
    for key, quantity in table.parameters.items():
        place = draft.place("neurons", name, "parameters", key)
        if key not in built_in.parameters:
            allowed = ", ".join(built_in.parameters) or f"none: {built_in.name} has no parameters"
            suggestion = closest(key, built_in.parameters)
            draft.mistakes.append(
                Mistake(place, f"{built_in.name} has no such parameter", show(key), allowed, suggestion)
            )
        elif quantity.dimension != built_in.parameters[key].dimension:
            error = wrong_dimension(quantity, built_in.parameters[key].dimension)
            suggestion = error.suggestion or f"{built_in.name} has {show(built_in.parameters[key].text)}."
            draft.mistakes.append(Mistake(place, error.wrong, error.found, error.allowed, suggestion))


def _from_text(draft: Draft, name: str, table: NeuronTable) -> NeuronModel | None:
    if not table.equations.strip():
        allowed = "`model`, the name of a built-in model, or `equations`, Brian2 text"
        draft.mistakes.append(Mistake(draft.place("neurons", name), "no model and no equations", "neither", allowed))
        return None
    kind = table.kind or _kind_of(table)
    _check_kind(draft, name, table, kind)
    return NeuronModel(
        name=name,
        kind=kind,
        equations=table.equations.strip(),
        threshold=table.threshold.strip(),
        reset=table.reset.strip(),
        refractory=table.refractory.strip(),
        method=table.method or "euler",
        parameters=MappingProxyType(table.parameters),
        initial=MappingProxyType(table.initial),
        output=table.output,
        input=table.input,
        feedback=table.feedback,
        kept=tuple(table.kept),
        source="the circuit file",
    )


def _kind_of(table: NeuronTable) -> NeuronKind:
    if table.input:
        return "stimulus"
    return "graded" if table.output and not table.threshold.strip() else "spiking"


def _check_kind(draft: Draft, name: str, table: NeuronTable, kind: NeuronKind) -> None:
    needed = {"spiking": "threshold", "graded": "output", "stimulus": "input"}[kind]
    meaning = {
        "threshold": "the condition for a spike, as in `v > 1`",
        "output": "the variable that is transmitted",
        "input": "the variable that the stimulus sets",
    }
    if not getattr(table, needed).strip():
        place = draft.place("neurons", name, needed)
        draft.mistakes.append(Mistake(place, f"a {kind} model needs this key", "nothing", meaning[needed]))
    if table.reset.strip() and not table.threshold.strip():
        place = draft.place("neurons", name, "reset")
        draft.mistakes.append(
            Mistake(place, "a reset without a threshold", show(table.reset), "a threshold, or no reset")
        )


def _merged(old: Mapping[str, Quantity], new: Mapping[str, Quantity]) -> Mapping[str, Quantity]:
    return MappingProxyType({**old, **new})
