"""Whatever is learned and by whatever, a run that was killed ends, once resumed, as if nothing had happened."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import brainlearn.tasks
from brainlearn.running import preparation
from brainlearn.running.conduct import prepare
from brainlearn.tasks.task import Task
from brainlearn.training.backprop_learner import BackpropLearner
from brainlearn.training.course import Course
from brainlearn.training.progress import Silent
from brainlearn.training.rule_learner import RuleLearner
from tests.experiment.killed_runs import killed
from tests.experiment.tiny_runs import KINDS, few_items, tiny

KILLS = 3
OF_A_TASK = {name for name, each in vars(Task).items() if inspect.isfunction(each) and not name.startswith("_")}


def built_in_tasks() -> set[type]:
    """Return every class of `brainlearn.tasks` that does what a task does."""
    names = [module.name for module in pkgutil.iter_modules(brainlearn.tasks.__path__, "brainlearn.tasks.")]
    classes = {
        each for name in names for each in vars(importlib.import_module(name)).values() if isinstance(each, type)
    }
    return {each for each in classes if set(dir(each)) >= OF_A_TASK and each is not Task}


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Course]:
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preparation, "load_dataset", few_items)
        for kind in KINDS:
            experiment, baseline = tiny(tmp_path_factory.mktemp(kind), kind)
            found[kind] = prepare(experiment, None, Silent(), baseline)
    return found


def test_every_built_in_task_is_killed(courses: dict[str, Course]) -> None:
    assert len(built_in_tasks()) >= 6
    assert {type(course.task) for course in courses.values()} == built_in_tasks()


def test_both_learners_are_killed_in_frames_and_in_sequences(courses: dict[str, Course]) -> None:
    over_time = {type(course.learner) for course in courses.values() if course.dataset.images.ndim == 3}
    sequences = {type(course.learner) for course in courses.values() if course.turns}
    assert over_time == sequences == {RuleLearner, BackpropLearner}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_run_ends_like_the_run_without_a_stop(kind: str, tmp_path: Path) -> None:
    found = killed(tmp_path, 5, KILLS, kind)
    assert found["wrong"] == []
    assert found["equal"] == KILLS
    assert found["kills"] >= 1  # the others had ended before their moment came
