"""A netCDF file that grows along one dimension of each group, so that what is recorded need not fit into memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import h5netcdf
import numpy as np

CHUNK_BYTES = 500_000  # of what is compressed and written at once


class GrowingFile:
    """A netCDF file that is written piece by piece.

    Parameters
    ----------
    target : Path or binary file
        Where it is written; a file in memory serves what shall not stay.
    """

    def __init__(self, target: Path | IO[bytes]) -> None:
        self._file = h5netcdf.File(target, "w", track_order=True)
        self._length: dict[str, int] = {}
        self._growing: dict[str, str] = {}

    def __enter__(self) -> GrowingFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def describe(self, attrs: Mapping[str, Any], path: str = "/") -> None:
        """Set attributes of the file, or of one of its groups: text, numbers, and lists of them."""
        group = self._file if path == "/" else self._file[path]
        for name, value in attrs.items():
            group.attrs[name] = np.asarray(value) if isinstance(value, list | tuple) else value

    def add_group(
        self, path: str, fixed: Mapping[str, tuple[np.ndarray, Mapping[str, Any]]], growing: str = ""
    ) -> None:
        """Make a group with fixed coordinates and perhaps one dimension that grows.

        Parameters
        ----------
        path : str
        fixed : mapping of str to (array, attributes)
            Coordinates, by dimension.
        growing : str
            Name of the dimension that grows.
        """
        group = self._file.create_group(path)
        for name, (values, attrs) in fixed.items():
            group.dimensions[name] = len(values)
            self._fill(path, name, (name,), values, attrs)
        if growing:
            group.dimensions[growing] = None
            self._growing[path], self._length[path] = growing, 0

    def add_growing(self, path: str, name: str, dims: Sequence[str], dtype: Any, attrs: Mapping[str, Any]) -> None:
        """Make a variable of a group whose first dimension is the one that grows."""
        group = self._file[path]
        row = [group.dimensions[dim].size for dim in dims[1:]]
        bytes_of_row = max(int(np.prod(row)) * np.dtype(dtype).itemsize, 1)
        chunks = (max(1, min(CHUNK_BYTES // bytes_of_row, 65_536)), *row)
        variable = group.create_variable(
            name, tuple(dims), dtype=dtype, chunks=chunks, compression="gzip", compression_opts=1, shuffle=True
        )
        for key, value in attrs.items():
            variable.attrs[key] = value

    def append(self, path: str, values: Mapping[str, np.ndarray]) -> None:
        """Add rows to all growing variables of a group, as many to each."""
        group, rows = self._file[path], len(next(iter(values.values())))
        start = self._length[path]
        group.resize_dimension(self._growing[path], start + rows)
        for name, array in values.items():
            group[name][start : start + rows] = array
        self._length[path] = start + rows

    def length(self, path: str) -> int:
        """Return how many rows a group has."""
        return self._length[path]

    def add_array(
        self, path: str, name: str, dims: Sequence[str], values: np.ndarray, attrs: Mapping[str, Any]
    ) -> None:
        """Write a whole variable of a group."""
        self._fill(path, name, tuple(dims), values, attrs)

    def _fill(self, path: str, name: str, dims: tuple[str, ...], values: np.ndarray, attrs: Mapping[str, Any]) -> None:
        compressed = {"compression": "gzip", "compression_opts": 4, "shuffle": True} if values.size > 64 else {}
        variable = self._file[path].create_variable(name, dims, dtype=values.dtype, data=values, **compressed)
        for key, value in attrs.items():
            variable.attrs[key] = value
