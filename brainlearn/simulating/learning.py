"""The rules of a simulation: which one, for which projections, and all possible mistakes in that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from brainlearn.brian.learning.state_equations import state_system
from brainlearn.brian.learning.step_checks import check_steps
from brainlearn.brian.learning.traces import trace_text
from brainlearn.brian.populations import to_brian
from brainlearn.brian.simulation import Plasticity
from brainlearn.brian.text.synapse_text import check_synapses
from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.schema import Tied
from brainlearn.circuit.validation import show, unknown
from brainlearn.experiment.checks.own_rule import between, wherever
from brainlearn.experiment.checks.updates import find_in_updates
from brainlearn.experiment.rule_loading import load_rule
from brainlearn.experiment.rule_schema import UpdateTable
from brainlearn.mistakes import Mistake, UserError, closest
from brainlearn.rules import RULES, Rule
from brainlearn.rules.trace_sides import traces_at
from brainlearn.units import Quantity, UnitError, parse_quantity

ALL = "all"
BYTES_TO_TELL = 200_000_000  # of states of synapses, from which on a note says so


@dataclass(frozen=True)
class Asked:
    """What is to learn, as requested.

    Parameters
    ----------
    rule : Rule, str or Path, optional
        A rule, the name of one that is built in, or a rule file.
    learn : str or sequence of str
        Projections, or ``"all"``.
    parameters : mapping of str to value
        That replace the rule's.
    updates : sequence of mappings
        The chain from proposals to weights; default: a step of size 1.
    place : str
        Where it was asked for, if it is one of several, for mistakes: ``"rules[1]"``.
    key : str
        What `learn` is called there.
    """

    rule: Rule | str | Path | None = None
    learn: str | Sequence[str] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    updates: Sequence[Mapping[str, Any]] = ()
    place: str = ""
    key: str = "learn"

    def described(self) -> dict[str, Any]:
        """Return it as texts and numbers."""
        name = self.rule.name if isinstance(self.rule, Rule) else None if self.rule is None else str(self.rule)
        learn = [self.learn] if isinstance(self.learn, str) else list(self.learn)
        values = {
            key: value if isinstance(value, int | float) else str(value) for key, value in self.parameters.items()
        }
        return {"rule": name, "learn": learn, "parameters": values, "updates": [dict(each) for each in self.updates]}


def asked_of(rules: Sequence[Mapping[str, Any]]) -> list[Asked]:
    """Return several rules as Python gives them: with the keys ``rule``, ``learn``, ``parameters`` and ``updates``."""
    allowed, mistakes, found = ("rule", "learn", "parameters", "updates"), [], []
    for k, each in enumerate(rules):
        place = f"rules[{k}]"
        for key in (key for key in each if key not in allowed):
            mistakes.append(
                Mistake(f"{place}.{key}", "no such key", show(key), ", ".join(allowed), closest(key, allowed))
            )
        if each.get("rule") is None:
            mistakes.append(Mistake(f"{place}.rule", "no rule is named", "nothing", "a rule, its name or its file"))
        found.append(Asked(**{key: value for key, value in each.items() if key in allowed}, place=place))
    if mistakes:
        raise UserError(*mistakes)
    return found


def plasticities_of(circuit: Circuit, asked: Sequence[Asked]) -> tuple[list[Plasticity], list[Mistake]]:
    """Return what learns by each rule, or all mistakes in the request."""
    found: list[Plasticity] = []
    mistakes: list[Mistake] = []
    learning: dict[str, Asked] = {}
    for each in asked:
        plasticity, wrong = plasticity_of(circuit, each)
        mistakes += [_placed(mistake, each) for mistake in wrong]
        names = () if plasticity is None else plasticity.projections
        for name in (name for name in names if name in learning):
            place = learning[name].place.rpartition(": ")[2]
            wrong_here, allowed = f"{name} already learns by {place}", "one rule for each projection"
            mistakes.append(Mistake(f"{each.place}.{each.key}", wrong_here, show(name), allowed))
        found += [] if plasticity is None or not learning.keys().isdisjoint(names) else [plasticity]
        learning |= {name: each for name in names if name not in learning}
    return found, mistakes


def _placed(mistake: Mistake, asked: Asked) -> Mistake:
    """Name the rule that a mistake belongs to, if there are several."""
    if not asked.place:
        return mistake
    key = mistake.where.removeprefix("rule.")
    key = asked.key if key == "learn" or key.startswith("learn ") else key
    return replace(mistake, where=f"{asked.place}.{key}")


def plasticity_of(circuit: Circuit, asked: Asked) -> tuple[Plasticity | None, list[Mistake]]:
    """Return what learns, or all mistakes in the request."""
    if asked.rule is None:
        given: dict[str, Any] = {"learn": asked.learn, "parameters": asked.parameters, "updates": asked.updates}
        no_rule, hint = "learning needs a rule", "Name one, as pair_stdp, or a rule file."
        return None, [Mistake(key, no_rule, show(value), "none", hint) for key, value in given.items() if value]
    try:
        rule = _rule(asked.rule)
    except UserError as error:
        return None, list(error.mistakes)
    projections, mistakes = _projections(circuit, asked.learn)
    parameters, wrong = _parameters(rule, asked.parameters)
    tables = [UpdateTable(**each) for each in asked.updates if isinstance(each.get("name"), str)]
    mistakes += [*wrong, *find_in_updates(tables, "updates")]
    if len(tables) < len(asked.updates):
        mistakes.append(Mistake("updates", "an update without a name", allowed='as {"name": "clip", "high": 1.0}'))
    if not mistakes:
        mistakes = list(dict.fromkeys(_in_circuit(circuit, projections, rule, parameters)))
    if mistakes:
        return None, mistakes
    chain = tuple((table.name, dict(table.model_extra or {})) for table in tables) or (("step", {"size": 1.0}),)
    return Plasticity(rule, tuple(p.name for p in projections), parameters, chain), []


def _rule(asked: Rule | str | Path) -> Rule:
    if isinstance(asked, Rule):
        return asked
    if str(asked) in RULES:
        return RULES[str(asked)]
    if str(asked).endswith(".toml"):
        return load_rule(asked)
    hint = closest(str(asked), RULES) or "A rule file ends in .toml; brainlearn list rules prints those built in."
    raise UserError(Mistake("rule", f"no rule {show(str(asked))}", show(str(asked)), ", ".join(RULES), hint))


def _projections(circuit: Circuit, learn: str | Sequence[str]) -> tuple[list[Projection], list[Mistake]]:
    """Return the projections that are to learn, and what is wrong with their names."""
    free = {p.name: p for p in circuit.projections if not isinstance(p.weights, Tied)}
    names = [learn] if isinstance(learn, str) else list(learn)
    if names == [ALL]:
        return list(circuit.learnable), []
    tied = {p.name for p in circuit.projections if isinstance(p.weights, Tied)}
    mistakes = [
        Mistake(f"learn {name}", "its weights are tied to those of another projection", show(name), ", ".join(free))
        if name in tied
        else unknown(f"learn {name}", "projection", name, free)
        for name in names
        if name not in free
    ]
    if not names:
        mistakes.append(Mistake("learn", "no projection learns", "none", ", ".join((ALL, *free))))
    return [free[name] for name in dict.fromkeys(names) if name in free], mistakes


def _parameters(rule: Rule, given: Mapping[str, Any]) -> tuple[dict[str, Quantity], list[Mistake]]:
    found: dict[str, Quantity] = {}
    mistakes = []
    for name, value in given.items():
        where = f"parameters.{name}"
        if name not in rule.parameters:
            mistakes.append(unknown(where, f"parameter of {rule.name}", name, rule.parameters))
            continue
        try:
            found[name] = value if isinstance(value, Quantity) else parse_quantity(value)
        except UnitError as error:
            mistakes.append(Mistake(where, str(error), show(value), f"as in {rule.parameters[name].text}"))
            continue
        if found[name].dimension != rule.parameters[name].dimension:
            text = rule.parameters[name].text
            mistakes.append(Mistake(where, "wrong unit", found[name].text, f"as in {text}"))
    return found, mistakes


def _in_circuit(
    circuit: Circuit,
    projections: Sequence[Projection],
    rule: Rule,
    parameters: Mapping[str, Quantity],
) -> Iterator[Mistake]:
    """Yield the mistakes of a rule, alone and between the units that it connects."""
    known = replace(rule, parameters={**rule.parameters, **parameters})
    if found := wherever(known, circuit.dt):
        yield from (replace(mistake, where=f"rule.{mistake.where}") for mistake in found)
        return
    values = {name: to_brian(value) for name, value in known.parameters.items()}
    for projection in projections:
        for mistake in between(circuit, projection, known):
            yield replace(mistake, where=f"rule.{mistake.where}")
        try:
            check_synapses(circuit, projection, known)
            check_steps(circuit, (projection.name,), known)
            state_system(known, known.parameters, circuit.dt.value, "rule.states")
            for side, path in (("pre", projection.source), ("post", projection.target)):
                model = circuit.models[path]
                if traces := traces_at(known, (side,)):
                    trace_text(traces, values, model, circuit.dt.value, "rule.traces")
        except UserError as error:
            yield from error.mistakes


def memory_of_states(rule: Rule, synapses: int, copies: int, precision: str) -> int:
    """Return the bytes that states of synapses take, in all copies."""
    return len(rule.states) * synapses * copies * (4 if precision == "float32" else 8)
