"""What is wrong with arrays is named: where, what was found, what is allowed, and what to do."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainlearn import Dataset
from brainlearn.mistakes import UserError
from brainlearn.stimuli import Choices
from brainlearn.stimuli.own import sizes
from tests.stimuli.own.small_data import IMAGES, LABELS, NAMES, mistakes_of, write_npz

FRACTIONS = IMAGES / 255
NOTHING = Choices()
WRONG: dict[str, tuple[dict[str, Any], Choices, str]] = {
    "nan": (
        {"images": np.where(np.arange(12)[:, None, None] == 7, np.nan, FRACTIONS)},
        NOTHING,
        "images: values are not finite; found nan in item 7; allowed: 0 to 1",
    ),
    "infinite": ({"images": np.where(FRACTIONS > 0.9, np.inf, FRACTIONS)}, NOTHING, "values are not finite; found inf"),
    "outside": (
        {"images": FRACTIONS * 2},
        NOTHING,
        "images: values are outside their range; found .*first outside in item .*allowed: 0 to 1. Set the values",
    ),
    "outside as said": ({}, Choices(range=(0, 100)), "values are outside their range; .*allowed: 0 to 100"),
    "no range": (
        {"images": IMAGES.astype(np.uint16)},
        NOTHING,
        r"the values of black and white are unknown; found uint16 .*range = \[LOW, HIGH\]",
    ),
    "complex": ({"images": FRACTIONS * 1j}, NOTHING, "images: these are not real numbers; found type complex128"),
    "text for images": ({"images": IMAGES.astype(str)}, NOTHING, "images: these are not real numbers; found type <U3"),
    "one axis": ({"images": np.zeros(12)}, NOTHING, r"images: another shape; found shape \(12,\)"),
    "two channels": ({"images": np.zeros((12, 2, 3, 2))}, NOTHING, r"images: another shape; .*1 or 3 channels"),
    "no items": (
        {"images": IMAGES[:0], "labels": LABELS[:0]},
        NOTHING,
        r"images: nothing is in it; found shape \(0, 2, 3\)",
    ),
    "one label too few": (
        {"labels": LABELS[1:]},
        NOTHING,
        "labels: images and labels differ in number; found 12 images and 11 labels",
    ),
    "labels in a table": (
        {"labels": np.eye(12)},
        NOTHING,
        r"labels: not one label for each image; found shape \(12, 12\)",
    ),
    "fractions for labels": (
        {"labels": LABELS / 2},
        NOTHING,
        "labels are not classes; found type float64; .*Target values of outputs belong in targets",
    ),
    "labels below 0": (
        {"labels": LABELS - 1},
        NOTHING,
        "labels: label out of range; found label -1 at item 0 and 3 more",
    ),
    "labels from 1": (
        {"labels": LABELS + 1},
        NOTHING,
        'a class has no training item; found none of class 0, .*labels = "names"',
    ),
    "a huge label": (
        {"labels": np.where(LABELS == 2, 2**40, LABELS)},
        NOTHING,
        "a class has no training item; found none of class 2",
    ),
    "a class in the test alone": (
        {"labels": NAMES[LABELS], "test": LABELS == 2},
        NOTHING,
        'a class has no training item; found none of class "emu"',
    ),
    "an empty label": (
        {"labels": np.where(LABELS == 2, " ", NAMES[LABELS])},
        NOTHING,
        "a label is empty; found item 2",
    ),
    "labels in another encoding": ({"labels": np.array([b"\xff"] * 12)}, NOTHING, "labels are not text in UTF-8"),
    "more labels than classes": (
        {"classes": np.array(2)},
        NOTHING,
        "label out of range; found label 2 at item 2 and 3 more; allowed: 0 to 1",
    ),
    "a name too few": (
        {"classes": np.array(3), "class_names": NAMES[:2]},
        NOTHING,
        "names and classes differ in number",
    ),
    "over time": (
        {"images": None, "values": np.zeros((12, 2, 3, 4))},
        NOTHING,
        r"another shape; found shape \(12, 2, 3, 4\); allowed: \(item, unit\), or \(item, step, unit\)",
    ),
    "images twice": ({"values": np.zeros((12, 5))}, NOTHING, "both contain images; found images and values"),
    "no labels": ({"labels": None}, NOTHING, "there are no labels; found images; allowed: labels: one for each image"),
    "no images": ({"images": None}, NOTHING, "there are no images; found labels; allowed: images, or values"),
    "test without labels": ({"test_images": IMAGES}, NOTHING, "there are no labels; .*allowed: test_labels"),
    "another shape in the test": (
        {"test_images": IMAGES[:, :1], "test_labels": LABELS},
        NOTHING,
        "test images differ in shape",
    ),
    "another type in the test": (
        {"test_images": FRACTIONS, "test_labels": LABELS},
        NOTHING,
        "test images differ in type",
    ),
    "other labels in the test": (
        {"test_images": IMAGES, "test_labels": NAMES[LABELS]},
        NOTHING,
        "labels of training and test differ in kind",
    ),
    "test said twice": (
        {"test": LABELS == 1},
        Choices(test=0.5),
        "the test items are specified twice; found .*a.npz: test and test = 0.5",
    ),
    "test and train overlap": (
        {"test": np.array([0]), "train": np.array([0, 1])},
        NOTHING,
        "train: items are also in the test; found item 0",
    ),
    "test beyond the items": (
        {"test": np.array([12])},
        NOTHING,
        "test: does not select items; found item 12; allowed: .*0 to 11",
    ),
    "test of fractions": ({"test": np.array([0.5])}, NOTHING, "test: does not select items; found float64"),
    "nothing is tested": ({"test": np.zeros(12, dtype=bool)}, NOTHING, "test: no item is left"),
    "nothing is drawn": ({}, Choices(test=0.01), "no item is drawn for the test; found 0.01 of 12 items"),
    "objects": ({"labels": LABELS.astype(object)}, NOTHING, "labels: Python objects are never read; found type object"),
}


@pytest.mark.parametrize(("arrays", "choices", "said"), WRONG.values(), ids=WRONG)
def test_wrong_arrays_in_a_file_are_named(tmp_path: Path, arrays: dict[str, Any], choices: Choices, said: str) -> None:
    whole = {"images": IMAGES, "labels": LABELS} | arrays
    np.savez(tmp_path / "a.npz", **{name: array for name, array in whole.items() if array is not None})
    (mistake,) = mistakes_of(tmp_path / "a.npz", choices)
    assert mistake.where.startswith(str(tmp_path / "a.npz"))
    with pytest.raises(UserError, match=said):
        raise UserError(mistake)


def test_all_mistakes_of_a_file_are_named_at_once(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "a.npz", images=FRACTIONS * 3, labels=LABELS - 1)
    assert [mistake.where.rpartition(": ")[2] for mistake in mistakes_of(path)] == ["images", "labels"]


def test_objects_are_not_unpickled(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "exploded",))

    write_npz(tmp_path / "a.npz", labels=np.array([Bomb()] * 12, dtype=object))
    assert mistakes_of(tmp_path / "a.npz")[0].wrong == "Python objects are never read"
    assert not (tmp_path / "exploded").exists()


def test_a_small_file_that_promises_a_huge_array_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    for name, shape, wrong in (
        ("huge.npz", "(1099511627776, 8)", "too large"),
        ("liar.npz", "(1000000, 8)", "not of the size that its header says"),
    ):
        header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
        content = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + bytes(64)
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("images.npy", content)
        assert mistakes_of(tmp_path / name)[0].wrong == wrong


def test_more_than_fits_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "LARGEST", 50)
    (mistake,) = (each for each in mistakes_of(write_npz(tmp_path / "a.npz")) if each.where.endswith("images"))
    assert (mistake.wrong, mistake.found.split(",")[0]) == ("too large", "12 x 2 x 3 values")


@pytest.mark.parametrize("keep", [0, 10, 200, -30])
def test_a_truncated_npz_is_refused(tmp_path: Path, keep: int) -> None:
    path = write_npz(tmp_path / "a.npz")
    path.write_bytes(path.read_bytes()[:keep])
    assert mistakes_of(path)[0].wrong == "not a readable npz file"


def test_a_damaged_array_is_named(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "a.npz")
    content = bytearray(path.read_bytes())
    content[content.index(IMAGES.tobytes()) + 3] ^= 0xFF
    path.write_bytes(content)
    (mistake,) = mistakes_of(path)
    assert (mistake.where, mistake.wrong) == (f"{path}: images", "cannot be read")


def test_an_npz_with_other_names_lists_what_it_holds(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_train=IMAGES, y_train=LABELS)
    (mistake,) = mistakes_of(tmp_path / "a.npz")
    assert mistake.found == "x_train, y_train"
    assert mistake.allowed.startswith("images or values, labels")


def test_wrong_arrays_of_a_script_are_named_as_those_of_a_file() -> None:
    with pytest.raises(UserError, match='dataset "mine": images: values are not finite; found nan in item 0'):
        Dataset.from_arrays(np.full((12, 4), np.nan), LABELS, name="mine")
    with pytest.raises(UserError, match='dataset "mine": images: it cannot be converted to an array'):
        Dataset.from_arrays([[1, 2], [3]], [0, 1], name="mine")
