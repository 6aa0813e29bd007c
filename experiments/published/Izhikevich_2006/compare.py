"""Izhikevich 2006: 1,000 units with delays of 1 to 20 ms, without learning and learning, beside the program's steps.

Run from the root of the project::

    python -m experiments.published.Izhikevich_2006.compare [--seeds 1 2 3]
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import brainlearn
from brainlearn.experiment.rule_loading import load_rule
from experiments.published.side_by_side import Measured, side_by_side
from experiments.published.spiking import rates_and_variation, spikes_of

CIRCUIT = "circuits/published/Izhikevich_2006.toml"
RULE = Path(__file__).with_name("stdp.toml")
BEGIN, END = 0.5, 5.5  # s
SECONDS, LAST = 60, 10  # of learning; rates are those of the last part
LEARNING = ("cortex/E->cortex/E", "cortex/E->cortex/I")
MOST = 10.0  # the largest weight
SIZES = {"E": 800, "I": 200}
UNITS, SYNAPSES, DELAYS = 1000, 100, 20


def ours(seed: int) -> Measured:
    """Simulate the circuit file, as it is and learning."""
    record = [f"cortex/{name}:spikes" for name in SIZES]
    tree = brainlearn.simulate(CIRCUIT, f"{END} s", None, record, seed=seed)
    found = rates_and_variation({name: spikes_of(tree, f"cortex/{name}") for name in SIZES}, SIZES, BEGIN, END)
    return found | learned(*learn(seed))


def learn(seed: int, seconds: int = SECONDS) -> tuple[np.ndarray, np.ndarray]:
    """Return the rate of E [Hz] in every second of learning, and its weights afterwards."""
    updates = (("step", {"size": 1.0}), ("clip", {"low": 0.0, "high": MOST}))
    plasticity = brainlearn.Plasticity(load_rule(RULE), LEARNING, updates=updates)
    circuit, phases = brainlearn.load_circuit(CIRCUIT), [brainlearn.Phase("second", 1000, reset=False)]
    with brainlearn.Simulation(circuit, 1, phases, plasticity, seed=seed) as simulation:
        rates, shown = [], brainlearn.Round({}, np.ones(1), learn=True)
        second = iter([shown] * seconds)
        simulation.present(second, seconds, lambda _: rates.append(simulation.activity("cortex/E").mean() * 1e3))
        return np.array(rates), np.concatenate([simulation.weights(name) for name in LEARNING])


def learned(rates: np.ndarray, weights: np.ndarray) -> Measured:
    """Return how often E spikes in the last seconds, and what became of its weights."""
    return {
        f"rate of E after {SECONDS} s of learning [Hz]": float(rates[-LAST:].mean()),
        "mean weight of E then": float(weights.mean()),
        "weights of E below 0.5 then [%]": float(100 * (weights < 0.5).mean()),
        "weights of E above 9.5 then [%]": float(100 * (weights > 9.5).mean()),
    }


def stock(seed: int) -> Measured:
    """Do the same in NumPy: five synapses of an excitatory unit for each delay, one unit driven in each step."""
    rng = np.random.default_rng(seed)
    posts, delays = wired(rng)
    v = -65 + 10 * rng.random(UNITS)
    times, units = in_numpy(posts, delays, v, 0.2 * v, drive(rng, round(1e3 * END)))
    first = units < SIZES["E"]
    spikes = {"E": (times[first], units[first]), "I": (times[~first], units[~first] - SIZES["E"])}
    found = rates_and_variation(spikes, SIZES, BEGIN, END)
    rng = np.random.default_rng([seed, 1])
    posts, delays = wired(rng)
    v = -65 + 10 * rng.random(UNITS)
    times, units, weights = learning_in_numpy(posts, delays, v, 0.2 * v, drive(rng, 1000 * SECONDS))
    rates = np.bincount(times[units < SIZES["E"]].astype(int), minlength=SECONDS) / SIZES["E"]
    return found | learned(rates, weights)


def wired(rng: np.random.Generator) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return targets and delays in steps, by source unit, (synapse,) each."""
    excitatory, inhibitory = np.arange(SIZES["E"]), np.arange(SIZES["E"], UNITS)
    posts = [rng.choice(np.delete(np.arange(UNITS), unit), SYNAPSES, replace=False) for unit in excitatory]
    posts += [rng.choice(excitatory, SYNAPSES, replace=False) for _ in inhibitory]
    delays = [np.repeat(np.arange(1, DELAYS + 1), SYNAPSES // DELAYS)] * len(excitatory)
    delays += [np.ones(SYNAPSES, dtype=int)] * len(inhibitory)
    return posts, delays


def drive(rng: np.random.Generator, steps: int):  # type: ignore[no-untyped-def]
    """Yield a current of 20 into one unit, step by step."""
    return (20.0 * (np.arange(UNITS) == rng.integers(UNITS)) for _ in range(steps))


def in_numpy(posts, delays, v, u, drive):  # type: ignore[no-untyped-def]
    """Go through the steps of the program, one for each item of `drive`.

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
    """
    inhibitory = np.arange(UNITS) >= SIZES["E"]
    a, d, weights = np.where(inhibitory, 0.1, 0.02), np.where(inhibitory, 2, 8), np.where(inhibitory, -5.0, 6.0)
    arriving, times, units = np.zeros((DELAYS + 1, UNITS)), [], []
    for step, each in enumerate(drive):
        current = each + arriving[0]
        arriving = np.roll(arriving, -1, axis=0)
        arriving[-1] = 0
        for _ in range(2):
            v = v + 0.5 * (0.04 * v**2 + 5 * v + 140 - u + current)
        u = u + a * (0.2 * v - u)
        spiked = np.flatnonzero(v >= 30)
        v[spiked] = -65
        u[spiked] += d[spiked]
        for unit in spiked:
            np.add.at(arriving, (delays[unit], posts[unit]), weights[unit])
        times.append(np.full(len(spiked), 1e-3 * step))
        units.append(spiked)
    return np.concatenate(times), np.concatenate(units)


def learning_in_numpy(posts, delays, v, u, drive):  # type: ignore[no-untyped-def]
    """Do the same while excitatory synapses learn as in the program; returns their weights, too, (synapse,)."""
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
    side_by_side(__file__, ours, stock, "NumPy")
