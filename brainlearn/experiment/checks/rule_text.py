"""See that the text of a rule fits the projections that learn by it; the circuit's own text must be right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from brainlearn.brian.learning.step_checks import check_steps
from brainlearn.brian.text.synapse_text import check_spikes
from brainlearn.circuit import Circuit
from brainlearn.experiment.learning import learning_projections
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake, UserError
from brainlearn.rules import RULES


def check_rule_text(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """See that a rule on spikes learns where spikes are, and that units have what it reads in every step."""
    rule = RULES[settings.rule.name]
    for projection in learning_projections(settings, circuit):
        try:
            check_spikes(circuit, projection, rule)
            check_steps(circuit, (projection.name,), rule)
        except UserError as error:
            yield from (replace(mistake, where="rule.name") for mistake in error.mistakes)
