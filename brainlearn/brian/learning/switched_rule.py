"""The rule of a projection whose units may be switched off: they change no weight meanwhile."""

from __future__ import annotations

from dataclasses import replace

from brainlearn.circuit import Circuit, Projection
from brainlearn.neurons.switched import ON
from brainlearn.rules import Rule


def rule_along(rule: Rule, circuit: Circuit, projection: Projection) -> Rule:
    """Return the rule as a projection follows it: by its pathway, and only between units that are on.

    The sides of populations with dropout are multiplied by 0 for units that are off: a rule may change the synapses of
    units that are silent, as the peer normalisation of Forward-Forward does.
    """
    rule = rule.along(projection.pathway)
    before, after = (circuit.population(path).dropout > 0 for path in (projection.source, projection.target))
    if not before and not after:
        return rule
    changes = (
        replace(
            change,
            pre=f"{ON}*({change.pre})" if before else change.pre,
            post=f"{ON}*({change.post})" if after else change.post,
        )
        for change in rule.changes
    )
    return replace(rule, changes=tuple(changes))
