"""A circuit loaded from the folder of its run answers as it did when training ended, whatever it keeps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_trained
from brainlearn.mistakes import UserError
from brainlearn.results.run_folder import CIRCUIT, EXPERIMENT, RunFolder
from brainlearn.results.store import load_result
from brainlearn.running import preparation, resume, run_to_folder
from brainlearn.stimuli import load_dataset
from tests.experiment.tiny_runs import KINDS, few_items, tiny

QUICK = ("shifted", "unit_classes", "sequence")
ENDED = "the run was killed"
MEASURED = ("readout_seconds",)


@pytest.fixture(autouse=True)
def _few_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "load_dataset", few_items)


def trained_run(folder: Path, kind: str, *changes: str) -> RunFolder:
    experiment, _ = tiny(folder / "files", kind, *changes)
    run_to_folder(experiment, folder / "run")
    return RunFolder(folder / "run")


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=[] if kind in QUICK else [pytest.mark.slow])
        for kind, (_, _, baseline) in KINDS.items()
        if baseline is None
    ],
)
def test_a_loaded_circuit_gives_the_answers_of_its_run(tmp_path: Path, kind: str) -> None:
    run = trained_run(tmp_path, kind, "training.epochs=1" if kind != "sequence" else "seed=1")
    tree = load_result(run)
    recorded = tree["test" if "test" in tree.children else "test_episodes"].to_dataset(inherit=False)
    trained = load_trained(run.path)
    for _ in range(2):  # answers repeat, although the first ones drew random numbers
        found = trained.test()
        assert found.drop_vars(MEASURED, errors="ignore").identical(recorded.drop_vars(MEASURED, errors="ignore"))
    if "prediction" in recorded:
        assert trained.test_error() == trained.recorded_error == run.read_summary()["test_error_percent"]


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "delivery"), [("mirror", None), ("brian", "stock")])
@pytest.mark.parametrize("kind", ["recurrent", "targets_with_reset"])
def test_all_engines_give_the_same_answers(tmp_path: Path, kind: str, engine: str, delivery: str | None) -> None:
    resets = kind == "targets_with_reset"
    run = trained_run(tmp_path, kind.removesuffix("_with_reset"), *(("phases[0].reset=true",) if resets else ()))
    found = load_trained(run.path, engine, delivery).test()  # type: ignore[arg-type]
    recorded = load_result(run)["test"].to_dataset(inherit=False)
    np.testing.assert_array_equal(found["prediction"], recorded["prediction"])
    np.testing.assert_allclose(found["goodness"], recorded["goodness"], atol=2e-3)


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return trained_run(tmp_path_factory.mktemp("targets"), "targets", "phases[0].reset=true", "training.epochs=1")


def test_answers_for_own_images_need_no_dataset(targets: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    images = load_dataset("digits").test_images[:7]
    monkeypatch.setattr(preparation, "load_dataset", None)
    trained = load_trained(targets.path)
    expected = load_result(targets)["test"]["prediction"].values[:7]
    np.testing.assert_array_equal(trained.answer(images), expected)
    np.testing.assert_array_equal(trained.answer(images.reshape(7, 8, 8).tolist()), expected)
    assert trained.answer(images[:0]).shape == (0,)


def test_weights_are_those_of_the_result(targets: RunFolder) -> None:
    found, tree = load_trained(targets.path).weights, load_result(targets)
    assert set(found) == {group.attrs["projection"] for group in tree["weights"].children.values()}
    np.testing.assert_array_equal(found["retina/image->V1/E"], tree["weights/retina.image->V1.E"]["final"].values)


@pytest.mark.parametrize("items", [np.zeros((2, 63)), np.zeros(64), np.full((1, 64), np.nan), np.array([["a"] * 64])])
def test_items_that_do_not_fit_are_refused(targets: RunFolder, items: np.ndarray) -> None:
    with pytest.raises(UserError, match="items: not"):
        load_trained(targets.path).answer(items)


@pytest.mark.parametrize("name", [EXPERIMENT, CIRCUIT])
def test_files_that_it_was_not_trained_with_are_refused(targets: RunFolder, tmp_path: Path, name: str) -> None:
    for file in targets.path.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / name).open("a", encoding="utf-8") as file:
        file.write("# a remark\n")
    with pytest.raises(UserError, match=rf"{name}: not the file that trained.npz was trained with"):
        load_trained(tmp_path)


def test_another_dataset_is_refused(targets: RunFolder) -> None:  # trained before its test items became few
    with pytest.raises(UserError, match="not what the circuit has learned"):
        load_trained(targets.path).test()


def test_a_damaged_file_is_named(targets: RunFolder, tmp_path: Path) -> None:
    for file in targets.path.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    content = bytearray(targets.trained.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "trained.npz").write_bytes(content)
    with pytest.raises(UserError, match=r"trained.npz: cannot be read as a trained circuit; found .* is damaged"):
        load_trained(tmp_path)


def test_a_resumed_run_leaves_the_same_trained_circuit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from brainlearn.running import conduct

    def killed(*_: object) -> None:
        raise RuntimeError(ENDED)

    whole = trained_run(tmp_path / "whole", "shifted", "training.epochs=1")
    with monkeypatch.context() as patch:
        patch.setattr(conduct, "run_test", killed)
        with pytest.raises(RuntimeError, match=ENDED):
            trained_run(tmp_path / "killed", "shifted", "training.epochs=1")
    run = RunFolder(tmp_path / "killed" / "run")
    assert not run.trained.exists()
    resume(run)
    assert run.trained.read_bytes() == whole.trained.read_bytes()


def test_a_baseline_leaves_none(tmp_path: Path) -> None:
    experiment, _ = tiny(tmp_path / "files", "targets", "training.epochs=1")
    run_to_folder(experiment, tmp_path / "run", baseline="backprop_through_time")
    with pytest.raises(UserError, match=r"no trained circuit; found no trained.npz"):
        load_trained(tmp_path / "run")
