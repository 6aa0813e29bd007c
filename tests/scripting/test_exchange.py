"""Objects of other libraries hold what the circuit or the result holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import Circuit, Projection, UserError, export_sonata, from_nir, load_circuit, simulate, to_neo, to_nir
from brainlearn.circuit import wire
from tests.scripting.test_arrays import circuit

INSTALL = 'pip install ".[interchange]"'


def test_a_graph_of_nir_has_the_weights_and_comes_back() -> None:
    pytest.importorskip("nir", reason=INSTALL)
    drawn = load_circuit("two_areas_top_down")
    before = wire(drawn, 3)
    given = {"V1/E->V2/E": np.full_like(before["V1/E->V2/E"].weights, 0.25)}
    back = from_nir(to_nir(drawn, given, subtract=True, seed=3))
    assert [each.path for each in back.populations] == [each.path for each in drawn.populations]
    after = wire(back, 0)
    np.testing.assert_allclose(after["V1/E->V1/I"].weights, before["V1/E->V1/I"].weights)
    np.testing.assert_allclose(after["V1/E->V2/E"].weights, 0.25)


def test_a_graph_needs_a_library_that_is_known_and_a_time_for_a_step() -> None:
    pytest.importorskip("nir", reason=INSTALL)
    drawn = load_circuit("two_areas_top_down")
    with pytest.raises(UserError, match=r"no such library.*continuous, norse, snntorch"):
        to_nir(drawn, reader="lava")
    with pytest.raises(UserError, match="dt"):
        from_nir(to_nir(drawn, subtract=True), dt="1 mV")


def test_spikes_of_a_simulation_are_trains_of_its_copies() -> None:
    pytest.importorskip("neo", reason=INSTALL)
    currents = np.array([[0.3, 0.0, 0.5], [0.4, 0.6, 0.0]])  # (copy, unit)
    tree = simulate(circuit(), "50 ms", {"V1/E:current": currents}, copies=2)
    block, spikes = to_neo(tree), tree["spikes/V1.E"].to_dataset()
    assert [segment.name for segment in block.segments] == ["copy 0", "copy 1"]
    assert [each.annotations["unit"] for each in block.segments[1].spiketrains] == [0, 1]
    for copy, segment in enumerate(block.segments):
        for train in segment.spiketrains:
            here = (spikes["spike_copy"] == copy) & (spikes["spike_unit"] == train.annotations["unit"])
            assert np.array_equal(train.rescale("ms").magnitude, spikes["spike_time"].values[here.values])
            assert float(train.t_stop) == 50
    assert block.groups[-1].annotations["size"] == 3


def test_sonata_takes_a_circuit_that_a_script_holds(tmp_path: Path) -> None:
    whole = load_circuit("Brette_2007_CUBA", {"cortex/E": 80, "cortex/I": 20})
    projections = [
        Projection(p.source, p.target, p.pathway, p.synapse, p.weights, "0.1 ms", p.connectivity)
        for p in whole.projections
    ]
    held = Circuit("held", whole.dt, whole.areas, projections, whole.neurons, whole.synapses)
    written, _ = export_sonata(held, tmp_path / "sonata", "10 ms", seed=2)
    assert written.units == 100
    assert written.synapses == sum(int(np.count_nonzero(each.mask)) for each in wire(held, 2).values())
    assert (tmp_path / "sonata" / "simulate_in_nest.py").is_file()
