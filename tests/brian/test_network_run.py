"""What a run of Brian2 does besides: a comparison that warns nobody, garbage that is collected once."""

from __future__ import annotations

import gc
import warnings
import weakref
from collections.abc import Iterator

import numpy as np
import pytest
from brian2 import Network, NeuronGroup, ms, prefs
from brian2.core import network as network_module

from brainlearn.brian.network_run import run_network


@pytest.fixture
def single_precision():
    before = prefs.core.default_float_dtype
    prefs.core.default_float_dtype = np.float32
    yield
    prefs.core.default_float_dtype = before


@pytest.mark.usefixtures("single_precision")
def test_states_in_single_precision_run_without_a_warning():
    group = NeuronGroup(2, "dv/dt = -v/(10*ms) : 1", method="exact", namespace={"ms": ms})
    group.v = 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        run_network(Network(group), 0.010)
    assert group.v[0] == pytest.approx(0.3678794)


class Circle:
    """Garbage that is gone only when it is collected."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collections_of_brian_alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Brian2 collects garbage, as outside of tests, and Python does not."""
    monkeypatch.setattr(network_module, "gc", gc)
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("collections_of_brian_alone")
def test_what_was_simulated_before_is_gone_when_a_network_first_runs_and_later_runs_collect_nothing():
    network, circles = Network(NeuronGroup(1, "v : 1")), []
    for expected in ([False], [False, True], [False, True, True]):
        circles.append(weakref.ref(Circle()))
        run_network(network, 0.001)
        assert [circle() is not None for circle in circles] == expected
        assert network_module.gc is gc
