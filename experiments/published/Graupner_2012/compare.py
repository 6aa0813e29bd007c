"""Graupner & Brunel 2012: calcium moves synapses between Poisson trains at two rates, below and above 20 Hz.

Run from the root of the project::

    python -m experiments.published.Graupner_2012.compare [--seeds 1 2 3]
"""

from __future__ import annotations

import numpy as np
from brian2 import Hz, Network, NeuronGroup, Synapses, defaultclock, ms, prefs, second
from brian2 import seed as seed_brian

import brainlearn
from experiments.published.side_by_side import Measured, side_by_side

SECONDS = 3.0  # of biological time
RATES = (5, 20, 40)  # Hz, of all units


def ours(seed: int) -> Measured:
    """Learn in brainlearn, from the circuit file."""
    found: Measured = {}
    for rate in RATES:
        tree = brainlearn.simulate(
            "circuits/published/Graupner_2012.toml",
            f"{SECONDS} s",
            {"input/P:rate": f"{rate} Hz", "output/P:rate": f"{rate} Hz"},
            "none",
            seed=seed,
            rule="calcium",
            learn="all",
        )
        found |= measured(rate, tree["weights/input.P->output.P"]["weights"].values)
    return found


def stock(seed: int) -> Measured:
    """Run equations 1 and 2 (without noise) as a script of Brian2."""
    prefs.codegen.target = "numpy"
    defaultclock.dt = 0.5 * ms
    seed_brian(seed)
    found: Measured = {}
    for rate in RATES:
        groups = [NeuronGroup(30, "rate : Hz", threshold="rand() < rate*dt") for _ in range(2)]
        for group in groups:
            group.rate = rate * Hz
        synapses = Synapses(
            *groups,
            """dcalcium/dt = -calcium/(20*ms) : 1 (clock-driven)
            drho/dt = (-rho*(1 - rho)*(0.5 - rho) + 321.808*(1 - rho)*int(calcium > 1.3)
                - 200*rho*int(calcium > 1))/(150*second) : 1 (clock-driven)""",
            on_pre="calcium += 1",
            on_post="calcium += 2",
            delay=13.7 * ms,
            method="euler",
        )
        synapses.connect()
        synapses.rho = 0.5
        Network(*groups, synapses).run(SECONDS * second, namespace={})
        found |= measured(rate, np.array(synapses.rho))
    return found


def measured(rate: int, weights: np.ndarray) -> Measured:
    """Return mean and spread of the efficacies."""
    name = f"efficacies at {rate} Hz"
    return {f"{name}, mean": float(weights.mean()), f"{name}, standard deviation": float(weights.std())}


if __name__ == "__main__":
    side_by_side(__file__, ours, stock)
