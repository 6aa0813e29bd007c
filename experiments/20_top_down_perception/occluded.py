"""Digits of which a strip is hidden, read by recurrent circuits with and without their top-down projections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn import load_experiment
from brainlearn.lab import Course, RuleLearner, Silent, load_data, run_epoch, run_test, start_course
from brainlearn.stimuli import occlude

HERE = Path(__file__).resolve().parent
WIDEST = 4  # of the strips that are hidden while the circuit learns
CONDITIONS = ("on", "off", "never")


@dataclass(frozen=True)
class Kind:
    """A circuit that learns digits.

    Parameters
    ----------
    file : str
        Its experiment.
    top_down : tuple of str
        The projections that are cut.
    without : mapping
        Changes of the experiment for a circuit that never had them.
    """

    file: str
    top_down: tuple[str, ...]
    without: Mapping[str, Any]


def tied_off(name: str, to: str) -> dict[str, Any]:
    """Return tied weights that are always 0."""
    return {name: {"distribution": "tied", "to": to, "scale": 0.0}}


KINDS: Mapping[str, Kind] = {
    "spiking": Kind(
        "spiking.toml",
        ("V2/E->V1/E", "IT/class->V2/E"),
        {"weights": tied_off("V2/E->V1/E", "V1/E->V2/E") | tied_off("IT/class->V2/E", "V2/E->IT/class")},
    ),
    "graded": Kind(
        "graded.toml",
        ("V2/E->V1/E",),
        {
            "rule.projections": ["retina/image->V1/E", "V1/E->V2/E", "task/label->V2/E"],
            "weights": {"V2/E->V1/E": {"distribution": "constant", "value": 0.0}},
        },
    ),
}


def errors(kind: Kind, seed: int, widths: Sequence[int], epochs: int | None = None) -> dict[str, list[float]]:
    """Let a circuit with and one without top-down projections learn, and hide more and more of the test digits.

    Returns
    -------
    dict of str to list of float
        By `CONDITIONS`, the test error for each width [percent]: on and off are the same circuit.
    """
    changes: dict[str, Any] = {"seed": seed, "dataset.seed": seed}
    changes |= {} if epochs is None else {"training.epochs": epochs}
    course = learned(kind, changes)
    found = {"on": tested(course, widths, seed)}
    cut(course, kind.top_down)
    found["off"] = tested(course, widths, seed)
    found["never"] = tested(learned(kind, changes | dict(kind.without)), widths, seed)
    return found


def learned(kind: Kind, changes: Mapping[str, Any]) -> Course:
    """Train with whole images and with others of which a strip is hidden, half and half, drawn again in each epoch."""
    experiment = load_experiment(HERE / kind.file, changes)
    dataset, split = load_data(experiment, None)
    course = start_course(experiment, dataset, split, Silent())
    rng = np.random.default_rng([experiment.settings.seed, 5])
    for number in range(course.learner.epochs):
        images = split.train_images.copy()
        widths = rng.integers(1, WIDEST + 1, len(images)) * (rng.random(len(images)) < 0.5)
        for width in range(1, WIDEST + 1):
            images[widths == width] = occlude(images[widths == width], dataset.sheet, width, rng)
        course.split = replace(split, train_images=images)
        run_epoch(course, number)
    return course


def cut(course: Course, projections: Sequence[str]) -> None:
    """Set the weights of projections to 0 for good."""
    assert isinstance(course.learner, RuleLearner)
    for name in projections:
        synapses = course.learner.simulation.projections[name]
        synapses.weights[:] = 0
        synapses.touch()


def tested(course: Course, widths: Sequence[int], seed: int) -> list[float]:
    """Return the test error for each width of the hidden strip [percent]; the same strips whatever the circuit."""
    dataset, found = course.dataset, []
    for width in widths:
        rng = np.random.default_rng([seed, 6, width])
        images = occlude(dataset.test_images, dataset.sheet, width, rng)
        prediction = run_test(course, images, dataset.test_labels).prediction
        found.append(100 * float(np.mean(prediction != dataset.test_labels)))
    return found
