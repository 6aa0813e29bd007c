"""Every circuit that is shipped does the same with shared weights and with stock `brian2.Synapses`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn.circuit.connecting import SPARSE_BELOW
from brainlearn.circuit.kernels import Kernels
from brainlearn.circuit.wiring import wire
from tests.oracle.both_deliveries import SHIPPED, Outcome, present, shrunk

QUICK = (
    "two_areas",
    "two_areas_top_down",
    "three_areas_recurrent",
    "recurrent_graded",
    "temporal_difference",
    "convolutional_temporal_difference",
    "e_prop",
)
RESTING = (".forward", ".expected")  # in target propagation while outputs are taught, as they are here
PATHS = [pytest.param(p, id=p.stem, marks=() if p.stem in QUICK else [pytest.mark.slow]) for p in SHIPPED]


@pytest.fixture(scope="module", params=PATHS)
def both(request) -> tuple[Outcome, Outcome]:
    circuit = shrunk(request.param)
    return present(circuit, "shared"), present(circuit, "stock")


def test_copies_spike_like_stock_brian(both):
    shared, stock = both
    for path, (indices, times) in stock.spikes.items():
        np.testing.assert_array_equal(shared.spikes[path][0], indices, err_msg=path)
        np.testing.assert_array_equal(shared.spikes[path][1], times, err_msg=path)


def test_states_end_where_those_of_stock_brian_do(both):
    shared, stock = both
    for name, values in stock.states.items():
        np.testing.assert_allclose(shared.states[name], values, rtol=0, atol=1e-12, err_msg=name)
        resting = name == "V3/I.g_inhibitory" or name.endswith(RESTING)
        assert np.ptp(values) > 1e-3 or resting, f"{name} says nothing"


def test_every_population_spikes_and_none_all_the_time(both):
    for path, rate in both[1].rates.items():
        assert 0.002 < rate < 0.6, path


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_small_circuits_keep_delays_and_connectivity(path: Path):
    circuit = shrunk(path)
    for projection, wiring in zip(circuit.projections, wire(circuit, 3).values(), strict=True):
        if isinstance(wiring, Kernels):
            assert 0 < len(wiring.rows().posts) < np.prod(wiring.shape)
        elif projection.connectivity.kind != "all_to_all":
            assert wiring.mask is not None
            assert 0 < wiring.mask.mean() < 1
    if path.stem == "three_areas_recurrent":
        shares = [w.mask.mean() for w in wire(circuit, 3).values() if w.mask is not None]
        assert min(shares) < SPARSE_BELOW < max(shares)
        assert {round(1e3 * p.delay.value) for p in circuit.projections} == {0, 1, 2, 3}
