"""Recurrent circuits of listed synapses with delays of their own: a plain Brian2 script, stock delivery, the mirror."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from brian2 import Network, NeuronGroup, SpikeMonitor, Synapses, ms, prefs

from brainlearn import load_circuit, simulate
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Simulation
from brainlearn.brian.simulation_state import restore_simulation, simulation_state
from brainlearn.circuit import Circuit, Rows, wire
from brainlearn.mistakes import UserError
from brainlearn.rules import RULES
from brainlearn.verification.verify import verify

TEXT = """
name = "listed"
dt = "0.1 ms"

[neurons.cell]
equations = '''
dv/dt = (current + drive - v)/(10*ms) : 1 (unless refractory)
dcurrent/dt = -current/(2*ms) : 1
drive : 1
'''
threshold = "v > 1"
reset = "v = 0"
refractory = "1*ms"
method = "euler"
input = "drive"
kind = "spiking"

[synapses.kick]
on_pre = "current_post += w"

[[areas]]
name = "cortex"
level = 1
populations = [
  { name = "E", size = 80, neuron = "cell", sign = "excitatory" },
  { name = "I", size = 20, neuron = "cell", sign = "inhibitory" },
]

[[projections]]
source = "cortex/E"
target = "cortex/E"
pathway = "lateral"
synapse = "kick"
connectivity = { kind = "fixed_total_number", number = 800, multapses = true }
weights = { distribution = "normal", mean = 0.1, sd = 0.01 }
delay = { distribution = "normal", mean = "1.5 ms", sd = "0.75 ms", low = "0.1 ms" }

[[projections]]
source = "cortex/E"
target = "cortex/I"
pathway = "lateral"
synapse = "kick"
connectivity = { kind = "fixed_in_degree", in_degree = 10, multapses = true }
weights = { distribution = "normal", mean = 0.1, sd = 0.01 }
delay = { distribution = "uniform", low = "0 ms", high = "5 ms" }

[[projections]]
source = "cortex/I"
target = "cortex/E"
pathway = "lateral"
synapse = "kick"
connectivity = { kind = "fixed_out_degree", out_degree = 40, multapses = false }
weights = { distribution = "normal", mean = -0.4, sd = 0.04 }
delay = "0.8 ms"
"""
STEPS = 600


@pytest.fixture
def circuit(tmp_path: Path) -> Circuit:
    (tmp_path / "listed.toml").write_text(TEXT, encoding="utf-8")
    return load_circuit(tmp_path / "listed.toml")


def drives() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(8)
    return {"cortex/E:drive": rng.uniform(0.9, 1.6, 80), "cortex/I:drive": rng.uniform(0.8, 1.1, 20)}


def by_hand(circuit: Circuit) -> dict[str, list[tuple[int, int]]]:
    """Return the spikes of every population, (step, unit), of a Brian2 script that knows nothing of brainlearn."""
    prefs.codegen.target = "numpy"
    text = "dv/dt = (current + drive - v)/(10*ms) : 1 (unless refractory)\ndcurrent/dt = -current/(2*ms) : 1\ndrive : 1"
    groups = {
        name: NeuronGroup(size, text, threshold="v > 1", reset="v = 0", refractory=1 * ms, method="euler", dt=0.1 * ms)
        for name, size in (("cortex/E", 80), ("cortex/I", 20))
    }
    for name, values in drives().items():
        groups[name.partition(":")[0]].drive = values
    network = Network(*groups.values())
    for projection in circuit.projections:
        rows = wire(circuit, 0)[projection.name]
        assert isinstance(rows, Rows)
        synapses = Synapses(groups[projection.source], groups[projection.target], "w : 1", on_pre="current_post += w")
        synapses.connect(i=rows.pres, j=rows.posts)
        synapses.w = rows.weights
        synapses.pre.order = projection.index
        synapses.pre.delay = 0.8 * ms if rows.delays is None else rows.delays * 0.1 * ms
        network.add(synapses)
    monitors = {name: SpikeMonitor(group) for name, group in groups.items()}
    network.add(*monitors.values())
    network.run(STEPS * 0.1 * ms, namespace={})
    return {
        name: sorted(zip(np.round(m.t / (0.1 * ms)).astype(int).tolist(), m.i[:].tolist(), strict=True))
        for name, m in monitors.items()
    }


def spikes(tree, name: str) -> list[tuple[int, int]]:
    group = tree[f"spikes/{name.replace('/', '.')}"]
    steps = np.round(group["spike_time"].values / 0.1).astype(int)
    return sorted(zip(steps.tolist(), group["spike_unit"].values.tolist(), strict=True))


@pytest.mark.parametrize("delivery", ["shared", "stock"])
def test_spikes_are_those_of_a_plain_brian_script(circuit: Circuit, delivery: str) -> None:
    tree = simulate(circuit, "60 ms", drives(), delivery=delivery, precision="float64")
    for name, expected in by_hand(circuit).items():
        assert len(expected) > 20
        assert spikes(tree, name) == expected


def test_stock_brian_copies_and_mirror_agree(circuit: Circuit) -> None:
    found = verify(circuit, steps=300, copies=3, strength=1.6)
    assert found.spikes["cortex/E"] > 500
    assert all(each.holds(1e-10) for each in found.machines.values())


def test_weights_are_recorded_as_a_list_with_the_units_they_join(circuit: Circuit) -> None:
    tree = simulate(circuit, "1 ms", {}, record=["cortex/E->cortex/E:weights", "cortex/I->cortex/E:weights"])
    group = tree["weights/cortex.E->cortex.E"]
    rows = wire(circuit, 0)["cortex/E->cortex/E"]
    assert isinstance(rows, Rows)
    assert rows.delays is not None
    assert np.array_equal(group["pre"], rows.pres)
    assert np.array_equal(group["post"], rows.posts)
    assert group["weights"].values == pytest.approx(rows.weights, rel=1e-6)
    assert group["delay"].values == pytest.approx(rows.delays * 0.1)
    assert group["delay"].attrs["units"] == "ms"
    assert "delay" not in tree["weights/cortex.I->cortex.E"]


def test_a_simulation_goes_on_with_the_spikes_under_way(circuit: Circuit) -> None:
    def started() -> Simulation:
        simulation = Simulation(circuit, 2, [Phase("show", 150, reset=False)], precision="float64")
        for name, values in drives().items():
            simulation.set_variable(*name.split(":"), values)
        return simulation

    def show(simulation: Simulation) -> np.ndarray:
        simulation.present(iter([Round({}, np.zeros(2))]), 1)
        return simulation.state("cortex/E", "current").copy()

    first, second = started(), started()
    show(first)
    saved = {name: np.array(value) for name, value in simulation_state(first).items()}
    assert len(saved["line/cortex/E->cortex/E/spikes"]) > 0
    expected = show(first)
    restore_simulation(second, saved)
    assert np.array_equal(show(second), expected)


def test_listed_projections_with_delays_do_not_learn_on_spikes(circuit: Circuit) -> None:
    with pytest.raises(UserError, match="its synapses are listed"):
        simulate(circuit, "1 ms", {}, rule=RULES["pair_stdp"], learn="cortex/E->cortex/E")
