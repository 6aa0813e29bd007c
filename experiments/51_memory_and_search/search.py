"""How many changes of the weights a rule needs until it errs in 10 % of the validation items."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from brainlearn import Round, load_experiment
from brainlearn.lab import Course, Silent, asking, prepare

HERE = Path(__file__).resolve().parent
CIRCUITS = HERE.parents[1] / "circuits"
RULES = {  # name: experiment file, baseline
    "node_perturbation": ("node_perturbation.toml", None),
    "forward_forward": ("forward_forward.toml", None),
    "temporal_difference": ("temporal_difference.toml", None),
    "backprop_through_time": ("temporal_difference.toml", "backprop_through_time"),
}
WANTED_PERCENT = 10.0
MOST_STEPS = {"node_perturbation": 5000}
OTHERS_MOST = 500
SIZES = (1e-3, 2e-3, 3e-3, 5e-3, 8e-3, 1.2e-2, 2e-2, 3e-2)
TRIALS = {  # eight settings of every rule: sizes of a step of Adam; of node perturbation half as many, and two spreads
    "node_perturbation": [{"size": size, "spread": spread} for size in SIZES[:8:2] for spread in (0.5, 1.0)],
    **{rule: [{"size": size} for size in SIZES] for rule in list(RULES)[1:]},
}
SHARE = 1.05  # of the steps so far, before the next validation


def steps_needed(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Train with a seed and settings until the validation error is low enough, or the budget of steps is used."""
    rule = asked["rule"]
    with tempfile.TemporaryDirectory() as folder:
        course = course_of(asked, Path(folder))
        most = asked.get("most", MOST_STEPS.get(rule, OTHERS_MOST))
        steps, error = train(course, most)
    return {
        "steps": steps,
        "log10_steps": math.log10(steps),
        "reached": error <= WANTED_PERCENT,
        "validation_error_percent": error,
    }


def course_of(asked: Mapping[str, Any], folder: Path) -> Course:
    """Return a course of a rule or baseline with a seed, a step size, and perturbations of a spread."""
    file, baseline = RULES[asked["rule"]]
    key = "rule.updates[0].size" if baseline is None else f"baselines.{baseline}.step_size"
    changes: dict[str, Any] = {"seed": asked["seed"], key: asked["size"]}
    if baseline is not None:
        changes[f"baselines.{baseline}.schedule"] = "constant"
    if "spread" in asked:
        text = (CIRCUITS / "node_perturbation.toml").read_text(encoding="utf-8")
        changed = folder / "circuit.toml"
        changed.write_text(text.replace("spread = 1 }", f"spread = {asked['spread']} }}"), encoding="utf-8")
        changes["circuit"] = str(changed)
    return prepare(load_experiment(HERE / file, changes), None, Silent(), baseline)


def train(course: Course, most: int) -> tuple[int, float]:
    """Return after how many changes of the weights the validation error was low enough, or the last, and that error.

    Validation follows every change at first, later every 5 % more changes.
    """
    steps, due, error = 0, 1, math.inf
    while True:
        rounds = course.task.rounds(course.split.train_images, course.split.train_labels, course.rng)
        shown, left = iter(rounds), rounds.count
        course.learner.set_factor(1.0)

        def done(each: Round) -> None:
            rounds.after_round(course.learner, each, 1.0)  # noqa: B023, called before the next rounds

        while left:
            count = min(left, due - steps, most - steps)
            course.learner.present(shown, count, done)
            steps, left = steps + count, left - count
            if steps in (due, most):
                error = validation_error(course)
                due = max(steps + 1, int(steps * SHARE))
                if error <= WANTED_PERCENT or steps == most:
                    return steps, error


def validation_error(course: Course) -> float:
    """Return the error on all validation items [percent]."""
    images, labels = course.split.validation_images, course.split.validation_labels
    return course.task.validate(asking(course, "validation"), images, labels).error_percent
