"""States of synapses: their equations, solved exactly, and what spikes do to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import Equations, second
from brian2.parsing.sympytools import sympy_to_str

from brainlearn.brian.delay_line import delay_steps
from brainlearn.brian.learning.followed import unit_of
from brainlearn.brian.learning.traces import exact_update, linear_system, renamed, rule_constant, solved
from brainlearn.brian.learning.unit_drives import Drive, split_drives, split_factor
from brainlearn.brian.populations import to_brian, unit_text
from brainlearn.expression import Expression, parse_expression
from brainlearn.reserved import reserved
from brainlearn.rules import Rule
from brainlearn.rules.jump import factor_of, parse_jump, side_of, statements
from brainlearn.units import Quantity


def state_variable(name: str) -> str:
    """Return the variable of a synapse in Brian2 that holds a state of a rule."""
    return reserved(f"{name}_state")


@dataclass(frozen=True)
class StateSystem:
    """How the states of a synapse evolve without spikes.

    Parameters
    ----------
    names : tuple of str
        In the order of the other two.
    decayed : (state, state) array
        What becomes of each in a step: ``states = decayed @ states + driven``.
    driven : (state,) array
    drives : list of Drive
        What units bring in every step, as it is held from one step to the next.
    response : (state, drive) array
        How much of each drive reaches each state in a step.
    factors : list of Drive
        What multiplies states in every step.
    held : mapping of str to list of Drive
        Variables of a Brian2 synapse that hold the drives of a state, for `update`.
    declarations : str
        The states as equations declare them in a Brian2 synapse.
    update : str
        Brian2 statements that take them one time step further.
    constants : mapping of str to Quantity
        What the statements name besides states.
    """

    names: tuple[str, ...]
    decayed: np.ndarray
    driven: np.ndarray
    drives: Sequence[Drive]
    response: np.ndarray
    factors: Sequence[Drive]
    held: Mapping[str, Sequence[Drive]]
    declarations: str
    update: str
    constants: Mapping[str, Any]

    @property
    def alone(self) -> bool:
        """Whether each state only decays between spikes, and by itself."""
        return not self.drives and not self.factors and not self.driven.any() and self.apart

    @property
    def apart(self) -> bool:
        """Whether no state reads another."""
        return np.array_equal(self.decayed, np.diag(np.diag(self.decayed)))


def state_system(rule: Rule, parameters: Mapping[str, Quantity], dt: float, where: str) -> StateSystem:
    """Solve the equations of a rule's states for a time step.

    Parameters
    ----------
    rule : Rule
    parameters : mapping of str to Quantity
    dt : float
        Time step [s].
    where : str
        For messages.

    Raises
    ------
    UserError
        If an equation is not linear in the states, or units drive it otherwise than by products.
    """
    values = {rule_constant(name): to_brian(value) for name, value in parameters.items()}
    names = {state.name: state_variable(state.name) for state in rule.states}
    names |= {name: rule_constant(name) for name in parameters}
    whole = Equations("\n".join(renamed(state.equation, names) for state in rule.states))
    own, drives = split_drives(whole, where)
    held = {_held(name): [each for each in drives if each.state == name] for name in own}
    held = {name: found for name, found in held.items() if found}
    equations = _with_held(whole, own, held) if held else whole
    variables, matrix, inputs = linear_system(equations, values, dt, where, "state")
    decayed, driven = solved(matrix, dt)
    numbers = {"dt": dt, **{name: float(value) for name, value in values.items()}, **dict.fromkeys(held, 0.0)}
    constant = np.array([float(parse_expression(str(each))(numbers)) for each in inputs])
    update, constants = exact_update(equations, values, dt, where, "state")
    lines = [f"{name} : {unit_of(equations[name])}" for name in variables]
    lines += [
        f"{_held(name)} : {unit_text(equations[name].dim / second.dim)}" for name in variables if _held(name) in held
    ]
    written = {variable: name for name, variable in names.items()}
    return StateSystem(
        tuple(written[name] for name in variables),
        decayed,
        driven @ constant,
        drives,
        driven[:, [variables.index(each.state) for each in drives]],
        _factors(rule, names, where),
        held,
        "\n".join(lines),
        update,
        constants,
    )


def _factors(rule: Rule, names: Mapping[str, str], where: str) -> list[Drive]:
    """Return what multiplies states in every step."""
    texts = {state.name: factor_of(state.on_step, state.name) for state in rule.states if state.on_step}
    return [split_factor(name, renamed(text, names), where) for name, text in texts.items() if text is not None]


def _held(variable: str) -> str:
    """Return the variable of a synapse in Brian2 that holds what units bring to a state."""
    return f"{variable}_driven"


def _with_held(whole: Equations, own: Mapping[str, Any], held: Mapping[str, Any]) -> Equations:
    """Return equations of states with a variable instead of what units bring."""
    lines = []
    for name, rest in own.items():
        right = sympy_to_str(rest) + (f" + {_held(name)}" if _held(name) in held else "")
        lines.append(f"d{name}/dt = {right} : {unit_of(whole[name])}")
    return Equations("\n".join(lines))


@dataclass(frozen=True)
class SpikeJump:
    """What a spike of one side does to one state.

    Parameters
    ----------
    state : str
    side : "pre" or "post"
        Who spikes.
    value : Expression
        What the state becomes, in states, parameters, and variables of both units with ``_pre`` and ``_post``.
    steps : int
        How much later it acts.
    """

    state: str
    side: str
    value: Expression
    steps: int = 0

    def read(self, side: str) -> list[str]:
        """Return the variables of the unit on one side that the value reads."""
        return sorted(base for base, of in map(side_of, self.value.names) if of == side)


def spike_jumps(rule: Rule, parameters: Mapping[str, Quantity], dt: float) -> list[SpikeJump]:
    """Return what spikes do to states: first all of presynaptic spikes, then all of postsynaptic ones."""
    found = []
    for side in ("pre", "post"):
        for state in rule.states:
            for line in statements(getattr(state, f"on_{side}")):
                jump = parse_jump(line)
                assert jump is not None, "statements are checked before"
                late = delay_steps(parameters[state.delay].value, dt) if state.delay and side == "pre" else 0
                found.append(SpikeJump(jump.state, side, parse_expression(jump.value), late))
    return found
