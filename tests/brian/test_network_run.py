"""What a run of Brian2 does besides: a comparison that warns nobody, garbage that is collected once."""

from __future__ import annotations

import gc
import warnings
import weakref
from collections.abc import Iterator

import numpy as np
import pytest
from brian2 import Network, NeuronGroup, ms, network_operation, prefs

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
def nothing_frozen() -> Iterator[None]:
    gc.unfreeze()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("nothing_frozen")
def test_what_was_simulated_before_is_gone_when_a_network_first_runs_and_later_runs_spare_what_is_there():
    network, circles = Network(NeuronGroup(1, "v : 1")), []
    for expected in ([False], [False, True], [False, True, True]):
        circles.append(weakref.ref(Circle()))
        run_network(network, 0.001)
        assert [circle() is not None for circle in circles] == expected
        assert gc.get_freeze_count() == 0


@pytest.mark.usefixtures("nothing_frozen")
def test_what_somebody_else_has_frozen_stays_frozen():
    counts: list[int] = []

    @network_operation
    def count() -> None:
        counts.append(gc.get_freeze_count())

    network = Network(count)
    run_network(network, 0.0001)
    run_network(network, 0.0001)
    assert counts[0] == 0 < counts[1]
    gc.freeze()
    frozen = gc.get_freeze_count()
    run_network(network, 0.0001)
    assert min(counts[2], gc.get_freeze_count()) > 0.9 * frozen, "a few are gone because nobody holds them"
