"""The user's dataset, from the file or folder that an experiment names."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import is_folder, what_is_there
from brainlearn.stimuli.data_file import VARIABLE, bad_file
from brainlearn.stimuli.dataset import Dataset
from brainlearn.stimuli.own.choices import Choices
from brainlearn.stimuli.own.idx_folder import holds_idx, read_idx_folder
from brainlearn.stimuli.own.image_folder import read_image_folder
from brainlearn.stimuli.own.netcdf_file import read_netcdf
from brainlearn.stimuli.own.npz_file import read_npz
from brainlearn.stimuli.own.spike_file import holds_spikes, read_spikes, read_spikes_folder
from brainlearn.stimuli.own.zarr_folder import holds_zarr, read_zarr

_BY_SUFFIX: Mapping[str, Callable[[Path], dict[str, np.ndarray]]] = {
    ".npz": read_npz,
    ".nc": read_netcdf,
    ".nc4": read_netcdf,
    ".netcdf": read_netcdf,
    ".h5": read_spikes,
    ".hdf5": read_spikes,
}
_EVENTS = (".aedat", ".aedat4", ".bin", ".dat")
_FOLDERS: tuple[tuple[Callable[[Path], bool], Callable[[Path], dict[str, np.ndarray]]], ...] = (
    (holds_idx, read_idx_folder),
    (holds_zarr, read_zarr),
    (holds_spikes, read_spikes_folder),
    (lambda _: True, read_image_folder),
)
ALLOWED = (
    ".npz, .nc, .h5 with spikes, a folder of images with a sub-folder for each label, or a folder of four IDX files"
)


@dataclass(frozen=True)
class OwnData:
    """Which data an experiment asks for.

    Parameters
    ----------
    name : str
        What results call them.
    file : str
        As it is in the experiment, or its whole path.
    choices : Choices
    """

    name: str
    file: str
    choices: Choices


def load_own_data(asked: OwnData, where: str, folder: Path | None) -> Dataset:
    """Read and check the data that an experiment names.

    Parameters
    ----------
    asked : OwnData
    where : str
        Key of the experiment that names them, for mistakes.
    folder : Path or None
        Folder of all data, in which a relative name is looked for; None: ``BRAINLEARN_DATA``, if it is set.

    Raises
    ------
    UserError
        If nothing is there, if it cannot be read, or with all that is wrong with the data.
    """
    path = _found(asked, where, folder)
    read: Callable[[Path], dict[str, np.ndarray]]
    if is_folder(path):
        read = next(reader for holds, reader in _FOLDERS if holds(path))
    elif path.suffix.lower() in _BY_SUFFIX:
        read = _BY_SUFFIX[path.suffix.lower()]
    elif path.suffix.lower() in _EVENTS:
        hint = "Write times, units and items of the spikes into an npz file."
        raise bad_file(path, "unknown kind of events", f'"{path.suffix}"', ALLOWED, hint)
    else:
        raise bad_file(path, "unknown kind of data", f'"{path.suffix}"', ALLOWED)
    return Dataset.from_named(asked.name, str(path), read(path), asked.choices)


def _found(asked: OwnData, where: str, folder: Path | None) -> Path:
    named = folder or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    tried = [Path(asked.file).expanduser()] if Path(asked.file).expanduser().is_absolute() else []
    tried += [named.expanduser() / asked.file] if named is not None and not tried else []
    for path in tried:
        if there := what_is_there(path):
            if there not in ("a file", "a folder"):
                raise bad_file(path, "neither a file nor a folder", there, ALLOWED)
            return path
    found = f'nothing at "{asked.file}"' + (f", nor at {tried[0]}" if tried and str(tried[0]) != asked.file else "")
    hint = f"Give its path relative to the experiment, or its folder with --data DIR or in {VARIABLE}."
    raise UserError(Mistake(where, "no such data", found, ALLOWED, hint))
