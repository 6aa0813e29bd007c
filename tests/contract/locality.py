"""What the text of a rule may name: a synapse knows its own two units and what their populations broadcast."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from brainlearn.expression import FUNCTIONS, ExpressionError, parse_expression
from brainlearn.rules import Rule
from brainlearn.rules.rule import IN_STEPS, ON_SPIKES, WEIGHT

OF_A_UNIT = {"activity", "activity_before", "feedback", "feedback_before", "gain"}
# in every step: what the unit is at that moment, and the membrane and threshold of whatever spikes
OF_A_STEP = {"feedback", "gain", "v", "threshold_v"}
OF_A_COPY = {"polarity", "nudge_strength", "nudge_strength_before"}


def violations(rule: Rule) -> list[str]:
    """Return every place where `rule` is not local, or names what does not exist."""
    return [*_changes(rule), *_broadcasts(rule), *_modulators(rule), *_memories(rule), *_traces(rule)]


def _of_a_unit(rule: Rule) -> set[str]:
    return OF_A_UNIT | {trace.name for trace in rule.traces}


def _memory_names(rule: Rule, scope: str) -> set[str]:
    return {memory.name for memory in rule.memories if memory.scope == scope}


def _foreign(place: str, text: str, allowed: Iterable[str]) -> Iterator[str]:
    """Yield the names in `text` that are not `allowed`, or why it is no arithmetic: a sum over units is none."""
    try:
        names = parse_expression(text).names
    except ExpressionError as error:
        yield f"{place}: {error}"
        return
    for name in sorted(names - set(allowed)):
        yield f"{place} reads {name}"


def _changes(rule: Rule) -> Iterator[str]:
    """A presynaptic text sees its unit; a postsynaptic one also what its population is told."""
    own = _of_a_unit(rule) | set(rule.parameters)
    told = OF_A_COPY | set(rule.broadcasts) | set(rule.modulators) | {memory.name for memory in rule.memories}
    now = OF_A_STEP | {trace.name for trace in rule.traces} | set(rule.parameters)
    for change in (*rule.changes, *rule.top_down):
        if change.when in IN_STEPS:
            yield from _foreign("pre, in a step,", change.pre, now)
            yield from _foreign("post, in a step,", change.post, now | told)
            if parse_expression(change.post).names & told:
                for name, text in rule.broadcasts.items():
                    yield from _foreign(f"broadcast {name}, in a step,", text, now)
            continue
        also = {"spiked"} if change.when in ON_SPIKES else set()
        yield from _foreign("pre", change.pre, own | also)
        yield from _foreign("post", change.post, own | also | told)
        if change.weight:
            yield from _foreign("weight", change.weight, {WEIGHT, *rule.parameters})


def _broadcasts(rule: Rule) -> Iterator[str]:
    """The mean of a unit's own variables is the one thing that leaves a unit other than by its spikes."""
    for name, text in rule.broadcasts.items():
        yield from _foreign(f"broadcast {name}", text, _of_a_unit(rule) | set(rule.parameters))


def _modulators(rule: Rule) -> Iterator[str]:
    """One number per copy, made of numbers per copy, each defined before it is used."""
    known = OF_A_COPY | set(rule.broadcasts) | set(rule.parameters) | _memory_names(rule, "population")
    for name, text in rule.modulators.items():
        yield from _foreign(f"modulator {name}", text, known)
        known = known | {name}


def _memories(rule: Rule) -> Iterator[str]:
    """A unit remembers what is its own; which copies count is said by numbers per copy."""
    copy = OF_A_COPY | set(rule.broadcasts) | set(rule.modulators) | set(rule.parameters)
    for memory in rule.memories:
        yield from _foreign(f"memory {memory.name}", memory.of, copy | _of_a_unit(rule))
        yield from _foreign(f"memory {memory.name}, where", memory.where, copy)
        if memory.rate not in rule.parameters:
            yield f"memory {memory.name}: its rate {memory.rate} is no parameter"


def _traces(rule: Rule) -> Iterator[str]:
    """A trace follows its own unit."""
    own = _of_a_unit(rule) - {"gain"} | set(rule.parameters) | {"dt", "t"}
    for trace in rule.traces:
        for text in (trace.equation, trace.on_spike, trace.graded):
            names = set(re.findall(r"[A-Za-z_]\w*", text)) - {f"d{trace.name}"} - set(FUNCTIONS)
            for name in sorted(names - own):
                yield f"trace {trace.name} reads {name}"
