"""What a trained circuit needs in order to answer: a small part of what it needs in order to continue learning."""

from __future__ import annotations

import numpy as np

from brainlearn.results.trained_file import TrainedAs, TrainedOn, text_sha256
from brainlearn.saved_state import Arrays, ForeignState
from brainlearn.training.course import Course

WEIGHTS = "learner/weights/"
LEARNING = ("learner/learning/", "learner/dropout/")  # what steps, eligibilities and dropout remember
VALUES = "learner/values/"  # of the last phases, which are there only after them
EVERY_PRESENTATION = ("learner/line/", "learner/population/", VALUES, "learner/counted_steps/")

PASSING = ("/adam/", "/per_copy/")  # moments of the task's own readouts, and what the last round broadcast


def trained_state(course: Course) -> Arrays:
    """Return a copy of everything that decides the answers of a course, by the names of its state.

    Left out is what only learning reads (moments of Adam, eligibilities), what the seed determines (weights that never
    change), and, where the first phase resets them, states of units and spikes in transit.

    Returns
    -------
    dict of str to array
        Empty for baselines, which have no circuit in Brian2, and where states that matter cannot be saved.
    """
    learner, resets = course.learner, course.experiment.settings.phases[0].reset
    if learner.baseline is not None or (learner.why_not_saved() and not resets):
        return {}
    left_out = LEARNING + (EVERY_PRESENTATION if resets else ())
    changed = tuple(f"{WEIGHTS}{name}/" for name in (*learner.learning(), *course.walks))
    return {
        name: np.array(array)
        for name, array in course.state().items()
        if name.startswith(("task/", "learner/"))
        and not name.startswith(left_out)
        and (not name.startswith(WEIGHTS) or name.startswith(changed))
        and not any(part in name for part in PASSING)
    }


def restore_trained(course: Course, saved: Arrays) -> None:
    """Let a course answer as the one whose state was saved, on any engine and in any precision.

    Parameters
    ----------
    course : Course
        Of the same experiment.
    saved : dict of str to array
        As from `trained_state`. Every call lets random numbers continue from the same place, so that answers repeat.

    Raises
    ------
    ForeignState
        If the state is that of another experiment.
    """
    state = {name: np.array(array) for name, array in course.state().items() if not name.startswith(VALUES)}
    if unknown := sorted(name for name in set(saved) - set(state) if name.startswith((WEIGHTS, "task/"))):
        raise ForeignState(f'nothing here is called "{unknown[0]}"')
    course.restore({**state, **{name: _as_stored(array, state.get(name, array)) for name, array in saved.items()}})
    weights = {name: array for name, array in saved.items() if name.startswith(WEIGHTS)}
    course.learner.set_weights({name[len(WEIGHTS) : -len("/w")]: array for name, array in weights.items()})


def trained_as(course: Course, circuit_name: str) -> TrainedAs:
    """Return the origin of the trained state of a course, in a folder that holds the circuit as `circuit_name`."""
    experiment, data = course.experiment, course.dataset
    return TrainedAs(
        text_sha256(experiment.text_in_run_folder(circuit_name)),
        text_sha256(experiment.circuit_text),
        TrainedOn(
            data.name,
            course.data_sha256,
            data.images.shape[1:],
            data.labels.shape[1:],
            data.classes,
            data.class_names,
            data.sheet,
            data.channels,
        ),
    )


def _as_stored(saved: np.ndarray, here: np.ndarray) -> np.ndarray:
    """Return an array in the precision of this course."""
    floats = saved.dtype.kind == here.dtype.kind == "f"
    return saved.astype(here.dtype) if floats else saved
