"""Units with exponential conductances in NEST: iaf_cond_exp, and aeif_cond_exp with adaptation and an upstroke.

NEST integrates both with steps of adaptive size. Conductances that arrive in a step act from the next one on in both,
so delays are the same.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from brainlearn.interchange.sonata.cell import (
    MILLI,
    Cell,
    NotSaid,
    Number,
    decay_of,
    initial_of,
    milliseconds,
    no_others_rest,
    refractory_steps,
    reset_to,
    resets_of,
    threshold_of,
)
from brainlearn.interchange.sonata.integrate_and_fire import AMPERES, CAPACITANCE
from brainlearn.interchange.sonata.nest_units import Input, NestUnits

SIEMENS = (-2, -1, 3, 2, 0, 0, 0)
UNUSED = {"E_ex": 0.0, "E_in": -85.0}  # of a conductance that no synapse opens [mV]
ADAPTIVE = "NEST integrates {model} with steps of adaptive size: the same rates, not the same spikes"
Sides = dict[tuple[str, ...], Number]


def conducting(cell: Cell, values: Mapping[str, np.ndarray]) -> NestUnits:
    """Return a membrane with conductances, perhaps with adaptation and an exponential upstroke.

    Raises
    ------
    NotSaid
        If NEST has no such unit.
    """
    no_others_rest(cell)
    membrane, side = cell.membrane, cell.side(cell.membrane)
    leak = side.pop((membrane,), 0.0)
    constant = side.pop((), 0.0)
    if not np.all(np.less(leak, 0)):
        raise NotSaid("NEST's units with conductances leak", f"d{membrane}/dt", f"a term `-g*{membrane}`")
    opened = {name: side.pop(tuple(sorted((name, membrane)))) for name in _conductances(cell, side)}
    drives = {name: side.pop((name,), 0.0) for name in opened}
    capacitance = _capacitance(cell, opened, side)
    gate = {"E_L": -constant / leak * cell.millivolts, "g_L": -leak * MILLI * capacitance, "C_m": capacitance}
    shared = {
        **gate,
        "V_m": initial_of(cell, membrane, values) * cell.millivolts,
        "t_ref": milliseconds(np.maximum(refractory_steps(cell) - np.asarray(1), 0), cell.dt),
    }
    channels, inputs = _channels(cell, opened, drives, capacitance, values)
    if not cell.text.right_sides[membrane].exponentials and not side:
        parameters = {
            **shared,
            **channels,
            "V_th": threshold_of(cell),
            "V_reset": reset_to(cell) * cell.millivolts,
        }
        return NestUnits("iaf_cond_exp", parameters, inputs, ADAPTIVE.format(model="iaf_cond_exp"))
    own = _adaptive(cell, side, leak, gate, values)
    return NestUnits("aeif_cond_exp", {**shared, **channels, **own}, inputs, ADAPTIVE.format(model="aeif_cond_exp"))


def _conductances(cell: Cell, side: Sides) -> list[str]:
    """Return the variables that multiply the membrane."""
    found = [name for name in cell.others if tuple(sorted((name, cell.membrane))) in side]
    if len(found) > 2:
        raise NotSaid("NEST's units have two conductances", ", ".join(found), "two")
    products = {tuple(sorted((name, cell.membrane))) for name in found}
    if more := sorted("*".join(names) for names in side if len(names) > 1 and names not in products):
        raise NotSaid("no model of NEST has this product", more[0])
    return found


def _capacitance(cell: Cell, opened: Mapping[str, Number], side: Sides) -> Number:
    """Return the capacitance that the text names [pF], or any: what conductances do is the same with it."""
    dimension = {name: cell.text.right_sides[name].dimension for name in cell.others}
    for name, slope in opened.items():
        if dimension[name] == SIEMENS:
            return -1e12 / slope
    for names, slope in side.items():
        if len(names) == 1 and dimension[names[0]] == AMPERES:
            return -1e12 / (slope * MILLI * cell.millivolts)
    return CAPACITANCE


def _channels(
    cell: Cell,
    opened: Mapping[str, Number],
    drives: Mapping[str, Number],
    capacitance: Number,
    values: Mapping[str, np.ndarray],
) -> tuple[dict[str, Number], dict[str, Input]]:
    """Return the parameters of both conductances and how spikes open them."""
    reversal = {name: -drives[name] / opened[name] * cell.millivolts for name in opened}
    order = sorted(opened, key=lambda name: float(np.mean(reversal[name])), reverse=True)
    ends = ["ex", "in"]
    if len(order) == 1 and np.mean(reversal[order[0]]) < np.mean(threshold_of(cell)):
        ends = ["in", "ex"]
    parameters: dict[str, Number] = dict(UNUSED)
    inputs = {}
    for name, end in zip(order, ends, strict=False):
        if -1 in cell.signs.get(name, ()):
            hint = "The reversal potential makes a synapse inhibitory."
            raise NotSaid("conductances cannot be negative", f"weights that lower {name}", "others", hint)
        scale = -opened[name] * MILLI * capacitance
        parameters |= {
            f"E_{end}": reversal[name],
            f"tau_syn_{end}": decay_of(cell, name) / MILLI,
            f"g_{end}": initial_of(cell, name, values) * scale,
        }
        inputs[name] = Input(scale if end == "ex" else -scale, 0)
    return parameters, inputs


def _adaptive(
    cell: Cell, side: Sides, leak: Number, gate: Mapping[str, Number], values: Mapping[str, np.ndarray]
) -> dict[str, Number]:
    """Return the parameters of aeif_cond_exp other than conductances: upstroke and adaptation."""
    if len(side) > 1 or any(len(names) > 1 for names in side):
        found = ", ".join("*".join(names) for names in side)
        raise NotSaid("NEST's aeif_cond_exp has one current of adaptation", found, "one")
    millivolts = cell.millivolts
    parameters: dict[str, Number] = {
        **_upstroke(cell, leak),
        "V_peak": threshold_of(cell),
        "a": 0.0,
        "b": 0.0,
        "w": 0.0,
    }
    changed = frozenset(names[0] for names in side)
    parameters["V_reset"] = reset_to(cell, changed) * millivolts
    for (name,), slope in side.items():
        scale = -slope * MILLI * millivolts * gate["C_m"]  # pA for 1 in SI units
        own = cell.side(name)
        rate, pull, constant = own.pop((name,), 0.0), own.pop((cell.membrane,), 0.0), own.pop((), 0.0)
        if own or not np.all(np.less(rate, 0)):
            raise NotSaid("NEST's adaptation decays to a share of the membrane", f"d{name}/dt")
        rest = np.asarray(gate["E_L"]) / millivolts
        if not np.allclose(constant, -pull * rest, rtol=1e-6, atol=1e-12 * float(np.max(np.abs(rate)))):
            raise NotSaid("NEST's adaptation is 0 at the resting potential", f"d{name}/dt at rest", "0")
        how, step = resets_of(cell).get(name, ("+=", 0.0))
        if how != "+=":
            raise NotSaid("a spike adds to NEST's adaptation", f"`{name} = …`", f"`{name} += …`")
        parameters |= {
            "a": pull / -rate * scale / millivolts,
            "b": step * scale,
            "tau_w": -1 / rate / MILLI,
            "w": initial_of(cell, name, values) * scale,
        }
    return parameters


def _upstroke(cell: Cell, leak: Number) -> dict[str, Number]:
    """Return sharpness and threshold of the exponential upstroke [mV]; without one, a sharpness of 0."""
    grown = cell.text.right_sides[cell.membrane].exponentials
    if not grown:
        return {"Delta_T": 0.0, "V_th": threshold_of(cell)}
    exponent = cell.numbers(grown[0][1])
    slope, constant = exponent.pop((cell.membrane,), 0.0), exponent.pop((), 0.0)
    factor = cell.number(grown[0][0])
    if len(grown) > 1 or exponent or not np.all(np.greater(slope, 0)) or not np.all(np.greater(factor, 0)):
        raise NotSaid("NEST has one upstroke exp((v - v_threshold)/slope)", f"d{cell.membrane}/dt")
    sharpness = 1 / slope
    # A factor in front of the exponential is a shift of its threshold.
    threshold = -constant * sharpness - sharpness * np.log(factor / (-leak * sharpness))
    return {"Delta_T": sharpness * cell.millivolts, "V_th": threshold * cell.millivolts}
