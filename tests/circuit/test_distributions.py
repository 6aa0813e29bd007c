"""Draws against the distributions of scipy.stats, by fixed seeds; and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from brainlearn.circuit.distributions import Delay, Value, draw
from brainlearn.circuit.draws import support
from brainlearn.circuit.place_expression import values_of_text
from brainlearn.circuit.weights import Weights
from brainlearn.units import DIMENSIONS, NONE

SIZE = 20_000
_VALUE: TypeAdapter[Any] = TypeAdapter(Value)
_DELAY: TypeAdapter[Any] = TypeAdapter(Delay)
_WEIGHTS: TypeAdapter[Any] = TypeAdapter(Weights)


def _table(distribution: str, **numbers: str | float) -> dict[str, Any]:
    return {"distribution": distribution, **numbers}


def _lognormal(mean: float, sd: float) -> Any:
    """Return scipy's lognormal by the usual formula for mean and sd of the value itself."""
    sigma = np.sqrt(np.log(1 + sd**2 / mean**2))
    return stats.lognorm(sigma, scale=mean / np.exp(sigma**2 / 2))


def _truncated(whole: Any, low: float, high: float) -> Any:
    """Return the cumulative distribution of `whole` between two bounds."""
    below, inside = whole.cdf(low), whole.cdf(high) - whole.cdf(low)
    return lambda x: (whole.cdf(np.clip(x, low, high)) - below) / inside


KNOWN = {
    "normal": (_table("normal", mean="10 ms", sd="2 ms"), stats.norm(0.01, 0.002).cdf),
    "normal, cut below": (
        _table("normal", mean="10 ms", sd="5 ms", low="8 ms"),
        stats.truncnorm(-0.4, np.inf, 0.01, 0.005).cdf,
    ),
    "normal, cut on both sides": (
        _table("normal", mean="1.5 ms", sd="0.75 ms", low="0.1 ms", high="2 ms"),
        stats.truncnorm(-1.4 / 0.75, 0.5 / 0.75, 0.0015, 0.00075).cdf,
    ),
    "uniform": (_table("uniform", low="-70 mV", high="-50 mV"), stats.uniform(-0.07, 0.02).cdf),
    "lognormal": (_table("lognormal", mean="10 ms", sd="4 ms"), _lognormal(0.01, 0.004).cdf),
    "lognormal, cut": (
        _table("lognormal", mean="10 ms", sd="4 ms", high="12 ms"),
        _truncated(_lognormal(0.01, 0.004), 0, 0.012),
    ),
    "lognormal, negative": (
        _table("lognormal", mean=-3.0, sd=1.5),
        lambda x: 1 - _lognormal(3, 1.5).cdf(-np.asarray(x)),
    ),
    "gamma": (_table("gamma", mean="6 pA", sd="3 pA"), stats.gamma(4, scale=1.5e-12).cdf),
    "gamma, negative": (_table("gamma", mean=-6.0, sd=3.0), lambda x: stats.gamma(4, scale=1.5).sf(-np.asarray(x))),
    "exponential": (_table("exponential", mean="20 ms"), stats.expon(scale=0.02).cdf),
    "exponential, cut": (
        _table("exponential", mean="20 ms", low="5 ms", high="50 ms"),
        _truncated(stats.expon(scale=0.02), 0.005, 0.05),
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_draws_have_the_distribution_of_scipy(name: str) -> None:
    table, cumulative = KNOWN[name]
    drawn = draw(_VALUE.validate_python(table), SIZE, np.random.default_rng(12))
    assert stats.kstest(drawn, cumulative).pvalue > 0.01


@pytest.mark.parametrize("name", KNOWN)
def test_weights_are_drawn_as_quantities_are(name: str) -> None:
    """Without units, and with the same bits."""
    table = _VALUE.validate_python(KNOWN[name][0])
    numbers = {key: quantity.value for key, quantity in table.quantities()}
    weights = _WEIGHTS.validate_python({"distribution": table.distribution, **numbers})
    ours, theirs = (draw(each, (30, 40), np.random.default_rng(3)) for each in (table, weights))
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("table", "mean", "sd"),
    [
        (_table("normal", mean="10 ms", sd="2 ms"), 0.01, 0.002),
        (_table("uniform", low="1 ms", high="4 ms"), 0.0025, 0.003 / np.sqrt(12)),
        (_table("lognormal", mean="10 ms", sd="4 ms"), 0.01, 0.004),
        (_table("lognormal", mean="-10 mV", sd="4 mV"), -0.01, 0.004),
        (_table("gamma", mean="10 ms", sd="4 ms"), 0.01, 0.004),
        (_table("exponential", mean="10 ms"), 0.01, 0.01),
        (_table("constant", value="10 ms"), 0.01, 0),
        (_table("gamma", mean="10 ms", sd="0 ms"), 0.01, 0),
    ],
)
def test_mean_and_sd_are_those_of_the_value(table: dict[str, Any], mean: float, sd: float) -> None:
    drawn = draw(_VALUE.validate_python(table), 100_000, np.random.default_rng(5))
    assert drawn.mean() == pytest.approx(mean, rel=0.01)
    assert drawn.std() == pytest.approx(sd, rel=0.02, abs=1e-15)


def test_a_truncated_draw_redraws_only_what_lies_outside() -> None:
    whole = draw(_VALUE.validate_python(_table("normal", mean=0, sd=1)), (50, 20), np.random.default_rng(0))
    cut = draw(_VALUE.validate_python(_table("normal", mean=0, sd=1, low=-1)), (50, 20), np.random.default_rng(0))
    assert cut.shape == (50, 20)
    assert cut.min() >= -1
    np.testing.assert_array_equal(cut[whole >= -1], whole[whole >= -1])


def test_normal_weights_have_the_bits_of_numpy() -> None:
    weights = _WEIGHTS.validate_python(_table("normal", mean=1.0, sd=0.5))
    expected = np.random.default_rng(9).normal(1.0, 0.5, (7, 5))
    np.testing.assert_array_equal(draw(weights, (7, 5), np.random.default_rng(9)), expected)


def test_quantities_stay_quantities_and_tables_know_their_unit() -> None:
    assert _VALUE.validate_python("10 ms").value == 0.01
    table = _VALUE.validate_python(_table("normal", mean="10 ms", sd="2 ms", low="1 ms"))
    assert table.dimension == DIMENSIONS["time"]
    assert str(table) == "normal (mean 10 ms, sd 2 ms, low 1 ms)"
    assert _VALUE.validate_python(_table("exponential", mean=3)).dimension == NONE
    stored = _VALUE.validate_python(_table("file", file="tau.npz", unit="ms"))
    assert (stored.dimension, stored.scale.value) == (DIMENSIONS["time"], 0.001)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (_table("normal", mean="10 ms", sd="2 mV"), "wrong unit of sd"),
        (_table("normal", mean="10 ms", sd=2), "missing unit of sd"),
        (_table("normal", mean="10 ms", sd="-2 ms"), "sd. is negative"),
        (_table("normal", mean="10 ms", sd="2 ms", low="9 ms", high="8 ms"), 'low .*"9 ms".* is above high .*"8 ms"'),
        (_table("normal", mean="10 ms", sd="1 ms", low="20 ms"), "nearly all draws would be outside"),
        (_table("normal", mean="10 ms", sd="0 ms", low="20 ms"), "nearly all draws would be outside"),
        (_table("lognormal", mean="0 ms", sd="1 ms"), "the mean is 0"),
        (_table("uniform", low="2 ms", high="1 ms"), "is above high"),
        (_table("normal", mean="10 ms"), "sd\n  Field required"),
        (_table("gauss", mean="10 ms"), "does not match any of the expected tags"),
        (_table("file", file="../tau.npz"), "String should match pattern"),
        (_table("file", file="tau.npz", unit="lightyears"), "unknown unit"),
        (_table("file", file="tau.npz", unit="3 ms"), "not a unit"),
        (_table("expression", value="10*ms + 3*mV"), "combines time and voltage with \\+"),
        (_table("expression", value="10*ms*rows"), 'Did you mean "row"'),
        (_table("expression", value="exp(3*ms)"), "takes exp\\(\\) of a time"),
        (_table("expression", value="2**row*ms**i"), "takes \\*\\* of a time"),
        (_table("expression", value="__import__('os')"), "not arithmetic"),
        (_table("expression", value="i.real*ms"), "uses Attribute"),
    ],
)
def test_what_makes_no_sense_is_refused(table: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        _VALUE.validate_python(table)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (_table("normal", mean="1 mV", sd="2 mV", low="0 mV"), "wrong unit"),
        (_table("normal", mean="1 ms", sd="2 ms"), "allows negative delays"),
        (_table("gamma", mean="1 ms", sd="1 ms", each_copy=True), "all copies have the same synapses"),
        (_table("file", file="delays.npz", unit="mV"), "wrong unit"),
        (_table("expression", value="1*ms"), "expected tags"),
    ],
)
def test_delays_that_cannot_be_are_refused(table: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        _DELAY.validate_python(table)


def test_delays_may_be_times_or_tables() -> None:
    assert _DELAY.validate_python("2 ms").value == 0.002
    table = _DELAY.validate_python(_table("normal", mean="1.5 ms", sd="0.75 ms", low="0.1 ms"))
    assert support(table) == (0.0001, np.inf)
    assert support(_DELAY.validate_python(_table("gamma", mean="2 ms", sd="1 ms"))) == (0, np.inf)


def test_an_expression_follows_the_place() -> None:
    table = _VALUE.validate_python(_table("expression", value="10*ms + 1*ms*row + 0.1*ms*column"))
    assert table.dimension == DIMENSIONS["time"]
    expected = [0.01 + 0.001 * row + 0.0001 * column for _ in range(2) for row in range(3) for column in range(4)]
    np.testing.assert_allclose(values_of_text(table.value, 24, (3, 4)), expected, rtol=1e-12)


def test_an_expression_may_count_units() -> None:
    text = "clip(-70 + 20*i/N, -65, inf)*mV*sqrt(4)"
    assert _VALUE.validate_python(_table("expression", value=text)).dimension == DIMENSIONS["voltage"]
    np.testing.assert_allclose(values_of_text(text, 4, None), [-0.13, -0.13, -0.12, -0.11], rtol=1e-12)
