"""One point of the grid: a circuit of some width that learns some images, by its rule or by backpropagation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn import Dataset, load_dataset, load_experiment
from brainlearn.lab import Silent, error_percent, prepare, run_epoch, run_test

HERE = Path(__file__).resolve().parent
AREAS = {
    "forward_forward": ("V1/E",),
    "temporal_difference": ("V1/E",),
    "equilibrium_propagation": ("V1/E",),
    "predictive_coding": ("V1/E", "V2/E"),
    "e_prop": ("V1/E",),
}
"""The populations of each circuit that have the width; a rule has the name of its experiment file."""
LEARNERS = ("rule", "backprop")
PRESENTATIONS = 7200
"""Images that every circuit is shown to learn from, so that fewer of them are shown more often."""
BASELINE = "backprop_through_time"
STEP_KEYS = {"rule": "rule.updates[0].size", "backprop": f"baselines.{BASELINE}.step_size"}


def measure(point: Mapping[str, Any]) -> dict[str, Any]:
    """Learn, and return the test error; before the step size is chosen, the validation error alone [percent].

    Parameters
    ----------
    point : mapping
        ``learner``, ``rule``, ``width``, ``samples``, ``step_size``, ``seed``, and ``tested``: the seeds whose test
        items must not be seen, empty if the circuit is to be tested.
    """
    changes = {
        "seed": point["seed"],
        "dataset.seed": point["seed"],  # the test items too, so that seeds differ in all that is drawn
        "sizes": load_experiment(HERE / f"{point['rule']}.toml").settings.sizes
        | dict.fromkeys(AREAS[point["rule"]], point["width"]),
        "training.samples": point["samples"],
        "training.epochs": PRESENTATIONS // point["samples"],
        "readout.test": not point["tested"],
        STEP_KEYS[point["learner"]]: point["step_size"],
    }
    experiment = load_experiment(HERE / f"{point['rule']}.toml", changes)
    baseline = BASELINE if point["learner"] == "backprop" else None
    given = never_tested(tuple(point["tested"])) if point["tested"] else None
    course = prepare(experiment, None, Silent(), baseline, given=given)
    for number in range(course.learner.epochs):
        epoch = run_epoch(course, number)
    if point["tested"]:
        return {"validation_error": epoch.validation_error_percent}
    images, labels = course.dataset.test_images, course.dataset.test_labels
    return {
        "validation_error": epoch.validation_error_percent,
        "test_error": error_percent(run_test(course, images, labels).prediction, labels),
    }


@cache
def never_tested(seeds: Sequence[int]) -> Dataset:
    """Return the digits that are test items of none of these seeds, all of them to learn from and to validate on."""
    everything = load_dataset("digits")
    images = np.concatenate([everything.images, everything.test_images])
    labels = np.concatenate([everything.labels, everything.test_labels])
    tested = {image.tobytes() for seed in seeds for image in load_dataset("digits", seed=seed).test_images}
    free = np.array([image.tobytes() not in tested for image in images])
    return replace(everything, images=images[free], labels=labels[free])
