"""A circuit shown the same random stimuli with `SharedSynapses` and with stock `brian2.Synapses`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from brian2 import SpikeMonitor

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Delivery, Plasticity, Simulation
from brainlearn.circuit import Circuit
from brainlearn.circuit.schema import Normal, Tied
from brainlearn.rules import Rule
from brainlearn.units import parse_quantity

CIRCUITS = Path(__file__).parents[2] / "circuits"
SHIPPED = sorted(p for p in CIRCUITS.glob("*.toml") if not p.stem.startswith("cortical_"))
"""All but those whose numbers of synapses do not shrink with their populations: see `test_cortical_learning.py`."""
VOLTS = Path(__file__).with_name("volts.toml")
COPIES = 8
PHASES = (
    Phase("onset", 60, nudge=1.0),
    Phase("later", 50, reset=False, nudge=1.0),
)  # spikes under way pass from one to the other
FREE_AND_NUDGED = (
    Phase("free", 30, learn=False, remember=True),
    Phase("nudged", 20, reset=False, nudge=1.0),
)
NUDGED_AND_LATER = (
    Phase("nudged", 30, learn=False, nudge=1.0, remember=True),
    Phase("later", 20, reset=False, nudge=1.0),
)
OF_ITS_OWN = {  # rules that read what no other circuit's units have: the circuit, and projections that learn by them
    "dendritic_error": ("dendritic_microcircuit", ("V1/P->V1/I", "V1/P->IT/class")),
    "dendritic_balance": ("dendritic_microcircuit", ("V1/I->V1/P",)),
    "contrastive_divergence": ("boltzmann", ("V1/image->V2/hidden", "V1/bias->V2/hidden")),
    "wake_sleep": ("helmholtz", ("V1/image->V2/hidden", "V2/hidden->V1/image")),
    "node_perturbation": ("node_perturbation", ("V1/E->IT/class",)),
    "target_propagation": ("target_propagation", ("V1/E->V2/E", "V2/E->V1/E", "V2/E->IT/class", "IT/class->V2/E")),
}
ROUNDS = 3  # 330 steps, and states are reset twice while spikes are under way


@dataclass(frozen=True)
class Outcome:
    """What a simulation did.

    Parameters
    ----------
    spikes : dict of str to (spike,) arrays
        Indices and times [s], per spiking population.
    rates : dict of str to float
        Spikes per unit and step.
    states : dict of str to (copy, unit) array
        Final variables of all differential equations, by ``"V1/E.v"``.
    weights, changes : dict of str to (pre, post) array
        Final weights, and their distance from the initial ones.
    """

    spikes: dict[str, tuple[np.ndarray, np.ndarray]]
    rates: dict[str, float]
    states: dict[str, np.ndarray]
    weights: dict[str, np.ndarray]
    changes: dict[str, np.ndarray]


@cache
def shrunk(path: Path, untied: bool = False) -> Circuit:
    """Return the circuit of a file with small populations; delays, masks and models stay as they are.

    If `untied`, weights that the file ties to others are drawn on their own.
    """
    circuit = load_circuit(path)
    sizes = {
        p.path: tuple(_shrunk_side(side, p.sheet) for side in p.sheet) if p.sheet else max(min(p.size // 4, 30), 8)
        for p in circuit.populations
    }
    tied = [p.name for p in circuit.projections if isinstance(p.weights, Tied)]
    return load_circuit(path, sizes, dict.fromkeys(tied, Normal(distribution="normal", sd=0.3)) if untied else {})


def _shrunk_side(side: int, sheet: tuple[int, int]) -> int:
    """Return one side of a small sheet; a sheet of one row stays longer than its receptive fields."""
    return max(min(side // 2, 6 if min(sheet) > 1 else 20), 1)


def present(
    circuit: Circuit,
    delivery: Delivery,
    plasticity: Plasticity | None = None,
    phases: tuple[Phase, ...] = PHASES,
) -> Outcome:
    """Show random stimuli to a float64 simulation."""
    simulation = Simulation(circuit, COPIES, phases, plasticity, delivery, seed=3, precision="float64")
    groups = simulation.populations
    monitors = {path: SpikeMonitor(group.group) for path, group in groups.items() if group.spiking}
    simulation.network.add(*monitors.values())
    simulation.present(random_rounds(simulation), ROUNDS)
    weights = {name: np.array(simulation.weights(name)) for name in simulation.projections}
    steps = ROUNDS * simulation.presenter.steps
    return Outcome(
        spikes={path: (np.array(monitor.i), np.array(monitor.t_)) for path, monitor in monitors.items()},
        rates={path: len(m.i) / groups[path].group.N / steps for path, m in monitors.items()},
        states={f"{path}.{name}": np.array(a) for path, group in groups.items() for name, a in group._dynamic()},
        weights=weights,
        changes={name: weights[name] - simulation.wiring[name].weights for name in weights},
    )


def phases_of(rule: Rule, phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
    """Return the phases that a rule compares, or `phases` for a rule that compares none."""
    if not rule.reads("activity_before"):
        return phases
    return FREE_AND_NUDGED if rule.reads("activity") or rule.reads("feedback") else NUDGED_AND_LATER


def reads_feedback(rule: Rule) -> bool:
    """Tell whether a rule needs units that somebody feeds back to."""
    return rule.reads("feedback") or rule.reads("feedback_before")


def in_volts(rule: Rule) -> bool:
    """Tell whether a rule reads membranes in volts."""
    return parse_quantity("1 mV").dimension in [value.dimension for value in rule.parameters.values()]


def random_rounds(simulation: Simulation) -> Iterator[Round]:
    """Yield rounds without end: currents up to 1, rates up to 200 Hz; 3 copies positive, 3 negative, 2 neither.

    Rewards are normal, and an episode ends in one of four copies.
    """
    rng, outcomes = np.random.default_rng(1), np.random.default_rng(2)
    stimuli = {path: group for path, group in simulation.populations.items() if group.model.input}
    while True:
        values = {
            path: rng.random((COPIES, group.population.size))
            * (200.0 if group.model.kind == "stimulus" and group.spiking else 1.0)
            for path, group in stimuli.items()
        }
        polarity = rng.permutation([1.0, 1.0, 1.0, -1.0, -1.0, -1.0, 0.0, 0.0])
        reward, continues = outcomes.normal(size=COPIES), (outcomes.random(COPIES) < 0.75).astype(float)
        yield Round(values, polarity, reward=reward, continues=continues)
