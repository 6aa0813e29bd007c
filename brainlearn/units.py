"""Quantities as text: ``"10 ms"``, ``"210*um"``, ``"10 nS/cm**2"``, read without ``eval``."""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass
from typing import Protocol

Dimension = tuple[int, ...]

BASE = ("metre", "kilogram", "second", "ampere", "kelvin", "mole", "candela")
"""The seven SI base units, in the order of the exponents of a dimension."""

NONE: Dimension = (0, 0, 0, 0, 0, 0, 0)

DIMENSIONS: dict[str, Dimension] = {
    "dimensionless": NONE,
    "length": (1, 0, 0, 0, 0, 0, 0),
    "mass": (0, 1, 0, 0, 0, 0, 0),
    "time": (0, 0, 1, 0, 0, 0, 0),
    "current": (0, 0, 0, 1, 0, 0, 0),
    "temperature": (0, 0, 0, 0, 1, 0, 0),
    "amount": (0, 0, 0, 0, 0, 1, 0),
    "luminosity": (0, 0, 0, 0, 0, 0, 1),
    "area": (2, 0, 0, 0, 0, 0, 0),
    "volume": (3, 0, 0, 0, 0, 0, 0),
    "frequency": (0, 0, -1, 0, 0, 0, 0),
    "voltage": (2, 1, -3, -1, 0, 0, 0),
    "resistance": (2, 1, -3, -2, 0, 0, 0),
    "conductance": (-2, -1, 3, 2, 0, 0, 0),
    "capacitance": (-2, -1, 4, 2, 0, 0, 0),
    "charge": (0, 0, 1, 1, 0, 0, 0),
    "force": (1, 1, -2, 0, 0, 0, 0),
    "pressure": (-1, 1, -2, 0, 0, 0, 0),
    "energy": (2, 1, -2, 0, 0, 0, 0),
    "power": (2, 1, -3, 0, 0, 0, 0),
    "concentration": (-3, 0, 0, 0, 0, 1, 0),
}
"""Name of a dimension -> its SI exponents (m, kg, s, A, K, mol, cd)."""

_FORM = 'a number and a unit in quotes, as in "10 ms" or "10 nS/cm**2"'
_EXAMPLES = {
    "time": "10 ms",
    "voltage": "-70 mV",
    "frequency": "50 Hz",
    "current": "0.2 nA",
    "length": "210 um",
}

_PREFIXES = {
    "y": -24, "z": -21, "a": -18, "f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "c": -2, "d": -1,
    "": 0, "da": 1, "h": 2, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "Z": 21, "Y": 24,
}  # fmt: skip

# The names that Brian2 gives to units, and the symbols that are written in papers.
_NAMES = {
    "time": ("second", "s"),
    "length": ("metre", "meter", "m"),
    "current": ("ampere", "amp", "A"),
    "temperature": ("kelvin", "K"),
    "amount": ("mole", "mol"),
    "luminosity": ("candle", "cd"),
    "frequency": ("hertz", "Hz"),
    "voltage": ("volt", "V"),
    "resistance": ("ohm",),
    "conductance": ("siemens", "S"),
    "capacitance": ("farad", "F"),
    "charge": ("coulomb", "C"),
    "force": ("newton", "N"),
    "pressure": ("pascal", "Pa"),
    "energy": ("joule", "J"),
    "power": ("watt", "W"),
}

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_FACTOR = re.compile(r"([A-Za-z]+)([23])?(?:(?:\*\*|\^)\s*([+-]?\d{1,2}))?")


class UnitError(ValueError):
    """A text that is not a quantity, or not one of the asked dimension.

    Parameters
    ----------
    wrong, found, allowed, suggestion : str
        As in a `brainlearn.mistakes.Mistake`; ``str(error)`` joins them.
    """

    def __init__(self, wrong: str, found: str = "", allowed: str = "", suggestion: str = "") -> None:
        self.wrong, self.found, self.allowed, self.suggestion = wrong, found, allowed, suggestion
        parts = [wrong, found and f"found {found}", allowed and f"allowed: {allowed}", suggestion]
        super().__init__("; ".join(part for part in parts if part))


@dataclass(frozen=True)
class Quantity:
    """A number with a unit.

    Parameters
    ----------
    value : float
        In SI units.
    dimension : tuple of 7 int
        Exponents of metre, kilogram, second, ampere, kelvin, mole, candela.
    text : str
        As it was written.
    """

    value: float
    dimension: Dimension
    text: str

    def __str__(self) -> str:
        return self.text


class Dimensional(Protocol):
    """What has a unit: a quantity, or a table from which units get quantities of their own."""

    @property
    def dimension(self) -> Dimension:
        """Exponents of the SI base units."""

    @property
    def text(self) -> str:
        """As it was written, or in words."""


def _unit_table() -> dict[str, tuple[float, Dimension]]:
    table = {
        f"{prefix}{name}": (float(f"1e{power}"), DIMENSIONS[dimension])
        for dimension, names in _NAMES.items()
        for name in names
        for prefix, power in _PREFIXES.items()
    }
    for prefix, power in _PREFIXES.items():
        for name, offset in (("gram", -3), ("gramme", -3), ("g", -3)):
            table[prefix + name] = (float(f"1e{power + offset}"), DIMENSIONS["mass"])
        for name in ("molar", "M"):  # a mole per litre
            table[prefix + name] = (float(f"1e{power + 3}"), DIMENSIONS["concentration"])
        for name in ("liter", "litre", "l"):
            table[prefix + name] = (float(f"1e{power - 3}"), DIMENSIONS["volume"])
    return table


UNITS: dict[str, tuple[float, Dimension]] = _unit_table()
"""Name of a unit -> (value in SI, dimension)."""


def parse_quantity(text: str | int | float) -> Quantity:
    """Read a number with a unit, or a plain number.

    Parameters
    ----------
    text : str or int or float
        ``"10 ms"``, ``"210*um"``, ``"10 nS/cm**2"``, ``"3"`` or ``3``.

    Returns
    -------
    Quantity
        In SI units.

    Raises
    ------
    UnitError
        If `text` is anything else.

    Examples
    --------
    >>> parse_quantity("10 ms").value
    0.01
    >>> parse_quantity("10 nS/cm**2").dimension
    (-4, -1, 3, 2, 0, 0, 0)
    """
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise UnitError("not a quantity", allowed=_FORM)
    if not isinstance(text, str):
        return Quantity(_finite(text), NONE, f"{text:.12g}" if isinstance(text, float) else str(text))
    stripped = text.strip()
    number = _NUMBER.match(stripped)
    if number is None:
        raise UnitError("not a quantity: it does not begin with a number", f'"{stripped:.40}"', _FORM)
    scale, dimension = _parse_unit(stripped[number.end() :].strip(), stripped)
    return Quantity(_finite(float(number.group()) * scale), dimension, stripped)


def _finite(value: float) -> float:
    try:
        value = float(value)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise UnitError("the number is not finite", allowed=_FORM)
    return value


def _parse_unit(text: str, whole: str) -> tuple[float, Dimension]:
    """Value in SI and dimension of ``"nS/cm**2"`` or ``"*um"``."""
    scale, dimension = 1.0, NONE
    if not text:
        return scale, dimension
    if text[0] not in "*/":
        text = "*" + text
    while text:
        factor = _FACTOR.match(text[1:].lstrip()) if text[0] in "*/" else None
        if factor is None:
            raise UnitError("not a quantity: the unit is not a product of units", f'"{whole:.40}"', _FORM)
        name, square, power = factor.groups()
        unit_value, unit_dimension = _look_up(name)
        exponent = int(square or 1) * int(power or 1) * (1 if text[0] == "*" else -1)
        scale *= unit_value**exponent
        dimension = tuple(a + exponent * b for a, b in zip(dimension, unit_dimension, strict=True))
        text = text[1:].lstrip()[factor.end() :].lstrip()
    return scale, dimension


def _look_up(name: str) -> tuple[float, Dimension]:
    if name not in UNITS:
        raise UnitError("unknown unit", f'"{name:.20}"', "ms, mV, nS, pA, pF, um, Hz and the like", _nearest_unit(name))
    return UNITS[name]


def _nearest_unit(name: str) -> str:
    common = (
        "ms",
        "us",
        "s",
        "mV",
        "volt",
        "nS",
        "uS",
        "pA",
        "nA",
        "pF",
        "nF",
        "Mohm",
        "um",
        "cm",
        "Hz",
        "kHz",
        "mM",
    )
    same = [unit for unit in common if unit.lower() == name.lower()]
    near = same or difflib.get_close_matches(name, [*common, *(n for ns in _NAMES.values() for n in ns)], n=1)
    return f'Did you mean "{near[0]}"?' if near else ""


def describe_dimension(dimension: Dimension) -> str:
    """Return a readable name: ``time``, ``voltage``, or ``metre**-2 second``."""
    for name, exponents in DIMENSIONS.items():
        if exponents == dimension:
            return name
    return " ".join(f"{u}**{e}" if e != 1 else u for u, e in zip(BASE, dimension, strict=True) if e)


def parse_quantity_of(text: str | int | float, dimension: str) -> Quantity:
    """Read a quantity that must have a named dimension, as in ``parse_quantity_of("10 ms", "time")``.

    Raises
    ------
    UnitError
        If it is no quantity, or has another dimension.
    """
    quantity = parse_quantity(text)
    if quantity.dimension != DIMENSIONS[dimension]:
        raise wrong_dimension(quantity, DIMENSIONS[dimension])
    return quantity


def wrong_dimension(found: Dimensional, wanted: Dimension) -> UnitError:
    """Return the error for a quantity that has no unit, or one of another dimension."""
    name = describe_dimension(wanted)
    example = f'Write it as in "{_EXAMPLES[name]}".' if name in _EXAMPLES else ""
    shown, allowed = f'"{found.text:.40}"', f"a {name}" if any(wanted) else "a number without a unit"
    if not any(found.dimension):
        return UnitError("missing unit", f"{shown}, which has none", allowed, example)
    return UnitError("wrong unit", f"{shown}, a {describe_dimension(found.dimension)}", allowed, example)
