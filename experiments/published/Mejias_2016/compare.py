"""Mejias, Murray, Kennedy & Wang 2016: rhythms of four laminar areas, and the direction in which they travel.

Run from the root of the project::

    python -m experiments.published.Mejias_2016.compare [--seeds 1 2 3]
"""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
from brian2 import Network, NeuronGroup, StateMonitor, Synapses, defaultclock, ms, prefs, second
from brian2 import seed as seed_brian
from scipy.signal import welch

import brainlearn
from experiments.published.side_by_side import Measured, side_by_side
from experiments.published.spectral_causality import causality

CIRCUIT = "circuits/published/Mejias_2016.toml"
TRIALS, BEGIN, END = 30, 1.0, 7.0  # s
SAMPLE = 4e-3  # s between samples, as in the paper
ORDER = 15  # samples of the past in the autoregressive models of Granger causality
DEPTH = 0.2  # share of L2/3 in what is recorded from an area
AREAS = ("V1", "V2", "V4", "TEO")
LAYERS = ("L23E", "L23I", "L56E", "L56I")
ALPHA, GAMMA = (6.0, 18.0), (30.0, 70.0)  # Hz
STIMULUS = 8.0  # onto L2/3 of V1
# Within an area, onto a row from a column: Mejias et al. 2016, and the authors' program.
WITHIN = np.array([[1.5, -3.25, 0, 0], [3.5, -2.5, 0.75, 0], [1.0, 0, 1.5, -3.25], [0, 0, 3.5, -2.5]])
# Fractions of labelled neurons, and shares of them above layer 4, onto an area of the row (Markov et al. 2014).
FLN = np.array(
    [[0, 0.7322, 0.1277, 0.0270], [0.7636, 0, 0.1513, 0.0033], [0.0130, 0.3908, 0, 0.2378], [0, 0.0246, 0.2559, 0]]
)
SLN = np.array([[0, 0.441, 0.348, 0.127], [0.729, 0, 0.269, 0.063], [0.984, 0.929, 0, 0.432], [0, 0.937, 0.664, 0]])
BACKWARD = (0.1, 0.5, 0.9, 0.5)  # shares of feedback that reach the four populations
MODEL = """
dr/dt = (1/exprel(-drive) - r)/tau + sigma*sqrt(1/tau)*xi : 1
drive = thalamus + input : 1
input : 1
thalamus : 1
tau : second
sigma : 1
"""


def ours(seed: int) -> Measured:
    """Simulate the circuit file."""
    record = [f"{area}/{layer}:r" for area in AREAS for layer in ("L23E", "L56E")]
    tree = brainlearn.simulate(
        CIRCUIT, f"{END} s", {"V1/L23E:stimulus": STIMULUS}, record, f"{SAMPLE} s", copies=TRIALS, seed=seed
    )
    rates = {name: tree[f"states/{name[:-2].replace('/', '.')}"]["r"].values[..., 0] for name in record}
    return measured({name[:-2]: each[round(BEGIN / SAMPLE) :] for name, each in rates.items()})


def stock(seed: int) -> Measured:
    """Run the model as a script of Brian2, all trials side by side."""
    prefs.codegen.target = "numpy"
    defaultclock.dt = 0.2 * ms
    seed_brian(seed)
    units = len(AREAS) * len(LAYERS)  # of a trial: areas one after the other
    group = NeuronGroup(TRIALS * units, MODEL, method="euler")
    group.r = "10*rand()"
    group.tau = np.tile([6.0, 15.0, 30.0, 75.0], TRIALS * len(AREAS)) * ms
    group.sigma = np.tile([0.3, 0.3, 0.45, 0.45], TRIALS * len(AREAS))
    group.thalamus = np.tile([6.0, 0.0, 6.0, 0.0], TRIALS * len(AREAS))
    group.thalamus[::units] = 6 + STIMULUS
    weights = all_weights()
    post, pre = np.nonzero(weights)
    first = units * np.arange(TRIALS)[:, None]
    synapses = Synapses(group, group, "w : 1\ninput_post = w*r_pre : 1 (summed)")
    synapses.connect(i=(first + pre).ravel(), j=(first + post).ravel())
    synapses.w = np.tile(weights[post, pre], TRIALS)
    monitor = StateMonitor(group, "r", record=True, dt=SAMPLE * second)
    Network(group, synapses, monitor).run(END * second, namespace={})
    rates = np.array(monitor.r).reshape(TRIALS, len(AREAS), len(LAYERS), -1)[..., round(BEGIN / SAMPLE) :]
    return measured({f"{area}/{LAYERS[j]}": rates[:, i, j].T for (i, area), j in product(enumerate(AREAS), (0, 2))})


def all_weights() -> np.ndarray:
    """Return the weights between the populations of all areas, (post, pre)."""
    compressed = np.where(FLN > 0, 1.2 * FLN**0.3, 0.0)
    forward, backward = compressed * SLN, compressed * (1 - SLN)
    forward, backward = (1.1 * each / each.sum(axis=1, keepdims=True) for each in (forward, backward))
    weights = np.zeros((len(AREAS), len(LAYERS), len(AREAS), len(LAYERS)))
    for onto, source in product(range(len(AREAS)), repeat=2):
        if onto == source:
            weights[onto, :, source] = WITHIN
        weights[onto, 0, source, 0] += forward[onto, source]
        weights[onto, :, source, 2] += backward[onto, source] * np.array(BACKWARD)
    return weights.reshape(len(AREAS) * len(LAYERS), -1)


def measured(rates: dict[str, np.ndarray]) -> Measured:
    """Return rhythms of V1, and in which direction alpha and gamma travel.

    Parameters
    ----------
    rates : dict of str to (sample, trial) array
        By population.

    Notes
    -----
    The asymmetry of two areas is that of Bastos et al. 2015, Neuron 85:390: what the lower area tells the upper one
    (Granger causality) less what the upper one tells the lower, over the sum of both: 1 is all upwards, -1 downwards.
    """
    found = {
        "gamma of V1 [Hz]": peak(rates["V1/L23E"], GAMMA),
        "alpha of V1 [Hz]": peak(rates["V1/L56E"], ALPHA),
    }
    areas = {area: DEPTH * rates[f"{area}/L23E"] + (1 - DEPTH) * rates[f"{area}/L56E"] for area in AREAS}
    asymmetries: dict[str, list[float]] = {"gamma": [], "alpha": []}
    for lower, upper in combinations(AREAS, 2):
        frequencies, up, down = causality(areas[lower], areas[upper], ORDER, 1 / SAMPLE)
        for name, (low, high) in (("gamma", GAMMA), ("alpha", ALPHA)):
            band = (frequencies > low) & (frequencies < high)
            asymmetries[name].append(float(((up - down) / (up + down))[band].mean()))
    return found | {f"asymmetry of {name}, mean of pairs": float(np.mean(each)) for name, each in asymmetries.items()}


def peak(rates: np.ndarray, band: tuple[float, float]) -> float:
    """Return the frequency [Hz] of the highest peak of the mean spectrum of trials within a band."""
    frequencies, power = welch(rates, 1 / SAMPLE, nperseg=round(2 / SAMPLE), axis=0)
    inside = (frequencies > band[0]) & (frequencies < band[1])
    return float(frequencies[inside][power.mean(axis=1)[inside].argmax()])


if __name__ == "__main__":
    side_by_side(__file__, ours, stock)
