"""Random neuron models as text: what a `[neurons.NAME]` table may say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy
from hypothesis import strategies as st

from tests.differential.file_text import equations_of
from tests.differential.names import Names

UNITS = {
    "1": "",
    "volt": "*mV",
}  # of membranes: the unit of an equation, and what a number in the text is multiplied by
TIMES = ("5.3 ms", "2.7 ms", "11.9 ms", "1900 us")
METHODS = ("euler", "exponential_euler", "exact", "rk2", "milstein", "heun", "rk4")
NONLINEAR = ("euler", "euler", "rk2", "heun", "rk4")


@dataclass(frozen=True)
class Variable:
    """A state variable with its unit, "1" or "volt"."""

    name: str
    unit: str


@dataclass(frozen=True)
class Model:
    """A neuron model of a file, and what others may do with it.

    Parameters
    ----------
    table : dict
        The file's.
    inputs : tuple of Variable
        Parameters that continuous synapses may set.
    open : tuple of Variable
        What a spike may add to.
    readable : tuple of Variable
        What a synapse may read.
    constants : dict of str to str
        Parameters without unit, and their values.
    spiking : bool
    shown : str
        The variable that is set from outside, if there is one.
    receives : bool
        Whether synapses may end here.
    """

    table: dict[str, Any]
    inputs: tuple[Variable, ...]
    open: tuple[Variable, ...]
    readable: tuple[Variable, ...]
    constants: dict[str, str]
    spiking: bool
    shown: str = ""
    receives: bool = True


def chance(draw: st.DrawFn, one_in: int) -> bool:
    """Say yes one time in so many; no, as a circuit shrinks."""
    return draw(st.integers(0, one_in - 1)) == one_in - 1


def number(draw: st.DrawFn, *values: float) -> str:
    """Return one of some numbers as text."""
    return repr(draw(st.sampled_from(values)))


class _Text:
    """A model that is being written."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.names = draw, Names(draw)
        self.unit = draw(st.sampled_from(tuple(UNITS)))
        self.lines: list[str] = []
        self.parameters: dict[str, str] = {}
        self.reset: list[str] = []
        self.initial: dict[str, str] = {}
        self.readable: list[Variable] = []
        self.open: list[Variable] = []
        self.inputs: list[Variable] = []
        self.terms: list[str] = []
        self.linear = True
        self.differentials = 0

    def chance(self, one_in: int) -> bool:
        return chance(self.draw, one_in)

    def value(self, *values: float) -> str:
        """Return a number in the membrane's unit, as text of an equation."""
        return number(self.draw, *values) + UNITS[self.unit]

    def quantity(self, *values: float) -> str:
        """Return a number in the membrane's unit, as a value of a table."""
        return number(self.draw, *values) + {"1": "", "volt": " mV"}[self.unit]

    def parameter(self, usual: str, value: str) -> str:
        name = self.names.fresh(usual)
        self.parameters[name] = value
        return name

    def time(self, usual: str) -> str:
        return self.parameter(usual, self.draw(st.sampled_from(TIMES)))

    def differential(self, usual: str, unit: str, right: str, flag: bool = False) -> str:
        """Add an equation; ``{}`` in its right side is its own name."""
        name = self.names.fresh(usual)
        self.lines.append(f"d{name}/dt = {right.format(name)} : {unit}{' (unless refractory)' if flag else ''}")
        self.readable.append(Variable(name, unit))
        self.open.append(Variable(name, unit))
        self.differentials += 1
        return name

    def variable(self, usual: str, unit: str, flags: str = "") -> str:
        name = self.names.fresh(usual)
        self.lines.append(f"{name} : {unit}{flags}")
        if unit in UNITS and not flags:
            self.readable.append(Variable(name, unit))
        return name

    def input(self, usual: str) -> str:
        name = self.variable(usual, self.unit)
        variable = Variable(name, self.unit)
        self.inputs.append(variable)
        self.open.append(variable)
        if self.chance(3):  # as if it were one of several parts of this input
            self.terms.append(self.named(f"{name}_{self.draw(st.integers(0, 1))}", self.quantity(0.37, -0.21)))
        return name

    def named(self, name: str, value: str) -> str:
        """Add a parameter by this very name."""
        name = self.names.take(name)
        self.parameters[name] = value
        return name

    def place_and_time(self) -> None:
        """Add terms in the unit's index, the population's size and the time."""
        if self.chance(4):
            self.terms.append(self.draw(st.sampled_from(("i/N", "0.3*i", "0.9/N"))) + "*" + self.value(0.83))
        if self.chance(4):
            self.terms.append(
                self.draw(st.sampled_from((f"sin(t/{self.time('period')})", "int(t < 7.31*ms)", "exp(-t/(6.1*ms))")))
                + "*"
                + self.value(0.71, -0.4)
            )
            self.linear = False

    def method(self) -> str:
        """Draw a method that can integrate the equations; equal time constants have no closed form."""
        times = [value for value in self.parameters.values() if value in TIMES]
        known = any(
            hasattr(sympy, name) for name in equations_of({"equations": "\n".join(self.lines)})
        )  # refused, and said
        closed = self.linear and self.differentials < 3 and len(set(times)) == len(times) and not known
        allowed = NONLINEAR if not self.linear else [m for m in METHODS if closed or m != "exact"]
        return self.draw(st.sampled_from(allowed))

    def model(self, spiking: bool, table: dict[str, Any], shown: str = "", receives: bool = True) -> Model:
        """Put everything together; lines may come in any order."""
        lines = self.draw(st.permutations(self.lines)) if len(self.lines) > 1 else self.lines
        whole = {"equations": "\n".join(lines), **table}
        if self.parameters:
            whole["parameters"] = self.parameters
        if self.initial:
            whole["initial"] = self.initial
        constants = {name: value for name, value in self.parameters.items() if " " not in value}
        return Model(
            whole, tuple(self.inputs), tuple(self.open), tuple(self.readable), constants, spiking, shown, receives
        )


@st.composite
def spiking_models(draw: st.DrawFn) -> Model:
    """A membrane with inputs, perhaps synaptic currents and adaptation, and a reset of several statements."""
    text = _Text(draw)
    tau, theta = text.time("tau"), text.parameter("theta", text.quantity(0.87, 1.13))
    text.terms.append(text.parameter("bias", text.quantity(2.43, 5.9, 9.1, 0.61)))
    text.terms.append(text.input("current"))
    if text.chance(3):
        text.terms.append(text.input("drive"))
    if text.chance(2):
        decay = text.time("tau_g")
        text.terms.append(text.differential("g", text.unit, f"-{{}}/{decay}", text.chance(3)))
    adaptation = ""
    if text.chance(3):
        adaptation = text.differential("u", text.unit, f"-{{}}/{text.time('tau_u')}")
        text.terms.append(f"-0.7*{adaptation}")
    text.place_and_time()
    kept = _kept(text)
    total = " + ".join(text.terms)
    subexpression = ""
    if text.chance(3):
        subexpression = text.names.fresh("total")
        held = " (constant over dt)" if text.chance(8) else ""
        text.lines.append(f"{subexpression} = {total} : {text.unit}{held}")
        total, subexpression = subexpression, "" if held else subexpression
    refractory = _refractory(text)
    v = text.differential("v", text.unit, f"({total} - {{}})/{tau}", bool(refractory) and text.chance(2))
    if text.chance(3):
        text.initial[v] = text.quantity(0.31, -0.6)
    table = {"threshold": _threshold(text, v, theta), "method": text.method()}
    statements = [*_reset(text, v, theta, adaptation, subexpression, kept), *text.reset]
    if statements:
        table["reset"] = draw(st.sampled_from(("\n", "; "))).join(draw(st.permutations(statements)))
    if refractory:
        table["refractory"] = refractory
    return text.model(True, table)


def _kept(text: _Text) -> dict[str, str]:
    """Add variables that only a reset sets, by what they keep."""
    kept: dict[str, str] = {}
    if text.chance(3):
        kept["last"] = text.variable("last", text.unit)
        text.terms.append(f"0.21*{kept['last']}")
    if text.chance(6):
        kept["count"] = text.variable("count", "integer")
        text.terms.append(f"-0.11*{kept['count']}{UNITS[text.unit]}")
    if text.chance(6):
        kept["flag"] = text.variable("flag", "boolean")
        text.terms.append(f"int({kept['flag']})*{text.value(0.23)}")
    if text.chance(6):
        kept["time"] = text.variable("when", "second")
        text.terms.append(f"{kept['time']}/(9.7*ms)*{text.value(0.19)}")
    if text.chance(8):
        text.terms.append(
            f"{text.variable('unset', text.unit, text.draw(st.sampled_from((' (shared)', ' (constant)'))))}"
        )
    return kept


def _threshold(text: _Text, v: str, theta: str) -> str:
    extra = ""
    if text.chance(4):
        extra = text.draw(
            st.sampled_from((" and t > 2.37*ms", " or i > 2.5", " and i < N - 0.5", f" or {v} < -3*{theta}"))
        )
    return f"{v} > {theta}{extra}"


def _reset(text: _Text, v: str, theta: str, adaptation: str, subexpression: str, kept: dict[str, str]) -> list[str]:
    statements = [
        text.draw(
            st.sampled_from(
                (f"{v} = {text.value(0.0, 0.13)}", f"{v} -= {theta}", f"{v} *= 0.29", f"{v} = {v} - {text.value(0.5)}")
            )
        )
    ]
    if adaptation:
        statements.append(f"{adaptation} += {text.value(0.33)}")
    if "last" in kept:
        seen = [v, f"({v})", f"0.6*{kept['last']} + {v}", adaptation or v, *([subexpression] if subexpression else [])]
        statements.append(f"{kept['last']} = {text.draw(st.sampled_from(seen))}")
    if "count" in kept:
        statements.append(f"{kept['count']} += 1")
    if "flag" in kept:
        statements.append(f"{kept['flag']} = {v} > {text.value(1.21)}")
    if "time" in kept:
        statements.append(f"{kept['time']} = t")
    if text.chance(4):
        current = text.draw(st.sampled_from(text.inputs)).name
        statements.append(text.draw(st.sampled_from((f"{current} = 0{UNITS[text.unit]}", f"{current} *= 0.5"))))
    return statements


def _refractory(text: _Text) -> str:
    if not text.chance(3):
        return ""
    kind = text.draw(st.integers(0, 2))
    if kind == 0:
        return "2.3*ms"
    if kind == 1:
        return text.time("pause")
    tired = text.differential("tired", "1", f"-{{}}/{text.time('tau_tired')}")
    text.reset.append(f"{tired} = 1")
    return f"{tired} > 0.5"


@st.composite
def graded_models(draw: st.DrawFn) -> Model:
    """A leaky unit that transmits its activity all the time."""
    text = _Text(draw)
    tau = text.time("tau")
    text.terms.append(text.input("drive"))
    if text.chance(3):
        text.terms.append(text.input("current"))
    if text.chance(3):
        text.terms.append(text.parameter("bias", text.quantity(0.61, -0.2)))
    text.place_and_time()
    form = draw(st.sampled_from(("{}", "clip({}, 0{u}, inf{u})", "tanh(({})/(1{u}))*1{u}", "abs({})")))
    text.linear &= form == "{}"
    total = form.format(" + ".join(text.terms), u=UNITS[text.unit])
    activity = text.differential("level", text.unit, f"({total} - {{}})/{tau}")
    if text.chance(3):
        text.initial[activity] = text.quantity(0.4, -0.7)
    if text.chance(4):
        text.differential("u", text.unit, f"({activity} - {{}})/{text.time('tau_u')}")
    return text.model(False, {"output": activity, "method": text.method()})


@st.composite
def stimulus_models(draw: st.DrawFn) -> Model:
    """What is set from outside: a level, a level that is filtered, or a rate of regular spikes."""
    text = _Text(draw)
    kind = draw(st.integers(0, 2))
    if kind == 2:
        text.unit = "1"
        rate = text.variable("rate", "1")
        phase = text.differential("phase", "1", f"{rate}/({number(draw, 1.7, 3.1)}*ms)")
        text.linear = False  # a constant slope has no closed form in Brian2
        table = {"threshold": f"{phase} > 1", "reset": f"{phase} -= 1", "input": rate, "method": text.method()}
        return text.model(True, table, rate, receives=False)
    shown = text.variable("level", text.unit)
    if kind == 0:
        return text.model(False, {"input": shown, "output": shown}, shown, receives=False)
    output = text.differential("seen", text.unit, f"({shown} - {{}})/{text.time('tau')}")
    table = {"input": shown, "output": output, "method": text.method()}
    return text.model(False, table, shown, receives=False)
