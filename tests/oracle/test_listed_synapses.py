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


@pytest.mark.slow
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


DEPRESSING = (
    ("drive : 1\n'''", "drive : 1\ndx/dt = (1 - x)/(50*ms) : 1\n'''"),
    ('reset = "v = 0"', 'reset = """v = 0\nx = 0.6*x"""'),
    ('input = "drive"', 'initial = { x = 1.0 }\ninput = "drive"'),
    ('"current_post += w"', '"current_post += 2*w*x_pre"'),
)


def test_a_spike_carries_what_was_true_when_it_was_sent(tmp_path: Path) -> None:
    """Short-term depression: what arrives after 5 ms was sent before the spikes since then depressed it further."""
    text = TEXT
    for old, new in DEPRESSING:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "depressing.toml").write_text(text, encoding="utf-8")
    circuit = load_circuit(tmp_path / "depressing.toml")
    found = verify(circuit, steps=300, copies=2, strength=2.5)
    assert found.spikes["cortex/E"] > 500
    assert all(each.holds(1e-10) for each in found.machines.values())


def test_what_is_sent_is_by_hand_what_a_delay_later_arrives(tmp_path: Path) -> None:
    """Two units, three synapses: the sums follow from the times of spikes, and from the variable then."""
    text = """
name = "by_hand"
dt = "1 ms"
[neurons.sender]
equations = "dx/dt = -x/(20*ms) : 1\\ndrive : 1"
threshold = "drive > i"
method = "euler"
initial = { x = 1.0 }
input = "drive"
kind = "spiking"
[neurons.receiver]
equations = "g : 1\\ndh/dt = 0*h/second : 1"
threshold = "h > 1"
method = "euler"
[synapses.sum]
on_pre = "g_post += w*x_pre"
[[areas]]
name = "V1"
level = 1
populations = [{ name = "A", size = 2, neuron = "sender" }, { name = "B", size = 1, neuron = "receiver" }]
[[projections]]
source = "V1/A"
target = "V1/B"
pathway = "lateral"
synapse = "sum"
connectivity = { kind = "fixed_total_number", number = 3, multapses = true }
weights = { distribution = "constant", value = 2.0 }
delay = { distribution = "uniform", low = "1 ms", high = "6 ms" }
"""
    (tmp_path / "by_hand.toml").write_text(text, encoding="utf-8")
    circuit = load_circuit(tmp_path / "by_hand.toml")
    (rows,) = wire(circuit, 0).values()
    assert isinstance(rows, Rows)
    assert rows.delays is not None
    steps, after = 12, 1 - 1 / 20  # what is left of x after a step of Euler's method
    drives = np.array([0.5, 0.5])  # the first unit spikes in every step, the second in none
    for delivery in ("shared", "stock"):
        tree = simulate(
            circuit, f"{steps} ms", {"V1/A:drive": drives}, record="V1/B:g", delivery=delivery, precision="float64"
        )
        sent = after ** (np.arange(steps) + 1)
        first = rows.pres == 0
        expected = 2 * sum(np.pad(np.cumsum(sent), (int(d), 0))[: steps - 1] for d in rows.delays[first])
        g = tree["states/V1.B"]["g"].values.reshape(-1)
        assert g[1:] == pytest.approx(expected, rel=1e-12)
        assert expected[-1] > 1
