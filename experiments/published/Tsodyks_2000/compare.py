"""Tsodyks, Uziel & Markram 2000: population bursts of a network whose synapses tire and facilitate.

Run from the root of the project::

    python -m experiments.published.Tsodyks_2000.compare [--seeds 1 2 3]
"""

from __future__ import annotations

import numpy as np
from brian2 import Network, NeuronGroup, SpikeMonitor, Synapses, defaultclock, mV, prefs, second, volt
from brian2 import ms as millisecond

import brainlearn
from brainlearn import load_circuit
from brainlearn.circuit import ReleaseValues, Rows, short_term_values, unit_values, wire
from experiments.published.side_by_side import Measured, side_by_side

CIRCUIT = "circuits/published/Tsodyks_2000.toml"
SECONDS, SETTLED = 5.1, 0.9  # of biological time; what comes before is not counted
SIZES = {"E": 400, "I": 100}
BURST = 0.3  # share of the excitatory neurons that spike within 10 ms
NEURON = """
dv/dt = (background + synaptic - v)/(30*ms) : volt (unless refractory)
dsynaptic/dt = -synaptic/(3*ms) : volt
background : volt (constant)
"""
SYNAPSE = """
A : volt
U : 1 (constant)
tau_rec : second (constant)
tau_facil : second (constant)
du/dt = -u/tau_facil : 1 (clock-driven)
dx/dt = (1 - x - y)/tau_rec : 1 (clock-driven)
dy/dt = -y/(3*ms) : 1 (clock-driven)
"""


def ours(seed: int) -> Measured:
    """Simulate in brainlearn, from the circuit file."""
    record = [f"cortex/{name}:spikes" for name in SIZES]
    tree = brainlearn.simulate(CIRCUIT, f"{SECONDS} s", None, record, seed=seed, precision="float64")
    return measured({name: tree[f"spikes/cortex.{name}"]["spike_time"].values / 1e3 for name in SIZES})


def stock(seed: int) -> Measured:
    """Run the model as a script of Brian2, with the numbers that the circuit draws from the seed."""
    prefs.codegen.target = "numpy"
    defaultclock.dt = 0.5 * millisecond
    circuit = load_circuit(CIRCUIT)
    groups = {name: _neurons(SIZES[name], refractory) for name, refractory in (("E", "3*ms"), ("I", "2*ms"))}
    for name, group in groups.items():
        group.background = unit_values(circuit, f"cortex/{name}", 1, seed)["background"][0] * volt
    wiring = wire(circuit, seed)
    projections = []
    for each in circuit.projections:
        rows, table = wiring[each.name], each.short_term_plasticity
        assert isinstance(rows, Rows)
        assert table is not None
        values = short_term_values(table, each.name, len(rows.posts), seed)
        ends = groups[each.source[-1]], groups[each.target[-1]]
        projections.append(_synapses(*ends, rows, values))
    monitors = {name: SpikeMonitor(group) for name, group in groups.items()}
    Network(*groups.values(), *projections, *monitors.values()).run(SECONDS * second, namespace={})
    return measured({name: np.array(each.t_) for name, each in monitors.items()})


def _neurons(size: int, refractory: str) -> NeuronGroup:
    text = {"threshold": "v > 15*mV", "reset": "v = 13.5*mV", "refractory": refractory}
    return NeuronGroup(size, NEURON, **text, method="exact")


def _synapses(source: NeuronGroup, target: NeuronGroup, rows: Rows, values: ReleaseValues) -> Synapses:
    facilitates = bool(np.any(values["tau_facilitation"]))
    use = "u += U*(1 - u)" if facilitates else "u = U"
    text = f"{use}; y += u*x; synaptic_post += A*u*x; x -= u*x"
    synapses = Synapses(source, target, SYNAPSE, on_pre=text, method="exact")
    synapses.connect(i=rows.pres, j=rows.posts)
    synapses.A, synapses.U, synapses.x = rows.weights * mV, values["utilisation"], 1
    synapses.tau_rec = values["tau_recovery"] * second
    synapses.tau_facil = (values["tau_facilitation"] if facilitates else 1.0) * second
    return synapses


def measured(times: dict[str, np.ndarray]) -> Measured:
    """Return rates of both populations, and how often many excitatory neurons spike together."""
    settled = {name: each[each >= SETTLED] for name, each in times.items()}
    rates = {f"rate of {name} [Hz]": len(each) / (SECONDS - SETTLED) / SIZES[name] for name, each in settled.items()}
    counts, _ = np.histogram(settled["E"], np.arange(SETTLED, SECONDS + 1e-9, 0.01))
    together = counts > BURST * SIZES["E"]
    bursts = int(together[0]) + int(np.sum(together[1:] & ~together[:-1]))
    return {**rates, "population bursts": float(bursts)}


if __name__ == "__main__":
    side_by_side(__file__, ours, stock)
