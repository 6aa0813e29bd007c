from __future__ import annotations

import shutil
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

from pages.evidence.pictures import shows, stamp

ROOT = Path(__file__).parents[2]
RECORDED = sorted(path.parent for path in ROOT.glob("experiments/*/result/metrics.nc"))


@pytest.mark.parametrize("result", RECORDED, ids=lambda result: result.parent.name)
def test_a_recorded_figure_is_not_older_than_its_record(result: Path) -> None:
    command = f"run `python -m pages.evidence --redraw experiments/{result.parent.name}`"
    assert shows(result / "figure.png", result / "metrics.nc"), command


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
