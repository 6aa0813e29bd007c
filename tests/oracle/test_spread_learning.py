"""Rules on spikes where every synapse has a delay of its own, beside plain Brian2 scripts and sums over spikes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from brian2 import Network, NeuronGroup, SpikeMonitor, Synapses, ms, prefs

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.circuit import Circuit, Rows, wire
from brainlearn.rules import RULES

TEXT = """
name = "spread"
dt = "0.5 ms"

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
populations = [{ name = "E", size = 40, neuron = "cell" }]

[[projections]]
source = "cortex/E"
target = "cortex/E"
pathway = "lateral"
synapse = "kick"
connectivity = { kind = "fixed_total_number", number = 500, multapses = true }
weights = { distribution = "uniform", low = 0.05, high = 0.3 }
delay = { distribution = "uniform", low = "0 ms", high = "8 ms" }
"""
NAME, UNITS, STEPS = "cortex/E->cortex/E", 40, 800
CELL = "dv/dt = (current + drive - v)/(10*ms) : 1 (unless refractory)\ndcurrent/dt = -current/(2*ms) : 1\ndrive : 1"
LOW, HIGH = 0.05, 0.3


@pytest.fixture
def circuit(tmp_path: Path) -> Circuit:
    (tmp_path / "spread.toml").write_text(TEXT, encoding="utf-8")
    return load_circuit(tmp_path / "spread.toml")


def rows_of(circuit: Circuit) -> Rows:
    rows = wire(circuit, 0)[NAME]
    assert isinstance(rows, Rows)
    assert rows.delays is not None
    assert len(np.unique(rows.delays)) == 17
    return rows


def drive(copies: int) -> np.ndarray:
    return np.random.default_rng(8).uniform(0.9, 1.6, (copies, UNITS))


def learned(circuit: Circuit, rule: str, copies: int, chain: tuple) -> tuple[Simulation, list[list[np.ndarray]]]:
    """Return a simulation after a phase, and the steps of the spikes of every copy and unit."""
    plasticity = Plasticity(RULES[rule], (NAME,), updates=chain)
    phases = [Phase("show", STEPS, reset=False)]
    simulation = Simulation(circuit, copies, phases, plasticity, seed=0, precision="float64")
    group = simulation.populations["cortex/E"].group
    monitor = SpikeMonitor(group)
    simulation.network.add(monitor)
    simulation.set_variable("cortex/E", "drive", drive(copies))
    simulation.present(iter([Round({}, np.ones(copies))]), 1)
    steps = np.round(np.array(monitor.t) / 0.5e-3).astype(int)
    spikes = [[steps[np.array(monitor.i) == c * UNITS + u] for u in range(UNITS)] for c in range(copies)]
    return simulation, spikes


def test_pairs_teach_as_in_a_plain_brian_script(circuit: Circuit) -> None:
    """Event-driven traces of every synapse, with delays on its presynaptic side: Brian2's own STDP example."""
    prefs.codegen.target = "numpy"
    rows = rows_of(circuit)
    group = NeuronGroup(
        UNITS, CELL, threshold="v > 1", reset="v = 0", refractory=1 * ms, method="euler", dt=0.5 * ms, name="plain"
    )
    group.drive = drive(1)[0]
    synapses = Synapses(
        group,
        group,
        """w : 1
        dplus/dt = -plus/(20*ms) : 1 (event-driven)
        dminus/dt = -minus/(20*ms) : 1 (event-driven)""",
        on_pre="""current_post += w
        plus += 0.01
        w -= minus""",
        on_post="""minus += 0.0105
        w += plus""",
        dt=0.5 * ms,
    )
    synapses.run_regularly("w = clip(w, 0.05, 0.3)", when="after_synapses")  # once for all spikes of a step
    synapses.connect(i=rows.pres, j=rows.posts)
    synapses.w = rows.weights
    synapses.pre.delay = rows.delays * 0.5 * ms
    monitor = SpikeMonitor(group)
    Network(group, synapses, monitor).run(STEPS * 0.5 * ms, namespace={})
    chain = (("step", {"size": 1.0}), ("clip", {"low": LOW, "high": HIGH}))
    simulation, spikes = learned(circuit, "pair_stdp", 1, chain)
    expected = np.array(synapses.w)
    found = simulation.weights(NAME)
    at_hand = np.round(np.array(monitor.t) / 0.5e-3).astype(int)
    for unit in range(UNITS):
        assert np.array_equal(spikes[0][unit], at_hand[np.array(monitor.i) == unit])
    assert len(at_hand) > 1000
    assert np.count_nonzero((expected == LOW) | (expected == HIGH)) > 10  # bounds have been met
    assert np.count_nonzero((expected > LOW) & (expected < HIGH)) > 100
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_weights_of_many_copies_change_by_the_sum_over_pairs(circuit: Circuit) -> None:
    """Pfister & Gerstner 2006, equations 3 and 4, from the spikes of three copies and the delay of every synapse."""
    rows, dt = rows_of(circuit), 0.5
    chain = (("step", {"size": 1e-4}),)  # so small that the spikes stay those of the weights that were drawn
    simulation, spikes = learned(circuit, "triplet_stdp", 3, chain)

    def earlier(at: np.ndarray, step: int, tau: float) -> float:
        return float(np.exp(-(step - at[at < step]) * dt / tau).sum())

    chosen = np.random.default_rng(2).choice(len(rows.posts), 40, replace=False)
    change = (simulation.weights(NAME) - rows.weights)[chosen] * 1e4
    for k, found in zip(chosen, change, strict=True):
        expected = 0.0
        for copy in range(3):
            arrived = spikes[copy][rows.pres[k]] + int(rows.delays[k])
            fired = spikes[copy][rows.posts[k]]
            arrived = arrived[arrived < STEPS]
            expected += sum(earlier(arrived, t, 16.8) * (5e-10 + 6.2e-3 * earlier(fired, t, 125)) for t in fired)
            expected -= sum(earlier(fired, t, 33.7) * (7e-3 + 2.3e-4 * earlier(arrived, t, 101)) for t in arrived)
        assert found == pytest.approx(expected / 3, rel=1e-8)
    assert np.abs(change).max() > 1e-2
