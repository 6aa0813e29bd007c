"""Operations of showing presentations, without what is learned from them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from brainlearn.brian.learning.plasticity import Plasticity
from brainlearn.circuit import Circuit
from brainlearn.cost.carriers import Carrier
from brainlearn.cost.events import EventTally
from brainlearn.cost.fan import Fan
from brainlearn.results.cost_record import StageCost
from brainlearn.rules.rule import Trace
from brainlearn.rules.trace_sides import traces_at

DIFFERENTIAL = re.compile(r"^\s*d\w+\s*/\s*dt\s*=", re.MULTILINE)


def showing_cost(
    tally: EventTally,
    circuit: Circuit,
    carried: Mapping[str, Carrier],
    fans: Mapping[str, Fan],
    rules: Sequence[Plasticity] = (),
) -> StageCost:
    """Count the operations of presentations.

    Parameters
    ----------
    tally : EventTally
    circuit : Circuit
    carried : mapping of str to Carrier
    fans : mapping of str to Fan
        By projection.
    rules : sequence of Plasticity
        Their traces are integrated, too.

    Returns
    -------
    StageCost
        Without traffic, see `brainlearn.cost.traffic`.
    """
    macs, acs, dense = {}, {}, {}
    for name, carrier in carried.items():
        fan = fans[name]
        sent = tally.total(carrier.source) if carrier.events else None
        effective = fan.nonzero.sum() * tally.steps if sent is None else sent @ fan.nonzero
        operations = float(effective) * carrier.effects
        macs[name], acs[name] = (0.0, operations) if carrier.binary else (operations, 0.0)
        dense[name] = fan.pairs * tally.steps * carrier.effects
    variables = {p.path: p.size * integrated(circuit, p.path, rules) for p in circuit.populations}
    return StageCost(
        presentations=tally.presentations,
        steps=tally.steps,
        macs=macs,
        acs=acs,
        dense=dense,
        events={p.path: float(tally.total(p.path).sum()) for p in circuit.populations},
        membrane_updates={path: size * tally.steps for path, size in units(circuit).items()},
        state_updates={path: number * tally.steps for path, number in variables.items()},
    )


def units(circuit: Circuit) -> dict[str, int]:
    """Return the number of units of every population but stimuli, by path."""
    return {p.path: p.size for p in circuit.populations if circuit.models[p.path].kind != "stimulus"}


def integrated(circuit: Circuit, path: str, rules: Sequence[Plasticity] = ()) -> int:
    """Return how many variables every unit of a population integrates: its own, and traces of rules."""
    model, traces = circuit.models[path], traces_of(circuit, path, rules)
    texts = (trace.equation if model.threshold or not trace.graded else trace.graded for trace in traces)
    own = len(DIFFERENTIAL.findall(model.equations)) + bool(model.refractory)
    return own + sum(len(DIFFERENTIAL.findall(text)) for text in texts)


def traces_of(circuit: Circuit, path: str, rules: Sequence[Plasticity]) -> list[Trace]:
    """Return the traces that rules add to a population."""
    sides = [(each.rule, each.sides(circuit, path)) for each in rules]
    return [trace for rule, where in sides if where for trace in traces_at(rule, where)]
