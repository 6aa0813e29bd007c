"""Keep the dataset of a sweep in one netCDF file, and read it back."""

from __future__ import annotations

from pathlib import Path

from xarray import Dataset, open_dataset

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import is_folder, is_regular, what_is_there
from brainlearn.results.netcdf import write_netcdf
from brainlearn.results.seal import seal
from brainlearn.results.store import COMPRESSION, failed_reading
from brainlearn.results.whole_file import whole_file

RESULT = "sweep.nc"


def save_sweep(dataset: Dataset, path: str | Path) -> None:
    """Write the dataset of a sweep as netCDF, whole or not at all; UserError if it cannot be written."""
    encoding = {name: dict(COMPRESSION) for name, v in dataset.variables.items() if v.dtype.kind in "fi" and v.ndim}
    with whole_file(path) as part:
        write_netcdf(dataset, part, encoding)
        seal(part)


def load_sweep_result(path: str | Path) -> Dataset:
    """Read the dataset of a sweep into memory and close its file.

    Parameters
    ----------
    path : str or Path
        A sweep's folder, or its ``sweep.nc``.

    Raises
    ------
    UserError
        If there is no such file, or it cannot be read.
    """
    path = Path(path)
    file = path / RESULT if is_folder(path) else path
    if not is_regular(file):
        raise UserError(Mistake(str(file), "no such file", what_is_there(file), f"a sweep's folder, or its {RESULT}"))
    with failed_reading(file), open_dataset(file, engine="h5netcdf", decode_times=False) as opened:
        return opened.load().copy(deep=True)
