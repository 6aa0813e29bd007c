"""Brian2's comparison of float32 states with 1e50 warns nobody."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from brian2 import Network, NeuronGroup, ms, prefs

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
