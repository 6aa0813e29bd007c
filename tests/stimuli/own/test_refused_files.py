"""What is wrong with files and folders is named, and no FIFO, device or loop of links hangs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image

from brainlearn.mistakes import UserError
from brainlearn.stimuli import load_dataset
from brainlearn.stimuli.own import image_file
from tests.stimuli.conftest import idx_bytes
from tests.stimuli.own.small_data import IMAGES, LABELS, load, mistakes_of, write_folder, write_netcdf, write_npz


def save_as(mode: str, **options: object) -> Callable[[Path], None]:
    return lambda path: Image.fromarray(IMAGES[0]).convert(mode).save(path, **options)  # type: ignore[arg-type]


def sixteen_bits(path: Path) -> None:
    Image.fromarray(IMAGES[0].astype(np.uint16)).save(path)


def truncated(path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (60, 60)).astype(np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:1000])


def turned(path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(IMAGES[0]).save(path, exif=exif)


def animated(path: Path) -> None:
    frames = [Image.fromarray(image) for image in IMAGES[:2]]
    frames[0].save(path, save_all=True, append_images=frames[1:])


ODD: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "16 bits": (sixteen_bits, "pixels of another kind", "16 bits for each value"),
    "palette": (save_as("P"), "pixels of another kind", "a palette of colours"),
    "alpha": (save_as("RGBA"), "pixels of another kind", "an alpha channel"),
    "grey with alpha": (save_as("LA"), "pixels of another kind", "an alpha channel"),
    "one transparent grey": (save_as("L", transparency=3), "pixels of another kind", "an alpha channel"),
    "truncated": (truncated, "no readable image", ""),
    "text": (lambda path: path.write_text("an image"), "no readable image", "cannot identify image file"),
    "empty": (Path.touch, "no readable image", "cannot identify image file"),
    "another size": (
        lambda path: Image.fromarray(IMAGES[0][:, :2]).save(path),
        "another size or kind",
        "2 x 2 pixels, grey",
    ),
    "colour": (save_as("RGB"), "another size or kind", "2 x 3 pixels, colour"),
    "turned": (turned, "the image has a rotation tag", "an EXIF orientation"),
    "animated": (animated, "several images in one file", "2"),
    "a fifo": (os.mkfifo, "no image file", "a FIFO"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "no image file", "a device"),
    "a loop of links": (lambda path: path.symlink_to(path), "no image file", "too many levels of symbolic links"),
    "a broken link": (lambda path: path.symlink_to("nowhere"), "no image file", "a broken link"),
    "a folder in a label": (Path.mkdir, "no image file", "a folder"),
    "the folder itself, again": (lambda path: path.symlink_to(path.parents[1]), "no image file", "a folder"),
}


@pytest.mark.parametrize(("write", "wrong", "found"), ODD.values(), ids=ODD)
def test_an_odd_image_is_named(tmp_path: Path, write: Callable[[Path], object], wrong: str, found: str) -> None:
    folder = write_folder(tmp_path / "pngs")
    write(folder / "1" / "99.png")
    (mistake,) = mistakes_of(folder)
    assert mistake.where == str(folder / "1" / "99.png")
    assert mistake.wrong.startswith(wrong)
    assert mistake.found.startswith(found)
    assert mistake.allowed or mistake.suggestion


def test_grey_images_of_one_bit_are_black_and_white(tmp_path: Path) -> None:
    bits = np.where(IMAGES > 127, 255, 0).astype(np.uint8)
    folder = write_folder(tmp_path / "pngs", images=bits)
    for path in folder.rglob("*.png"):
        Image.open(path).convert("1").save(path)
    assert set(np.unique(load(folder).images)) == {0.0, 1.0}


def test_a_huge_image_is_refused_before_it_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path / "pngs")
    monkeypatch.setattr(image_file, "MOST_PIXELS", 5)
    assert {mistake.wrong for mistake in mistakes_of(folder)} == {"too large an image"}


def test_folders_say_what_is_missing_in_them(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "pngs")
    (folder / "3").mkdir()
    (folder / "readme.txt").touch()
    (folder / ".hidden").touch()
    (folder / "2" / "notes.txt").touch()
    found = {mistake.where: mistake.wrong for mistake in mistakes_of(folder)}
    assert found == {
        str(folder / "3"): "a label without images",
        str(folder / "readme.txt"): "no folder of a label",
        str(folder / "2" / "notes.txt"): "no image file",
    }
    (tmp_path / "empty").mkdir()
    assert mistakes_of(tmp_path / "empty")[0].wrong == "no labels with images"


def test_train_and_test_stand_alone(tmp_path: Path) -> None:
    for part in ("train", "test", "validation"):
        write_folder(tmp_path / part)
    assert mistakes_of(tmp_path)[0].found == "validation"


def test_what_is_no_data_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.npz")
    (tmp_path / "loop.npz").symlink_to(tmp_path / "loop.npz")
    (tmp_path / "table.csv").touch()
    (tmp_path / "spikes.h5").touch()
    assert mistakes_of(tmp_path / "fifo.npz")[0].found == "a FIFO"
    assert mistakes_of(tmp_path / "loop.npz")[0].found == "too many levels of symbolic links"
    assert mistakes_of(Path("/dev/zero"))[0].found == "a device"
    assert mistakes_of(tmp_path / "table.csv")[0].wrong == "unknown kind of data"
    assert mistakes_of(tmp_path / "spikes.h5")[0].wrong == "not a readable spike file"
    (tmp_path / "spikes.aedat").touch()
    assert mistakes_of(tmp_path / "spikes.aedat")[0].wrong == "unknown kind of events"
    (missing,) = mistakes_of(tmp_path / "missing.npz")
    assert (missing.where, missing.wrong) == ("experiment.toml: dataset.file", "no such data")


def test_a_fifo_in_the_place_of_an_idx_file_is_named(tmp_path: Path) -> None:
    for name, values in (("train-images-idx3", IMAGES), ("train-labels-idx1", LABELS), ("t10k-labels-idx1", LABELS)):
        (tmp_path / f"{name}-ubyte").write_bytes(idx_bytes(values))
    with pytest.raises(UserError, match="no file of test_images"):
        load_dataset("idx", tmp_path)
    os.mkfifo(tmp_path / "t10k-images-idx3-ubyte")
    with pytest.raises(UserError, match="t10k-images-idx3-ubyte: cannot be read; found a FIFO"):
        load_dataset("idx", tmp_path)


@pytest.mark.parametrize(
    ("images", "said"),
    [
        ((("item", "time", "unit"), np.zeros((12, 3, 2))), "dimensions with other names; found (item, time, unit)"),
        ((("item", "y", "x"), IMAGES), "dimensions with other names; found (item, y, x)"),
        ((("row", "column", "unit"), IMAGES), "dimensions with other names"),
    ],
)
def test_other_dimensions_of_netcdf_are_named(tmp_path: Path, images: object, said: str) -> None:
    (mistake,) = mistakes_of(write_netcdf(tmp_path / "a.nc", images=images, labels=("thing", LABELS)))
    assert mistake.where == f"{tmp_path / 'a.nc'}: images"
    assert said in str(mistake)


@pytest.mark.parametrize("keep", [0, 100, 2000])
def test_a_truncated_netcdf_is_refused(tmp_path: Path, keep: int) -> None:
    path = write_netcdf(tmp_path / "a.nc")
    path.write_bytes(path.read_bytes()[:keep])
    assert mistakes_of(path)[0].wrong == "no readable netCDF-4 file"


def test_a_netcdf_that_points_into_another_file_is_refused(tmp_path: Path) -> None:
    write_netcdf(tmp_path / "other.nc")
    with h5py.File(tmp_path / "a.nc", "w") as file:
        file["images"] = h5py.ExternalLink("other.nc", "/images")
        file["labels"] = LABELS
    assert mistakes_of(tmp_path / "a.nc")[0].wrong == "links to another file or object"


def test_a_netcdf_that_promises_a_huge_array_is_refused(tmp_path: Path) -> None:
    path = write_netcdf(tmp_path / "a.nc")
    with h5py.File(path, "a") as file:
        del file["images"]
        huge = file.create_dataset("images", (12, 2**17, 2**17), dtype="f8", chunks=(1, 64, 64))
        for axis, name in enumerate(("item", "row", "column")):
            if axis:
                del file[name]
                file.create_dataset(name, (2**17,), dtype="f4", chunks=(64,)).make_scale(name)
            huge.dims[axis].attach_scale(file[name])
    (mistake,) = mistakes_of(path)
    assert (mistake.where, mistake.wrong) == (f"{path}: images", "too large")


def test_zarr_without_zarr_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "zarr", None)
    (tmp_path / "zarr.json").write_text("{}")
    (mistake,) = mistakes_of(tmp_path)
    assert mistake.wrong == "zarr is not installed"
    assert 'pip install "brainlearn[zarr]"' in mistake.suggestion


def test_files_that_are_given_are_left_alone(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "a.npz")
    before = path.read_bytes(), os.listdir(tmp_path)
    load(path)
    assert (path.read_bytes(), os.listdir(tmp_path)) == before
