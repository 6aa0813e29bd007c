"""What the circuit has learned, and how far its rule was from the gradient.

It reads the run folder that the command of the README wrote::

    python experiments/31_cortical_temporal_difference/diagnosis.py RUN --data DIR

and prints, with the weights as drawn and as learned, the validation error of a ridge regression from spikes per step of
V1's excitatory units, in the phase of the answer, to classes; and for every projection the angle between the rule's
change and the negative gradient through the mirror [degree].
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import xarray as xr

from brainlearn import Round, load_experiment
from brainlearn.lab import Course, Silent, error_percent, measure_alignment, prepare

READ = "V1/E"
LEARNED, VALIDATED = 10_000, 5_000  # items that the readout is fitted to, and validated on
PENALTY = 0.01  # of the mean variance of a unit
ALIGNMENT = {"epochs": [0, 1], "losses": ["squared"], "presentations": 1000, "surrogate": "arctan"}


def spikes_per_step(course: Course, images: np.ndarray) -> np.ndarray:
    """Return what the area does while the circuit answers, (item, unit)."""
    learner, at_once = course.learner, course.learner.at_once
    found: list[np.ndarray] = []

    def rounds() -> Iterator[Round]:
        for start in range(0, len(images), at_once):
            stimuli = course.task.maker.image_alone(images[start : start + at_once])
            yield Round(stimuli, polarity=np.zeros(at_once), learn=False)

    def done(_: Round) -> None:
        found.append(np.array(learner.activity(READ)))

    learner.present(rounds(), len(images) // at_once, done, until_answer=True)
    return np.concatenate(found)


def ridge_error(course: Course) -> float:
    """Return the validation error of a ridge regression to classes, of 1 for the right one [percent]."""
    split = course.split
    shown = np.concatenate([split.train_images[:LEARNED], split.validation_images[:VALIDATED]])
    spikes = spikes_per_step(course, shown).astype(np.float64)
    classes = np.eye(course.task.maker.classes)[split.train_labels[:LEARNED]]
    spikes -= spikes[:LEARNED].mean(axis=0)
    fitted = spikes[:LEARNED]
    overlap = fitted.T @ fitted
    overlap += PENALTY * np.trace(overlap) / len(overlap) * np.eye(len(overlap))
    weights = np.linalg.solve(overlap, fitted.T @ (classes - classes.mean(axis=0)))
    scores = spikes[LEARNED:] @ weights + classes.mean(axis=0)
    return error_percent(scores.argmax(axis=1), split.validation_labels[:VALIDATED])


def learned_weights(run: Path) -> dict[str, np.ndarray]:
    """Return the weights at the end of a run, by the projections' names."""
    with xr.open_datatree(run / "result.nc") as tree:
        groups = [group.to_dataset() for group in tree["weights"].children.values()]
        return {group.attrs["projection"]: group["final"].values for group in groups}


def tell(course: Course, weights: str, epoch: int) -> None:
    """Print what the weights that the circuit has now amount to."""
    print(
        f"{weights}: readout of {READ} {ridge_error(course):.2f} % of {VALIDATED} validation images wrong", flush=True
    )
    (record,) = measure_alignment(course, epoch)
    for projection, angle in record.angle.items():
        print(f"{weights}: {projection} {angle[-1]:.1f} degrees from the gradient", flush=True)


def main() -> None:
    """Print it for the weights as drawn and as learned."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="run folder of experiment 31")
    parser.add_argument("--data", type=Path, help="folder of the datasets; default: $BRAINLEARN_DATA")
    arguments = parser.parse_args()
    experiment = load_experiment(arguments.run / "experiment.toml", {"alignment": ALIGNMENT})
    course = prepare(experiment, arguments.data, Silent())
    tell(course, "as drawn", 0)
    course.learner.set_weights(learned_weights(arguments.run))
    tell(course, "as learned", 1)


if __name__ == "__main__":
    main()
