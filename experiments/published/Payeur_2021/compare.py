"""Payeur, Guerguiev, Zenke, Richards & Naud 2021: dendritic current makes bursts likelier.

Run from the root of the project::

    python -m experiments.published.Payeur_2021.compare [--seeds 1 2 3]
"""

from __future__ import annotations

import numpy as np
from brian2 import Network, NeuronGroup, SpikeMonitor, defaultclock, mV, nS, pA, pF, prefs, second
from brian2 import ms as millisecond
from brian2 import seed as seed_brian

import brainlearn
from experiments.published.side_by_side import Measured, side_by_side

CIRCUIT = "circuits/published/Payeur_2021.toml"
SECONDS, SETTLED, UNITS = 1.5, 0.49995, 500
WITHIN = 16e-3  # seconds between spikes of one burst
CURRENTS = {"without": 0.0, "with": 1.0}  # dendritic current, in multiples of 200 pA
MODEL = """
dv/dt = -(v + 70*mV)/(16*ms) + (1300*pA/(1 + exp(-(u + 38*mV)/(6*mV))) + 250*pA + noise_s - w_s)/(370*pF)
        : volt (unless refractory)
dw_s/dt = -w_s/(100*ms) : amp
du/dt = -(u + 70*mV)/(7*ms)
        + (1200*pA/(1 + exp(-(u + 38*mV)/(6*mV))) + 2600*pA*spiked + w_d + dendritic + noise_d)/(170*pF) : volt
dw_d/dt = (-w_d - 13*nS*(u + 70*mV))/(30*ms) : amp
dnoise_s/dt = -noise_s/(2*ms) + 450*pA*sqrt(2/(2*ms))*xi_1 : amp
dnoise_d/dt = -noise_d/(2*ms) + 450*pA*sqrt(2/(2*ms))*xi_2 : amp
spiked = int(t - lastspike > 0.55*ms)*int(t - lastspike < 2.55*ms) : 1
dendritic : amp (shared)
"""


def ours(seed: int) -> Measured:
    """Simulate in brainlearn, from the circuit file."""
    found: Measured = {}
    for name, drive in CURRENTS.items():
        inputs = {"input/D": drive}
        tree = brainlearn.simulate(CIRCUIT, f"{SECONDS} s", inputs, ["cortex/E:spikes"], seed=seed, precision="float64")
        spikes = tree["spikes/cortex.E"]
        found |= measured(name, spikes["spike_time"].values / 1e3, spikes["spike_unit"].values)
    return found


def stock(seed: int) -> Measured:
    """Run the model as a script of Brian2, with the same noise."""
    prefs.codegen.target = "numpy"
    defaultclock.dt = 0.1 * millisecond
    found: Measured = {}
    for name, drive in CURRENTS.items():
        seed_brian(seed)
        text = {"threshold": "v > -50*mV", "reset": "v = -70*mV; w_s += 200*pA", "refractory": "3*ms"}
        cells = NeuronGroup(UNITS, MODEL, **text, method="euler")
        cells.v = cells.u = -70 * mV
        cells.dendritic = 200 * drive * pA
        cells.lastspike = -1e9 * second
        monitor = SpikeMonitor(cells)
        Network(cells, monitor).run(SECONDS * second, namespace={"mV": mV, "pA": pA, "pF": pF, "nS": nS})
        found |= measured(name, np.array(monitor.t_), np.array(monitor.i))
    return found


def measured(name: str, times: np.ndarray, units: np.ndarray) -> Measured:
    """Return the rate of events, single spikes or bursts, and the fraction of bursts."""
    events = bursts = 0
    for unit in range(UNITS):
        own = np.sort(times[(units == unit) & (times >= SETTLED)])
        first = np.flatnonzero(np.diff(own, prepend=-np.inf) > WITHIN)
        events += len(first)
        bursts += int(np.sum(np.diff(np.append(first, len(own))) > 1))
    rate = events / UNITS / (SECONDS - SETTLED)
    return {
        f"events {name} dendritic current [Hz]": rate,
        f"burst probability {name} dendritic current": bursts / events if events else 0.0,
    }


if __name__ == "__main__":
    side_by_side(__file__, ours, stock)
