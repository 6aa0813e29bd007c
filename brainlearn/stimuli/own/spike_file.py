"""Spike trains from HDF5 files as those of the Spiking Heidelberg Digits: one list of times and units for each item.

Source: Cramer, Stradmann, Schemmel & Zenke, "The Heidelberg spiking data sets for the systematic evaluation of spiking
neural networks" (IEEE Transactions on Neural Networks and Learning Systems 33, 2744, 2022).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import check_regular
from brainlearn.stimuli.data_file import bad_file, gather
from brainlearn.stimuli.own.netcdf_file import refuse_links
from brainlearn.stimuli.own.sizes import LARGEST, check_size

TIMES, UNITS, LABELS = "spikes/times", "spikes/units", "labels"
SUFFIXES = (".h5", ".hdf5")
PARTS = ("train", "test")
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, IndexError)


def holds_spikes(folder: Path) -> bool:
    """Return whether a folder holds files of spikes."""
    return any(name.lower().endswith(SUFFIXES) for name in os.listdir(folder))


def read_spikes_folder(folder: Path) -> dict[str, np.ndarray]:
    """Return the events of the file for training and of that for the test, which have these words in their names.

    Raises
    ------
    UserError
        If one of the two is missing or there twice, or cannot be read.
    """
    names = sorted(name for name in os.listdir(folder) if name.lower().endswith(SUFFIXES))
    found = {part: [name for name in names if part in name.lower()] for part in PARTS}
    wrong = [
        bad_file(folder, f"not one file for {part}", ", ".join(each) or ", ".join(names), f"*{part}*.h5").mistakes[0]
        for part, each in found.items()
        if len(each) != 1
    ]
    if wrong:
        raise UserError(*wrong)
    read = gather(*[lambda name=found[part][0]: read_spikes(folder / name) for part in PARTS])
    return {f"{part}_{key}": array for part, arrays in zip(PARTS, read, strict=True) for key, array in arrays.items()}


def read_spikes(path: Path) -> dict[str, np.ndarray]:
    """Return ``spike_time`` [s], ``spike_unit`` and ``spike_item``, (spike,), and ``labels``, (item,).

    Raises
    ------
    UserError
        If it is no such file, a part of it is in another file, or is too large.
    """
    import h5py  # type: ignore[import-untyped]  # no stubs

    try:
        check_regular(path)
        refuse_links(path, ("spikes", TIMES, UNITS, LABELS))
        with h5py.File(path, "r") as file:
            return _events(path, file)
    except _DAMAGED as error:
        said = (str(error) or type(error).__name__).splitlines()[0]
        allowed = f"{TIMES} and {UNITS}, a list for each item, and {LABELS}"
        raise bad_file(path, "not a readable spike file", said, allowed) from error


def _events(path: Path, file: Any) -> dict[str, np.ndarray]:
    times, units, labels = file[TIMES], file[UNITS], file[LABELS]
    check_size(f"{path}: {LABELS}", labels.shape, labels.dtype.itemsize)
    if times.shape != units.shape or times.shape != labels.shape or times.ndim != 1:
        found = f"{times.shape}, {units.shape} and {labels.shape}"
        raise UserError(Mistake(str(path), "not one list of times and units for each label", found, "(item,) each"))
    lists: dict[str, list[np.ndarray]] = {TIMES: [], UNITS: []}
    total = 0
    for item in range(len(labels)):
        for name, column in ((TIMES, times), (UNITS, units)):
            lists[name].append(np.asarray(column[item]))
        one, other = lists[TIMES][-1], lists[UNITS][-1]
        if one.shape != other.shape or one.ndim != 1:
            found = f"{one.shape} times and {other.shape} units in item {item}"
            raise UserError(Mistake(f"{path}: {UNITS}", "times and units differ in number", found, "as many"))
        total += one.nbytes + other.nbytes
        if total > LARGEST:
            raise UserError(
                Mistake(str(path), "too large", f"item {item}", f"at most {LARGEST / 2**30:g} GiB of spikes")
            )
    counts = np.array([len(each) for each in lists[TIMES]], dtype=np.int64)
    return {
        "spike_time": np.concatenate([np.empty(0), *lists[TIMES]]).astype(np.float64),
        "spike_unit": np.concatenate([np.empty(0, dtype=np.int64), *lists[UNITS]]),
        "spike_item": np.repeat(np.arange(len(labels)), counts),
        "labels": labels[:],
    }
