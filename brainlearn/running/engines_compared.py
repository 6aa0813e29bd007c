"""Whether an experiment learns the same on both engines: a few rounds of its own training, in double precision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from brainlearn.experiment.checks.mirrors import find_unlearnable
from brainlearn.experiment.loading import Experiment
from brainlearn.mistakes import UserError
from brainlearn.running.device_check import check_devices
from brainlearn.running.preparation import load_data
from brainlearn.stimuli import Dataset, Split
from brainlearn.training.course import Course
from brainlearn.training.epoch import run_epoch
from brainlearn.training.progress import Silent
from brainlearn.training.start import start_course

TOLERANCE = 1e-10
ROUNDS = 3
ENGINES = ("brian", "mirror")


@dataclass(frozen=True)
class LearningCompared:
    """The difference of weights between two engines after the same rounds.

    Parameters
    ----------
    rounds, copies : int
    changes : mapping of str to float
        Largest change of a weight by the rule in Brian2, by projection that learns [1].
    differences : mapping of str to float
        Largest difference of a weight in the mirror from the same in Brian2, by projection that learns [1].
    """

    rounds: int
    copies: int
    changes: Mapping[str, float]
    differences: Mapping[str, float]

    @property
    def unlike(self) -> list[str]:
        """The projections whose weights differ beyond rounding."""
        return [name for name, apart in self.differences.items() if not apart <= TOLERANCE]

    @property
    def idle(self) -> list[str]:
        """The projections that learned nothing, so that nothing was compared."""
        return [name for name, change in self.changes.items() if change == 0]

    @property
    def holds(self) -> bool:
        """Whether both engines learned, and the same."""
        return not self.unlike and len(self.idle) < len(self.changes)

    def __str__(self) -> str:
        size = f"{self.rounds} round{'' if self.rounds == 1 else 's'} of {self.copies:,} copies"
        apart, change = max(self.differences.values()), max(self.changes.values())
        if self.unlike:
            names = ", ".join(self.unlike)
            return f"Not learned the same in {size}: weights of {names} differ by up to {apart:.1g}."
        if not self.holds:
            return f"Not compared: in {size} no weight changed. Use more rounds: --rounds."
        idle = f" Nothing changed {', '.join(self.idle)}." if self.idle else ""
        return (
            f"Learned the same in Brian2 and in the mirror in {size}: weights changed by up to {change:.2g}, and "
            f"differ by at most {apart:.1g}.{idle}"
        )


def compare_engines(
    experiment: Experiment,
    data: str | Path | None = None,
    rounds: int = ROUNDS,
    device: str = "cpu",
    given: Dataset | None = None,
    told: Callable[[str], None] = lambda engine: None,
) -> LearningCompared:
    """Train for some rounds on both engines, by the loop of every run, and compare the weights.

    Parameters
    ----------
    experiment : Experiment
    data : str or Path, optional
        Folder of the datasets; default: the environment variable BRAINLEARN_DATA.
    rounds : int
        From the first epoch.
    device : str
        For the mirror.
    given : Dataset, optional
        Instead of the one that the experiment names.
    told : callable
        Called with the name of an engine before it trains.

    Raises
    ------
    UserError
        If data are missing, the circuit has no mirror, or the device is not there.
    """
    if mistakes := find_unlearnable(experiment.circuit):
        raise UserError(*mistakes)
    on = {engine: _on(_of_few_decisions(experiment, rounds), engine, device) for engine in ENGINES}
    check_devices(on["mirror"], (), rule=True)
    dataset, split = load_data(experiment, data, given)
    weights: dict[str, dict[str, np.ndarray]] = {}
    before: dict[str, np.ndarray] = {}
    count = 0
    for engine, each in on.items():
        told(engine)
        course = start_course(each, dataset, split, Silent())
        course.split, count = _few(course, split, rounds)
        before = _weights(course)
        run_epoch(course, 0)
        weights[engine] = _weights(course)
    brian, mirror = (weights[engine] for engine in ENGINES)
    changes = {name: float(np.abs(after - before[name]).max(initial=0)) for name, after in brian.items()}
    differences = {name: float(np.abs(mirror[name] - after).max(initial=0)) for name, after in brian.items()}
    return LearningCompared(count, experiment.settings.training.copies, changes, differences)


def _on(experiment: Experiment, engine: str, device: str) -> Experiment:
    """Return the experiment on an engine, in double precision."""
    own = {"engine": engine, "precision": "float64", "delivery": "shared", "device": device}
    settings = experiment.settings
    training = settings.training.model_copy(update=own if engine == "mirror" else {**own, "device": "cpu"})
    return experiment.with_parts(settings=settings.model_copy(update={"training": training}))


def _of_few_decisions(experiment: Experiment, rounds: int) -> Experiment:
    """Return an experiment with at most so many decisions an epoch, if it acts in an environment."""
    table = experiment.settings.environment
    if table is None:
        return experiment
    short = table.model_copy(update={"rounds": min(rounds, table.rounds)})
    return experiment.with_parts(settings=experiment.settings.model_copy(update={"environment": short}))


def _few(course: Course, split: Split, rounds: int) -> tuple[Split, int]:
    """Return the items of the first rounds of an epoch, none for validation, and how many rounds these are."""

    def first(items: int) -> Split:
        nothing = split.validation_images[:0], split.validation_labels[:0]
        chosen = split.train_images[:items], split.train_labels[:items]
        return replace(
            split,
            train_images=chosen[0],
            train_labels=chosen[1],
            validation_images=nothing[0],
            validation_labels=nothing[1],
        )

    everything = first(len(split.train_labels))
    whole = course.task.rounds(everything.train_images, everything.train_labels, np.random.default_rng(0))
    at_once = -(-len(everything.train_labels) // whole.count)
    chosen = first(rounds * at_once)
    return chosen, course.task.rounds(chosen.train_images, chosen.train_labels, np.random.default_rng(0)).count


def _weights(course: Course) -> dict[str, np.ndarray]:
    return {name: np.array(course.learner.weights(name)) for name in course.learner.learning()}
