"""Check that a rule fits the projections that learn by it; the circuit's own text must be right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from brainlearn.brian.learning.state_equations import state_system
from brainlearn.brian.learning.step_checks import check_steps
from brainlearn.brian.learning.traces import trace_text
from brainlearn.brian.populations import to_brian
from brainlearn.brian.text.synapse_text import check_synapses
from brainlearn.circuit import Circuit, Projection
from brainlearn.experiment.learning import learning_by
from brainlearn.experiment.rule_of import rule_of
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake, UserError
from brainlearn.rules import Rule
from brainlearn.rules.trace_sides import traces_at


def check_rule_text(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that a rule on spikes learns where spikes are, that units have what it reads, and traces a solution."""
    for key, table in settings.rule_tables.items():
        rule, learning = rule_of(table), learning_by(table, circuit)
        assert rule is not None, "whether there is one is checked before"
        for projection in learning:
            try:
                check_synapses(circuit, projection, rule)
                check_steps(circuit, (projection.name,), rule, table.broadcasts_from or "")
            except UserError as error:
                yield from (replace(mistake, where=f"{key}.name") for mistake in error.mistakes)
        if table.has_text:
            yield from dict.fromkeys(_check_solutions(circuit, learning, rule, key))


def _check_solutions(circuit: Circuit, learning: Iterable[Projection], rule: Rule, key: str) -> Iterator[Mistake]:
    """Check that equations can be solved: those of traces in every population that has them, those of states."""
    parameters = {name: to_brian(value) for name, value in rule.parameters.items()}
    touched = [("pre", p.source) for p in learning] + [("post", p.target) for p in learning]
    for side, path in dict.fromkeys(touched):
        try:
            if traces := traces_at(rule, (side,)):
                trace_text(traces, parameters, circuit.models[path], circuit.dt.value, f"{key}.traces")
        except UserError as error:
            yield from error.mistakes
    try:
        state_system(rule, rule.parameters, circuit.dt.value, f"{key}.states")
    except UserError as error:
        yield from error.mistakes
