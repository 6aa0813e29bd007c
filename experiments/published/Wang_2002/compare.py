"""Wang 2002: two groups of units compete, and one wins.

Run from the root of the project::

    python -m experiments.published.Wang_2002.compare [--seeds 1 2 3]
"""

from __future__ import annotations

import statistics

import numpy as np
from brian2 import (
    Hz,
    Network,
    NeuronGroup,
    PoissonGroup,
    PoissonInput,
    SpikeMonitor,
    Synapses,
    TimedArray,
    defaultclock,
    ms,
    mV,
    nS,
    pF,
    prefs,
    second,
)
from brian2 import seed as seed_brian

import brainlearn
from brainlearn import Sampled
from experiments.published.side_by_side import Measured, side_by_side
from experiments.published.spiking import Spikes, rate, spikes_heard

CIRCUIT = "circuits/published/Wang_2002.toml"
TRIALS = 8
SETTLED, ONSET, END = 0.5, 1.0, 3.0  # s
LATE = 0.5  # s at the end of the stimulus
COHERENCE, MEAN, SPREAD, EVERY = 0.128, 40.0, 4.0, 0.05  # Hz; drawn again every 50 ms
SIZES = {"left": 240, "right": 240, "other": 1120, "I": 400}
APART, WINDOW = 10.0, 0.1  # Hz, s: a decision is made when the rates of groups differ by this much
POTENTIATED = 1.7
DEPRESSED = 1 - 0.15 * (POTENTIATED - 1) / (1 - 0.15)
INHIBITORY = """
dv/dt = (g_leak*(-70*mV - v) - (s_ampa + s_ext)*v - s_gaba*(v + 70*mV)
    - g_nmda*s_total*v/(1 + exp(-0.062*v/mV)/3.57))/C : volt (unless refractory)
ds_ampa/dt = -s_ampa/(2*ms) : siemens
ds_ext/dt = -s_ext/(2*ms) : siemens
ds_gaba/dt = -s_gaba/(5*ms) : siemens
s_total : 1
"""
EXCITATORY = (
    INHIBITORY
    + """
ds_nmda/dt = -s_nmda/(100*ms) + 0.5*kHz*x*(1 - s_nmda) : 1
dx/dt = -x/(2*ms) : 1
"""
)


def stimuli(seed: int) -> np.ndarray:
    """Return the rates [Hz] of both stimuli, (sample, trial, side), from the beginning of the simulation."""
    rng = np.random.default_rng(1000 + seed)
    before, samples = round(ONSET / EVERY), round(END / EVERY)
    rates = MEAN * (1 + COHERENCE * np.array([1, -1])) + SPREAD * rng.standard_normal((samples, TRIALS, 2))
    rates[:before] = 0
    return np.maximum(rates, 0)


def ours(seed: int) -> Measured:
    """Simulate the circuit file, all trials at once."""
    rates = stimuli(seed)
    inputs = {
        f"stimulus/{side}": Sampled(np.repeat(rates[:, :, [k]], SIZES[side], axis=2), interval=f"{1e3 * EVERY:g} ms")
        for k, side in enumerate(("left", "right"))
    }
    record = [f"cortex/{name}:spikes" for name in SIZES]
    tree = brainlearn.simulate(CIRCUIT, f"{END} s", inputs, record, copies=TRIALS, seed=seed)
    trials = []
    for trial in range(TRIALS):
        spikes: dict[str, Spikes] = {}
        for name in SIZES:
            group = tree[f"spikes/cortex.{name}"]
            own = group["spike_copy"].values == trial
            spikes[name] = group["spike_time"].values[own] / 1e3, group["spike_unit"].values[own]
        trials.append(measured(spikes))
    return over_trials(trials)


def stock(seed: int) -> Measured:
    """Run the model as a script of Brian2, trial by trial."""
    return over_trials([one_trial(rates, 100 * seed + k) for k, rates in enumerate(stimuli(seed).swapaxes(0, 1))])


def one_trial(rates: np.ndarray, seed: int) -> Measured:
    """Run one trial with its rates [Hz] of stimuli, (sample, side)."""
    prefs.codegen.target = "numpy"
    defaultclock.dt = 0.1 * ms
    seed_brian(seed)
    text = {"threshold": "v > -50*mV", "reset": "v = -55*mV", "method": "euler"}
    names = {"g_leak": 25 * nS, "C": 500 * pF, "g_nmda": 0.165 * nS}
    cells = NeuronGroup(1600, EXCITATORY, refractory=2 * ms, namespace=names, **text)
    names = {"g_leak": 20 * nS, "C": 200 * pF, "g_nmda": 0.13 * nS}
    inhibitory = NeuronGroup(400, INHIBITORY, refractory=1 * ms, namespace=names, **text)
    cells.v = inhibitory.v = -52 * mV
    groups = {"left": cells[:240], "right": cells[240:480], "other": cells[480:], "I": inhibitory}
    label = np.repeat([0, 1, 2], [240, 240, 1120])
    strength = np.array([[POTENTIATED, DEPRESSED, 1], [DEPRESSED, POTENTIATED, 1], [DEPRESSED, DEPRESSED, 1]])
    parts = [cells, inhibitory, *chemical(cells, inhibitory, strength[label][:, label])]

    totals = NeuronGroup(3, "s : 1")  # of gates by group
    added = Synapses(cells, totals, "s_post = s_nmda_pre : 1 (summed)")
    added.connect(i=np.arange(1600), j=label)
    onto_e = Synapses(totals, cells, "w : 1\ns_total_post = w*s_pre : 1 (summed)")
    onto_e.connect()
    onto_e.w = strength[:, label].ravel()
    onto_i = Synapses(totals, inhibitory, "s_total_post = s_pre : 1 (summed)")
    onto_i.connect()
    parts += [totals, added, onto_e, onto_i]

    parts += [PoissonInput(group, "s_ext", 1000, 2.4 * Hz, w * nS) for group, w in ((cells, 2.1), (inhibitory, 1.62))]
    heard = {}
    for k, side in enumerate(("left", "right")):
        heard[side] = PoissonGroup(
            240, rates="shown(t)*Hz", namespace={"shown": TimedArray(rates[:, k], dt=EVERY * second)}
        )
        evidence = Synapses(heard[side], groups[side], on_pre="s_ext_post += 2.1*nS")
        evidence.connect(j="i")
        parts.append(evidence)
    monitors = {name: SpikeMonitor(group) for name, group in groups.items()}
    Network(*parts, *heard.values(), *monitors.values()).run(END * second, namespace={})
    return measured({name: spikes_heard(monitor) for name, monitor in monitors.items()})


def chemical(cells: NeuronGroup, inhibitory: NeuronGroup, strength: np.ndarray) -> list[Synapses]:
    """Connect all with all by AMPA and GABA, and let spikes open NMDA synapses."""
    ampa = Synapses(cells, cells, "w : siemens", on_pre="s_ampa_post += w", delay=0.5 * ms)
    ampa.connect()
    ampa.w = 0.05 * nS * strength.ravel()
    opens = Synapses(cells, cells, on_pre="x_post += 1", delay=0.5 * ms)
    opens.connect(j="i")
    found = [ampa, opens]
    for source, target, on_pre in (
        (cells, inhibitory, "s_ampa_post += 0.04*nS"),
        (inhibitory, cells, "s_gaba_post += 1.3*nS"),
        (inhibitory, inhibitory, "s_gaba_post += 1*nS"),
    ):
        synapses = Synapses(source, target, on_pre=on_pre, delay=0.5 * ms)
        synapses.connect()
        found.append(synapses)
    return found


def measured(spikes: dict[str, Spikes]) -> Measured:
    """Return rates before the stimulus and at its end, who won, and when groups came apart."""
    late = {name: rate(each, SIZES[name], END - LATE, END) for name, each in spikes.items()}
    steps = np.arange(ONSET, END - WINDOW, 0.005)
    over_time = {
        side: np.array([rate(spikes[side], SIZES[side], begin, begin + WINDOW) for begin in steps])
        for side in ("left", "right")
    }
    apart = np.flatnonzero(np.abs(over_time["left"] - over_time["right"]) > APART)
    decided = steps[apart[0]] + WINDOW - ONSET if len(apart) else END - ONSET
    return {
        "rate of groups before the stimulus [Hz]": float(
            np.mean([rate(spikes[side], SIZES[side], SETTLED, ONSET) for side in ("left", "right")])
        ),
        "rate of the winner at the end [Hz]": max(late["left"], late["right"]),
        "rate of the loser at the end [Hz]": min(late["left"], late["right"]),
        "rate of I at the end [Hz]": late["I"],
        "time to a difference of 10 Hz [s]": float(decided),
        "choices of the stronger side [%]": 100.0 * (late["left"] > late["right"]),
    }


def over_trials(trials: list[Measured]) -> Measured:
    """Return the means over trials."""
    return {name: statistics.mean(trial[name] for trial in trials) for name in trials[0]}


if __name__ == "__main__":
    side_by_side(__file__, ours, stock)
