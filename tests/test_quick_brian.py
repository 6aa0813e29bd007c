"""What tests leave out of Brian2 changes nothing that it does."""

from __future__ import annotations

import contextlib
import gc
from unittest.mock import patch

import brian2
import numpy as np
import pytest
from brian2 import ms, mV
from brian2.core import base, names
from brian2.core.clocks import Clock
from brian2.devices import device
from brian2.stateupdaters import explicit
from brian2.utils import caching
from sympy import ImmutableMatrix, Matrix, Symbol
from sympy.matrices.matrixbase import MatrixBase

from brainlearn.brian.network_run import brian_settings
from tests.quick_brian import brian_key, brian_name, brian_parts, exponential, quick_brian, quick_key, quick_name


@contextlib.contextmanager
def as_it_comes():
    """Give Brian2 back what `quick_brian` replaced for all tests."""
    import traceback

    with (
        patch.object(caching, "_hashable", brian_key),
        patch.object(names, "find_name", brian_name),
        patch.object(device, "find_name", brian_name),
        patch.object(base, "traceback", traceback),
        patch.object(explicit, "split_expression", brian_parts),
        patch.object(MatrixBase, "exp", exponential),
    ):
        yield


def network(method: str = "euler") -> tuple[brian2.NeuronGroup, brian2.Synapses]:
    """Return units with every kind of variable, and synapses between them."""
    units = brian2.NeuronGroup(
        4,
        """dv/dt = (rest - v)/tau + strength*xi*tau**-0.5 : volt (unless refractory)
        strength = 2*gain*mV : volt
        gain : 1 (shared)
        rest : volt (constant)
        cells : integer (constant)""",
        threshold="v > -50*mV",
        reset="v = -60*mV",
        refractory=2 * ms,
        method=method,
        namespace={"tau": 10 * ms},
        clock=Clock(0.1 * ms),
    )
    units.v, units.rest, units.gain = -55 * mV, "-45*mV - i*mV", 2
    synapses = brian2.Synapses(units, units, "w : 1", on_pre="v_post += w*mV", namespace={}, clock=units.clock)
    synapses.connect(condition="i != j")
    synapses.w = "0.1*i"
    return units, synapses


def membranes(method: str) -> np.ndarray:
    units, synapses = network(method)
    monitor = brian2.StateMonitor(units, "v", record=True, clock=units.clock)
    brian2.seed(3)
    brian2.Network(units, synapses, monitor).run(20 * ms)
    assert len(synapses) == 12
    return np.array(monitor.v_)


def test_keys_are_those_of_brian() -> None:
    units, synapses = network()
    values = [
        units.variables,
        synapses.variables,
        units.user_equations,
        list(units.variables.values()),
        brian2.core.functions.DEFAULT_FUNCTIONS,
        ({"a": [1, 2.5, None], "b": {True, "x"}}, 3 * mV, np.dtype("float32"), np.float64, brian2.volt.dim),
    ]
    for value in values:
        with as_it_comes():
            expected = brian_key(value)
        found = quick_key(value)
        assert found == expected
        assert hash(found) == hash(expected)


def test_what_cannot_be_a_key_is_refused_as_by_brian() -> None:
    for value in (np.zeros(3), [np.zeros(3)], {"a": bytearray(b"1")}):
        for key in (brian_key, quick_key):
            with pytest.raises(TypeError):
                key(value)


def test_names_are_those_of_brian() -> None:
    gc.collect()
    held = [Clock(0.1 * ms, name=each) for each in ("spare*", "spare*", "plain", "spare_3")]
    assert [each.name for each in held] == ["spare", "spare_1", "plain", "spare_3"]
    for name in ("spare*", "other*", "plain", "spare_1*"):
        assert quick_name(name) == brian_name(name)
        assert quick_name(name, {"spare", "other"}) == brian_name(name, {"spare", "other"})


def test_a_name_is_found_while_garbage_is_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        """Stand for the reference to an object that was collected."""

    monkeypatch.setattr(names.Nameable, "__instances__", lambda: [gone])
    assert quick_name("spare*") == "spare"


def test_methods_are_taken_apart_as_by_brian() -> None:
    for method in (brian2.euler, brian2.milstein):
        assert explicit.split_expression is not brian_parts
        assert explicit.split_expression(method.output) == brian_parts(method.output)


def test_exponentials_of_linear_systems_are_those_of_sympy() -> None:
    decay, rise = Symbol("decay", positive=True), Symbol("rise", positive=True)
    for entries in ([[-decay, rise], [0, -rise]], [[-rise, decay], [0, -decay]]):
        for kind in (Matrix, ImmutableMatrix):
            for _ in range(2):
                found = kind(entries).exp()
                assert type(found) is kind
                assert found == exponential(kind(entries))


@pytest.mark.parametrize("method", ["euler", "heun"])
def test_a_network_does_the_same_to_the_last_bit(method: str) -> None:
    with brian_settings("float64"):
        with as_it_comes():
            expected = membranes(method)
        with quick_brian():
            found = membranes(method)
    assert np.ptp(expected) > 1e-3
    np.testing.assert_array_equal(found, expected)
