"""Which names each text of a rule may read: a synapse reads its own two units and the broadcasts of their populations.

Nothing global enters a rule but what its `broadcasts`, `modulators` and `memories` declare: the checks here refuse
every name of another unit, of the other side, or of another synapse.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from brainlearn.expression import CONSTANTS, FUNCTIONS, ExpressionError, parse_expression
from brainlearn.mistakes import Mistake, closest
from brainlearn.rules.jump import factor_of, parse_jump, statements
from brainlearn.rules.known_names import AT_SPIKES, IN_EVERY_STEP, OF_A_COPY, OF_A_UNIT, TIME, told_names
from brainlearn.rules.reads import ANY, OfACopy, OfASynapse, OfAWeight, OfBothUnits, Reads, Unit
from brainlearn.rules.rule import IN_STEPS, ON_SPIKES, SUMMED, Change, Rule, State, Trace
from brainlearn.rules.trace_sides import traces_at


def find_non_local(rule: Rule, pre: Unit = ANY, post: Unit = ANY) -> list[Mistake]:
    """Return every place where a rule is not local, or reads what is not there; places are keys of the rule.

    Parameters
    ----------
    rule : Rule
    pre, post : Unit
        The units at both ends of a projection.
    """
    found = [
        *check_terms(rule, "changes", pre, post),
        *check_terms(rule, "top_down", pre, post),
        *check_told(rule, post, any(change.when in IN_STEPS for change in (*rule.changes, *rule.top_down))),
        *check_traces(rule, pre, "pre"),
        *check_traces(rule, post, "post"),
        *check_states(rule, pre, post),
    ]
    return list(dict.fromkeys(found))


# ---- terms ---------------------------------------------------------------------------------------------------------


def check_terms(rule: Rule, key: str, pre: Unit = ANY, post: Unit = ANY) -> Iterator[Mistake]:
    """Yield the mistakes in the terms under one key of a rule, ``"changes"`` or ``"top_down"``."""
    for k, change in enumerate(getattr(rule, key)):
        now = IN_EVERY_STEP if change.when in IN_STEPS else OF_A_UNIT
        now |= AT_SPIKES if change.when in ON_SPIKES else frozenset()
        yield from _check(f"{key}[{k}].pre", change.pre, Reads(rule, pre, now, frozenset(), change))
        yield from _check(f"{key}[{k}].post", change.post, Reads(rule, post, now, told_names(rule), change))
        if change.weight:
            yield from _check_factor(f"{key}[{k}].weight", change, rule)
        if change.synapse:
            yield from _check(f"{key}[{k}].synapse", change.synapse, OfASynapse(rule))


def _check_factor(place: str, change: Change, rule: Rule) -> Iterator[Mistake]:
    """Yield the mistakes in a term's factor of the weight."""
    yield from _check(place, change.weight, OfAWeight(rule))
    if change.when in SUMMED:
        wrong = f'a term "{change.when}" has no factor of the weight: what it adds up is applied at the phase\'s end'
        hint = 'Take when = "continuous", "phase_end", or a term on spikes.'
        yield Mistake(place, wrong, f'"{change.weight}"', "no weight", hint)


def reads_told(rule: Rule, changes: Collection[Change]) -> bool:
    """Return whether a postsynaptic side reads what its population tells; text that is no arithmetic reads nothing."""
    return any(_names(change.post) & told_names(rule) for change in changes)


def _names(text: str) -> frozenset[str]:
    try:
        return parse_expression(text).names
    except ExpressionError:
        return frozenset()


# ---- what a population tells ---------------------------------------------------------------------------------------


def check_told(rule: Rule, post: Unit = ANY, in_steps: bool = False) -> Iterator[Mistake]:
    """Yield the mistakes in broadcasts, modulators and memories.

    Parameters
    ----------
    rule : Rule
    post : Unit
        The units that are averaged.
    in_steps : bool
        Whether terms may act in every step: if they are told anything, broadcasts are computed there too.
    """
    steps = [change for change in (*rule.changes, *rule.top_down) if change.when in IN_STEPS] if in_steps else []
    stepping = steps[0] if reads_told(rule, steps) else None
    for name, text in rule.broadcasts.items():
        now = OF_A_UNIT if stepping is None else IN_EVERY_STEP
        yield from _check(f"broadcasts.{name}", text, Reads(rule, post, now, frozenset(), stepping))
    known = OF_A_COPY.union(rule.broadcasts, (m.name for m in rule.memories if m.scope == "population"))
    for name, text in rule.modulators.items():
        yield from _check(f"modulators.{name}", text, OfACopy(rule, known))
        known = known | {name}
    copy = OF_A_COPY.union(rule.broadcasts, rule.modulators)
    for k, memory in enumerate(rule.memories):
        yield from _check(f"memories[{k}].of", memory.of, Reads(rule, post, OF_A_UNIT, copy))
        yield from _check(f"memories[{k}].where", memory.where, OfACopy(rule, copy))
        if memory.rate not in rule.parameters:
            wrong = "the rate of a memory is the name of a parameter"
            allowed = ", ".join(rule.parameters) or "none: the rule has no parameters"
            hint = closest(memory.rate, rule.parameters) or f"Give it a value: parameters = {{ {memory.rate} = 0.1 }}."
            hint = hint if memory.rate.isidentifier() else "Make it a parameter, and write its name here."
            yield Mistake(f"memories[{k}].rate", wrong, f'"{memory.rate}"', allowed, hint)


# ---- traces --------------------------------------------------------------------------------------------------------

_EQUATION = re.compile(r"^\s*(?:d\w+\s*/\s*dt|\w+)\s*=(.*?)(?::[^:]*)?$", re.DOTALL)
_STATEMENT = re.compile(r"^\s*(\w+)\s*[-+*/]?=(.*)$", re.DOTALL)


def check_traces(rule: Rule, unit: Unit = ANY, side: str = "post") -> Iterator[Mistake]:
    """Yield what traces read that is not their own unit's, on one side of the synapse."""
    there = traces_at(rule, (side,))
    for k, trace in enumerate(rule.traces):
        if trace not in there:
            continue
        for key, text in (("equation", trace.equation), ("graded", trace.graded)):
            equation = _EQUATION.match(text)
            activity = frozenset({"activity"} if key == "graded" else ())
            reads = Reads(rule, unit, activity, TIME)
            yield from _check_names(f"traces[{k}].{key}", _identifiers(equation[1] if equation else ""), reads)
        yield from _check_jumps(f"traces[{k}].on_spike", trace, rule, unit)


def _check_jumps(place: str, trace: Trace, rule: Rule, unit: Unit) -> Iterator[Mistake]:
    """Yield what a spike sets but the trace: what else it does to the unit is said by the neuron model."""
    for line in statements(trace.on_spike):
        statement = _STATEMENT.match(line)
        if statement is None:
            continue
        if statement[1] != trace.name:
            wrong = f'a spike of the unit may set only its own trace "{trace.name}" here'
            hint = closest(statement[1], [trace.name]) or f"Write it as in `{trace.name} += 1`."
            yield Mistake(place, wrong, f"`{line}`", trace.name, hint)
        yield from _check_names(place, _identifiers(statement[2]), Reads(rule, unit, frozenset(), TIME))


# ---- states of a synapse -------------------------------------------------------------------------------------------


def check_states(rule: Rule, pre: Unit = ANY, post: Unit = ANY) -> Iterator[Mistake]:
    """Yield what states of a synapse read that is not the synapse's own, or of its two units."""
    for k, state in enumerate(rule.states):
        equation = _EQUATION.match(state.equation)
        names = _identifiers(equation[1] if equation else "")
        in_steps = OfBothUnits(rule, pre, post, IN_EVERY_STEP, frozenset({"dt"}))
        yield from _check_names(f"states[{k}].equation", names, in_steps)
        on_spikes = OfBothUnits(rule, pre, post)
        for key, reads in (("on_pre", on_spikes), ("on_post", on_spikes), ("on_step", in_steps)):
            yield from _check_state_jumps(f"states[{k}].{key}", getattr(state, key), state, reads)
        if state.on_step and factor_of(state.on_step, state.name) is None:
            wrong, allowed = "every step multiplies a state, and does nothing else to it", f"`{state.name} *= …`"
            yield Mistake(f"states[{k}].on_step", wrong, f"`{state.on_step}`", allowed)
        if state.delay and state.delay not in rule.parameters:
            wrong, allowed = "the delay of a state is the name of a parameter", ", ".join(rule.parameters) or "none"
            hint = closest(state.delay, rule.parameters) or "Make it a parameter, and write its name here."
            yield Mistake(f"states[{k}].delay", wrong, f'"{state.delay}"', allowed, hint)
        if state.delay and not state.on_pre:
            wrong = "the delay has no effect: presynaptic spikes do not set this state"
            yield Mistake(f"states[{k}].delay", wrong, f'"{state.delay}"', "a state with `on_pre`")


def _check_state_jumps(place: str, text: str, state: State, reads: Reads) -> Iterator[Mistake]:
    """Yield what a spike sets but the state, and what it reads that is not there."""
    for line in statements(text):
        jump = parse_jump(line)
        if jump is None:
            continue  # named where units are looked at
        if jump.state != state.name:
            wrong = f'only the state "{state.name}" may be set here'
            hint = closest(jump.state, [state.name]) or f"Write it as in `{state.name} += 1`."
            yield Mistake(place, wrong, f"`{line}`", state.name, hint)
        yield from _check(place, jump.value, reads)


def _identifiers(text: str) -> list[str]:
    words = re.findall(r"(?<![\w.])[A-Za-z_]\w*", text)
    return [word for word in dict.fromkeys(words) if word not in FUNCTIONS and word not in CONSTANTS]


# ---- one text ------------------------------------------------------------------------------------------------------


def _check(place: str, text: str, reads: Reads) -> Iterator[Mistake]:
    """Yield the mistakes in one expression: that it is none, or every name that it may not read."""
    try:
        names = parse_expression(text).names
    except ExpressionError as error:
        hint = "Sums over units are broadcasts." if "calls sum" in str(error) else "Check brackets and operators."
        yield Mistake(place, f"not an expression of a rule: {error}", suggestion=hint)
        return
    yield from _check_names(place, sorted(names), reads)


def _check_names(place: str, names: Collection[str], reads: Reads) -> Iterator[Mistake]:
    for name in names:
        if (mistake := reads.refuse(place, name)) is not None:
            yield mistake
