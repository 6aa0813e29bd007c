"""The names that a rule gives to what it declares."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from brainlearn.expression import CONSTANTS, FUNCTIONS
from brainlearn.mistakes import Mistake, closest
from brainlearn.reserved import PREFIX, is_reserved
from brainlearn.rules.known_names import AT_SPIKES, OF_A_COPY, OF_A_UNIT
from brainlearn.rules.rule import WEIGHT, Rule

KEPT = {*OF_A_UNIT, *AT_SPIKES, *OF_A_COPY, *FUNCTIONS, *CONSTANTS, WEIGHT}
"""What text of rules means without anybody declaring it."""


def declared_names(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield key and name of all that a rule declares."""
    yield from ((f"parameters.{name}", name) for name in rule.parameters)
    yield from ((f"traces[{k}].name", trace.name) for k, trace in enumerate(rule.traces))
    yield from ((f"states[{k}].name", state.name) for k, state in enumerate(rule.states))
    yield from ((f"broadcasts.{name}", name) for name in rule.broadcasts)
    yield from ((f"modulators.{name}", name) for name in rule.modulators)
    yield from ((f"memories[{k}].name", memory.name) for k, memory in enumerate(rule.memories))


def check_names(rule: Rule) -> Iterator[Mistake]:
    """Yield names that mean something else already, and those that are given twice; keys of the rule are places."""
    seen: dict[str, str] = {}
    for place, name in declared_names(rule):
        wrong = ""
        if is_reserved(name):
            wrong = f"names that begin with {PREFIX} are reserved for the simulation"
        elif re.search(r"_(pre|post)$", name):
            wrong = "the suffixes _pre and _post are reserved for synapses"
        elif keyword.iskeyword(name):
            wrong = "a word of the grammar of expressions"
        elif name in KEPT:
            wrong = "rules already define a variable, function or constant of this name"
        elif name in seen:
            wrong = f"the rule already has this name, as {seen[name]}"
        if wrong:
            yield Mistake(place, wrong, f'"{name}"', "another name")
        seen.setdefault(name, place)


def check_use(rule: Rule) -> Iterator[Mistake]:
    """Yield parameters that no text of a rule reads, unless the text misspells them, which is named there."""
    terms = (*rule.changes, *rule.top_down)
    texts = [text for change in terms for text in (change.pre, change.post, change.weight, change.synapse)]
    texts += [text for trace in rule.traces for text in (trace.equation, trace.on_spike, trace.graded)]
    texts += [text for memory in rule.memories for text in (memory.of, memory.where, memory.rate)]
    texts += [*rule.broadcasts.values(), *rule.modulators.values()]
    read = {word for text in texts for word in re.findall(r"[A-Za-z_]\w*", text)}
    of_states = [text for state in rule.states for text in (*state.texts, state.delay)]
    read |= {re.sub(r"_(pre|post)$", "", word) for text in of_states for word in re.findall(r"[A-Za-z_]\w*", text)}
    declared = {name for _, name in declared_names(rule)}
    misspelt = read - declared - KEPT | {memory.rate for memory in rule.memories} - declared
    if any(not memory.rate.isidentifier() for memory in rule.memories):
        return  # a number stands where one of them was meant to be named
    for name in rule.parameters:
        if name not in read and not closest(name, misspelt):
            wrong, hint = "no text of the rule reads this parameter", closest(name, declared - {name}) or "Remove it."
            yield Mistake(f"parameters.{name}", wrong, f'"{name}"', suggestion=hint)
