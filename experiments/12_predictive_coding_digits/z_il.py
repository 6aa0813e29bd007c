"""How far changes by predictive coding lie from the gradient, with the schedule of Z-IL and without it.

Run it::

    python experiments/12_predictive_coding_digits/z_il.py

It takes seconds, needs no data, and writes ``result/z_il.json``: for every seed, schedule and chain of one to six
layers the largest distance of a weight's change in Brian2 from the negative gradient as PyTorch has it, relative to the
largest gradient of its layer. With the schedule ``early`` all weights change in every step of inference: the control.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from brainlearn import Area, Circuit, Phase, Plasticity, Population, Projection, Round, Simulation
from brainlearn.lab import write_json
from brainlearn.rules import RULES

HERE = Path(__file__).resolve().parent
SIZES = {1: (9, 4), 2: (9, 12, 4), 3: (9, 12, 8, 4), 4: (9, 12, 8, 10, 4), 6: (9, 12, 8, 10, 11, 7, 4)}
COPIES = 7
SEEDS = (1, 2, 3, 4, 5)
STEP = {"z_il": 1.0, "early": 1e-6}  # weights that change early must not run away


def chain(sizes: tuple[int, ...]) -> Circuit:
    """Return a chain of areas, each a population E, with tied top-down projections for the errors."""
    top = len(sizes) - 1
    neurons = {0: "graded_stimulus", top: "predictive_taught"}
    areas = [
        Area(f"A{level}", level=level, populations=[Population("E", neurons.get(level, "predictive"), size)])
        for level, size in enumerate(sizes)
    ]
    drawn = {"distribution": "normal", "sd": 1.5, "per_input": True}
    upwards = [
        Projection(f"A{level - 1}/E", f"A{level}/E", pathway="bottom_up", synapse="graded", weights=drawn)
        for level in range(1, top + 1)
    ]
    downwards = [
        Projection(
            f"A{level}/E",
            f"A{level - 1}/E",
            pathway="top_down",
            synapse="error",
            weights={"distribution": "tied", "to": f"A{level - 1}/E->A{level}/E"},
        )
        for level in range(2, top + 1)
    ]
    return Circuit("chain", dt="1 ms", areas=areas, projections=[*upwards, *downwards])


def phases(names: list[str], schedule: str) -> list[Phase]:
    """Return a sweep up, then two steps for each layer on the way down: errors, and values with the weights' change."""
    found = [
        Phase("free", len(names) + 2, learn=False),
        Phase("taught", 1, reset=False, learn=False, nudge=1.0),
    ]
    for name in reversed(names):
        learn = (name,) if schedule == "z_il" else tuple(names)
        found.append(Phase("errors", 1, reset=False, learn=False, nudge=1.0, remember=True))
        found.append(Phase("values", 1, reset=False, learn=learn, nudge=1.0))
    return found


def relative_difference(sizes: tuple[int, ...], schedule: str, seed: int) -> float:
    """Return the largest distance of a change from the negative gradient, over the layer's largest gradient [1]."""
    circuit = chain(sizes)
    names = [f"A{level - 1}/E->A{level}/E" for level in range(1, len(sizes))]
    rng = np.random.default_rng(seed)
    image, target = rng.normal(size=(COPIES, sizes[0])), rng.normal(size=(COPIES, sizes[-1]))
    rule = Plasticity(RULES["predictive_coding"], tuple(names), updates=(("step", {"size": STEP[schedule]}),))
    with Simulation(circuit, COPIES, phases(names, schedule), rule, seed=seed, precision="float64") as simulation:
        first = [simulation.weights(name).copy() for name in names]
        shown = {"A0/E": image, f"A{len(names)}/E": target}
        simulation.present(iter([Round(shown, np.ones(COPIES))]), 1)
        changes = [
            (simulation.weights(name) - before) / STEP[schedule] for name, before in zip(names, first, strict=True)
        ]
    pairs = zip(changes, gradients(first, image, target), strict=True)
    return max(float(abs(change + gradient).max() / abs(gradient).max()) for change, gradient in pairs)


def gradients(weights: list[np.ndarray], image: np.ndarray, target: np.ndarray) -> list[np.ndarray]:
    """Return the gradient of half the squared distance to the target, the mean over copies, one (pre, post) each."""
    learned = [torch.tensor(matrix, requires_grad=True) for matrix in weights]
    activity = torch.as_tensor(image)
    for matrix in learned[:-1]:
        activity = (activity @ matrix).relu()
    loss = (torch.as_tensor(target) - activity @ learned[-1]).square().sum() / 2 / COPIES
    return [gradient.numpy() for gradient in torch.autograd.grad(loss, learned)]


def measured() -> Iterator[dict[str, Any]]:
    """Yield one record for every seed, depth and schedule; the control needs two layers or more."""
    for seed in SEEDS:
        for depth, sizes in SIZES.items():
            for schedule in ("z_il", "early") if depth > 1 else ("z_il",):
                difference = relative_difference(sizes, schedule, seed)
                found = {"relative_difference": difference, "log10_relative_difference": float(np.log10(difference))}
                yield {"schedule": schedule, "layers": depth, "seed": seed, **found}


if __name__ == "__main__":
    write_json(list(measured()), HERE / "result" / "z_il.json")
