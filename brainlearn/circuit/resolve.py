"""Neuron and synapse models of a file: built-in ones with other parameters, or text."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from brainlearn.circuit.draft import Draft
from brainlearn.circuit.schema import NeuronTable
from brainlearn.circuit.validation import show
from brainlearn.mistakes import Mistake, closest
from brainlearn.neurons import NEURONS, NeuronKind, NeuronModel
from brainlearn.neurons.varying import Values, defined_names, with_values, written_values
from brainlearn.synapses import SYNAPSES, SynapseModel
from brainlearn.units import Quantity, wrong_dimension

_REPLACEABLE = ("threshold", "reset", "refractory", "method")
_FIXED = ("equations", "kind", "output", "input", "feedback", "kept")


def resolve_neurons(draft: Draft) -> dict[str, NeuronModel | None]:
    """Return every neuron model that the file may use, by name; None for one that has a mistake."""
    own: dict[str, NeuronModel | None] = {}
    for name in draft.neurons:
        if name in NEURONS:
            draft.mistakes.append(_taken(draft, "neurons", name))
        _resolve_neuron(draft, name, own, ())
    return {**NEURONS, **{name: own[name] for name in draft.neurons}}


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
        "duplicate name: a built-in model has this name",
        show(name),
        "a unique name",
        "Choose another name.",
    )


def _resolve_neuron(
    draft: Draft, name: str, own: dict[str, NeuronModel | None], above: tuple[str, ...]
) -> NeuronModel | None:
    """Put a model of the file into `own`, after the one that it builds on; `above` are those that ask for it."""
    if name in own:
        return own[name]
    table, before = draft.neurons[name], len(draft.mistakes)
    model = None
    if table is not None:
        model = _from_model(draft, name, table, own, above) if table.model else _from_text(draft, name, table)
    own[name] = model if len(draft.mistakes) == before else None
    return own[name]


def _from_model(
    draft: Draft, name: str, table: NeuronTable, own: dict[str, NeuronModel | None], above: tuple[str, ...]
) -> NeuronModel | None:
    """Return a model that builds on another one, built in or of the file."""
    place, path = draft.place("neurons", name, "model"), (*above, name)
    if table.model in NEURONS:
        base: NeuronModel | None = NEURONS[table.model]
    elif table.model in path:
        circle = " -> ".join((*path[path.index(table.model) :], table.model))
        allowed = "a built-in model, or one that is not based on this one"
        draft.mistakes.append(Mistake(place, "models are based on each other in a circle", circle, allowed))
        return None
    elif table.model in draft.neurons:
        base = _resolve_neuron(draft, table.model, own, path)
    else:
        known = [*NEURONS, *(each for each in draft.neurons if each != name)]
        wrong, allowed = "no such model", ", ".join(known)
        draft.mistakes.append(Mistake(place, wrong, show(table.model), allowed, closest(table.model, known)))
        return None
    if base is None:
        return None  # its own mistakes are named
    for key in _FIXED:
        if getattr(table, key):
            place = draft.place("neurons", name, key)
            allowed = ", ".join(("parameters", "initial", *_REPLACEABLE))
            suggestion = f"Leave it out, or leave `model` out and write all of {name} as text."
            draft.mistakes.append(Mistake(place, f"{table.model} fixes this key", key, allowed, suggestion))
    draft.mistakes += parameter_mistakes(draft.place("neurons", name, "parameters"), table.parameters, base)
    replaced = {key: getattr(table, key) for key in _REPLACEABLE if getattr(table, key)}
    return dataclasses.replace(with_values(base, table.parameters, table.initial), name=name, **replaced)


def parameter_mistakes(place: str, parameters: Values, model: NeuronModel) -> Iterator[Mistake]:
    """Yield the mistakes in other parameters of a model: a name that it does not have, a wrong unit."""
    own, _ = written_values(model)
    for key, value in parameters.items():
        where = f"{place}.{key}"
        if key not in own:
            allowed = ", ".join(own) or f"none: {model.name} has no parameters"
            yield Mistake(where, f"{model.name} has no such parameter", show(key), allowed, closest(key, own))
        elif value.dimension != own[key].dimension:
            error = wrong_dimension(value, own[key].dimension)
            suggestion = error.suggestion or f"{model.name} has {show(own[key].text)}."
            yield Mistake(where, error.wrong, error.found, error.allowed, suggestion)


def _from_text(draft: Draft, name: str, table: NeuronTable) -> NeuronModel | None:
    if not table.equations.strip():
        allowed = "`model`, the name of a built-in model, or `equations`, Brian2 text"
        draft.mistakes.append(Mistake(draft.place("neurons", name), "no model and no equations", "neither", allowed))
        return None
    kind = table.kind or _kind_of(table)
    _check_kind(draft, name, table, kind)
    _check_varied(draft, name, table)
    model = NeuronModel(
        name=name,
        kind=kind,
        equations=table.equations.strip(),
        threshold=table.threshold.strip(),
        reset=table.reset.strip(),
        refractory=table.refractory.strip(),
        method=table.method or "euler",
        output=table.output,
        input=table.input,
        feedback=table.feedback,
        kept=tuple(table.kept),
        source="the circuit file",
    )
    return with_values(model, table.parameters, table.initial)


def _check_varied(draft: Draft, name: str, table: NeuronTable) -> None:
    """Check that what differs between units has a unique name: the equations get a variable of that name."""
    defined = defined_names(table.equations)
    for key, value in table.parameters.items():
        if not isinstance(value, Quantity) and key in defined:
            place = draft.place("neurons", name, "parameters", key)
            draft.mistakes.append(
                Mistake(place, "a variable of the equations has this name", show(key), "another name")
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
