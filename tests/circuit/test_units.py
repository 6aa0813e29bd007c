from __future__ import annotations

import pytest
from brian2.core.namespace import DEFAULT_UNITS

from brainlearn.units import (
    DIMENSIONS,
    NONE,
    UNITS,
    UnitError,
    describe_dimension,
    parse_quantity,
    parse_quantity_of,
)


def test_every_unit_that_brian_knows_has_the_value_and_dimension_of_brian() -> None:
    shared = [name for name in UNITS if name in DEFAULT_UNITS]
    assert len(shared) > 400
    for name in shared:
        value, dimension = UNITS[name]
        assert value == pytest.approx(float(DEFAULT_UNITS[name]), rel=1e-12), name
        assert dimension == tuple(DEFAULT_UNITS[name].dim._dims), name


@pytest.mark.parametrize(
    "name", ["ms", "us", "mV", "nS", "uS", "pA", "nA", "pF", "Mohm", "um", "cm", "Hz", "kHz", "mM"]
)
def test_the_units_of_the_field_are_known(name: str) -> None:
    assert UNITS[name][0] == pytest.approx(float(DEFAULT_UNITS[name]))


@pytest.mark.parametrize(
    ("text", "value", "dimension"),
    [
        ("10 ms", 0.01, "time"),
        ("210*um", 210e-6, "length"),
        ("-70 mV", -0.07, "voltage"),
        ("1e-3 second", 0.001, "time"),
        (".5 nS", 0.5e-9, "conductance"),
        ("5 Hz", 5.0, "frequency"),
        ("20 1", None, None),
        ("2 /ms", 2000.0, "frequency"),
        ("3 cm2", 3e-4, "area"),
        ("3 cm^2", 3e-4, "area"),
        ("4 mV*nS", 4e-12, "current"),
    ],
)
def test_quantities_are_read(text: str, value: float | None, dimension: str | None) -> None:
    if value is None:
        with pytest.raises(UnitError):
            parse_quantity(text)
        return
    quantity = parse_quantity(text)
    assert quantity.value == pytest.approx(value, rel=1e-12)
    assert describe_dimension(quantity.dimension) == dimension


def test_a_conductance_per_area_has_the_exponents_of_both() -> None:
    quantity = parse_quantity("10 nS/cm**2")
    assert quantity.value == pytest.approx(1e-4)
    assert quantity.dimension == (-4, -1, 3, 2, 0, 0, 0)


@pytest.mark.parametrize("number", [3, 3.5, "3", "3.5"])
def test_a_number_without_unit_has_no_dimension(number: int | float | str) -> None:
    quantity = parse_quantity(number)
    assert (quantity.value, quantity.dimension) == (float(number), NONE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ms",
        "10 parsec",
        "10 ms ms",
        "10 **ms",
        "nan ms",
        "inf",
        "1e999 ms",
        "10 ms**999",
        "10; import os",
        "10 ms/",
        True,
        None,
        [1],
        "__import__('os')",
        float("nan"),
        10**400,
    ],
)
def test_anything_else_is_refused(text: object) -> None:
    with pytest.raises(UnitError):
        parse_quantity(text)  # type: ignore[arg-type]


def test_a_unit_in_the_wrong_case_gets_a_suggestion() -> None:
    with pytest.raises(UnitError, match='Did you mean "Hz"'):
        parse_quantity("10 HZ")


def test_a_wrong_dimension_is_named_with_the_wanted_one() -> None:
    with pytest.raises(UnitError, match=r'wrong unit; found "10 mV", a voltage; allowed: a time'):
        parse_quantity_of("10 mV", "time")


def test_a_missing_unit_is_named() -> None:
    with pytest.raises(UnitError, match=r'missing unit; found "10".*allowed: a time'):
        parse_quantity_of(10, "time")


def test_every_dimension_has_a_name() -> None:
    assert all(describe_dimension(dimension) == name for name, dimension in DIMENSIONS.items())
    assert describe_dimension((-4, -1, 3, 2, 0, 0, 0)) == "metre**-4 kilogram**-1 second**3 ampere**2"
