"""A Zarr folder is read as a netCDF file is, and nothing in it is run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from brainlearn import Dataset
from tests.stimuli.own.small_data import IMAGES, LABELS, load, mistakes_of, same

zarr = pytest.importorskip("zarr", reason='no Zarr here: pip install ".[zarr]"')

pytestmark = pytest.mark.filterwarnings("ignore::zarr.errors.ZarrUserWarning", "ignore::FutureWarning")


@pytest.fixture(params=[2, 3])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    given = {"images": (("row", "column", "item"), IMAGES.transpose(1, 2, 0)), "labels": ("item", LABELS)}
    xr.Dataset(given).to_zarr(tmp_path / "own.zarr", zarr_format=request.param, consolidated=False)
    return tmp_path / "own.zarr"


def test_a_zarr_folder_is_read_in_the_order_of_its_dimensions(folder: Path) -> None:
    same(load(folder), Dataset.from_arrays(IMAGES, LABELS))


def test_a_codec_that_runs_what_a_file_says_is_refused(folder: Path) -> None:
    for path in (each for each in folder.rglob("*") if each.name in (".zarray", "zarr.json")):
        found = json.loads(path.read_text())
        found["filters" if path.name == ".zarray" else "codecs"] = [{"id": "pickle", "name": "pickle"}]
        path.write_text(json.dumps(found))
    assert {mistake.wrong for mistake in mistakes_of(folder)} == {"a codec not known to be safe"}
    assert all(mistake.found == "pickle" for mistake in mistakes_of(folder))


def test_a_fifo_in_a_zarr_folder_is_named(folder: Path) -> None:
    chunk = max((each for each in folder.rglob("*") if each.is_file()), key=lambda each: len(each.parts))
    chunk.unlink()
    os.mkfifo(chunk)
    assert [(m.where, m.found) for m in mistakes_of(folder)] == [(str(chunk), "a FIFO")]


def test_values_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    group = zarr.open_group(tmp_path / "own.zarr", mode="w", zarr_format=2)
    group.create_array("images", shape=(12, 2**20, 2**20), chunks=(1, 64, 64), dtype="f8").attrs.update(
        {"_ARRAY_DIMENSIONS": ["item", "row", "column"]}
    )
    labels = group.create_array("labels", shape=(12,), chunks=(12,), dtype="i8")
    labels.attrs["_ARRAY_DIMENSIONS"] = ["item"]
    labels[:] = np.array(LABELS)
    (mistake,) = mistakes_of(tmp_path / "own.zarr")
    assert (mistake.where, mistake.wrong) == (f"{tmp_path / 'own.zarr'}: images", "too large")
