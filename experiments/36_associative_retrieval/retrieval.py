"""Learn associative retrieval by backpropagation through time, with or without fast weights, and test in Brian2."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from brainlearn import Mirror, Phase, Round, Simulation, load_circuit, load_dataset
from brainlearn.circuit import Circuit

CIRCUIT = load_circuit(Path(__file__).with_name("circuit.toml"))
SYMBOLS, OUTPUTS, FAST = "retina/image", "IT/class", "CA3/E->CA3/E"
STEPS = 14  # 11 symbols; a step of silence until the question arrives late, one for the digit, one for the output
STEP_SIZE = 0.02  # of Adam; falls linearly to 0 over the second half
PAIRS = 4


@dataclass(frozen=True)
class Arm:
    """One way to hold what was seen.

    Parameters
    ----------
    fast, shared : bool
        Whether there are fast weights, and whether all copies share one matrix.
    at_once : int
        Sequences in a step of learning.
    presentations : int
        To learn from.
    """

    fast: bool
    shared: bool
    at_once: int
    presentations: int


ARMS = {
    "own": Arm(True, False, 100, 60_000),
    "none": Arm(False, False, 100, 60_000),
    "shared": Arm(True, True, 100, 60_000),
    "one_by_one": Arm(True, False, 1, 2_000),
    "as_many": Arm(True, False, 100, 2_000),
}


@dataclass(frozen=True)
class Learned:
    """What came of learning.

    Parameters
    ----------
    test_error, validation_error : float
        Sequences answered wrongly: by the circuit in Brian2, and by the mirror [percent].
    milliseconds : float
        Processor time of learning per presentation [ms].
    """

    test_error: float
    validation_error: float
    milliseconds: float


def circuit_of(arm: Arm) -> Circuit:
    """Return the circuit with the fast weights of an arm."""
    projections = []
    for each in CIRCUIT.projections:
        table = each.fast_weights
        if table is not None:
            table = table.model_copy(update={"shared": arm.shared}) if arm.fast else None
        projections.append(replace(each, fast_weights=table))
    return CIRCUIT.with_parts(projections=tuple(projections))


def learn(arm: Arm, seed: int) -> Learned:
    """Learn with a seed, which draws sequences, weights and their order, and test."""
    data, circuit = load_dataset("associative_retrieval", seed=seed), circuit_of(arm)
    learned, validation = slice(0, -2000), slice(-2000, None)
    mirror, rng = Mirror(circuit, seed), np.random.default_rng([seed, 36])
    optimiser = torch.optim.Adam(mirror.weights.parameters(), STEP_SIZE)
    rounds, began = arm.presentations // arm.at_once, time.process_time()
    for k in range(rounds):
        items = rng.integers(0, len(data.labels[learned]), arm.at_once)
        for group in optimiser.param_groups:
            group["lr"] = STEP_SIZE * min(1.0, 2 * (1 - k / rounds))
        loss = cross_entropy(_outputs(mirror, data.images[items]), torch.as_tensor(data.labels[items]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    spent = time.process_time() - began
    with torch.no_grad():
        guess = _outputs(mirror, data.images[validation]).argmax(dim=1).numpy()
    return Learned(
        _error_in_brian(circuit, mirror, data.test_images, data.test_labels),
        100 * float(np.mean(guess != data.labels[validation])),
        1e3 * spent / arm.presentations,
    )


def _outputs(mirror: Mirror, shown: np.ndarray) -> torch.Tensor:
    """Return the outputs at the end, (copy, class)."""
    return mirror.activity(mirror.present({SYMBOLS: shown}, STEPS), OUTPUTS)


def _error_in_brian(circuit: Circuit, mirror: Mirror, shown: np.ndarray, labels: np.ndarray) -> float:
    """Return the error of what was learned, simulated in Brian2 as an ordinary circuit [percent]."""
    copies, phases, wiring = len(labels), [Phase("show", STEPS)], mirror.learned_wiring()
    with Simulation(circuit, copies, phases, wiring=wiring) as simulation:
        simulation.present(iter([Round({SYMBOLS: shown.astype(np.float32)}, np.ones(copies), learn=False)]), 1)
        guess = simulation.state(OUTPUTS, "activity").argmax(axis=1)
    return 100 * float(np.mean(guess != labels))


def without_binding(shown: np.ndarray, labels: np.ndarray) -> float:
    """Return the error of always naming the most frequent of the digits that were seen [percent]."""
    seen = shown[:, : 2 * PAIRS, 26:36].sum(axis=1)
    often = seen == seen.max(axis=1, keepdims=True)
    right = often[np.arange(len(labels)), labels] / often.sum(axis=1)
    return 100 * float(1 - right.mean())
