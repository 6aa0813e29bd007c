"""Do weights of a first level make sense to the eye? ``python experiments/53_first_level/run.py --data DIR``.

It writes ``runs.json``, what is drawn of the first seed (``forward_forward.npz`` and others), ``summary.json`` and
``figure.png`` into ``result/`` beside this file (``--output`` writes elsewhere): started again, it continues there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from fields import coherent, fitting, with_strokes
from picture import draw, longest

from brainlearn import load_experiment
from brainlearn.lab import (
    Course,
    Silent,
    error_percent,
    load_data,
    mean_interval,
    measure_missing,
    prepare,
    record_runs,
    run_epoch,
    run_test,
    runs_options,
    whole_file,
)
from brainlearn.stimuli import one_hot, scale_rms_together

HERE = Path(__file__).resolve().parent
SEEDS = (1, 2, 3, 4, 5)
IMAGE, LABEL = "retina/image->V1/E", "retina/label->V1/E"
LEARNERS = ("forward_forward", "labels_at_random", "backprop_through_time")
SHARES = ("coherent", "strokes", "fitting")

Run = Mapping[str, Any]


# ---- what is measured ----------------------------------------------------------------------------------------------


def measure(data: Path | None, output: Path, asked: Run) -> dict[str, Any]:
    """Learn, and return the shares of units [percent] before and after, and the test error."""
    seed, learner = asked["seed"], asked["learner"]
    course = course_of(learner, seed, data)
    before = weights_of(course)
    for number in range(course.learner.epochs):
        run_epoch(course, number)
    images, labels = course.dataset.test_images, course.dataset.test_labels
    found = run_test(course, images, labels)
    after = weights_of(course)
    if seed == SEEDS[0]:
        with whole_file(output / f"{learner}.npz") as part:
            image, label = (each[:, longest(after[0])].astype(np.float16) for each in after)
            np.savez_compressed(part, image=image, label=label)
    shares = {
        moment: described(weights, course, labelled=learner != "backprop_through_time", seed=seed)
        for moment, weights in (("fresh", before), ("learned", after))
    }
    return {"test_error": error_percent(found.prediction, labels), **shares}


def course_of(learner: str, seed: int, data: Path | None) -> Course:
    """Return a course: by the rule, by the rule with labels dealt out at random among images, or the baseline."""
    experiment = load_experiment(HERE / "forward_forward.toml", {"seed": seed})
    if learner == "labels_at_random":
        dataset, _ = load_data(experiment, data)
        dealt = np.random.default_rng([seed, 53]).permutation(dataset.labels)
        return prepare(experiment, None, Silent(), given=replace(dataset, labels=dealt))
    baseline = learner if learner == "backprop_through_time" else None
    return prepare(experiment, data, Silent(), baseline)


def weights_of(course: Course) -> tuple[np.ndarray, np.ndarray]:
    """Return weights from the image, (pixel, unit), and from the label, (label, unit)."""
    return np.array(course.learner.weights(IMAGE)), np.array(course.learner.weights(LABEL))


def described(
    weights: tuple[np.ndarray, np.ndarray], course: Course, labelled: bool, seed: int
) -> dict[str, float | None]:
    """Return shares of units [percent], and the means of what they are computed from.

    Parameters
    ----------
    weights : (pixel, unit) and (label, unit) array
    course : Course
        Whose training images say which pixels are ever on, and whose test images what drives a unit.
    labelled : bool
        Whether label weights take part in learning.
    seed : int
        Of the random deals.
    """
    image, label = weights
    rng, data = np.random.default_rng([seed, 54]), course.dataset
    seen = (course.split.train_images > 0).any(axis=0).reshape(data.sheet)
    on = image[seen.ravel()]
    orderly, index = coherent(on, seen, rng)
    found = {
        "coherent": percent(orderly),
        "moran": float(index.mean()),
        "strokes": percent(with_strokes(on, seen, rng)),
    }
    if not labelled:
        return found
    settings = course.experiment.settings.stimulus
    told = settings.label_strength * one_hot(data.test_labels, data.classes)
    shown, told = scale_rms_together([data.test_images, told], settings.rms)
    by_label = [data.test_labels == k for k in range(data.classes)]
    drive = np.stack([(shown[which] @ image).mean(axis=0) for which in by_label])
    of_label = np.stack([told[which].mean(axis=0) @ label for which in by_label])
    fits, correlated = fitting(label, drive, rng)
    return found | {
        "fitting": percent(fits),
        "correlation": float(correlated.mean()),
        "strength": float(np.median(of_label.std(axis=0) / drive.std(axis=0))),
    }


def percent(units: np.ndarray) -> float:
    """Return the share of units [percent]."""
    return 100 * float(np.mean(units))


def said(run: Run) -> str:
    """Return the line to print of a run."""
    shares = ", ".join(
        f"{k} {run['learned'][k]:.1f}" for k in (*SHARES, "moran", "correlation", "strength") if k in run["learned"]
    )
    return f"{run['learner']}, seed {run['seed']}: test error {run['test_error']:.2f} %; {shares}"


# ---- what was found ------------------------------------------------------------------------------------------------


def summary(runs: Sequence[Run]) -> dict[str, Any]:
    """Return means with 95 % intervals, and a sentence."""
    means: dict[str, Any] = {}
    for learner in LEARNERS:
        mine = [run for run in runs if run["learner"] == learner]
        means[f"{learner}, test error"] = interval([run["test_error"] for run in mine])
        for moment in ("fresh", "learned"):
            for name in mine[0][moment]:
                means[f"{learner}, {moment}, {name}"] = interval([run[moment][name] for run in mine])
    of = {name: means[f"forward_forward, learned, {name}"][0] for name in SHARES}
    return {
        "experiment": HERE.name,
        "found": f"of 200 units {of['coherent']:.0f} % have coherent image weights, {of['strokes']:.0f} % a stroke, "
        f"and {of['fitting']:.0f} % label weights that fit their image weights",
        "seeds": sorted({run["seed"] for run in runs}),
        "means": means,
    }


def interval(values: Sequence[float]) -> list[float]:
    """Return mean and 95 % interval."""
    return [round(float(each), 3) for each in mean_interval(np.array(values))]


def main() -> None:
    """Measure what is not there yet, and write all files."""
    options = runs_options(__doc__ or "", HERE / "result", SEEDS)
    options.add_argument("--data", type=Path, help="folder with the files of MNIST")
    asked = options.parse_args()
    points = [{"learner": learner, "seed": seed} for learner in LEARNERS for seed in asked.seeds]
    learn = partial(measure, asked.data, asked.output)
    record_runs(asked, lambda store: measure_missing(points, store, learn, said), summary, lambda _: draw(asked.output))


if __name__ == "__main__":
    main()
