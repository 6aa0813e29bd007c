"""Which neuron models are NIR units, read from their text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from brainlearn.neurons import NeuronModel
from brainlearn.neurons.varying import written_equations

MEMBRANE = re.compile(r"dv/dt=\((?:(?P<resistance>\w+)\*)?current(?P<synaptic>\+[A-Za-z_]\w*)?-v\)/(?P<tau>\w+):1")
BARE = re.compile(r"dv/dt=-v/(?P<tau>\w+):1")
SYNAPSE = re.compile(r"d(?P<name>\w+)/dt=-(?P=name)/(?P<tau>\w+):1")
THRESHOLD = re.compile(r"v>(?P<threshold>[\w.]+)")
SUBTRACTED = re.compile(r"v-=(?P<by>[\w.]+)")
RESET = re.compile(r"v=(?P<to>-?[\w.]+)")
Number = float | np.ndarray
Values = Mapping[str, np.ndarray]
METHODS = ("exact", "exponential_euler")


@dataclass(frozen=True)
class Unit:
    """Leaky integrate-and-fire units; each may have its own numbers.

    Parameters
    ----------
    tau_membrane : float or (unit,) array
        [s]
    threshold, resistance : float or (unit,) array
        [1]
    reset : float, (unit,) array or None
        What the membrane is set to [1]; None: the threshold is subtracted.
    tau_synapse : float, (unit,) array or None
        Of a synaptic current [s]; None if there is none.
    current : bool
        Whether currents may be injected.
    """

    tau_membrane: Number
    threshold: Number
    resistance: Number
    reset: Number | None
    tau_synapse: Number | None
    current: bool


class NotSaid(Exception):
    """What NIR cannot say, with the text that says it here."""

    def __init__(self, wrong: str, found: str = "") -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.found = found


def unit_of(model: NeuronModel, values: Values = MappingProxyType({})) -> Unit:
    """Return what a neuron model is in NIR.

    Parameters
    ----------
    model : NeuronModel
    values : mapping of str to (unit,) array
        Constants that differ between units.

    Raises
    ------
    NotSaid
        If NIR has no node for it.
    """
    if model.kind != "spiking":
        raise NotSaid(f"NIR has no {model.kind} units", model.equations.strip().splitlines()[0].strip())
    if model.refractory:
        raise NotSaid("NIR has no refractory period", f'"{model.refractory}"')
    if model.method not in METHODS:
        raise NotSaid("NIR units step the membrane exactly", f'method = "{model.method}"')
    if model.varied_initial or any(quantity.value for quantity in model.initial.values()):
        raise NotSaid("NIR has no initial states", ", ".join((*model.initial, *model.varied_initial)))
    if copied := [name for name, table in model.varied.items() if getattr(table, "each_copy", False)]:
        raise NotSaid("NIR has one copy, but each copy has its own values", ", ".join(copied))
    membrane, tau_synapse = _equations(model, values)
    if model.kept:
        raise NotSaid("NIR has no variables that persist across presentations", ", ".join(model.kept))
    threshold = _match(THRESHOLD, model.threshold, "NIR has fixed thresholds only")["threshold"]
    given = membrane.groupdict()
    return Unit(
        tau_membrane=_number(model, given["tau"], values),
        threshold=_number(model, threshold, values),
        resistance=_number(model, given["resistance"], values) if given.get("resistance") else 1.0,
        reset=_reset(model, threshold, values),
        tau_synapse=tau_synapse,
        current="resistance" in given,
    )


def _equations(model: NeuronModel, values: Values) -> tuple[re.Match[str], Number | None]:
    """Return the membrane's equation, and the time constant of the synaptic current."""
    lines = {_bare(line) for line in re.sub(r"\n\s*(?=[+*-])", " ", written_equations(model)).splitlines()} - {""}
    found = [match for line in lines if (match := MEMBRANE.fullmatch(line) or BARE.fullmatch(line))]
    if len(found) != 1:
        raise NotSaid("NIR's units are leaky integrators of a current", _first(model))
    known = {found[0][0], "current:1"} if found[0].re is MEMBRANE else {found[0][0]}
    tau_synapse: Number | None = None
    if synaptic := found[0].groupdict().get("synaptic"):
        for line in lines:
            if (match := SYNAPSE.fullmatch(line)) and match["name"] == synaptic[1:]:
                tau_synapse = _number(model, match["tau"], values)
                known.add(line)
        if tau_synapse is None or model.method != "exponential_euler":
            raise NotSaid("NIR's synaptic currents decay exponentially, one step behind the membrane", _first(model))
    if more := sorted(lines - known):
        raise NotSaid("NIR's units have a membrane and a synaptic current, nothing more", more[0])
    return found[0], tau_synapse


def _reset(model: NeuronModel, threshold: str, values: Values) -> Number | None:
    text = _bare(model.reset)
    if match := SUBTRACTED.fullmatch(text):
        if np.any(_number(model, match["by"], values) != _number(model, threshold, values)):
            raise NotSaid("only the threshold itself can be subtracted", f'"{model.reset.strip()}"')
        return None
    return _number(model, _match(RESET, text, "NIR's resets set the membrane, nothing more")["to"], values)


def _match(form: re.Pattern[str], text: str, wrong: str) -> re.Match[str]:
    found = form.fullmatch(_bare(text))
    if found is None:
        raise NotSaid(wrong, f'"{" ".join(text.split())}"')
    return found


def _bare(line: str) -> str:
    return re.sub(r"\s", "", line.partition("#")[0])


def _first(model: NeuronModel) -> str:
    return model.equations.strip().splitlines()[0].strip()


def _number(model: NeuronModel, text: str, values: Values) -> Number:
    """Return the value of a parameter or a number, one or (unit,), in SI units."""
    if text in values:
        return values[text]
    if text in model.parameters:
        return float(model.parameters[text].value)
    try:
        return float(text)
    except ValueError:
        raise NotSaid("not a parameter", text) from None
