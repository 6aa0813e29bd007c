"""See that a rule fits the projections that learn by it; the circuit's own text must be right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from brainlearn.brian.learning.step_checks import check_steps
from brainlearn.brian.learning.traces import trace_text
from brainlearn.brian.populations import to_brian
from brainlearn.brian.text.synapse_text import check_spikes
from brainlearn.circuit import Circuit, Projection
from brainlearn.experiment.learning import learning_by
from brainlearn.experiment.rule_of import rule_of
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake, UserError
from brainlearn.rules import Rule


def check_rule_text(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """See that a rule on spikes learns where spikes are, that units have what it reads, and traces a solution."""
    for key, table in settings.rule_tables.items():
        rule, learning = rule_of(table), learning_by(table, circuit)
        assert rule is not None, "whether there is one is checked before"
        for projection in learning:
            try:
                check_spikes(circuit, projection, rule)
                check_steps(circuit, (projection.name,), rule)
            except UserError as error:
                yield from (replace(mistake, where=f"{key}.name") for mistake in error.mistakes)
        if table.has_text:
            yield from dict.fromkeys(_check_traces(circuit, learning, rule, f"{key}.traces"))


def _check_traces(circuit: Circuit, learning: Iterable[Projection], rule: Rule, key: str) -> Iterator[Mistake]:
    """See that the equations of traces can be solved in every population that has them."""
    parameters = {name: to_brian(value) for name, value in rule.parameters.items()}
    touched = [path for p in learning for path in (p.source, p.target)]
    for name in dict.fromkeys(circuit.population(path).neuron for path in touched) if rule.traces else ():
        try:
            trace_text(rule.traces, parameters, circuit.neurons[name], circuit.dt.value, key)
        except UserError as error:
            yield from error.mistakes
