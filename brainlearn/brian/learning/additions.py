"""What rules add to populations: traces, and means of what reaches them, whichever machine holds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from brainlearn.brian.learning.phase_mean import PhaseMean
from brainlearn.brian.learning.plasticity import Plasticity
from brainlearn.brian.learning.population_values import FEEDBACK
from brainlearn.brian.learning.traces import TraceText, trace_text
from brainlearn.brian.populations import to_brian
from brainlearn.circuit import Circuit
from brainlearn.rules.trace_sides import traces_at


def added_traces(circuit: Circuit, path: str, rules: Sequence[Plasticity]) -> Iterator[TraceText]:
    """Yield the traces that rules add to population `path`."""
    model = circuit.models[path]
    for number, plasticity in enumerate(rules):
        rule, where = plasticity.rule, f'the rule "{plasticity.rule.name}" at {path}'
        sides = plasticity.sides(circuit, path)
        if sides and (traces := traces_at(rule, sides)):
            parameters = {name: to_brian(value) for name, value in plasticity.constants.items()}
            yield trace_text(traces, parameters, model, circuit.dt.value, where, number)


def feedback_means(populations: Mapping[str, Any], rules: Sequence[Plasticity]) -> dict[str, PhaseMean]:
    """Return what averages the feedback of every population, by path, if a rule reads it."""
    names = (FEEDBACK, f"{FEEDBACK}_before")
    if not any(each.rule.reads(name) for each in rules for name in names):
        return {}
    named = {path: p.model.feedback for path, p in populations.items() if p.model.feedback}
    return {path: PhaseMean(populations[path], name) for path, name in named.items()}
