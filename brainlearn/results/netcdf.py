"""netCDF files by way of memory: what HDF5 cannot write to a full disk ends the whole process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xarray import Dataset, DataTree


def write_netcdf(data: Dataset | DataTree, path: Path, encoding: Mapping[Any, Any] | None = None) -> None:
    """Write data as netCDF to `path`, most often one that `whole_file` gives.

    Raises
    ------
    OSError
        If the system refuses.
    """
    content = data.to_netcdf(None, engine="h5netcdf", encoding=encoding)
    path.write_bytes(content)
