"""A dataset of one's own is refused, with the reason, where it would be learned wrongly or end in an error later."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from brainlearn.mistakes import UserError
from brainlearn.stimuli import Dataset, DatasetSource, Shape, datasets, load_dataset
from brainlearn.stimuli.dataset_check import check_dataset

IMAGES = np.linspace(0, 1, 6 * 12, dtype=np.float32).reshape(6, 12)
LABELS = np.array([0, 1, 2, 0, 1, 2])
OWN = Dataset("own", IMAGES, LABELS, IMAGES[:2], LABELS[:2], classes=3, sheet=(3, 4))

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "bytes": ({"images": IMAGES * 255}, r"grey levels; found 0 to 255; .*as_grey_levels\(images, 255"),
    "bytes in the test": ({"test_images": IMAGES[:2] * 200}, "test_images: pixels are not grey levels"),
    "negative": ({"images": IMAGES - 0.5}, "pixels are not grey levels; found -0.5 to 0.5; allowed: 0 to 1"),
    "not finite": ({"images": np.where(IMAGES > 0.9, np.nan, IMAGES)}, "pixels are not finite"),
    "text for pixels": ({"images": IMAGES.astype(str)}, "pixels are not real numbers"),
    "one label too few": ({"labels": LABELS[1:]}, "images and labels differ in number; found 6 images and 5 labels"),
    "another sheet": ({"sheet": (3, 5)}, r"do not fit their sheet; found 12 pixels; allowed: 15 pixels"),
    "another number of channels": ({"channels": 3}, "do not fit their sheet; found 12 pixels; allowed: 36 pixels"),
    "images as sheets": ({"images": IMAGES.reshape(6, 3, 4)}, "do not fit their sheet; found 4 pixels; allowed: 12"),
    "no test": ({"test_images": IMAGES[:0], "test_labels": LABELS[:0]}, "test_images: there are none"),
    "text for labels": ({"labels": np.array(list("abcabc"))}, "labels are not class numbers; found type <U1"),
    "fractions for labels": ({"labels": LABELS / 2}, "labels are not class numbers"),
    "labels from 1": ({"labels": LABELS + 1}, "labels: label out of range; found label 3 at item 2 and 1 more"),
}  # fmt: skip


def test_a_right_one_passes() -> None:
    check_dataset(OWN)


@pytest.mark.parametrize(("change", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        check_dataset(replace(OWN, **change))


def test_everything_that_is_loaded_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(folder: Path | None, seed: int) -> Dataset:
        return replace(OWN, images=IMAGES * 255, labels=LABELS + 1)

    own = DatasetSource(load, "my own", Shape("own", 12, 3), needs_folder=False)
    monkeypatch.setattr(datasets, "DATASETS", MappingProxyType({"own": own}))
    with pytest.raises(UserError) as raised:
        load_dataset("own")
    assert [mistake.wrong for mistake in raised.value.mistakes] == ["pixels are not grey levels", "label out of range"]
