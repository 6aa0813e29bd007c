"""Sacramento, Ponte Costa, Bengio & Senn 2018: a microcircuit learns to cancel feedback, and then an association.

Run from the root of the project::

    python -m experiments.published.Sacramento_2018.compare [--seeds 1 2 3]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from brian2 import Hz, Network, NeuronGroup, Synapses, defaultclock, ms, prefs

from brainlearn import Phase, Round, Simulation, load_circuit
from brainlearn.circuit import wire
from brainlearn.lab import plasticities_of, rules_of_file
from experiments.published.side_by_side import Measured, side_by_side

CIRCUIT = "circuits/published/Sacramento_2018.toml"
INPUTS, PYRAMIDAL, OUTPUTS = 30, 20, 10
PATTERNS, TAUGHT = 40, 40  # inputs, one after the other, and times that the association is taught; each for `STEPS`
STEPS = 1000  # of 0.1 ms
NUDGING = 8.0  # teaching conductance, in multiples of the leak
LATERAL = ("hidden/P->hidden/I", "hidden/I->hidden/P")
UP, OUT, TO_I, FROM_I = "input/rates->hidden/P", "hidden/P->output/P", *LATERAL
DOWN = "output/P->hidden/P"
SPEEDS = {UP: 1.1875, OUT: 0.5, TO_I: 0.2375, FROM_I: 0.5}  # of learning [1/s]


@dataclass(frozen=True)
class Stage:
    """What is shown for `STEPS`, and what learns.

    Parameters
    ----------
    rates, target : (unit,) array
    nudging : float
    learning : tuple of str
        Projections.
    """

    rates: np.ndarray
    target: np.ndarray
    nudging: float
    learning: tuple[str, ...]


def stages(seed: int) -> Iterator[Stage]:
    """Yield random inputs while interneurons learn; then an association: without a teacher, with one, without one."""
    rng = np.random.default_rng(seed)
    silent = np.zeros(OUTPUTS)
    for _ in range(PATTERNS):
        yield Stage(rng.random(INPUTS), silent, 0.0, LATERAL)
    rates, target = rng.random(INPUTS), rng.standard_normal(OUTPUTS)
    yield Stage(rates, target, 0.0, ())
    yield Stage(rates, target, NUDGING, ())
    for _ in range(TAUGHT):
        yield Stage(rates, target, NUDGING, tuple(SPEEDS))
    yield Stage(rates, target, 0.0, ())


def ours(seed: int) -> Measured:
    """Simulate the circuit file, which learns by the rules next to this script."""
    circuit = load_circuit(CIRCUIT)
    asked = rules_of_file(Path(__file__).with_name("rules.toml"))
    learns, _ = plasticities_of(circuit, asked)
    phase = Phase("show", STEPS, reset=False)
    simulation = Simulation(circuit, 1, [phase], learns, precision="float64", seed=seed)
    found = []
    for stage in stages(seed):
        simulation.presenter.phases = (Phase("show", STEPS, reset=False, learn=stage.learning, nudge=stage.nudging),)
        shown = {"input/rates": stage.rates[None], "output/P": stage.target[None]}
        simulation.present(iter([Round(shown, np.ones(1))]), 1)
        values = (
            simulation.populations[path].value(name) for path, name in (("hidden/P", "apical"), ("output/P", "soma"))
        )
        apical, soma = (np.array(each).reshape(-1) for each in values)
        found.append((apical, soma))
    return measured(seed, found)


SENT = """
r : 1
sent : 1
"""
PYRAMIDAL_CELL = (
    SENT
    + """
du/dt = (10*(basal - u) + 8*(apical - u) - u)/(10*ms) : 1
predicted = 10*basal/19 : 1
apical = from_above + from_beside : 1
basal : 1
from_above : 1
from_beside : 1
"""
)
INTERNEURON = (
    SENT
    + """
du/dt = (10*(basal - u) + 8*(teaching - u) - u)/(10*ms) : 1
predicted = 10*basal/11 : 1
basal : 1
teaching : 1
"""
)
OUTPUT = (
    SENT
    + """
du/dt = (10*(basal - u) + nudging*(target - u) - u)/(10*ms) : 1
predicted = 10*basal/11 : 1
basal : 1
target : 1
nudging : 1 (shared)
"""
)
ERROR = "w += dt*speed*r_pre*(1/(1 + exp(-u_post)) - 1/(1 + exp(-predicted_post)))"
BALANCE = "w -= dt*speed*r_pre*apical_post"


def stock(seed: int) -> Measured:
    """Run the model as a script of Brian2, from the weights that the circuit draws from the seed."""
    prefs.codegen.target = "numpy"
    defaultclock.dt = 0.1 * ms
    inputs = NeuronGroup(INPUTS, "r : 1\nsent : 1")
    pyramidal = NeuronGroup(PYRAMIDAL, PYRAMIDAL_CELL, method="euler")
    interneurons, output = (NeuronGroup(OUTPUTS, text, method="euler") for text in (INTERNEURON, OUTPUT))
    cells = (pyramidal, interneurons, output)
    for group in cells:
        group.run_regularly("sent = r\nr = 1/(1 + exp(-u))", when="start")  # what is sent is a step late
    synapses = {
        UP: _onto(inputs, pyramidal, "basal", ERROR),
        OUT: _onto(pyramidal, output, "basal", ERROR),
        TO_I: _onto(pyramidal, interneurons, "basal", ERROR),
        FROM_I: _onto(interneurons, pyramidal, "from_beside", BALANCE),
        DOWN: _onto(output, pyramidal, "from_above", ""),
    }
    for name, weights in wire(load_circuit(CIRCUIT), seed).items():
        if name in synapses:
            synapses[name].w = weights.weights.reshape(-1)
    teaching = Synapses(output, interneurons, "teaching_post = u_pre : 1 (summed)")
    teaching.connect(j="i")
    network = Network(inputs, *cells, *synapses.values(), teaching)
    found = []
    for stage in stages(seed):
        inputs.r = inputs.sent = stage.rates
        output.target, output.nudging = stage.target, stage.nudging
        for name, speed in SPEEDS.items():
            synapses[name].speed = speed * Hz if name in stage.learning else 0 * Hz
        network.run(0.1 * STEPS * ms, namespace={})
        found.append((np.array(pyramidal.apical), np.array(output.u)))
    return measured(seed, found)


def _onto(source: NeuronGroup, target: NeuronGroup, variable: str, learning: str) -> Synapses:
    """Connect all to all; input is summed in a variable of the target, and weights change in every step."""
    synapses = Synapses(source, target, f"w : 1\nspeed : Hz (shared)\n{variable}_post = w*sent_pre : 1 (summed)")
    synapses.connect()
    if learning:
        synapses.run_regularly(learning, when="start", order=-1)
    return synapses


def measured(seed: int, found: list[tuple[np.ndarray, np.ndarray]]) -> Measured:
    """Return how far apical dendrites are from rest, and rates of the output from their targets, at the ends of stages.

    Parameters
    ----------
    seed : int
    found : list of ((pyramidal,), (output,) array)
        Apical potentials, and potentials of somata of the output, for every stage.
    """
    apical = [float(np.abs(each).mean()) for each, _ in found]
    *_, last = stages(seed)
    wanted = 1 / (1 + np.exp(-last.target))
    errors = [float(np.abs(1 / (1 + np.exp(-soma)) - wanted).mean()) for _, soma in found]
    return {
        "apical potential, first inputs": float(np.mean(apical[:3])),
        "apical potential, self-predicting": float(np.mean(apical[PATTERNS - 10 : PATTERNS])),
        "apical potential, first taught": apical[PATTERNS + 1],
        "apical potential, association learned": apical[-2],
        "error of output rates, before": errors[PATTERNS],
        "error of output rates, after": errors[-1],
    }


if __name__ == "__main__":
    side_by_side(__file__, ours, stock)
