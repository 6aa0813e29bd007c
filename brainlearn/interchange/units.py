"""Which neuron models are units that NIR knows, read from their text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from brainlearn.neurons import NeuronModel

MEMBRANE = re.compile(r"dv/dt=\((?:(?P<resistance>\w+)\*)?current(?P<synaptic>\+[A-Za-z_]\w*)?-v\)/(?P<tau>\w+):1")
BARE = re.compile(r"dv/dt=-v/(?P<tau>\w+):1")
SYNAPSE = re.compile(r"d(?P<name>\w+)/dt=-(?P=name)/(?P<tau>\w+):1")
THRESHOLD = re.compile(r"v>(?P<threshold>[\w.]+)")
SUBTRACTED = re.compile(r"v-=(?P<by>[\w.]+)")
RESET = re.compile(r"v=(?P<to>-?[\w.]+)")
METHODS = ("exact", "exponential_euler")


@dataclass(frozen=True)
class Unit:
    """A leaky integrate-and-fire unit.

    Parameters
    ----------
    tau_membrane : float
        [s]
    threshold, resistance : float
        [1]
    reset : float or None
        What the membrane is set to [1]; None: the threshold is subtracted.
    tau_synapse : float or None
        Of a synaptic current [s]; None if there is none.
    current : bool
        Whether currents may be injected.
    """

    tau_membrane: float
    threshold: float
    resistance: float
    reset: float | None
    tau_synapse: float | None
    current: bool


class NotSaid(Exception):
    """What NIR cannot say, with the text that says it here."""

    def __init__(self, wrong: str, found: str = "") -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.found = found


def unit_of(model: NeuronModel) -> Unit:
    """Return what a neuron model is in NIR.

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
        raise NotSaid("only exact steps of the membrane are exported", f'method = "{model.method}"')
    if any(quantity.value for quantity in model.initial.values()):
        raise NotSaid("NIR has no initial states", ", ".join(model.initial))
    membrane, tau_synapse = _equations(model)
    if model.kept:
        raise NotSaid("NIR has nothing that units keep", ", ".join(model.kept))
    threshold = _match(THRESHOLD, model.threshold, "NIR has fixed thresholds only")["threshold"]
    given = membrane.groupdict()
    return Unit(
        tau_membrane=_number(model, given["tau"]),
        threshold=_number(model, threshold),
        resistance=_number(model, given["resistance"]) if given.get("resistance") else 1.0,
        reset=_reset(model, threshold),
        tau_synapse=tau_synapse,
        current="resistance" in given,
    )


def _equations(model: NeuronModel) -> tuple[re.Match[str], float | None]:
    """Return the membrane's equation, and the time constant of the synaptic current."""
    lines = {_bare(line) for line in re.sub(r"\n\s*(?=[+*-])", " ", model.equations).splitlines()} - {""}
    found = [match for line in lines if (match := MEMBRANE.fullmatch(line) or BARE.fullmatch(line))]
    if len(found) != 1:
        raise NotSaid("NIR's units are leaky integrators of a current", _first(model))
    known = {found[0][0], "current:1"} if found[0].re is MEMBRANE else {found[0][0]}
    tau_synapse = None
    if synaptic := found[0].groupdict().get("synaptic"):
        for line in lines:
            if (match := SYNAPSE.fullmatch(line)) and match["name"] == synaptic[1:]:
                tau_synapse = _number(model, match["tau"])
                known.add(line)
        if tau_synapse is None or model.method != "exponential_euler":
            raise NotSaid("NIR's synaptic currents decay exponentially, one step behind the membrane", _first(model))
    if more := sorted(lines - known):
        raise NotSaid("NIR's units have a membrane and a synaptic current, nothing more", more[0])
    return found[0], tau_synapse


def _reset(model: NeuronModel, threshold: str) -> float | None:
    text = _bare(model.reset)
    if match := SUBTRACTED.fullmatch(text):
        if _number(model, match["by"]) != _number(model, threshold):
            raise NotSaid("only the threshold itself can be subtracted", f'"{model.reset.strip()}"')
        return None
    return _number(model, _match(RESET, text, "NIR's resets set the membrane, nothing more")["to"])


def _match(form: re.Pattern[str], text: str, wrong: str) -> re.Match[str]:
    found = form.fullmatch(_bare(text))
    if found is None:
        raise NotSaid(wrong, f'"{" ".join(text.split())}"')
    return found


def _bare(line: str) -> str:
    return re.sub(r"\s", "", line.partition("#")[0])


def _first(model: NeuronModel) -> str:
    return model.equations.strip().splitlines()[0].strip()


def _number(model: NeuronModel, text: str) -> float:
    """Return the value of a parameter or a number, in SI units."""
    if text in model.parameters:
        return float(model.parameters[text].value)
    try:
        return float(text)
    except ValueError:
        raise NotSaid("not a parameter", text) from None
