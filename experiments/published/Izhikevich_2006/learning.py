"""Izhikevich 2006 while excitatory synapses learn, beside the program's steps in NumPy: rates and weights.

Run from the root of the project::

    python -m experiments.published.Izhikevich_2006.learning [--seed 1] [--seconds 40]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import brainlearn
from brainlearn.lab import load_rule
from experiments.published.Izhikevich_2006.compare import CIRCUIT, DELAYS, SIZES, SYNAPSES, UNITS

RULE = Path(__file__).with_name("stdp.toml")
LEARNING = ("cortex/E->cortex/E", "cortex/E->cortex/I")
MOST = 10.0  # the largest weight


def main() -> None:
    """Print the rate of E in every fifth second, and its weights at the end, of both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=40)
    asked = parser.parse_args()
    for name, run in {"brainlearn": learn, "NumPy": stock}.items():
        rates, weights = run(asked.seed, asked.seconds)
        print(f"{name}: rate of E [Hz], every fifth second: {', '.join(f'{each:.2f}' for each in rates[::5])}")
        shares = np.histogram(weights, [0, 0.5, 2, 4, 6, 8, 9.5, MOST])[0] / len(weights)
        print(
            f"{name}: mean weight {weights.mean():.3f}; from 0, 0.5, 2, 4, 6, 8, 9.5 on: {np.round(100 * shares, 1)} %"
        )


def learn(seed: int, seconds: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rate of E [Hz] in every second of learning, and its weights afterwards."""
    updates = (("step", {"size": 1.0}), ("clip", {"low": 0.0, "high": MOST}))
    plasticity = brainlearn.Plasticity(load_rule(RULE), LEARNING, updates=updates)
    circuit, phases = brainlearn.load_circuit(CIRCUIT), [brainlearn.Phase("second", 1000, reset=False)]
    with brainlearn.Simulation(circuit, 1, phases, plasticity, seed=seed) as simulation:
        rates, shown = [], brainlearn.Round({}, np.ones(1), learn=True)
        second = iter([shown] * seconds)
        simulation.present(second, seconds, lambda _: rates.append(simulation.activity("cortex/E").mean() * 1e3))
        return np.array(rates), np.concatenate([simulation.weights(name) for name in LEARNING])


def stock(seed: int, seconds: int) -> tuple[np.ndarray, np.ndarray]:
    """Do the same in NumPy: five synapses of an excitatory unit for each delay, one unit driven in each step."""
    rng = np.random.default_rng([seed, 1])
    excitatory, inhibitory = np.arange(SIZES["E"]), np.arange(SIZES["E"], UNITS)
    posts = [rng.choice(np.delete(np.arange(UNITS), unit), SYNAPSES, replace=False) for unit in excitatory]
    posts += [rng.choice(excitatory, SYNAPSES, replace=False) for _ in inhibitory]
    delays = [np.repeat(np.arange(1, DELAYS + 1), SYNAPSES // DELAYS)] * len(excitatory)
    delays += [np.ones(SYNAPSES, dtype=int)] * len(inhibitory)
    drive = (20.0 * (np.arange(UNITS) == rng.integers(UNITS)) for _ in range(1000 * seconds))
    v = -65 + 10 * rng.random(UNITS)
    times, units, weights = learning_in_numpy(posts, delays, v, 0.2 * v, drive)
    counts = np.bincount(times[units < SIZES["E"]].astype(int), minlength=seconds)
    return counts / SIZES["E"], weights


def learning_in_numpy(posts, delays, v, u, drive):  # type: ignore[no-untyped-def]
    """Go through the steps of the program while excitatory synapses learn as in it, one for each item of `drive`.

    Parameters
    ----------
    posts, delays : lists of (synapse,) arrays of int
        By source unit: targets, and delays in steps.
    v, u : (unit,) arrays
        At the beginning.
    drive : iterable of (unit,) array

    Returns
    -------
    times [s] and units of spikes : (spike,) arrays
    weights : (synapse,) array
        Of excitatory units.
    """
    inhibitory = np.arange(UNITS) >= SIZES["E"]
    a, d = np.where(inhibitory, 0.1, 0.02), np.where(inhibitory, 2, 8)
    post, delay = np.array(posts), np.array(delays)
    weights, slow = np.where(inhibitory[:, None], -5.0, np.full(post.shape, 6.0)), np.zeros(post.shape)
    pres, places = np.nonzero(~inhibitory[:, None] & np.ones(post.shape, dtype=bool))
    onto = np.argsort(post[pres, places], kind="stable")
    starts = np.searchsorted(post[pres, places][onto], np.arange(UNITS + 1))
    trace = np.zeros((DELAYS + 2, UNITS))  # of the last steps, this one at `step % len(trace)`
    sent: list[np.ndarray] = []
    times, units = [], []
    for step, each in enumerate(drive):
        now, before = step % len(trace), (step - 1) % len(trace)
        trace[now] = 0.95 * trace[before]
        spiked = np.flatnonzero(v >= 30)
        v[spiked], trace[now, spiked] = -65, 0.1
        u[spiked] += d[spiked]
        for unit in spiked:
            here = onto[starts[unit] : starts[unit + 1]]
            i, k = pres[here], places[here]
            slow[i, k] += trace[(step - delay[i, k]) % len(trace), i]
        sent.append(spiked)
        current = each.copy()
        for age in range(min(DELAYS, step + 1)):
            i, k = np.nonzero(delay[sent[step - age]] == age + 1)
            i = sent[step - age][i]
            np.add.at(current, post[i, k], weights[i, k])
            slow[i, k] -= 1.2 * trace[now, post[i, k]]
        for _ in range(2):
            v = v + 0.5 * (0.04 * v**2 + 5 * v + 140 - u + current)
        u = u + a * (0.2 * v - u)
        times.append(np.full(len(spiked), 1e-3 * step))
        units.append(spiked)
        if step % 1000 == 999:
            weights[: SIZES["E"]] = np.clip(weights[: SIZES["E"]] + 0.01 + slow[: SIZES["E"]], 0, MOST)
            slow *= 0.9
    return np.concatenate(times), np.concatenate(units), weights[: SIZES["E"]].reshape(-1)


if __name__ == "__main__":
    main()
