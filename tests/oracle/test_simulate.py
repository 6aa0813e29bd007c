"""`brainlearn.simulate` beside a plain Brian2 script of the same circuit: the same spikes, the same membranes."""

from __future__ import annotations

from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import Hz, Mohm, ms, mV, nS, pF

from brainlearn import Sampled, SpikeTrains, load_circuit, simulate
from brainlearn.circuit import Circuit
from brainlearn.circuit.wiring import wire

CIRCUIT = """
name = "driven"
dt = "0.1 ms"

[neurons.membrane]
equations = '''
    dv/dt = (leak_potential - v + resistance*(injected + bias))/tau_membrane + fast : volt (unless refractory)
    fast = g*(0*mV - v)/capacitance : volt/second
    dg/dt = -g/tau_synapse : siemens
    injected : amp
    bias : amp
    excess = v - leak_potential : volt
'''
threshold = "v > -50*mV"
reset = "v = -65*mV"
refractory = "2*ms"
method = "euler"
initial = { v = "-70 mV" }

[neurons.membrane.parameters]
leak_potential = "-70 mV"
resistance = "100 Mohm"
capacitance = "100 pF"
tau_membrane = "10 ms"
tau_synapse = "5 ms"

[synapses.conductance]
on_pre = "g_post += w*nS"

[[areas]]
name = "LGN"
level = 0
populations = [{ name = "P", size = 5, neuron = "poisson" }]

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 6, neuron = "membrane" }]

[[projections]]
source = "LGN/P"
target = "V1/E"
pathway = "bottom_up"
synapse = "conductance"
delay = "1.5 ms"
weights = { distribution = "uniform", low = 1.0, high = 6.0 }

[[projections]]
source = "V1/E"
target = "V1/E"
pathway = "lateral"
synapse = "conductance"
delay = "0.7 ms"
connectivity = { kind = "probability", probability = 0.5 }
weights = { distribution = "uniform", low = 0.5, high = 4.0 }
"""
STEPS = 2000  # of 0.1 ms
RNG = np.random.default_rng(5)
TIMES = np.sort(RNG.choice(1900, 80, replace=False)) * 1e-4  # s
UNITS = RNG.integers(0, 5, 80)
CURRENT = RNG.uniform(0.0, 0.3e-9, (20, 6))  # A, a sample every 10 ms
BIAS = np.linspace(0, 0.1e-9, 6)


@pytest.fixture(scope="module")
def circuit(tmp_path_factory: pytest.TempPathFactory) -> Circuit:
    path = tmp_path_factory.mktemp("driven") / "driven.toml"
    path.write_text(CIRCUIT, encoding="utf-8")
    return load_circuit(path)


@pytest.fixture(scope="module")
def plain(circuit: Circuit) -> dict[str, Any]:
    """Simulate the same in Brian2, written by hand."""
    brian2.start_scope()
    wiring = wire(circuit, seed=0)
    with_target = {"codegen.target": "numpy"}
    before = {name: brian2.prefs[name] for name in with_target}
    for name, value in with_target.items():
        brian2.prefs[name] = value
    try:
        brian2.defaultclock.dt = 0.1 * ms
        injected = brian2.TimedArray(CURRENT * brian2.amp, dt=10 * ms)
        group = brian2.NeuronGroup(
            6,
            """
            dv/dt = (E - v + R*(I + bias))/(10*ms) + g*(0*mV - v)/(100*pF) : volt (unless refractory)
            dg/dt = -g/(5*ms) : siemens
            I = injected(t, i) : amp
            bias : amp
            """,
            threshold="v > -50*mV",
            reset="v = -65*mV",
            refractory=2 * ms,
            method="euler",
            namespace={"E": -70 * mV, "R": 100 * Mohm, "injected": injected, "mV": mV, "ms": ms, "pF": pF},
        )
        group.v = -70 * mV
        group.bias = BIAS * brian2.amp
        source = brian2.SpikeGeneratorGroup(5, UNITS, TIMES * brian2.second)
        projections = []
        for one, name, delay in ((source, "LGN/P->V1/E", 1.5), (group, "V1/E->V1/E", 0.7)):
            found = wiring[name]
            mask = np.ones_like(found.weights, dtype=bool) if found.mask is None else found.mask
            synapses = brian2.Synapses(one, group, "w : 1", on_pre="g_post += w*nS", delay=delay * ms)
            pre, post = np.nonzero(mask)
            synapses.connect(i=pre, j=post)
            synapses.w = found.weights[pre, post]
            projections.append(synapses)
        spikes = brian2.SpikeMonitor(group)
        sent = brian2.SpikeMonitor(source)
        states = brian2.StateMonitor(group, ("v", "g"), record=True)
        network = brian2.Network(group, source, *projections, spikes, sent, states)
        network.run(STEPS * 0.1 * ms, namespace={"nS": nS})
        return {
            "spikes": (np.array(spikes.t_), np.array(spikes.i)),
            "sent": (np.array(sent.t_), np.array(sent.i)),
            "v": np.array(states.v_).T,
            "g": np.array(states.g_).T,
            "t": np.array(states.t_),
        }
    finally:
        for name, value in before.items():
            brian2.prefs[name] = value


@pytest.mark.parametrize("delivery", ["shared", "stock"])
def test_spikes_and_membranes_are_those_of_a_script_in_brian(circuit, plain, delivery):
    tree = simulate(
        circuit,
        "200 ms",
        {
            "LGN/P": SpikeTrains(TIMES, UNITS),
            "V1/E:injected": Sampled(CURRENT, interval="10 ms"),
            "V1/E:bias": BIAS * brian2.amp,
        },
        ["V1/E:v,g,excess", "V1/E[1:5:2]:spikes"],
        copies=2,
        delivery=delivery,
    )
    states = tree["states/V1.E"].to_dataset()
    assert states["time"].values == pytest.approx(plain["t"] * 1e3, abs=1e-9)
    for copy in range(2):
        np.testing.assert_allclose(states["v"].values[:, copy], plain["v"], rtol=0, atol=1e-13)
        np.testing.assert_allclose(states["g"].values[:, copy], plain["g"], rtol=0, atol=1e-20)
    np.testing.assert_allclose(states["excess"].values, states["v"].values + 70e-3, rtol=0, atol=1e-13)
    assert (states["v"].attrs["units"], states["g"].attrs["units"]) == ("V", "S")
    times, units = plain["spikes"]
    assert len(times) > 60
    counted = tree["statistics/V1.E"]["spike_count"].values
    assert counted.tolist() == [np.bincount(units, minlength=6).tolist()] * 2
    chosen = np.isin(units, (1, 3))
    assert spikes_of(tree, "V1.E", 1) == as_steps(times[chosen], units[chosen])
    assert spikes_of(tree, "LGN.P", 0) == as_steps(*plain["sent"])


def as_steps(times: np.ndarray, units: np.ndarray) -> list[tuple[int, int]]:
    return sorted(zip(np.rint(times / 1e-4).astype(int).tolist(), units.tolist(), strict=True))


def spikes_of(tree: Any, group: str, copy: int) -> list[tuple[int, int]]:
    spikes = tree[f"spikes/{group}"].to_dataset()
    here = spikes["spike_copy"].values == copy
    return as_steps(spikes["spike_time"].values[here] / 1e3, spikes["spike_unit"].values[here])


def test_random_spikes_of_a_stimulus_have_its_rate(circuit):
    """200 trials of 0.2 s at 40 Hz: 8,000 spikes are expected of 5 units, give or take 89."""
    tree = simulate(circuit, "200 ms", {"LGN/P": 40 * Hz}, copies=200, seed=3)
    counts = tree["statistics/LGN.P"]["spike_count"].values
    assert counts.sum() == pytest.approx(8000, abs=4 * 89)
    assert np.var(counts) / counts.mean() == pytest.approx(1.0, abs=0.2)


def test_values_of_a_stretch_of_time_hold_there_and_nowhere_else(circuit):
    tree = simulate(circuit, "3 ms", {"V1/E:bias": "0.2 nA from 1 ms to 2 ms"}, "V1/E[0]:bias")
    values = tree["states/V1.E"]["bias"].values[:, 0, 0]
    np.testing.assert_allclose(values, [0.0] * 10 + [0.2e-9] * 10 + [0.0] * 10, rtol=1e-12)
