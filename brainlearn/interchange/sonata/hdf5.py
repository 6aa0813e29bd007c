"""HDF5 files as SONATA has them; values that all rows share take no space."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]  # no stubs
import numpy as np

MAGIC, VERSION = 0x0A7A, (0, 1)
ROWS = 65_536  # that are compressed together


@contextmanager
def sonata_file(path: Path) -> Iterator[h5py.File]:
    """Make a file with the two attributes by which SONATA's are known."""
    with h5py.File(path, "w") as file:
        file.attrs["magic"] = np.uint32(MAGIC)
        file.attrs["version"] = np.array(VERSION, dtype=np.uint32)
        yield file


def constant(group: h5py.Group, name: str, value: float, rows: int, dtype: str) -> h5py.Dataset:
    """Make a dataset whose rows are all the same: HDF5 keeps the one value, and no row."""
    return group.create_dataset(name, shape=(rows,), dtype=dtype, fillvalue=value)


def ascending(group: h5py.Group, name: str, rows: int, dtype: str) -> h5py.Dataset:
    """Make a dataset for numbers that hardly change from row to row, which deflate well."""
    packed: dict[str, Any] = {
        "chunks": (min(rows, ROWS),),
        "compression": "gzip",
        "compression_opts": 1,
        "shuffle": True,
    }
    return group.create_dataset(name, shape=(rows,), dtype=dtype, **(packed if rows else {}))
