"""The text of a rule's terms that act in every step: what it may name, and how stock synapses are told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from brian2 import Equations

from brainlearn.brian.populations import GAIN, PopulationGroup
from brainlearn.circuit import Circuit, Projection
from brainlearn.expression import parse_expression
from brainlearn.mistakes import Mistake, UserError, closest
from brainlearn.rules.rule import IN_STEPS, Change, Rule

FEEDBACK = "feedback"
OF_A_COPY = ("polarity", "nudge_strength", "nudge_strength_before")


def step_terms(rule: Rule) -> tuple[Change, ...]:
    """Return the terms of a rule that act in every step."""
    return tuple(change for change in rule.changes if change.when in IN_STEPS)


def told_names(rule: Rule) -> set[str]:
    """Return what a population tells its synapses."""
    return {*OF_A_COPY, *rule.broadcasts, *rule.modulators, *(memory.name for memory in rule.memories)}


def is_told(rule: Rule) -> bool:
    """Tell whether step terms read what their population tells them, so that it must be there in every step."""
    texts = (c.post for c in (*rule.changes, *rule.top_down) if c.when in IN_STEPS)
    return any(parse_expression(text).names & told_names(rule) for text in texts)


# ---- stock synapses ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StockText:
    """A rule's step terms as Brian2 wants them in a synapse.

    Parameters
    ----------
    gather : str
        What is added up in every step, as in ``(trace_pre)*(apical_post) + …``; empty if the rule has no such term.
    hold : mapping of str to str
        Variables of the synapse, and what they become when a step begins: presynaptic sides as they are transmitted.
    constants : mapping of str to number
        What the text names beside variables: parameters of the neuron models, under names of their own.
    """

    gather: str
    hold: Mapping[str, str]
    constants: Mapping[str, Any]


def stock_text(rule: Rule, pre: PopulationGroup, post: PopulationGroup) -> StockText:
    """Write a rule's step terms as Brian2 wants them in a synapse between two populations."""
    constants: dict[str, Any] = {}
    hold, products = {}, []
    for k, change in enumerate(step_terms(rule)):
        a = _suffixed(change.pre, "pre", pre, rule.parameters, constants)
        b = _suffixed(change.post, "post", post, rule.parameters, constants)
        if change.when == "transmission":
            hold[f"held_{k}"], a = a, f"held_{k}"
        products.append(f"({a})*({b})")
    return StockText(" + ".join(products), hold, constants)


def _suffixed(
    text: str, side: str, population: PopulationGroup, parameters: Iterable[str], constants: dict[str, Any]
) -> str:
    """Add ``_pre`` or ``_post`` to variables, and note parameters of the neuron model in `constants`."""
    for name in parse_expression(text).names - set(parameters):
        own = f"{population.model.feedback if name == FEEDBACK else name}_{side}"
        if name in population.model.parameters:
            own = f"{side}synaptic_{name}"
            constants[own] = population.namespace[name]
        text = re.sub(rf"\b{name}\b", own, text)
    return text


# ---- what is not there ---------------------------------------------------------------------------------------------


def check_steps(circuit: Circuit, projections: Iterable[str], rule: Rule) -> None:
    """Raise a UserError if step text, or what it is told, names what a unit does not have in every step."""
    for projection in (p for p in circuit.projections if p.name in projections):
        for path, text, others in _read_in_steps(projection, rule):
            known = sorted({*_unit_names(circuit, path, rule), *rule.parameters, *others})
            for name in sorted(parse_expression(text).names.difference(known)):
                raise UserError(_unknown(circuit, projection, path, name, known, rule))


def _read_in_steps(projection: Projection, rule: Rule) -> Iterator[tuple[str, str, set[str]]]:
    """Yield every text that is read in every step, whose unit it is about, and what else it may name."""
    terms = step_terms(rule.along(projection.pathway))
    for change in terms:
        yield projection.source, change.pre, set()
        yield projection.target, change.post, told_names(rule)
    if terms and is_told(rule):
        for text in rule.broadcasts.values():
            yield projection.target, text, set()


def _unit_names(circuit: Circuit, path: str, rule: Rule) -> set[str]:
    """Return what a unit of a population has in every step."""
    model = circuit.neurons[circuit.population(path).neuron]
    own = {*Equations(model.equations).names, *model.parameters, *(trace.name for trace in rule.traces), GAIN}
    return own | {FEEDBACK} if model.feedback else own


def _unknown(circuit: Circuit, projection: Projection, path: str, name: str, known: list[str], rule: Rule) -> Mistake:
    wrong = f'the rule "{rule.name}" reads "{name}" in every step, which units of {path} do not have'
    allowed = "variables and parameters of the unit, and what its population tells it: " + ", ".join(known)
    hint = "The activity since the phase began is there at its end only; a trace follows spikes in every step."
    return Mistake(
        f'{circuit.path}: projection "{projection.name}"', wrong, f'"{name}"', allowed, closest(name, known) or hint
    )
