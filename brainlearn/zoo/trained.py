"""A circuit that has learned, and answers."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.run_folder import TRAINED
from brainlearn.results.trained_file import TrainedOn
from brainlearn.running.device_check import check_devices
from brainlearn.running.preparation import load_data
from brainlearn.running.sequence import load_turns
from brainlearn.running.trained_state import WEIGHTS, restore_trained
from brainlearn.saved_state import Arrays, ForeignState
from brainlearn.scripting.experiment import Experiment
from brainlearn.stimuli import Dataset, Split
from brainlearn.training.course import Course
from brainlearn.training.progress import Silent
from brainlearn.training.start import start_course
from brainlearn.training.testing import asking

if TYPE_CHECKING:
    import xarray


class Trained:
    """A circuit that has learned; `load_trained` returns it.

    Parameters
    ----------
    name : str
    experiment : Experiment
        That trained it, on the engine that was asked for.
    learned : TrainedOn
        The data that it has learned.
    state : dict of str to array
        What it needs in order to answer.
    recorded_error : float or None
        Test error of the run that trained it [percent]; None if it was not tested.
    data : str or Path, optional
        Folder of the datasets.
    """

    def __init__(
        self,
        name: str,
        experiment: Experiment,
        learned: TrainedOn,
        state: Arrays,
        recorded_error: float | None,
        data: str | Path | None = None,
    ) -> None:
        check_devices(experiment, (), rule=True)
        self.name, self.experiment, self.recorded_error = name, experiment, recorded_error
        self._learned, self._state, self._data = learned, state, data

    @cached_property
    def _course(self) -> Course:
        """The circuit and its task, without data; built when something is first asked of them."""
        nothing = no_items(self._learned, self.experiment)
        empty = Split(nothing.images, nothing.labels, nothing.images, nothing.labels)
        return start_course(self.experiment, nothing, empty, Silent())

    def __repr__(self) -> str:
        error = "" if self.recorded_error is None else f", test error {self.recorded_error:.2f} %"
        return f'Trained "{self.name}": {self.experiment.settings.rule_name} on {self._learned.name}{error}'

    @property
    def weights(self) -> dict[str, np.ndarray]:
        """The learned (pre, post) weights by the names of their projections, as ``"V1/E->V2/E"`` [1]."""
        learned = (name for name in self._state if name.startswith(WEIGHTS))
        return {name[len(WEIGHTS) : -len("/w")]: np.array(self._state[name]) for name in learned}

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes, if they have any."""
        return self._learned.class_names

    def answer(self, items: Any) -> np.ndarray:
        """Answer for items of your own; no dataset is needed.

        Parameters
        ----------
        items : (item, pixel), (item, frame, pixel) or (item, row, column) array
            Scaled as those that it has learned from: grey levels in [0, 1], or spikes as 0 and 1.

        Returns
        -------
        (item,) array of int
            The class of each item; or, where it has learned values, what the outputs do, (item, step, unit).

        Raises
        ------
        UserError
            If the items have another shape or are not finite, or the circuit acts in an environment.
        """
        if self.experiment.settings.environment is not None:
            raise UserError(Mistake(self.name, "the circuit acts in an environment, so it has no answers for items"))
        shown = self._as_items(items)
        labels = np.zeros((len(shown), *self._learned.label), dtype=np.float32 if self._learned.label else np.int64)
        if not len(shown):
            return np.zeros(0, dtype=np.int64)
        self._ready()
        found = self._course.task.test(asking(self._course, "test"), shown, labels)
        answers = found.prediction if found.output is None else found.output
        assert answers is not None
        return answers

    def _as_items(self, items: Any) -> np.ndarray:
        found, item, sheet = np.asarray(items), self._learned.item, self._learned.sheet
        shapes = {item, sheet} if self._learned.channels == 1 and math.prod(sheet) == math.prod(item) else {item}
        allowed = " or ".join(f"(item, {', '.join(map(str, shape))})" for shape in sorted(shapes, key=len))
        if found.shape[1:] not in shapes or found.dtype.kind not in "fiub":
            hint = "One item is a batch of length 1: items[None]."
            raise UserError(
                Mistake("items", "not items as it has learned", f"{found.shape} {found.dtype}", allowed, hint)
            )
        if not np.isfinite(found).all():
            raise UserError(Mistake("items", "not finite", "nan or infinity", "numbers"))
        return found.reshape(len(found), *item).astype(self._course.dataset.images.dtype)

    def test(self) -> xarray.Dataset:
        """Answer for all test items of its dataset.

        Returns
        -------
        xarray.Dataset
            As the group ``test`` of a result: ``true_label`` and ``prediction``, or ``target`` and ``output``; in an
            environment as ``test_episodes``.

        Raises
        ------
        UserError
            If the dataset is missing, or not the one that it has learned.
        """
        from brainlearn.results.tree import answers_group, episodes_group

        dataset, split = load_data(self.experiment, self._data)
        turns = load_turns(self.experiment, self._data, dataset, split)
        course = self._course
        course.dataset, course.turns = dataset, turns
        if course.data_sha256 != self._learned.sha256:
            hashes = f"SHA-256 {course.data_sha256[:12]}…", f"{self._learned.sha256[:12]}…"
            raise UserError(Mistake(f'dataset "{self._learned.name}"', "not what the circuit has learned", *hashes))
        images, labels, tasks = course.tested()
        self._ready()
        record = replace(course.task.test(asking(course, "test"), images, labels), task=tasks)
        if record.episodes is not None:
            return episodes_group([record.episodes], of_epochs=False)
        return answers_group(record, course.dataset.class_names)

    def test_error(self) -> float:
        """Return the error on the test items of its dataset [percent]; of values that of their variance.

        Raises
        ------
        UserError
            As `test`; and in an environment, where nothing is right or wrong.
        """
        from brainlearn.results.summary import error_of_test

        if self.experiment.settings.environment is not None:
            raise UserError(Mistake(self.name, "the circuit acts in an environment, so it has no test error"))
        error = error_of_test(self.test())
        assert error is not None, "a dataset without test items has no trained circuit"
        return error

    def _ready(self) -> None:
        """Restore the circuit as training left it, random numbers included, so that answers repeat."""
        try:
            restore_trained(self._course, self._state)
        except ForeignState as error:
            raise UserError(Mistake(self.name, f"{TRAINED} does not fit the circuit", str(error))) from error


def no_items(learned: TrainedOn, experiment: Experiment) -> Dataset:
    """Return a dataset of the same shape without items."""
    spikes = experiment.settings.stimulus.encoding == "spikes"
    images = np.zeros((0, *learned.item), dtype=np.uint8 if spikes else np.float32)
    labels = np.zeros((0, *learned.label), dtype=np.float32 if learned.label else np.int64)
    return Dataset(
        learned.name,
        images,
        labels,
        images,
        labels,
        learned.classes,
        learned.sheet,
        learned.channels,
        class_names=learned.class_names,
    )
