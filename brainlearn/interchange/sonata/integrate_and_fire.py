"""Leaky units in NEST that spikes move at once (iaf_psc_delta) or by exponential currents (iaf_psc_exp).

NEST adds what arrives in a step after it has moved the membrane, and then looks for the threshold; here spikes arrive
after the threshold. A current does nothing before the next step, so a delay is the same in both. What moves the
membrane itself is there looked at a step earlier: so its delay is a step longer, and the weight decays for that step.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from brainlearn.interchange.sonata.cell import (
    MILLI,
    Cell,
    NotSaid,
    Number,
    alike,
    decay_of,
    initial_of,
    milliseconds,
    no_others_rest,
    refractory_steps,
    reset_to,
    threshold_of,
)
from brainlearn.interchange.sonata.nest_units import Input, NestUnits

CAPACITANCE = 250.0
"""Of a membrane whose text names none [pF]; what currents do is the same with any."""
AMPERES = (0, 0, 0, 1, 0, 0, 0)
ROUGHLY = "NEST integrates exactly, and this circuit by {method}: the same rates, not the same spikes"


def leaky(cell: Cell, values: Mapping[str, np.ndarray]) -> NestUnits:
    """Return a leaky membrane with what NEST drives it by.

    Raises
    ------
    NotSaid
        If NEST has no such unit.
    """
    side = cell.side(cell.membrane)
    membrane = cell.membrane
    rate = side.pop((membrane,), 0.0)
    constant = side.pop((), 0.0)
    if not np.all(np.less(rate, 0)):
        raise NotSaid("NEST's leaky units leak", f"d{membrane}/dt", f"`({membrane}_rest - {membrane})/tau + …`")
    currents = [name for name in cell.others if (name,) in side]
    if more := sorted("*".join(names) for names in side.keys() - {(name,) for name in currents}):
        raise NotSaid("NEST's leaky units add up currents", more[0], "a sum of variables that decay")
    if unused := sorted(set(cell.others) - set(currents)):
        raise NotSaid("NEST's leaky units have a membrane and currents, nothing more", unused[0])
    tau, rest = -1 / rate, -constant / rate
    shared = {
        "E_L": rest * cell.millivolts,
        "V_th": threshold_of(cell),
        "V_m": initial_of(cell, membrane, values) * cell.millivolts,
        "tau_m": tau / MILLI,
    }
    if not currents:
        return _delta(cell, tau, rest, shared)
    return _exponential(cell, {name: side[(name,)] for name in currents}, shared, values)


def _delta(cell: Cell, tau: Number, rest: Number, shared: Mapping[str, Number]) -> NestUnits:
    kept = np.exp(-cell.dt / np.asarray(tau))
    # Here a membrane decays for a step after it was reset, before NEST lets it go.
    reset = rest + kept * (reset_to(cell) - rest)
    rests = np.maximum(refractory_steps(cell), 1)  # what arrives in the step of a spike is lost in any case
    parameters = {
        **shared,
        "C_m": CAPACITANCE,
        "V_reset": _below(reset * cell.millivolts, shared["V_th"]),
        "t_ref": milliseconds(rests, cell.dt),
    }
    note = "" if cell.model.method in ("exact", "exponential_euler") else ROUGHLY.format(method=cell.model.method)
    return NestUnits("iaf_psc_delta", parameters, {cell.membrane: Input(kept * cell.millivolts, 1)}, note)


def _exponential(
    cell: Cell, rates: Mapping[str, Number], shared: Mapping[str, Number], values: Mapping[str, np.ndarray]
) -> NestUnits:
    no_others_rest(cell)
    if started := [name for name in rates if np.any(initial_of(cell, name, values))]:
        hint = f"Let {started[0]} begin at 0."
        raise NotSaid("NEST's iaf_psc_exp starts without currents", f"initial {started[0]}", "0", hint)
    slopes = {name: rate * MILLI * cell.millivolts for name, rate in rates.items()}  # mV/ms for 1 in SI units
    named = [name for name in rates if cell.text.right_sides[name].dimension == AMPERES]
    capacitance = 1e12 / slopes[named[0]] if named else CAPACITANCE
    taus = {name: decay_of(cell, name) for name in rates}
    first, last = _excitatory_first(cell, slopes, taus)
    parameters = {
        **shared,
        "C_m": capacitance,
        "V_reset": _below(reset_to(cell) * cell.millivolts, shared["V_th"]),
        "t_ref": milliseconds(np.maximum(refractory_steps(cell) - np.asarray(1), 0), cell.dt),
        "tau_syn_ex": taus[first] / MILLI,
        "tau_syn_in": taus[last] / MILLI,
    }
    inputs = {name: Input(capacitance * slope, 0) for name, slope in slopes.items()}
    note = "" if cell.model.method == "exact" else ROUGHLY.format(method=cell.model.method)
    return NestUnits("iaf_psc_exp", parameters, inputs, note)


def _excitatory_first(cell: Cell, slopes: Mapping[str, Number], taus: Mapping[str, Number]) -> tuple[str, str]:
    """Return which variables are NEST's excitatory and inhibitory current: it tells them apart by the sign of weights.

    Where both decay alike, any weight may add to either.
    """
    names = list(taus)
    if all(alike(taus[names[0]], tau) for tau in taus.values()):
        return names[0], names[0]
    signs = {
        name: {sign * int(np.sign(np.ravel(slopes[name])[0])) for sign in cell.signs.get(name, ())} for name in names
    }
    excitatory = [name for name in names if 1 in signs[name]]
    inhibitory = [name for name in names if name not in excitatory]
    if len(names) > 2 or len(excitatory) > 1 or len(inhibitory) > 1 or -1 in signs[(excitatory or names)[0]]:
        found = "; ".join(f"{name} with {_words(signs[name])} weights" for name in names)
        allowed = "one that only excites and one that only inhibits, or equal time constants"
        raise NotSaid("NEST's iaf_psc_exp tells two time constants apart by the sign of weights", found, allowed)
    first = excitatory[0] if excitatory else next(name for name in names if name != inhibitory[-1])
    return first, next(name for name in names if name != first)


def _words(signs: set[int]) -> str:
    words = [word for sign, word in ((1, "positive"), (-1, "negative")) if sign in signs]
    return " and ".join(words) or "no"


def _below(reset: Number, threshold: Number) -> Number:
    if np.any(np.greater_equal(reset, threshold)):
        raise NotSaid("NEST resets below the threshold", f"{np.max(reset):g} mV", f"below {np.min(threshold):g} mV")
    return reset
