"""netCDF files by way of memory: what HDF5 cannot write to a full disk ends the whole process."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
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
    with _without_dask_client():
        content = data.to_netcdf(None, engine="h5netcdf", encoding=encoding)
    # `content` is a view of a BytesIO. Released at once, also when the disk is full: a view that a traceback keeps
    # until both are garbage ends Python 3.12.1. `Path.write_bytes` would make a second view and keep that one.
    with content, path.open("wb") as file:
        file.write(content)


def _without_dask_client() -> AbstractContextManager[Any]:
    """Keep xarray from asking a Dask client that is running for a lock: it knows none for a file in memory."""
    dask = sys.modules.get("dask")  # where nobody imported it, there is no client
    return nullcontext() if dask is None else dask.config.set(scheduler="synchronous")
