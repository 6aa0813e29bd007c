"""How far a change at the top of a chain of areas comes down: at once, by learning, and by backpropagation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn import Phase, Plasticity, Round, Simulation, load_circuit, load_experiment
from brainlearn.circuit import Wiring, wire
from brainlearn.lab import Course, Silent, load_data, parse_quantity, run_epoch, start_course
from brainlearn.rules import RULES
from brainlearn.stimuli import load_dataset, one_hot, random_negatives, scale_rms_together

HERE = Path(__file__).resolve().parent
CIRCUIT, DIGITS = HERE / "circuit.toml", HERE / "digits.toml"
IMAGE, LABEL = "retina/image", "task/label"
AREAS = tuple(f"A{level}/E" for level in range(1, 6))
CHAIN = (IMAGE, *AREAS)
UP = tuple(f"{below}->{above}" for below, above in pairwise(CHAIN))  # into A1, …, A5
DOWN = tuple(f"{above}->{below}" for below, above in pairwise(AREAS))
SETTLE, AFTER = 20, 16  # steps before and after the label at the top changes
SWEEP = len(AREAS)  # steps after which the image has reached every area
STEP = 0.002  # size of a step of learning


def digits(seed: int, items: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return images, their labels, and wrong labels."""
    data, rng = load_dataset("digits"), np.random.default_rng([seed, 0])
    chosen = rng.permutation(len(data.labels))[:items]
    return data.images[chosen], data.labels[chosen], random_negatives(data.labels[chosen], 10, rng)


def stimuli(images: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """Set image and label, together scaled as in digits.toml."""
    return dict(zip((IMAGE, LABEL), scale_rms_together([images, one_hot(labels, 10, 3.0)], 1.0), strict=True))


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Return how different two arrays are: 0 if they are the same, √2 on average if they are unrelated."""
    size = np.sqrt((np.square(one).sum() + np.square(other).sum()) / 2)
    return float(np.linalg.norm(one - other) / size) if size > 0 else 0.0


# ---- within one presentation --------------------------------------------------------------------------------------


def come_down(wiring: Mapping[str, Wiring], seed: int, items: int) -> np.ndarray:
    """Change the label of a settled circuit, and see how the areas move away from where they would have stayed.

    Returns
    -------
    (step, level) array
        `distance` of their activity from that of copies whose label stays.
    """
    images, labels, others = digits(seed, items)
    before, after = (stimuli(np.tile(images, (2, 1)), np.concatenate([labels, each])) for each in (labels, others))
    steps = [Phase(f"step {k}", 1, reset=False, learn=False) for k in range(1, AFTER + 1)]
    found: list[list[float]] = []
    circuit = load_circuit(CIRCUIT)
    with Simulation(circuit, 2 * items, [Phase("settle", SETTLE, learn=False), *steps], wiring=wiring) as simulation:

        def look(phase: Phase) -> None:
            if phase.name != "settle":
                found.append([distance(*np.split(simulation.activity(area), 2)) for area in AREAS])

        shown = Round(before, np.zeros(2 * items), learn=False, then={"step 1": after})
        simulation.present(iter([shown]), 1, after_phase=look)
    return np.array(found)


# ---- by learning --------------------------------------------------------------------------------------------------


def taught(
    seed: int, steps: int, presentations: int, items: int, renamed: int
) -> tuple[np.ndarray, list[dict[str, np.ndarray]]]:
    """Show the same images again and again, each with its own and with a wrong label, and learn.

    Every presentation begins with a sweep up without a label; then the label is shown for a number of steps.

    Parameters
    ----------
    renamed : int
        How many of the images have another name: with all of them it is another world.

    Returns
    -------
    (presentation, level, copy, unit) array
        Activity after the sweep: what the weights make of the image alone, before each presentation's learning.
    list of dict of str to array
        Weights before the first and after every presentation.
    """
    images, labels, wrong = digits(seed, items)
    shift = np.arange(items) < renamed
    named = stimuli(np.tile(images, (2, 1)), np.concatenate([labels + shift, wrong + shift]) % 10)
    alone = {IMAGE: named[IMAGE], LABEL: np.zeros_like(named[LABEL])}
    shown = Round(alone, np.repeat([1.0, -1.0], items), then={"learn": {LABEL: named[LABEL]}})
    phases = [Phase("sweep", SWEEP, learn=False), Phase("learn", steps, reset=False)]
    settings = {name: parse_quantity(value) for name, value in {"threshold": 0.5, "width": 0.001, "peer": 0.03}.items()}
    names = tuple(p.name for p in load_circuit(CIRCUIT).projections)
    plasticity = Plasticity(RULES["forward_forward_recurrent"], names, settings, (("step", {"size": STEP}),))
    seen: list[np.ndarray] = []
    with Simulation(load_circuit(CIRCUIT), 2 * items, phases, plasticity, seed=seed, precision="float64") as simulation:

        def weights() -> dict[str, np.ndarray]:
            return {name: simulation.weights(name).copy() for name in names}

        kept = [weights()]

        def look(phase: Phase) -> None:
            if phase.name == "sweep":
                seen.append(np.array([simulation.activity(area) for area in AREAS]))
            else:
                kept.append(weights())

        rounds: Iterator[Round] = (shown for _ in range(presentations))
        simulation.present(rounds, presentations, after_phase=look)
    return np.array(seen), kept


def repeated(seed: int, steps: int, presentations: int, items: int, renamed: int) -> tuple[np.ndarray, np.ndarray]:
    """Compare two circuits that began alike and were taught other names for some of the same images.

    Returns
    -------
    (presentation, level) array
        `distance` of what they make of the images without any label, before each presentation.
    (presentation, level) array
        `distance` of what has been learned by the bottom-up synapses onto each area, after each presentation.
    """
    (one, first), (other, second) = (taught(seed, steps, presentations, items, each) for each in (0, renamed))
    activity = [[distance(a, b) for a, b in zip(x, y, strict=True)] for x, y in zip(one, other, strict=True)]
    learned = [
        [distance(x[name] - first[0][name], y[name] - second[0][name]) for name in UP]
        for x, y in zip(first[1:], second[1:], strict=True)
    ]
    return np.array(activity), np.array(learned)


# ---- by backpropagation -------------------------------------------------------------------------------------------


def gradients(seed: int, items: int) -> tuple[np.ndarray, np.ndarray]:
    """Take the gradient of a loss at the top, for two names of the same images, back to every level.

    The mirror of the circuit, without top-down weights, is shown the images; a fixed random readout of A5 guesses the
    label, and the loss is cross-entropy.

    Returns
    -------
    (level,) array
        `distance` of the gradients of the bottom-up weights onto each area.
    (level,) array
        Their norm over that of the highest.
    """
    import torch

    from brainlearn import Mirror

    images, labels, _ = digits(seed, items)
    circuit = load_circuit(CIRCUIT)
    wiring = wire(circuit, seed)
    cut = {name: replace(each, weights=np.zeros_like(each.weights)) for name, each in wiring.items() if name in DOWN}
    readout = torch.tensor(np.random.default_rng([seed, 1]).normal(0, 0.1, (100, 10)))
    found = []
    for shift in (0, 1):
        mirror = Mirror(circuit, dtype="float64", wiring=wiring | cut)
        shown = {
            IMAGE: torch.tensor(stimuli(images, labels)[IMAGE], dtype=torch.float64),
            LABEL: torch.zeros(items, 10),
        }
        state = mirror.present(shown, steps=2 * SWEEP)
        guess = mirror.activity(state, AREAS[-1]) @ readout
        torch.nn.functional.cross_entropy(guess, torch.tensor((labels + shift) % 10)).backward()
        found.append([mirror.weights[name].grad.numpy() for name in UP])
    norms = np.array([np.linalg.norm(gradient) for gradient in found[0]])
    return np.array([distance(a, b) for a, b in zip(*found, strict=True)]), norms / norms[-1]


# ---- what it is good for ------------------------------------------------------------------------------------------


def trained(seed: int, top_down: bool, epochs: int | None = None) -> Course:
    """Learn the digits, with top-down projections between the areas or without."""
    changes: dict[str, Any] = {"seed": seed} | ({} if epochs is None else {"training.epochs": epochs})
    if not top_down:
        changes["rule.projections"] = [*UP, f"{LABEL}->{AREAS[-1]}"]
        changes["weights"] = {name: {"distribution": "constant", "value": 0.0} for name in DOWN}
    experiment = load_experiment(DIGITS, changes)
    course = start_course(experiment, *load_data(experiment, None), Silent())
    for number in range(course.learner.epochs):
        run_epoch(course, number)
    return course


def wiring_of(course: Course) -> dict[str, Wiring]:
    """Return the weights that were learned."""
    names = [projection.name for projection in course.experiment.circuit.projections]
    return {name: Wiring(np.array(course.learner.weights(name), dtype=float), None) for name in names}


def told_by_level(course: Course) -> list[float]:
    """Return how many test digits a linear readout of each area gets wrong, shown without a label [percent]."""
    data, split = course.dataset, course.split
    learned, asked = (activities(course, images) for images in (split.train_images, data.test_images))
    targets = one_hot(split.train_labels, 10)
    return [
        100 * float(np.mean(ridge(a, targets, b).argmax(1) != data.test_labels))
        for a, b in zip(learned, asked, strict=True)
    ]


def activities(course: Course, images: np.ndarray) -> list[np.ndarray]:
    """Show images without a label, and return each area's activity, (item, unit)."""
    values = stimuli(images, np.zeros(len(images), dtype=int))
    values[LABEL] = np.zeros_like(values[LABEL])
    circuit, phases = course.experiment.circuit, [Phase("show", 2 * SWEEP, learn=False)]
    with Simulation(circuit, len(images), phases, wiring=wiring_of(course)) as simulation:
        simulation.present(iter([Round(values, np.zeros(len(images)), learn=False)]), 1)
        return [simulation.activity(area) * simulation.gain(area) for area in AREAS]


def ridge(features: np.ndarray, targets: np.ndarray, asked: np.ndarray, penalty: float = 1e-2) -> np.ndarray:
    """Fit targets linearly, and return what the fit says of the features that are asked for, (item, class)."""
    centre = features.mean(0)
    x, y = features - centre, targets - targets.mean(0)
    weights = np.linalg.solve(x.T @ x / len(x) + penalty * np.eye(x.shape[1]), x.T @ y / len(x))
    return (asked - centre) @ weights + targets.mean(0)
