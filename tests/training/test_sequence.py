"""Tasks that follow each other: what is learned when, and what of it is left."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import brainlearn
from brainlearn.experiment import Experiment, load_experiment
from brainlearn.mistakes import UserError
from brainlearn.results.record import RunRecord
from brainlearn.results.schema import validate
from brainlearn.results.summary import summary
from brainlearn.results.tree import result_tree
from brainlearn.running import preparation, resume
from brainlearn.running.conduct import prepare, run_record
from brainlearn.stimuli import Dataset, load_dataset
from brainlearn.training.progress import Silent
from brainlearn.training.testing import errors_of_tasks, run_test
from tests.experiment.tiny_runs import few_items, tiny

FRESH = "phases[0].reset=true"  # what is shown in a test leaves nothing behind


@pytest.fixture(autouse=True)
def small_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "load_dataset", few_items)


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> RunRecord:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preparation, "load_dataset", few_items)
        return run_record(tiny(tmp_path_factory.mktemp("files"), "sequence", FRESH)[0], None, Silent())


def sequence_of(folder: Path, *tasks: str, more: tuple[str, ...] = ()) -> Experiment:
    """Return the experiment with targets, of these tasks."""
    tiny(folder, "targets")
    path = folder / "experiment.toml"
    path.write_text("\n".join([path.read_text(encoding="utf-8"), *(f"[[sequence]]\n{task}" for task in tasks)]))
    return load_experiment(path, (FRESH, *more))


# ---- what is learned when ------------------------------------------------------------------------------------------


def test_each_task_has_its_own_items(tmp_path: Path) -> None:
    experiment, _ = tiny(tmp_path, "sequence")
    course = prepare(experiment, None, Silent())
    digits, plain = few_items("digits", None, 0), prepare(tiny(tmp_path / "plain", "targets")[0], None, Silent()).split
    kept = plain.train_labels < 5
    seen = []
    for epoch in range(course.learner.epochs):
        course.take_turn(epoch)
        seen.append((course.turns[course.turn].name, course.split.train_images, course.split.train_labels))
    assert [name for name, *_ in seen] == ["low", "low", "high", "exchanged"]
    np.testing.assert_array_equal(seen[0][1], plain.train_images[kept])
    np.testing.assert_array_equal(seen[0][2], plain.train_labels[kept])
    np.testing.assert_array_equal(seen[2][1], plain.train_images[~kept])
    np.testing.assert_array_equal(seen[2][2], plain.train_labels[~kept] - 5)
    order = np.random.default_rng(3).permutation(64)
    np.testing.assert_array_equal(seen[3][1], plain.train_images[:, order])
    images, labels, tasks = course.tested()
    low, high = (digits.test_labels < 5, digits.test_labels >= 5)
    expected = np.concatenate([digits.test_labels[low], digits.test_labels[high] - 5, digits.test_labels])
    np.testing.assert_array_equal(labels, expected)
    np.testing.assert_array_equal(images[-len(digits.test_labels) :], digits.test_images[:, order])
    assert tasks is not None
    assert tasks.tolist() == ["low"] * low.sum() + ["high"] * high.sum() + ["exchanged"] * len(digits.test_labels)


@pytest.mark.parametrize("schedule", ["constant", "linear"])
def test_two_tasks_that_are_the_same_are_one_that_is_longer(schedule: str, tmp_path: Path) -> None:
    """With a schedule that begins anew with every task only the first epochs agree."""
    changes = (f"training.schedule={schedule}", "training.epochs=1")
    twice = run_record(sequence_of(tmp_path / "a", 'name = "a"', 'name = "b"', more=changes), None, Silent())
    once = run_record(
        tiny(tmp_path / "b", "targets", FRESH, f"training.schedule={schedule}", "training.epochs=2")[0], None, Silent()
    )
    same = [np.array_equal(twice.weights[name].final, each.final) for name, each in once.weights.items()]
    assert same == [schedule == "constant"] * len(same)


def test_other_datasets_may_follow(tmp_path: Path) -> None:
    digits = load_dataset("digits")
    own = tmp_path / "own.npz"
    np.savez(own, images=1 - digits.images[:300].reshape(-1, 8, 8), labels=digits.labels[:300])
    experiment = sequence_of(tmp_path, 'name = "a"', 'name = "b"\ndataset = { file = "own.npz", test = 0.5 }')
    course = prepare(experiment, None, Silent())
    assert [turn.dataset.name for turn in course.turns] == ["digits", "own"]
    assert len(course.turns[1].tested()[1]) == 150
    assert course.data_sha256 not in [turn.dataset.sha256 for turn in course.turns]
    record = run_record(load_experiment(experiment.path, ["training.epochs=1"]), None, Silent())
    assert record.dataset == "digits + own"
    assert record.dataset_sha256 == course.data_sha256


def test_a_dataset_of_python_is_what_tasks_learn_that_name_none(tmp_path: Path) -> None:
    whole = load_dataset("digits")
    given = Dataset.from_arrays(whole.images[:200], whole.labels[:200], name="mine")
    own = 'name = "b"\ndataset = { name = "digits" }'
    experiment = sequence_of(tmp_path / "some", 'name = "a"', own, more=("training.epochs=1",))
    tree = brainlearn.run(experiment, dataset=given, only="rule", folder=tmp_path / "run")
    assert tree.attrs["dataset"] == "mine + digits"
    assert resume(tmp_path / "run") is None
    all_have = sequence_of(tmp_path / "all", own.replace('"b"', '"a"'), own)
    with pytest.raises(UserError, match="none uses the given one"):
        brainlearn.run(all_have, dataset=given, only="rule")


def test_tasks_from_python_are_those_of_a_file(tmp_path: Path) -> None:
    in_file, _ = tiny(tmp_path, "sequence")
    data = {key: value for key, value in in_file.data.items() if key not in ("name", "circuit")}
    public = brainlearn.Experiment("tiny", brainlearn.load_circuit(tmp_path / "circuit.toml"), **data)
    assert public.settings.sequence == in_file.settings.sequence
    assert "4 epochs" in repr(public)
    public.save(tmp_path / "saved.toml", circuit="saved_circuit.toml")
    assert load_experiment(tmp_path / "saved.toml").settings.sequence == in_file.settings.sequence


# ---- what is measured ----------------------------------------------------------------------------------------------


def test_every_epoch_tests_every_task(learned: RunRecord) -> None:
    assert [epoch.task for epoch in learned.epochs] == ["low", "low", "high", "exchanged"]
    assert all(list(epoch.task_error_percent) == ["low", "high", "exchanged"] for epoch in learned.epochs)


def test_the_last_errors_are_those_of_the_test(learned: RunRecord) -> None:
    test = learned.test
    assert test is not None
    assert test.task is not None
    for name, error in learned.epochs[-1].task_error_percent.items():
        own = test.task == name
        assert error == pytest.approx(100 * np.mean(test.prediction[own] != test.label[own]), abs=1e-9)


def test_forgetting_is_how_much_errors_rose_after_the_turn(learned: RunRecord) -> None:
    errors = [epoch.task_error_percent for epoch in learned.epochs]
    found = summary(learned)
    assert found["tasks"]["low"] == {
        "error_when_learned_percent": pytest.approx(errors[1]["low"]),
        "error_at_end_percent": pytest.approx(errors[3]["low"]),
    }
    rises = [errors[3]["low"] - errors[1]["low"], errors[3]["high"] - errors[2]["high"]]
    assert found["forgetting_percent"] == pytest.approx(np.mean(rises))


def test_a_result_with_tasks_follows_the_schema(learned: RunRecord) -> None:
    tree = result_tree(learned)
    validate(tree)
    metrics = tree["metrics"].ds
    assert metrics["task_error"].dims == ("epoch", "task")
    assert metrics["task_error"].sel(task="high").values.tolist() == [
        e.task_error_percent["high"] for e in learned.epochs
    ]
    assert "forgetting_percent" in json.dumps(summary(tree))


def test_a_run_without_a_sequence_has_no_tasks(tmp_path: Path) -> None:
    record = run_record(tiny(tmp_path, "targets", "training.epochs=1")[0], None, Silent())
    assert "task" not in result_tree(record)["metrics"].ds.variables
    assert "tasks" not in summary(record)


def test_tasks_are_tested_as_often_as_there_is_validation_and_at_the_end_of_each(tmp_path: Path) -> None:
    tasks = ('name = "a"\nepochs = 3', 'name = "b"\nepochs = 2\npermute = 1')
    record = run_record(sequence_of(tmp_path, *tasks, more=("readout.validate_every=4",)), None, Silent())
    assert [bool(epoch.task_error_percent) for epoch in record.epochs] == [False, False, True, True, True]


def test_a_baseline_learns_the_same_tasks(tmp_path: Path) -> None:
    experiment, _ = tiny(tmp_path, "sequence", "baselines.backprop_through_time.epochs=3")
    course = prepare(experiment, None, Silent(), "backprop_through_time")
    assert [turn.epochs for turn in course.turns] == [3, 3, 3]
    assert course.learner.epochs == 9
    record = run_record(tiny(tmp_path, "sequence_backprop")[0], None, Silent(), "backprop_through_time")
    assert [epoch.task for epoch in record.epochs] == ["low", "low", "high", "exchanged"]
    images, labels, _ = prepare(experiment, None, Silent()).tested()
    assert record.test is not None
    np.testing.assert_array_equal(record.test.label, labels)
    assert len(images) == len(labels)


def test_testing_tasks_changes_nothing(tmp_path: Path) -> None:
    course = prepare(tiny(tmp_path, "sequence", FRESH)[0], None, Silent())
    first = errors_of_tasks(course, 1)
    weights = {name: np.array(course.learner.weights(name)) for name in course.learner.learning()}
    assert errors_of_tasks(course, 1) == first
    assert all(np.array_equal(course.learner.weights(name), each) for name, each in weights.items())
    images, labels, _ = course.tested()
    assert run_test(course, images, labels).label is not None


SPLIT = 'name = "a"\nclasses = [0, 1]', 'name = "b"\nclasses = [2, 3]\nlabels = [0, 1]'
HALVES = 'name = "a"\nclasses = [0]', 'name = "b"\nclasses = [1]'
EXCHANGED = 'name = "a"', 'name = "b"\npermute = 1'


@pytest.mark.parametrize(
    ("kind", "tasks"),
    [
        ("poisson", SPLIT),
        pytest.param("hybrids", SPLIT, marks=pytest.mark.slow),
        pytest.param("recurrent", SPLIT, marks=pytest.mark.slow),
        pytest.param("recurrent_backprop", SPLIT, marks=pytest.mark.slow),
        pytest.param("curves", EXCHANGED, marks=pytest.mark.slow),
        pytest.param("curves_backprop", EXCHANGED, marks=pytest.mark.slow),
        pytest.param("over_time", HALVES, marks=pytest.mark.slow),
    ],
)
def test_every_kind_of_task_may_follow_another(kind: str, tasks: tuple[str, ...], tmp_path: Path) -> None:
    _, baseline = tiny(tmp_path, kind)
    path = tmp_path / "experiment.toml"
    path.write_text("\n".join([path.read_text(encoding="utf-8"), *(f"[[sequence]]\n{task}" for task in tasks)]))
    changes = ["training.epochs=1", *(["baselines.backprop_through_time.epochs=1"] if baseline else [])]
    record = run_record(load_experiment(path, changes), None, Silent(), baseline)
    validate(result_tree(record))
    assert [epoch.task for epoch in record.epochs] == ["a", "b"]
    assert all(np.isfinite(error) for epoch in record.epochs for error in epoch.task_error_percent.values())
    assert np.isfinite(summary(record)["forgetting_percent"])


# ---- mistakes ------------------------------------------------------------------------------------------------------

WRONG = {
    "one task": (('name = "a"',), "sequence: ", "1"),
    "the same name": (('name = "a"', 'name = "a"'), "sequence[1].name", '"a"'),
    "no such class": (('name = "a"', 'name = "b"\nclasses = [3, 10]'), "sequence[1].classes", "10"),
    "a class twice": (('name = "a"\nclasses = [3, 3]', 'name = "b"'), "sequence[0].classes", "[3, 3]"),
    "no such label": (('name = "a"', 'name = "b"\nclasses = [1]\nlabels = [12]'), "sequence[1].labels", "12"),
    "labels alone": (('name = "a"', 'name = "b"\nlabels = [1]'), "sequence[1].labels", "[1]"),
    "too few labels": (('name = "a"', 'name = "b"\nclasses = [1, 2]\nlabels = [0]'), "sequence[1].labels", "1 labels"),
    "no such dataset": (
        ('name = "a"', 'name = "b"\ndataset = { name = "digit" }'),
        "sequence[1].dataset.name",
        '"digit"',
    ),
    "another size": (('name = "a"', 'name = "b"\ndataset = { name = "mnist_1d" }'), "stimulus.image", "64 units"),
    "too many for validation": (
        ('name = "a"', 'name = "b"\ndataset = { name = "digits", validation = 5000 }'),
        "sequence[1].dataset.validation",
        "5000",
    ),
    "an unknown key": (('name = "a"', 'name = "b"\nclass = [1]'), "sequence[1].class", ""),
}


@pytest.mark.parametrize(("tasks", "place", "found"), WRONG.values(), ids=WRONG.keys())
def test_mistakes_are_named_in_place(tasks: tuple[str, ...], place: str, found: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        sequence_of(tmp_path, *tasks)
    at = [mistake for mistake in caught.value.mistakes if place in str(mistake)]
    assert at, caught.value
    assert any(found in str(mistake) for mistake in at)


def test_a_task_without_items_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = load_dataset("digits")
    few = whole.labels < 5
    only = Dataset("digits", whole.images[few], whole.labels[few], whole.test_images, whole.test_labels, 10, (8, 8))
    monkeypatch.setattr(preparation, "load_dataset", lambda *_: only)
    experiment = sequence_of(tmp_path, 'name = "a"', 'name = "b"\nclasses = [7]')
    with pytest.raises(UserError, match=r'sequence\[1\].classes: the task "b" has no items to learn from'):
        prepare(experiment, None, Silent())


def test_units_with_classes_know_one_task_only(tmp_path: Path) -> None:
    tiny(tmp_path, "unit_classes")
    path = tmp_path / "experiment.toml"
    path.write_text(path.read_text() + '\n[[sequence]]\nname = "a"\n[[sequence]]\nname = "b"\n')
    with pytest.raises(UserError, match="units get their classes from the last epoch only"):
        load_experiment(path)
