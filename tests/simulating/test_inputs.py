"""Inputs as arrays, labelled arrays and files: what they mean, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import brian2
import numpy as np
import pytest
import xarray as xr

from brainlearn.mistakes import UserError
from brainlearn.simulating.input_text import course_of_text
from brainlearn.simulating.inputs import Course, Sampled, SpikeTrains, course_of
from brainlearn.units import DIMENSIONS

FREQUENCY = DIMENSIONS["frequency"]


def known(value: object) -> Course:
    found = course_of_text(value, "input A/B") if isinstance(value, str) else course_of(value, "input A/B")
    assert isinstance(found, Course)
    return found


def test_arrays_are_constant_values_of_units_and_of_copies():
    assert known([1, 2, 3]).values.shape == (1, 1, 3)
    assert known(np.ones((4, 3))).values.shape == (1, 4, 3)
    assert known(np.ones(3)).dimension is None
    assert known([2.0, 3.0] * brian2.kHz).values.tolist() == [[[2000.0, 3000.0]]]
    assert known(2 * brian2.Hz).dimension == FREQUENCY
    assert known(0.5).dimension == DIMENSIONS["dimensionless"]


def test_samples_have_times():
    found = known(Sampled(np.arange(6.0).reshape(3, 2), interval="2 ms"))
    assert (found.times.tolist(), found.values.shape) == ([0.0, 2e-3, 4e-3], (3, 1, 2))
    found = known(Sampled([1.0, 0.0], times=[0.5, 2.0] * brian2.ms))
    assert (found.times.tolist(), found.values.shape) == ([0.5e-3, 2e-3], (2, 1, 1))
    assert known(Sampled(np.zeros((3, 4, 2)), interval="1 ms")).values.shape == (3, 4, 2)


def test_labelled_arrays_say_themselves_what_is_what():
    values = np.arange(6.0).reshape(2, 3)
    array = xr.DataArray(values, dims=("unit", "time"), attrs={"units": "kHz"}, coords={"time": [0.0, 10.0, 20.0]})
    array["time"].attrs["units"] = "ms"
    found = known(array)
    assert found.times.tolist() == [0.0, 0.01, 0.02]
    assert found.values[:, 0, :].tolist() == (values.T * 1e3).tolist()
    assert found.dimension == FREQUENCY


def test_files_hold_what_arrays_hold(tmp_path: Path):
    np.savez(tmp_path / "a.npz", values=np.ones((3, 2)), interval=0.002, units="Hz", other=np.zeros(4))
    found = known(str(tmp_path / "a.npz"))
    assert (found.times.tolist(), found.values.shape, found.dimension) == ([0.0, 2e-3, 4e-3], (3, 1, 2), FREQUENCY)
    np.savez(tmp_path / "b.npz", image=np.arange(4.0))
    assert known(f"{tmp_path / 'b.npz'}:image").values.ravel().tolist() == [0.0, 1.0, 2.0, 3.0]
    np.savez(tmp_path / "c.npz", spike_time=[0.001, 0.002], spike_unit=[1, 0])
    trains = course_of_text(str(tmp_path / "c.npz"), "input A/B")
    assert isinstance(trains, SpikeTrains)
    assert (trains.times.tolist(), trains.units.tolist(), trains.copies) == ([0.001, 0.002], [1, 0], None)
    xr.DataArray([5.0, 6.0], dims="unit", name="rate", attrs={"units": "Hz"}).to_netcdf(
        tmp_path / "d.nc", engine="h5netcdf"
    )
    assert known(str(tmp_path / "d.nc")).values.ravel().tolist() == [5.0, 6.0]
    (tmp_path / "e.csv").write_text("unit,value [kHz]\n1,2\n0,1\n")
    assert known(str(tmp_path / "e.csv")).values.ravel().tolist() == [1000.0, 2000.0]
    (tmp_path / "f.csv").write_text("time [ms],0 [Hz],1\n0,1,2\n5,3,4\n")
    found = known(str(tmp_path / "f.csv"))
    assert (found.times.tolist(), found.values[:, 0].tolist()) == ([0.0, 0.005], [[1.0, 2.0], [3.0, 4.0]])
    (tmp_path / "g.csv").write_text("time,unit,copy\n0.25,1,2\n")
    trains = course_of_text(str(tmp_path / "g.csv"), "input A/B")
    assert isinstance(trains, SpikeTrains)
    assert [each.tolist() for each in (trains.times, trains.units, trains.copies)] == [[0.25], [1.0], [2.0]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("fast", 'not a quantity: it does not begin with a number; found "fast"; allowed: 0.5, "20 Hz"'),
        ("1 Hz from 3 ms to 2 ms", "not a time interval"),
        ("1 Hz from 3 mV", "wrong unit"),
        (np.ones((2, 2, 2)), "not the shape of constant values; found shape (2, 2, 2)"),
        ([1.0, np.nan], "not all of them are finite numbers"),
        (["a"], "not numbers"),
        (None, "not numbers"),
        ([[1.0], [1.0, 2.0]], "not numbers"),
        (Sampled([1.0]), "samples need an interval or times; found neither"),
        (Sampled([1.0, 2.0], times=[1.0, 1.0]), "times must increase"),
        (Sampled([1.0, 2.0], times=[-1.0, 1.0]), "times must increase"),
        (Sampled([1.0, 2.0], times=[1.0]), "one time for each sample"),
        (Sampled([1.0], interval="1 mV"), "interval: wrong unit"),
        (Sampled(3.0, interval="1 ms"), "not the shape of samples"),
        (xr.DataArray([1.0], dims="place"), "a dimension of no input; found place; allowed: time, copy, unit"),
        (xr.DataArray([1.0], dims="time"), "its dimension time has no coordinate"),
        (xr.DataArray([1.0], dims="unit", attrs={"units": "mHzz"}), "unknown unit"),
    ],
)
def test_what_is_no_input_is_named(value: object, text: str):
    with pytest.raises(UserError) as error:
        known(value)
    assert text in str(error.value)


CONTENT = {
    "empty.csv": ("", "no rows"),
    "words.csv": ("unit,value\n0,high\n", "line 2: not numbers; found 0,high"),
    "short.csv": ("time,0,1\n0,1\n", "line 2: another number of columns; found 2; allowed: 3"),
    "columns.csv": ("a,b\n0,1\n", "not the columns of an input; found a, b"),
    "missing.csv": ("unit,value\n0,1\n2,1\n", "not one row for each unit"),
    "unit.csv": ("unit,value [furlong]\n0,1\n", "unknown unit"),
    "samples.csv": ("time,0,2\n0,1,1\n", "not the columns of samples"),
    "nan.csv": ("time,0\n0,nan\n", "not all of them are finite numbers"),
    "text.npz": ("PK no archive", "cannot be read"),
    "text.nc": ("CDF no file", "cannot be read"),
}


@pytest.mark.parametrize("name", CONTENT)
def test_what_is_wrong_in_a_file_is_named(name: str, tmp_path: Path):
    content, text = CONTENT[name]
    (tmp_path / name).write_text(content)
    with pytest.raises(UserError) as error:
        course_of_text(str(tmp_path / name), "input A/B")
    assert str(error.value).startswith(f"input A/B: {tmp_path / name}")
    assert text in str(error.value)


def test_nothing_is_unpickled(tmp_path: Path):
    np.savez(tmp_path / "a.npz", values=np.array([{}], dtype=object))
    with pytest.raises(UserError, match="cannot be read"):
        course_of_text(str(tmp_path / "a.npz"), "input A/B")


def test_names_of_arrays_are_suggested(tmp_path: Path):
    np.savez(tmp_path / "a.npz", image=np.ones(3))
    with pytest.raises(UserError, match=r'no such array; found "imag"; allowed: image.* Did you mean "image"'):
        course_of_text(f"{tmp_path / 'a.npz'}:imag", "input A/B")
    xr.Dataset({"one": ("unit", [1.0]), "two": ("unit", [1.0])}).to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    with pytest.raises(UserError, match=r"the variable is ambiguous.*Name it, as a.nc:one"):
        course_of_text(str(tmp_path / "a.nc"), "input A/B")
