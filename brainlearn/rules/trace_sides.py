"""On which side of a synapse a rule's traces are kept."""

from __future__ import annotations

import re
from collections.abc import Collection

from brainlearn.expression import CONSTANTS, FUNCTIONS
from brainlearn.rules.known_names import OF_A_UNIT, TIME
from brainlearn.rules.rule import Rule, Trace

_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


def traces_at(rule: Rule, sides: Collection[str]) -> tuple[Trace, ...]:
    """Return the traces of units that are on these sides of synapses, ``"pre"``, ``"post"`` or both.

    Traces that follow spikes are everywhere. One that follows a variable of its unit, as a filtered membrane does, is
    where text reads it: a stimulus before the synapse has no membrane.
    """
    read = set().union(*(_read_at(rule, side) for side in sides))
    names = {trace.name for trace in rule.traces}
    for _ in rule.traces:  # traces may follow each other
        read |= {word for trace in rule.traces if trace.name in read for word in _words(trace.equation) & names}
    known = {*names, *rule.parameters, *OF_A_UNIT, *TIME, *FUNCTIONS, *CONSTANTS}
    return tuple(t for t in rule.traces if t.name in read or not _words(_right(t.equation)) - known)


def _read_at(rule: Rule, side: str) -> set[str]:
    """Return the names that text about the units of one side reads."""
    texts = [getattr(change, side) for change in (*rule.changes, *rule.top_down)]
    if side == "post":
        texts += [*rule.broadcasts.values(), *rule.modulators.values()]
        texts += [text for memory in rule.memories for text in (memory.of, memory.where)]
    jumps = set().union(*(_words(text) for state in rule.states for text in state.texts))
    of_states = {word.removesuffix(f"_{side}") for word in jumps if word.endswith(f"_{side}")}
    return of_states.union(*map(_words, texts))


def _right(equation: str) -> str:
    """Return the right side of an equation, without its unit."""
    return equation.partition("=")[2].partition(":")[0]


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text))
