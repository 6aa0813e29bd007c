"""Data of one's own from the experiment file to the result: learned, resumed, refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from brainlearn import Dataset, RunFolder, load_experiment, load_result, run
from brainlearn.cli import main
from brainlearn.mistakes import UserError
from brainlearn.results.checkpoint import checkpoint_files
from brainlearn.running import preparation, resume, run_to_folder
from brainlearn.stimuli import load_dataset
from brainlearn.sweep.loading import load_sweep
from brainlearn.training import progress
from tests.experiment.test_resume import Noted, interrupt
from tests.experiment.tiny_runs import tiny

ROOT = Path(__file__).parents[2]
OWN = 'dataset={file="own.npz", validation=12}'
PIXELS, LABELS = load_digits(return_X_y=True)
IMAGES = np.clip(PIXELS.reshape(-1, 8, 8) * 16, 0, 255).astype(np.uint8)


@pytest.fixture(autouse=True)
def pauses_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SHOW_EVERY", 0.0)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a tiny experiment, its circuit, and 200 digits of which 24 are tested."""
    tiny(tmp_path, "targets", "training.epochs=1")
    write(tmp_path / "own.npz")
    return tmp_path


def write(path: Path, images: np.ndarray = IMAGES[:200], labels: np.ndarray = LABELS[:200]) -> None:
    np.savez(path, images=images, labels=labels, test=np.arange(176, 200))


def weights(folder: Path) -> dict[str, bytes]:
    found = load_result(RunFolder(folder).result)["weights"].children
    return {name: group.ds["final"].values.tobytes() for name, group in found.items()}


def short(folder: Path) -> list[str]:
    return [OWN, "training.epochs=1", "training.samples=60", "baselines={}"]


def test_a_run_records_what_it_learned(files: Path) -> None:
    labels = np.array(list("abcdefghij"))[LABELS[:200]]
    write(files / "own.npz", labels=labels)
    tree = run(load_experiment(files / "experiment.toml", short(files)))
    expected = Dataset.from_arrays(IMAGES[:176], LABELS[:176], IMAGES[176:200], LABELS[176:200])
    assert tree.attrs["dataset"] == "own"
    assert tree.attrs["dataset_sha256"] == expected.sha256
    test = tree["test"].ds
    assert "".join(test["label_name"].values) == "abcdefghij"
    np.testing.assert_array_equal(test["true_label"], LABELS[176:200])


@pytest.mark.slow
def test_a_run_is_resumed_where_it_was_and_only_with_the_same_data(files: Path) -> None:
    experiment = load_experiment(files / "experiment.toml", short(files))
    run_to_folder(experiment, files / "whole")
    with pytest.raises(KeyboardInterrupt):
        run_to_folder(experiment, files / "run", watcher=Noted("training", 2, interrupt))
    assert checkpoint_files(files / "run")

    other = IMAGES[:200].copy()
    other[0, 0, 0] += 1
    write(files / "own.npz", images=other)
    with pytest.raises(UserError, match="made with different data"):
        resume(files / "run")

    (files / "elsewhere").mkdir()
    (files / "own.npz").unlink()
    write(files / "elsewhere" / "moved.npz")
    text = RunFolder(files / "run").experiment.read_text()
    assert str(files / "own.npz") in text
    RunFolder(files / "run").experiment.write_text(text.replace("own.npz", "elsewhere/moved.npz"))
    resume(files / "run")
    assert weights(files / "run") == weights(files / "whole")


def test_other_data_are_refused_before_the_first_checkpoint_too(files: Path) -> None:
    experiment = load_experiment(files / "experiment.toml", short(files))
    with pytest.raises(KeyboardInterrupt):
        run_to_folder(experiment, files / "run", watcher=Noted("training", 2, interrupt))
    shutil.rmtree(files / "run" / "checkpoints")
    assert not checkpoint_files(files / "run")
    write(files / "own.npz", labels=np.roll(LABELS[:200], 1))
    with pytest.raises(UserError, match="made with different data"):
        resume(files / "run")


@pytest.mark.slow
def test_a_dataset_of_a_script_is_learned_as_from_a_file_and_is_resumed_from_its_folder(files: Path) -> None:
    run_to_folder(load_experiment(files / "experiment.toml", short(files)), files / "from_file")
    given = Dataset.from_arrays(IMAGES[:176], LABELS[:176], IMAGES[176:200], LABELS[176:200], name="digits")
    experiment = load_experiment(files / "experiment.toml", short(files)[1:])
    with pytest.raises(KeyboardInterrupt):
        run(experiment, dataset=given, folder=files / "run", watcher=Noted("training", 2, interrupt))
    (files / "own.npz").unlink()
    moved = files / "moved"
    (files / "run").rename(moved)
    resume(moved)
    assert weights(moved) == weights(files / "from_file")
    assert load_result(RunFolder(moved).result).attrs["dataset"] == "digits (own)"


def test_data_in_the_folder_of_all_data_are_found(files: Path) -> None:
    (files / "all").mkdir()
    (files / "own.npz").rename(files / "all" / "own.npz")
    experiment = load_experiment(files / "experiment.toml", short(files))
    with pytest.raises(UserError, match=r"experiment\.toml: dataset\.file: no such data"):
        preparation.load_data(experiment, None)
    dataset, _ = preparation.load_data(experiment, files / "all")
    assert dataset.name == "own"


def in_file(files: Path, table: str) -> Path:
    path = files / "experiment.toml"
    path.write_text(
        path.read_text().replace('dataset = { name = "digits", validation = 12 }', f"dataset = {{ {table} }}")
    )
    return path


def test_check_names_what_is_wrong_with_the_data(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = in_file(files, 'file = "own.npz"')
    assert main(["check", str(path)]) == 0
    write(files / "own.npz", images=np.full((200, 8, 8), np.nan), labels=LABELS[:200] - 1)
    assert main(["check", str(path)]) == 2
    said = "".join(capsys.readouterr().err.split())
    assert "own.npz:images:valuesarenotfinite;foundnaninitem0" in said
    assert "own.npz:labels:labeloutofrange;foundlabel-1atitem0" in said
    assert main(["run", str(path), "--output", str(files / "run")]) == 2
    assert not (files / "run").exists()


WRONG: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "labels beyond the outputs": (
        'file = "own.npz"',
        lambda path: write(path, labels=np.arange(200) % 12),
        r'target\.population: dataset "own" does not fit the population; found IT/class has 10 units; allowed: 12',
    ),
    "images beyond the retina": (
        'file = "own.npz"',
        lambda path: write(path, images=np.zeros((200, 9, 9))),
        r'stimulus\.image: dataset "own" does not fit .*Write \[sizes\] "retina/image" = 81',
    ),
    "too many set apart": (
        'file = "own.npz", validation = 176',
        write,
        "dataset.validation: .*leaves none for training",
    ),
    "nothing there": ('file = "own.nc"', write, 'dataset.file: no such data; found nothing at "own.nc"'),
    "a range without a file": ("range = [0, 1]", write, "dataset.range: this key applies only to data from a file"),
    "a range upside down": (
        'file = "own.npz", range = [255, 0]',
        write,
        "dataset.range: no range; found .*lower value first",
    ),
    "a share above 1": ('file = "own.npz", test = 1.5', write, "dataset.test"),
    "no name": ('file = ""', write, "dataset.file"),
}


@pytest.mark.parametrize(("table", "change", "said"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_named(files: Path, table: str, change: Callable[[Path], object], said: str) -> None:
    change(files / "own.npz")
    with pytest.raises(UserError, match=said):
        preparation.load_data(load_experiment(in_file(files, table)), None)


def test_a_sweep_names_what_is_wrong_with_the_data_once(files: Path) -> None:
    in_file(files, 'file = "own.npz", validation = 12')
    text = 'name = "s"\nexperiment = "experiment.toml"\nseeds = [1, 2]\n[grid]\n"training.copies" = [10, 20]\n'
    (files / "sweep.toml").write_text(text)
    load_sweep(files / "sweep.toml")
    write(files / "own.npz", labels=np.arange(200) % 12)
    with pytest.raises(UserError) as raised:
        load_sweep(files / "sweep.toml")
    assert len(raised.value.mistakes) == 1


def test_a_dataset_of_a_script_is_checked(files: Path) -> None:
    experiment = load_experiment(files / "experiment.toml")
    whole = load_dataset("digits")
    grey = Dataset("mine", whole.images * 255, whole.labels, whole.test_images, whole.test_labels, 10, (8, 8))
    with pytest.raises(UserError, match='dataset "mine": images: pixels are not grey levels'):
        run(experiment, dataset=grey, folder=files / "run")
    assert not (files / "run").exists()


@pytest.mark.slow
def test_digits_are_learned_from_npz_and_from_pictures_alike(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "digits.npz", images=IMAGES, labels=LABELS)
    for k, (image, label) in enumerate(zip(IMAGES, LABELS, strict=True)):
        (tmp_path / "pictures" / str(label)).mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(tmp_path / "pictures" / str(label) / f"{k}.png")
    experiment = ROOT / "experiments" / "01_forward_forward_digits" / "experiment.toml"
    for name, file in (("npz", "digits.npz"), ("png", "pictures")):
        table = f'dataset={{file="{tmp_path / file}", validation=100}}'
        asked = ["--set", table, "--set", "training.epochs=6", "--set", "baselines={}", "--quiet"]
        assert main(["run", str(experiment), *asked, "--output", str(tmp_path / name)]) == 0
    assert RunFolder(tmp_path / "npz").read_summary()["test_error_percent"] < 15
    assert weights(tmp_path / "npz") == weights(tmp_path / "png")
    names = load_result(RunFolder(tmp_path / "png").result)["test"].ds["label_name"].values.tolist()
    assert names == [str(k) for k in range(10)]
