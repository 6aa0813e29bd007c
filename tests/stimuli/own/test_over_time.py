"""Data of one's own over time: frames, spikes and values as targets, by file and by array."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import xarray as xr

from brainlearn import Dataset
from brainlearn.mistakes import UserError
from brainlearn.stimuli import Choices, OwnData, load_own_data, settle, write_dataset

ITEMS, STEPS, UNITS = 12, 5, 4
RNG = np.random.default_rng(1)
FRAMES = RNG.random((ITEMS, STEPS, UNITS))
LABELS = np.array([0, 1, 2] * 4)
CURVES = RNG.normal(size=(ITEMS, STEPS, 2))
FRAME = 2e-3  # s
SPIKES = RNG.random((ITEMS, STEPS, UNITS)) < 0.3
SPIKES[-1, -1, -1] = True
ITEM, STEP, UNIT = np.nonzero(SPIKES)
EVENTS = {"spike_time": (STEP + 0.5) * FRAME, "spike_unit": UNIT, "spike_item": ITEM}
CHOICES = Choices(frame=FRAME)


def load(path: Path, choices: Choices = CHOICES) -> Dataset:
    return load_own_data(OwnData("own", str(path), choices), "experiment.toml: dataset.file", None)


def refused(**arrays: Any) -> str:
    with pytest.raises(UserError) as caught:
        Dataset.from_named("own", "here", arrays, CHOICES)
    return str(caught.value)


def test_frames_are_the_same_from_every_kind_of_file_and_from_python(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", values=FRAMES, labels=LABELS)
    values = ("step", "unit", "item"), FRAMES.transpose(1, 2, 0)
    xr.Dataset({"values": values, "labels": ("item", LABELS)}).to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    found = [load(tmp_path / "a.npz"), load(tmp_path / "a.nc"), Dataset.from_arrays(values=FRAMES, labels=LABELS)]
    assert len({each.sha256 for each in found}) == 1
    every = np.concatenate([found[0].images, found[0].test_images])
    np.testing.assert_allclose(np.sort(every, axis=None), np.sort(FRAMES, axis=None), rtol=1e-6)
    shape = found[0].shape
    assert (shape.frames, shape.pixels, shape.classes, shape.wanted.values) == (STEPS, UNITS, 3, False)


def test_targets_of_a_netcdf_file_have_a_dimension_of_their_own(tmp_path: Path) -> None:
    values, targets = ("item", "step", "unit"), ("output", "item", "step")
    dims = {"values": (values, FRAMES), "targets": (targets, CURVES.transpose(2, 0, 1))}
    xr.Dataset(dims).to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    assert load(tmp_path / "a.nc").sha256 == Dataset.from_arrays(values=FRAMES, targets=CURVES).sha256


def write_heidelberg(path: Path, items: slice = slice(None)) -> None:
    """Write spikes as the Spiking Heidelberg Digits hold them: half-precision times, a list for each item."""
    chosen = np.arange(ITEMS)[items]
    with h5py.File(path, "w") as file:
        lists = {"times": np.float16, "units": np.uint16}
        for name, kind in lists.items():
            column = file.create_dataset(f"spikes/{name}", (len(chosen),), h5py.vlen_dtype(kind))
            for row, item in enumerate(chosen):
                column[row] = EVENTS["spike_time" if name == "times" else "spike_unit"][item == ITEM].astype(kind)
        file["labels"] = LABELS[chosen]


def test_events_become_frames_in_which_units_spike(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", labels=LABELS, test=np.arange(9, 12), **EVENTS)
    found = load(tmp_path / "a.npz")
    assert found.images.dtype == np.uint8
    np.testing.assert_array_equal(found.images, SPIKES[:9])
    np.testing.assert_array_equal(found.test_images, SPIKES[9:])
    write_heidelberg(tmp_path / "spikes.h5")
    drawn = Dataset.from_arrays(labels=LABELS, frame="2 ms", **EVENTS)
    assert load(tmp_path / "spikes.h5").sha256 == drawn.sha256
    (tmp_path / "both").mkdir()
    write_heidelberg(tmp_path / "both" / "shd_train.h5", slice(0, 9))
    write_heidelberg(tmp_path / "both" / "shd_test.h5", slice(9, 12))
    assert load(tmp_path / "both").sha256 == found.sha256


def test_the_duration_and_the_units_may_be_more_than_what_spikes() -> None:
    some = {name: array[ITEM < 2] for name, array in EVENTS.items()}
    arrays = {"labels": np.array([0, 1]), "test": np.array([1]), "train": np.array([0]), "units": np.array(9)}
    whole = Dataset.from_named("own", "here", {**some, **arrays, "classes": 2, "duration": np.array(0.02)}, CHOICES)
    assert whole.images.shape == (1, 10, 9)


def test_values_are_targets_of_the_whole_presentation_or_of_each_frame() -> None:
    for targets, frames in ((CURVES, STEPS), (CURVES[:, 0], 0)):
        found = Dataset.from_arrays(values=FRAMES, targets=targets)
        assert (found.wanted.values, found.wanted.frames, found.classes) == (True, frames, 2)
        every = np.concatenate([found.labels, found.test_labels])
        assert every.dtype == np.float32
        np.testing.assert_allclose(np.sort(every, axis=None), np.sort(targets, axis=None).astype(np.float32))
        assert len(found.test_labels) == 2


@pytest.mark.parametrize("given", [{"values": FRAMES}, {"values": SPIKES}, {"values": FRAMES[:, 0]}])
@pytest.mark.parametrize("wanted", [{"labels": LABELS}, {"targets": CURVES}, {"targets": CURVES[:, 1]}])
def test_a_dataset_of_a_script_is_the_same_when_it_was_written(tmp_path: Path, given: Any, wanted: Any) -> None:
    dataset = settle(Dataset.from_arrays(**given, **wanted))
    write_dataset(dataset, tmp_path / "data.npz")
    assert load(tmp_path / "data.npz").sha256 == dataset.sha256


def test_what_is_wrong_with_frames_and_targets_is_named() -> None:
    assert "there are no labels; found values; allowed: labels: one for each image; or targets" in refused(
        values=FRAMES
    )
    both = refused(values=FRAMES, labels=LABELS, targets=CURVES)
    assert "both define the correct answer; found labels and targets" in both
    assert "5 frames, and targets for 4" in refused(values=FRAMES, targets=CURVES[:, 1:])
    assert "12 items and 11 targets" in refused(values=FRAMES, targets=CURVES[1:])
    assert "targets are not finite; found in item 3" in refused(values=FRAMES, targets=np.where(
        np.arange(ITEMS)[:, None, None] == 3, np.nan, CURVES))  # fmt: skip
    assert "targets do not vary" in refused(values=FRAMES, targets=np.ones((ITEMS, 2)))
    assert "Add a dimension for one output" in refused(values=FRAMES, targets=CURVES[:, 0, 0])
    other = refused(train_values=FRAMES, train_targets=CURVES, test_values=FRAMES, test_targets=CURVES[:, 0])
    assert "test and training differ in their labels or targets" in other


def test_what_is_wrong_with_events_is_named_before_frames_are_made() -> None:
    def events(**others: Any) -> str:
        return refused(**{**EVENTS, "labels": LABELS, **others})

    assert "spike_item: outside of the items; found 99" in events(spike_item=np.where(ITEM == 3, 99, ITEM))
    assert "spike_unit: not one for each spike" in events(spike_unit=UNIT[1:])
    assert "spike_time: times must be measured from the onset" in events(spike_time=EVENTS["spike_time"] - 1)
    assert "spike_unit: outside of the units; found 3" in events(units=np.array(3))
    assert "spike_time: outside of the frames" in events(duration=np.array(2e-3))
    assert "spike_time: too large" in events(duration=np.array(1e9))
    assert "no spike_unit" in refused(spike_time=STEP * FRAME, spike_item=ITEM, labels=LABELS)
    assert "the number of items is unknown" in refused(**EVENTS)
    with pytest.raises(UserError, match="the duration of a frame of spikes is unknown"):
        Dataset.from_arrays(labels=LABELS, **EVENTS)


def test_broken_files_of_spikes_are_named(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["labels"] = LABELS
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "a_train.h5").touch()
    for path, said in (("a.h5", "not a readable spike file"), ("two", "not one file for test")):
        with pytest.raises(UserError, match=said):
            load(tmp_path / path)
    write_heidelberg(tmp_path / "b.h5")
    with h5py.File(tmp_path / "b.h5", "a") as file:
        file["spikes/units"][0] = np.arange(50, dtype=np.uint16)
    with pytest.raises(UserError, match=r"times and units differ in number; found .* in item 0"):
        load(tmp_path / "b.h5")
    with h5py.File(tmp_path / "c.h5", "w") as file:
        file["spikes"] = h5py.ExternalLink("b.h5", "/spikes")
        file["labels"] = LABELS
    with pytest.raises(UserError, match="links to another file or object"):
        load(tmp_path / "c.h5")
