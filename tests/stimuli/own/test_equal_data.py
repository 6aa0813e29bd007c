"""Equal data give equal bytes, whichever way they come."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr

from brainlearn import Dataset
from brainlearn.stimuli import Choices, settle, write_dataset
from tests.stimuli.conftest import idx_bytes
from tests.stimuli.own.small_data import IMAGES, LABELS, NAMES, load, same, write_folder, write_netcdf, write_npz

EXPECTED = Dataset.from_arrays(IMAGES, LABELS)


def test_the_grey_levels_and_the_division_are_as_computed_by_hand() -> None:
    images = np.concatenate([EXPECTED.images, EXPECTED.test_images])
    labels = np.concatenate([EXPECTED.labels, EXPECTED.test_labels])
    by_hand = {(IMAGES[k].astype(np.float32) / np.float32(255)).tobytes(): LABELS[k] for k in range(12)}
    assert {image.tobytes(): label for image, label in zip(images, labels, strict=True)} == by_hand
    assert len(EXPECTED.test_labels) == round(0.2 * 12)
    assert images.dtype == np.float32
    assert (EXPECTED.classes, EXPECTED.sheet, EXPECTED.channels) == (3, (2, 3), 1)


def test_npz_netcdf_folder_and_arrays_are_the_same(tmp_path: Path) -> None:
    turned = (("column", "item", "row"), IMAGES.transpose(2, 0, 1))
    same(load(write_npz(tmp_path / "a.npz")), EXPECTED)
    same(load(write_netcdf(tmp_path / "a.nc", images=turned)), EXPECTED)
    same(load(write_folder(tmp_path / "pngs")), EXPECTED)
    same(Dataset.from_arrays(torch.tensor(IMAGES), torch.tensor(LABELS)), EXPECTED)
    array = xr.DataArray(IMAGES.transpose(1, 2, 0), dims=("row", "column", "item"))
    same(Dataset.from_arrays(array, xr.DataArray(LABELS, dims="item")), EXPECTED)
    same(Dataset.from_arrays(IMAGES / 255, LABELS.tolist()), EXPECTED)
    same(Dataset.from_arrays(IMAGES * 16.0, LABELS, value_range=(0, 255 * 16)), EXPECTED)


def test_text_labels_are_mapped_alike_and_keep_their_names(tmp_path: Path) -> None:
    labels = NAMES[LABELS]
    ways = [
        load(write_npz(tmp_path / "a.npz", labels=labels)),
        load(write_npz(tmp_path / "bytes.npz", labels=labels.astype("S"))),
        load(write_netcdf(tmp_path / "a.nc", labels=("item", labels))),
        load(write_folder(tmp_path / "pngs", labels=labels)),
        Dataset.from_arrays(IMAGES, labels.tolist()),
        Dataset.from_arrays(IMAGES, labels.astype(object)),
    ]
    for found in ways:
        same(found, EXPECTED)
        assert found.class_names == ("cat", "dog", "emu")


def test_numbers_may_be_names(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "a.npz", labels=np.array([1, 9, 10])[LABELS])
    found = load(path, Choices(as_names=True))
    same(found, EXPECTED)
    assert found.class_names == ("1", "9", "10")


def test_a_table_of_pixels_lies_in_one_row(tmp_path: Path) -> None:
    flat = IMAGES.reshape(12, 6)
    for found in (
        load(write_npz(tmp_path / "a.npz", images=flat)),
        load(write_netcdf(tmp_path / "a.nc", images=(("unit", "item"), flat.T))),
    ):
        assert found.sheet == (1, 6)
        assert found.sha256 == EXPECTED.sha256


def test_colours_lie_channel_by_channel(tmp_path: Path) -> None:
    colours = np.random.default_rng(4).integers(0, 256, (12, 2, 3, 3)).astype(np.uint8)
    found = load(write_folder(tmp_path / "pngs", images=colours))
    same(found, load(write_npz(tmp_path / "a.npz", images=colours)))
    assert (found.sheet, found.channels) == ((2, 3), 3)
    first = found.images[0].reshape(3, 2, 3)
    assert any(np.array_equal(first, np.float32(each.transpose(2, 0, 1)) / np.float32(255)) for each in colours)


def test_four_idx_files_are_read_as_mnist_is(tmp_path: Path) -> None:
    for part, at in (("emnist-train", slice(0, 9)), ("emnist-t10k", slice(9, 12))):
        content = gzip.compress(idx_bytes(IMAGES[at]))
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(content)
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx_bytes(LABELS[at]))
    found = load(tmp_path)
    same(found, Dataset.from_arrays(IMAGES[:9], LABELS[:9], IMAGES[9:], LABELS[9:]))
    assert found.validate_on_last


@pytest.mark.parametrize("way", ["parts", "numbers", "mask", "folders"])
def test_named_test_items_are_the_test(tmp_path: Path, way: str) -> None:
    mask = np.arange(12) >= 9
    if way == "folders":
        for part, chosen in (("train", ~mask), ("test", mask)):
            write_folder(tmp_path / "own" / part, IMAGES[chosen], LABELS[chosen])
        found = load(tmp_path / "own")
    else:
        arrays = {
            "parts": {"images": IMAGES[:9], "labels": LABELS[:9], "test_images": IMAGES[9:], "test_labels": LABELS[9:]},
            "numbers": {"test": np.array([9, 10, 11]), "train": np.arange(9)},
            "mask": {"test": mask},
        }[way]
        found = load(write_npz(tmp_path / "a.npz", **arrays))
    same(found, Dataset.from_arrays(IMAGES[:9], LABELS[:9], IMAGES[9:], LABELS[9:]))
    np.testing.assert_array_equal(found.test_labels, LABELS[9:])


def test_the_drawn_test_depends_on_the_seed_and_has_every_class_in_its_proportion() -> None:
    labels = np.repeat([0, 1, 2], [100, 50, 10])
    images = np.arange(160, dtype=float)[:, None] / 160
    first, second = (Dataset.from_arrays(images, labels, test=0.3, seed=seed) for seed in (1, 2))
    for found in (first, second):
        assert np.bincount(found.test_labels).tolist() == [30, 15, 3]
        both = np.concatenate([found.images, found.test_images])
        assert np.array_equal(np.sort(both[:, 0]), images[:, 0].astype(np.float32))
    assert first.sha256 != second.sha256
    assert first.sha256 == Dataset.from_arrays(images, labels, test=0.3, seed=1).sha256


@pytest.mark.parametrize("channels", [1, 3])
def test_a_dataset_is_written_and_read_back_bit_for_bit(tmp_path: Path, channels: int) -> None:
    rng = np.random.default_rng(1)
    images = rng.random((12, 6 * channels), dtype=np.float32)
    given = Dataset("own", images, LABELS, images[:2], LABELS[:2], 5, (2, 3), channels, validate_on_last=True)
    write_dataset(given, tmp_path / "data.npz")
    found = load(tmp_path / "data.npz")
    same(found, given)
    assert found.validate_on_last


def test_a_dataset_of_tensors_is_settled() -> None:
    images = torch.rand(12, 6, dtype=torch.float64, requires_grad=True)
    found = settle(Dataset("own", images, torch.tensor(LABELS), images[:2], LABELS[:2], 3, (2, 3)))  # type: ignore[arg-type]
    assert found.images.dtype == np.float32
    np.testing.assert_array_equal(found.images, images.detach().numpy().astype(np.float32))
