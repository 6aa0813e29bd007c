from __future__ import annotations

import shutil
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

from brainlearn.mistakes import UserError
from pages.evidence.pictures import record_of, redraw, shows, stamp

ROOT = Path(__file__).parents[2]
PICTURES = sorted(ROOT.glob("experiments/*/result/*.png"))
RECORDED = sorted(path.parent for path in ROOT.glob("experiments/*/result/metrics.nc"))


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: f"{picture.parents[1].name}-{picture.stem}")
def test_a_recorded_picture_is_not_older_than_its_record(picture: Path) -> None:
    command = f"run `python -m pages.evidence --redraw experiments/{picture.parents[1].name}`"
    assert shows(picture, record_of(picture)), command


@pytest.mark.parametrize("name", ["figure", "comparison", "alignment"])
def test_a_picture_is_drawn_anew_from_its_record(tmp_path: Path, name: str) -> None:
    result = ROOT / "experiments" / "04_temporal_difference_digits" / "result"
    shutil.copytree(result, tmp_path / "result")
    picture = tmp_path / "result" / f"{name}.png"
    picture.unlink()
    assert redraw(picture) == picture
    drawn, recorded = (matplotlib.image.imread(path) for path in (picture, result / picture.name))
    assert drawn.shape[:2] == recorded.shape[:2] or name == "figure"  # the recorded one may show receptive fields
    assert shows(picture, record_of(picture))


def test_a_picture_of_nothing_is_not_drawn(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"figure.png: nothing is recorded that it shows"):
        redraw(tmp_path / "figure.png")


def test_a_figure_of_another_record_is_told(tmp_path: Path) -> None:
    figure, record = tmp_path / "figure.png", tmp_path / "record"
    shutil.copy(RECORDED[0] / "figure.png", figure)
    record.write_bytes(b"one")
    assert not shows(figure, record)
    stamp(figure, record)
    assert shows(figure, record)
    record.write_bytes(b"two")
    assert not shows(figure, record)


def test_a_stamp_changes_no_pixel_and_replaces_an_older_one(tmp_path: Path) -> None:
    figure, record = tmp_path / "figure.png", tmp_path / "record"
    shutil.copy(RECORDED[0] / "figure.png", figure)
    before = matplotlib.image.imread(figure)
    for content in (b"one", b"two"):
        record.write_bytes(content)
        stamp(figure, record)
    assert figure.read_bytes().count(b"Record\0") == 1
    assert np.array_equal(matplotlib.image.imread(figure), before)
