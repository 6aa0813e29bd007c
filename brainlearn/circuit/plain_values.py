"""From values as scripts have them to values as a circuit file has them: quantities become text, arrays lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from brainlearn.units import DIMENSIONS, Dimension, Quantity, UnitError, parse_quantity

_SYMBOLS = {
    "time": "s",
    "length": "m",
    "current": "A",
    "temperature": "K",
    "amount": "mol",
    "luminosity": "cd",
    "frequency": "Hz",
    "voltage": "V",
    "resistance": "ohm",
    "conductance": "S",
    "capacitance": "F",
    "charge": "C",
    "force": "N",
    "pressure": "Pa",
    "energy": "J",
    "power": "W",
    "concentration": "M",
}
_PREFIXES = {"": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "k": 1e3, "M": 1e6, "G": 1e9}
_SI = ("m", "kg", "s", "A", "K", "mol", "cd")
_AXES = ("length", "mass", "time", "current", "temperature", "substance", "luminosity")


def plain(value: Any) -> Any:
    """Return `value` as a circuit file may contain it.

    Parameters
    ----------
    value : object
        Quantities of brainlearn or of Brian2 become text, scalars and arrays of NumPy numbers and lists, tables that
        were read from a file (weights, connectivities, distributions) tables; anything else stays.

    Examples
    --------
    >>> import numpy as np
    >>> plain((8, np.int64(8))), plain(parse_quantity("20 ms"))
    ([8, 8], '20 ms')
    """
    if isinstance(value, Quantity):
        return _of_quantity(value)
    if isinstance(value, BaseModel):
        said = (name for name in type(value).model_fields if name in value.model_fields_set)
        return {name: plain(getattr(value, name)) for name in said}
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if hasattr(value, "get_best_unit"):  # Brian2's quantities, which this layer does not import
        return _of_brian(value)
    return value.tolist() if hasattr(value, "tolist") else value


def _of_quantity(value: Quantity) -> str | float:
    try:
        if parse_quantity(value.text) == value:
            return value.text if any(value.dimension) else _number(value)
    except UnitError:
        pass
    return quantity_text(value.value, value.dimension) if any(value.dimension) else value.value


def _number(value: Quantity) -> str | float:
    """Return a number that is read as the same quantity, and as the same text."""
    numbers = (int(value.value), value.value) if value.value.is_integer() else (value.value,)
    return next((number for number in numbers if parse_quantity(number) == value), value.text)


def _of_brian(value: Any) -> Any:
    if getattr(value, "shape", ()) != ():
        return [_of_brian(each) for each in value]
    return quantity_text(float(value), dimension_of_brian(value))


def dimension_of_brian(value: Any) -> Dimension:
    """Return the exponents of the SI base units of a quantity of Brian2, a number or an array."""
    return tuple(round(value.dim.get_dimension(axis)) for axis in _AXES)


def quantity_text(value: float, dimension: Dimension) -> str:
    """Write a quantity in SI units as text that is read as exactly the same number, the shortest that there is.

    >>> quantity_text(0.02, DIMENSIONS["time"]), quantity_text(-0.07, DIMENSIONS["voltage"])
    ('20 ms', '-70 mV')
    """
    symbol = _symbol(dimension)
    texts = [f"{value!r} {_product(dimension)}"]
    if symbol:
        texts = [f"{value!r} {symbol}"]
        texts += [f"{value / factor:.12g} {prefix}{symbol}" for prefix, factor in _PREFIXES.items()]
    exact = [text for text in texts if parse_quantity(text).value == value]
    return min(exact or texts, key=len)


def unit_symbol(dimension: Dimension) -> str:
    """Return the SI unit of a dimension as text.

    >>> unit_symbol(DIMENSIONS["voltage"]), unit_symbol(DIMENSIONS["area"]), unit_symbol(DIMENSIONS["dimensionless"])
    ('V', 'm**2', '1')
    """
    symbol = "" if dimension == DIMENSIONS["concentration"] else _symbol(dimension)  # M is no SI unit
    return symbol or _product(dimension) or "1"


def _symbol(dimension: Dimension) -> str:
    name = next((name for name, exponents in DIMENSIONS.items() if exponents == dimension), "")
    return _SYMBOLS.get(name, "")


def _product(dimension: Dimension) -> str:
    powers = [(unit, power) for unit, power in zip(_SI, dimension, strict=True) if power]
    return "*".join(unit if power == 1 else f"{unit}**{power}" for unit, power in powers)
