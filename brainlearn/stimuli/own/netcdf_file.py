"""Arrays from a netCDF file with named dimensions, in whatever order; labels may be text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import check_regular
from brainlearn.stimuli.data_file import bad_file, gather
from brainlearn.stimuli.own.named_dimensions import in_order
from brainlearn.stimuli.own.parts import KEYS
from brainlearn.stimuli.own.sizes import check_size

if TYPE_CHECKING:
    from xarray import DataArray, Dataset

LONGEST_LABEL = 1000  # bytes that a label of unknown length is taken for
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, NotImplementedError, IndexError)


def read_netcdf(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of a netCDF-4 file that a dataset is made of.

    Raises
    ------
    UserError
        If it is no readable netCDF-4 file, an array is in another file, is too large, or has other dimensions.
    """
    import xarray

    try:
        check_regular(path)
        refuse_links(path, KEYS)
        with xarray.open_dataset(path, engine="h5netcdf", decode_times=False, cache=False) as opened:
            return arrays_of(path, opened)
    except _DAMAGED as error:
        said = (str(error) or type(error).__name__).splitlines()[0]
        hint = 'Save it with xarray: dataset.to_netcdf(path, engine="h5netcdf").'
        raise bad_file(path, "no readable netCDF-4 file", said, "a whole netCDF-4 file", hint) from error


def arrays_of(path: Path, opened: Dataset) -> dict[str, np.ndarray]:
    """Return the variables that a dataset is made of, by name, of an opened file."""
    names = [name for name in KEYS if name in opened.variables]
    if not names:
        allowed = "images or values, labels, and the other names in docs/stimuli.md"
        found = ", ".join(map(str, opened.variables)) or "none"
        raise bad_file(path, "no variable has a known name", found, allowed)
    read = gather(*(partial(_read, f"{path}: {name}", name, opened[name]) for name in names))
    return dict(zip(names, read, strict=True))


def _read(where: str, name: str, variable: DataArray) -> np.ndarray:
    kind = variable.dtype
    check_size(where, variable.shape, LONGEST_LABEL if kind.hasobject else max(kind.itemsize, 1))
    values = in_order(where, name, variable)
    if not kind.hasobject:
        return values
    if not all(isinstance(value, str) for value in values.ravel()):
        raise UserError(Mistake(where, "these are neither numbers nor text", f"type {kind}", "numbers or text"))
    return values.astype(str)


def refuse_links(path: Path, names: Iterable[str]) -> None:
    """Raise a UserError if what is asked for is in another file, which nobody has looked at."""
    import h5py  # type: ignore[import-untyped]  # no stubs

    with h5py.File(path, "r") as file:
        for name in names:
            link = file.get(name, getlink=True)
            if link is None:
                continue
            found = file[name] if isinstance(link, h5py.HardLink) else None
            if found is None or (isinstance(found, h5py.Dataset) and (found.external or found.is_virtual)):
                raise UserError(Mistake(f"{path}: {name}", "links to another file or object", "a link", "the values"))
