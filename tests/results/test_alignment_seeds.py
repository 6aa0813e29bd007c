from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from brainlearn.mistakes import UserError
from brainlearn.results.alignment_seeds import (
    alignment_of_seeds,
    least_averaged,
    load_alignment,
    most_averaged,
    save_alignment,
)
from brainlearn.results.record import RunRecord
from brainlearn.results.schema import ALIGNMENT
from brainlearn.results.tree import result_tree
from tests.results.small_run import make_angles, make_baseline, with_seed

IMAGE = {"loss": "contrast", "projection": "retina/image->V1/E"}


def two_seeds(record: RunRecord) -> xr.Dataset:
    angles = alignment_of_seeds([result_tree(record), result_tree(make_baseline()), result_tree(with_seed(record, 9))])
    assert angles is not None
    return angles


def test_seeds_stand_side_by_side(record: RunRecord) -> None:
    angles = two_seeds(record)
    assert angles["seed"].values.tolist() == [7, 9]
    assert angles["angle"].dims == ("seed", "loss", "epoch", "projection", "averaging")
    last = angles["angle"].sel(IMAGE | {"epoch": 3, "averaging": 400})
    assert last.values.tolist() == [60.0, 58.0]
    assert angles.attrs["experiment"] == "01_small"


def test_every_variable_keeps_units_and_name(record: RunRecord) -> None:
    angles = two_seeds(record)
    for name, variable in ALIGNMENT.items():
        assert angles[name].attrs == variable.attrs
    assert angles["seed"].attrs["units"] == "1"


def test_without_angles_there_is_nothing_to_join() -> None:
    assert alignment_of_seeds([result_tree(make_baseline())]) is None


def test_what_one_seed_did_not_measure_is_nan(record: RunRecord) -> None:
    other = dataclasses.replace(with_seed(record, 9), alignments=[make_angles(3, "contrast")])
    shorter = other.alignments[0]
    other.alignments[0] = dataclasses.replace(
        shorter,
        presentations=shorter.presentations[:2],
        **{
            n: {p: v[:2] for p, v in getattr(shorter, n).items()} for n in ("angle", "angle_shuffled", "angle_gradient")
        },
    )
    angles = alignment_of_seeds([result_tree(record), result_tree(other)])
    assert angles is not None
    assert np.isnan(angles["angle"].sel(seed=9, loss="every_area")).all()
    assert np.isnan(angles["angle"].sel(seed=9, epoch=0)).all()
    last = angles["angle"].sel(IMAGE | {"epoch": 3})
    assert most_averaged(last).values.tolist() == [60.0, 70.0]
    assert least_averaged(last).values.tolist() == [80.0, 80.0]


def test_angles_that_were_kept_come_back_the_same(record: RunRecord, tmp_path: Path) -> None:
    angles = two_seeds(record)
    save_alignment(angles, tmp_path / "alignment.nc")
    assert load_alignment(tmp_path / "alignment.nc").identical(angles)
    assert [file.name for file in tmp_path.iterdir()] == ["alignment.nc"]


def test_a_file_that_holds_no_angles_is_named(record: RunRecord, tmp_path: Path) -> None:
    path = tmp_path / "alignment.nc"
    with pytest.raises(UserError, match=r"alignment\.nc: "):
        load_alignment(path)
    path.write_bytes(b"nothing")
    with pytest.raises(UserError, match=r"alignment\.nc: cannot be read"):
        load_alignment(path)
    two_seeds(record).drop_vars("null_angle").to_netcdf(path, engine="h5netcdf")
    with pytest.raises(UserError, match=r"alignment\.nc: null_angle: no angles of several seeds; found nothing"):
        load_alignment(path)
