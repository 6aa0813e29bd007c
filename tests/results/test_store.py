from __future__ import annotations

import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from xarray import DataTree

from brainlearn.mistakes import UserError
from brainlearn.results import store as store_module
from brainlearn.results import whole_file as whole_file_module
from brainlearn.results.netcdf import write_netcdf
from brainlearn.results.record import RunRecord
from brainlearn.results.schema import validate
from brainlearn.results.store import load_result, metrics_only, save_result
from brainlearn.results.tree import result_tree
from brainlearn.results.variables import SchemaError


@pytest.fixture
def saved(record: RunRecord, tmp_path: Path) -> Path:
    path = tmp_path / "result.nc"
    save_result(result_tree(record), path)
    return path


def test_a_saved_result_comes_back_the_same(record: RunRecord, saved: Path) -> None:
    assert load_result(saved).identical(result_tree(record))


def test_an_unfinished_result_comes_back_the_same(record: RunRecord, tmp_path: Path) -> None:
    record.epochs, record.epoch_seconds, record.test, record.weights = [], [], None, {}
    save_result(result_tree(record), tmp_path / "result.nc")
    assert load_result(tmp_path / "result.nc").identical(result_tree(record))


def test_a_long_circuit_file_comes_back_the_same(record: RunRecord, tmp_path: Path) -> None:
    record.circuit_text = "# áßµ\n" * 30_000
    save_result(result_tree(record), tmp_path / "result.nc")
    assert load_result(tmp_path / "result.nc").attrs["circuit_text"] == record.circuit_text


def test_weights_are_kept_compressed_in_float32(saved: Path) -> None:
    with xr.open_dataset(saved, group="weights/retina.image->V1.E", engine="h5netcdf") as group:
        assert group["final"].dtype == np.float32
        assert group["final"].encoding["zlib"]


def test_a_run_folder_stands_for_its_result(record: RunRecord, saved: Path) -> None:
    assert load_result(saved.parent).identical(result_tree(record))


def test_a_loaded_result_does_not_hold_its_file(record: RunRecord, saved: Path) -> None:
    loaded = load_result(saved)
    saved.write_bytes(b"")
    assert float(loaded["metrics"]["seconds"].sum()) == 4.5


def test_saving_leaves_no_other_file(saved: Path) -> None:
    assert [file.name for file in saved.parent.iterdir()] == ["result.nc"]


def test_a_tree_that_violates_the_schema_is_not_saved(record: RunRecord, tmp_path: Path) -> None:
    tree = result_tree(record)
    tree.attrs["engine"] = "nest"
    with pytest.raises(SchemaError):
        save_result(tree, tmp_path / "result.nc")
    assert not list(tmp_path.iterdir())


def test_a_failing_write_leaves_the_old_file(record: RunRecord, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = saved.read_bytes()

    def fail(data: DataTree, path: Path, encoding: object) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module, "write_netcdf", fail)
    with pytest.raises(UserError, match=r"result\.nc: cannot be written; found no space left on device"):
        save_result(result_tree(record), saved)
    assert saved.read_bytes() == old
    assert [file.name for file in saved.parent.iterdir()] == ["result.nc"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
def test_a_full_disk_does_not_end_the_process(record: RunRecord) -> None:
    with pytest.raises(OSError, match="No space left on device"):  # HDF5 itself would crash later on
        write_netcdf(result_tree(record), Path("/dev/full"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
def test_a_write_that_fails_keeps_no_view_of_what_it_wrote(record: RunRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[memoryview] = []
    write = DataTree.to_netcdf

    def noted(tree: DataTree, *arguments: Any, **options: Any) -> memoryview:
        content = write(tree, *arguments, **options)
        made.append(content)
        return content

    monkeypatch.setattr(DataTree, "to_netcdf", noted)
    with pytest.raises(OSError, match="No space left on device") as caught:
        write_netcdf(result_tree(record), Path("/dev/full"))
    with pytest.raises(ValueError, match="released"):
        made[0].tobytes()
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    held = [value for frame in frames for value in frame.f_locals.values() if isinstance(value, memoryview)]
    for view in held:  # a second view of the buffer would still be open
        with pytest.raises(ValueError, match="released"):
            view.tobytes()


FULL_DISK = """
import gc, sys
from pathlib import Path
import numpy as np
from xarray import DataTree, Dataset
from brainlearn.results.netcdf import write_netcdf

tree = DataTree(Dataset({"x": ("place", np.random.default_rng(0).normal(size=100_000))}))
for _ in range(3):
    try:
        write_netcdf(tree, Path("/dev/full"))
    except OSError as error:
        kept = error
    del kept
    gc.collect()
print("alive")
"""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
def test_a_process_outlives_saves_that_fail() -> None:
    done = subprocess.run([sys.executable, "-c", FULL_DISK], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "alive\n", "")


def test_an_interrupted_write_leaves_the_old_file(
    record: RunRecord, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = saved.read_bytes()

    def stop(source: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(whole_file_module.os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        save_result(result_tree(record), saved)
    assert saved.read_bytes() == old
    assert [file.name for file in saved.parent.iterdir()] == ["result.nc"]


def test_saving_into_a_missing_folder_is_a_mistake(record: RunRecord, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere/result\.nc: cannot be written"):
        save_result(result_tree(record), tmp_path / "nowhere" / "result.nc")


def test_a_missing_result_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"absent\.nc: no such file or folder"):
        load_result(tmp_path / "absent.nc")


def test_a_folder_without_a_result_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"holds no result; found no result\.nc"):
        load_result(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\x89HDF\r\n\x1a\n", b"CDF\x01" + bytes(200), b"hello" * 100])
def test_a_foreign_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign.nc"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"foreign\.nc: cannot be read as a result"):
        load_result(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_result_is_named(saved: Path, share: float) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content[: int(share * len(content))])
    with pytest.raises(UserError, match=r"result\.nc: "):
        load_result(saved)


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("seed", range(5))
def test_a_damaged_result_is_named(saved: Path, seed: int) -> None:
    content = bytearray(saved.read_bytes())
    for place in np.random.default_rng(seed).integers(0, len(content) // 4, 30):
        content[place] ^= 255
    saved.write_bytes(content)
    with pytest.raises(UserError, match=r"result\.nc: "):
        load_result(saved)


def test_a_netcdf_file_of_another_program_is_named(tmp_path: Path) -> None:
    path = tmp_path / "other.nc"
    xr.Dataset({"rain": ("place", np.zeros(3))}).to_netcdf(path, engine="h5netcdf")
    with pytest.raises(UserError) as caught:
        load_result(path)
    assert all(str(path) in mistake.where for mistake in caught.value.mistakes)
    assert "/: group metrics is missing" in str(caught.value)


def test_the_small_part_keeps_curves_and_answers(record: RunRecord, tmp_path: Path) -> None:
    small = metrics_only(result_tree(record))
    validate(small)
    assert set(small.children) == {"metrics", "test"}
    assert "goodness" not in small["test"].data_vars
    save_result(small, tmp_path / "metrics.nc")
    assert load_result(tmp_path / "metrics.nc").identical(small)


def test_the_small_part_leaves_the_whole_alone(record: RunRecord) -> None:
    tree = result_tree(record)
    metrics_only(tree)
    assert tree.identical(result_tree(record))


def test_files_of_a_result_are_readable_by_others(saved: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    assert saved.stat().st_mode & 0o777 == 0o666 & ~mask
