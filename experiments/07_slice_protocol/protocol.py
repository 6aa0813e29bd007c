"""The protocol of Jang et al. 2026: a synapse whose two sides are driven for 100 ms and 100 ms, ten times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from brainlearn import Phase, Plasticity, Recorder, Round, Simulation, load_circuit
from brainlearn.rules import RULES, Change, Rule, Trace, parameters

CIRCUIT = Path(__file__).with_name("circuit.toml")
SYNAPSES = "electrode/fibre->CA1/pyramidal"
HALF = 100  # steps in one half of a trial; everything is shown in pieces of this length
GAP = 4  # pieces of silence between two trials
TRIALS = 10


@dataclass(frozen=True)
class Condition:
    """Rates of one condition, and what was measured.

    Parameters
    ----------
    first, second : float
        Rates of fibre and neuron in the two halves of a trial [Hz].
    measured, error : float
        EPSP after 30 to 35 minutes over baseline, and its standard error [1].
    slices : int
        How many slices were measured.
    """

    first: float
    second: float
    measured: float
    error: float
    slices: int

    @property
    def name(self) -> str:
        """As in ``25→50``."""
        return f"{self.first:g}→{self.second:g}"


# Jang, Flores, O'Reilly & Zito 2026, compcogneuro.org/jang-et-al-2026
RISING = Condition(25, 50, 1.42, 0.15, 12)
FALLING = Condition(50, 25, 0.73, 0.10, 18)
LOW = Condition(25, 25, 1.12, 0.15, 12)
HIGH = Condition(50, 50, 1.09, 0.08, 11)
CONDITIONS = (RISING, FALLING, LOW, HIGH)

HEBB = Rule(
    name="hebb",
    description="presynaptic times postsynaptic trace in every step: the control without a difference",
    source="Hebb 1949; as a product of activities",
    parameters=parameters(tau_recent="40 ms"),
    traces=(Trace("recent", "drecent/dt = -recent/tau_recent : 1", "recent += dt/tau_recent"),),
    changes=(Change("recent", "recent", when="step"),),
)


@dataclass(frozen=True)
class Reading:
    """A rule, and where in a trial it learns.

    Parameters
    ----------
    rule : Rule
    pieces : tuple of int
        Which pieces of a trial are phases that learn: 0 and 1 are its halves, the others the gap.
    label : str
        For people.
    """

    rule: Rule
    pieces: tuple[int, ...]
    label: str


ALWAYS = tuple(range(2 + GAP))
READINGS: Mapping[str, Reading] = {
    "kinase": Reading(RULES["kinase"], (1,), "kinase, read at the end of a trial"),
    "kinase_continuous": Reading(RULES["kinase_continuous"], ALWAYS, "kinase, in every step"),
    "hebb": Reading(HEBB, ALWAYS, "Hebb"),
    "pair_stdp": Reading(RULES["pair_stdp"], ALWAYS, "pair STDP"),
}


def build(reading: Reading, size: float, seed: int, side: int) -> Simulation:
    """Build ``side * side`` pairs that learn with the step size `size`."""
    sheet = (side, side)
    sizes = dict.fromkeys(("electrode/fibre", "electrode/clamp", "CA1/pyramidal"), sheet)
    plasticity = Plasticity(reading.rule, (SYNAPSES,), updates=(("step", {"size": size}),))
    phases = (Phase("piece", HALF, reset=False),)
    return Simulation(load_circuit(CIRCUIT, sizes), 1, phases, plasticity, seed=seed, precision="float64")


def trial(condition: Condition, reading: Reading, pairs: int) -> Iterator[Round]:
    """Yield the pieces of one trial: two halves, and the gap."""
    for piece in ALWAYS:
        rate = (condition.first, condition.second)[piece] if piece < 2 else 0.0
        rates = np.full((1, pairs), rate)
        stimuli = {"electrode/fibre": rates, "electrode/clamp": rates}
        yield Round(stimuli, np.ones(1), learn=piece in reading.pieces)


def change(
    condition: Condition, reading: Reading, size: float, seed: int, side: int, trials: int = TRIALS
) -> np.ndarray:
    """Return what the trials do to the weights, as a share of the first weight, (pair,)."""
    with build(reading, size, seed, side) as simulation:
        mask = simulation.projections[SYNAPSES].mask
        before = simulation.weights(SYNAPSES)[mask]
        rounds = (piece for _ in range(trials) for piece in trial(condition, reading, side * side))
        simulation.present(rounds, trials * len(ALWAYS))
        share: np.ndarray = simulation.weights(SYNAPSES)[mask] / before - 1.0
    return share


def fit(reading: Reading, seed: int, side: int) -> float:
    """Return the step size at which 25→50 changes the weight as much as measured; its sign is the rule's own.

    Parameters
    ----------
    seed : int
        Another one than that of the result.
    """
    small = 1e-6  # so small that no weight changes what the neurons do
    found = change(RISING, reading, small, seed, side).mean()
    return small * (RISING.measured - 1.0) / abs(float(found))


def traces(condition: Condition, seed: int, side: int) -> dict[str, np.ndarray]:
    """Return CaP, CaD and the spikes of fibre and neuron in one trial, mean over pairs, (step,)."""
    reading = READINGS["kinase"]
    with build(reading, 0.0, seed, side) as simulation:
        recorder = Recorder(simulation)
        simulation.present(trial(condition, reading, side * side), len(ALWAYS))
        return {
            "fast": np.mean(recorder.states["CA1/pyramidal.cap"], axis=(1, 2)),
            "slow": np.mean(recorder.states["CA1/pyramidal.cad"], axis=(1, 2)),
            "pre": np.mean(recorder.spikes["electrode/fibre"], axis=(1, 2)),
            "post": np.mean(recorder.spikes["CA1/pyramidal"], axis=(1, 2)),
        }
