"""Izhikevich's simple model in NEST: one step of Euler, or the two half steps for v of the paper's program."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import numpy as np

from brainlearn.brian.text.right_sides import Factors
from brainlearn.interchange.sonata.cell import (
    MILLI,
    Cell,
    NotSaid,
    Number,
    alike,
    initial_of,
    no_others_rest,
    refractory_steps,
    reset_to,
    resets_of,
    threshold_of,
)
from brainlearn.interchange.sonata.nest_units import Input, NestUnits

Polynomial = dict[Factors, Number]
PAPER = "NEST's izhikevich is 0.04*v**2 + 5*v + 140 - u + I, with v and u without units and times in ms"
KICKS = "a spike that lifts a membrane above its peak acts at once in NEST, but in the next step in brainlearn"


def simple(cell: Cell, values: Mapping[str, np.ndarray]) -> NestUnits:
    """Return units of Izhikevich (2003).

    Raises
    ------
    NotSaid
        If the equations or the method are others.
    """
    no_others_rest(cell)
    if cell.model.method != "euler" or np.any(refractory_steps(cell)):
        found = f'method = "{cell.model.method}"' + (", refractory" if cell.model.refractory else "")
        raise NotSaid("NEST takes steps of Euler, and has no refractory period", found, 'method = "euler"')
    added = [name for name, (how, _) in resets_of(cell).items() if how == "+="]
    recovery = added[0] if added else next(iter(cell.others), "u")
    current = next((name for name in cell.others if name != recovery), "")
    half_steps = bool(current)
    expected, own = _membrane(cell, recovery, current)
    side = cell.side(cell.membrane)
    drive = side.get((), 0.0) * MILLI - expected[()] if not half_steps else 0.0
    _compare(side, {**expected, (): expected[()] + drive}, cell.membrane)
    a, b = _recovery(cell, recovery, own)
    parameters = {
        "a": a,
        "b": b,
        "c": reset_to(cell, frozenset({recovery})),
        "d": resets_of(cell).get(recovery, ("", 0.0))[1],
        "V_th": threshold_of(cell),
        "V_m": initial_of(cell, cell.membrane, values),
        "U_m": initial_of(cell, recovery, values),
        "I_e": drive,
        "consistent_integration": not half_steps,
    }
    if not half_steps:
        return NestUnits("izhikevich", parameters, {cell.membrane: Input(1.0, 0)}, KICKS)
    if not alike(cell.side(current).get((current,), 0.0), -1 / cell.dt) or np.any(initial_of(cell, current, values)):
        wrong = "a current onto NEST's izhikevich lasts one step"
        raise NotSaid(wrong, f"d{current}/dt", f"`d{current}/dt = -{current}/dt`, from 0")
    return NestUnits("izhikevich", parameters, {current: Input(1.0, 1)})


def _membrane(cell: Cell, u: str, current: str) -> tuple[Polynomial, Polynomial]:
    """Return dv/dt [1/ms] that NEST has, and what of v drives the recovery: v, or v after the step."""
    v: Polynomial = {(cell.membrane,): 1.0}
    step = cell.dt / MILLI
    rest: Polynomial = {(): 140.0, (u,): -1.0, **({(current,): 1.0} if current else {})}

    def slope(at: Polynomial) -> Polynomial:
        return _sum(_times(_product(at, at), 0.04), _times(at, 5.0), rest)

    if not current:
        return slope(v), v
    half = _sum(v, _times(slope(v), step / 2))
    both = _times(_sum(slope(v), slope(half)), 0.5)
    return both, _sum(v, _times(both, step))


def _recovery(cell: Cell, u: str, driver: Polynomial) -> tuple[Number, Number]:
    """Return a and b of ``du/dt = a*(b*driver - u)``."""
    side = {names: value * MILLI for names, value in cell.side(u).items()}
    highest = max(driver, key=lambda names: names.count(cell.membrane))
    product = side.get(highest, 0.0) / driver[highest]  # a*b
    a = product * driver.get((u,), 0.0) - side.get((u,), 0.0)
    _compare(cell.side(u), _sum(_times(driver, product), {(u,): -a}), u)
    return _written(a), _written(product / a)


def _written(value: Number) -> Number:
    """Return a number without rounding errors: 0.2 for 0.19999999999999996."""
    rounded = np.array([float(f"{each:.13g}") for each in np.ravel(value)])
    return rounded if np.ndim(value) else float(rounded[0])


def _compare(side: Mapping[Factors, Number], expected: Polynomial, name: str) -> None:
    """Refuse a right side [1/s] that is not the expected one [1/ms]."""
    for names in side.keys() | expected.keys():
        found, wanted = np.asarray(side.get(names, 0.0)) * MILLI, expected.get(names, 0.0)
        if not np.allclose(found, wanted, rtol=1e-9, atol=1e-12):
            what = "*".join(names) or "the constant"
            raise NotSaid(PAPER, f"d{name}/dt with {np.ravel(found)[0]:g} times {what}", f"{np.ravel(wanted)[0]:g}")


def _sum(*parts: Polynomial) -> Polynomial:
    total: Polynomial = {}
    for part in parts:
        for names, value in part.items():
            total[names] = total.get(names, 0.0) + value
    return total


def _times(part: Polynomial, factor: Number) -> Polynomial:
    return {names: value * factor for names, value in part.items()}


def _product(one: Polynomial, other: Polynomial) -> Polynomial:
    products = ({tuple(sorted((*p, *q))): x * y} for p, x in one.items() for q, y in other.items())
    return reduce(lambda total, each: _sum(total, each), products, {})
