"""Traces are integrated in the loop of the states where that is compiled, else in one of their own: as by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import Recorder, load_circuit
from brainlearn.brian import fused_code
from brainlearn.brian.learning.traces import trace_variable
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.rules import RULES

CIRCUIT = """
name = "loops"
dt = "1 ms"

[neurons.driven]
equations = "dv/dt = (drive - v)/(10*ms){noise} : 1\\ndrive : 1"
threshold = "v > 1"
reset = "v = 0"
method = "{method}"
{refractory}

[synapses.plain]
on_pre = "v_post += w"

[[areas]]
name = "A"
level = 0
populations = [{{ name = "E", size = 5, neuron = "driven" }}, {{ name = "F", size = 4, neuron = "driven" }}]

[[projections]]
source = "A/E"
target = "A/F"
pathway = "lateral"
synapse = "plain"
weights = {{ distribution = "constant", value = 0.3 }}
"""
KINDS = {
    "plain": ({"method": "exact", "noise": "", "refractory": ""}, True),
    "refractory": ({"method": "exact", "noise": "", "refractory": 'refractory = "3*ms"'}, False),
    "noisy": ({"method": "euler", "noise": " + 0.1*xi/(10*ms)**0.5", "refractory": ""}, False),
}


@pytest.mark.parametrize(("parts", "together"), KINDS.values(), ids=KINDS.keys())
def test_a_trace_is_the_sum_of_what_its_spikes_left(parts, together, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(fused_code, "SMALLEST_GROUP", 1)
    (tmp_path / "circuit.toml").write_text(CIRCUIT.format(**parts))
    rule = RULES["pair_stdp"]
    plasticity = Plasticity(rule, ("A/E->A/F",))
    simulation = Simulation(
        load_circuit(tmp_path / "circuit.toml"), 2, [Phase("show", 60)], plasticity, precision="float64"
    )
    recorder = Recorder(simulation)
    simulation.populations["A/E"].array("drive")[:] = np.linspace(1.2, 4, 10).reshape(2, 5)
    simulation.present(iter([Round({}, np.ones(2))]), 1)
    group = simulation.populations["A/E"].group
    loops = [each for each in group.contained_objects if trace_variable("trace_plus") in each.codeobj.code.run]
    updates = [each for each in loops if each.codeobj.template_name == "stateupdate"]
    assert [each is group.state_updater for each in updates] == [together]
    assert updates[0].codeobj._fused is not None
    spikes, traces = np.array(recorder.spikes["A/E"]), np.array(recorder.states["A/E.trace_plus"])
    assert 10 < spikes.sum() < 400
    kept = np.exp(-np.subtract.outer(np.arange(60), np.arange(60)) / 20)
    expected = np.einsum("ts,scu->tcu", np.tril(kept), spikes.astype(float))
    np.testing.assert_allclose(traces, expected, rtol=1e-12, atol=0)
