"""Arrays from a Zarr folder with named dimensions, where zarr is installed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import is_regular, read_bytes, what_is_there
from brainlearn.stimuli.data_file import bad_file
from brainlearn.stimuli.own.netcdf_file import arrays_of

MARKS = ("zarr.json", ".zgroup", ".zattrs")
CODECS = {"bytes", "blosc", "zstd", "gzip", "zlib", "bz2", "lz4", "lzma", "shuffle", "delta", "crc32c", "transpose"}
CODECS |= {"vlen-utf8", "string", "fixedscaleoffset", "numcodecs.zlib", "numcodecs.shuffle"}
"""Codecs that turn bytes into numbers or text; others, as pickle, may run what a file says."""
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, NotImplementedError, IndexError)


def holds_zarr(folder: Path) -> bool:
    """Return whether a folder is one of Zarr."""
    return any(is_regular(folder / mark) for mark in MARKS)


def read_zarr(folder: Path) -> dict[str, np.ndarray]:
    """Return the arrays of a Zarr folder that a dataset is made of.

    Raises
    ------
    UserError
        If zarr is not installed, the folder cannot be read, or holds anything but regular files and known codecs.
    """
    import xarray

    try:
        import zarr  # noqa: F401
    except ImportError:
        hint = 'Install it: pip install "brainlearn[zarr]", or save the data as netCDF or npz.'
        raise bad_file(folder, "zarr is not installed", "a Zarr folder", "", hint) from None
    if mistakes := list(_strange(folder)):
        raise UserError(*mistakes)
    try:
        with xarray.open_dataset(folder, engine="zarr", consolidated=False, decode_times=False, cache=False) as opened:
            return arrays_of(folder, opened)
    except _DAMAGED as error:
        said = (str(error) or type(error).__name__).splitlines()[0]
        raise bad_file(folder, "no readable Zarr folder", said, "a whole Zarr folder") from error


def _strange(folder: Path) -> Iterator[Mistake]:
    """Yield entries of the folder that are not regular files, and unknown codecs."""
    for place, folders, files in os.walk(folder):
        for name in [*files, *(each for each in folders if os.path.islink(os.path.join(place, each)))]:
            path = Path(place) / name
            if os.path.islink(path) or not is_regular(path):
                yield Mistake(str(path), "no regular file", what_is_there(path) or "a link", "regular files")
            elif name in (".zarray", ".zmetadata", "zarr.json"):
                yield from _odd_codecs(path)


def _odd_codecs(path: Path) -> Iterator[Mistake]:
    try:
        found = json.loads(read_bytes(path))
        odd = sorted({str(name) for name in _codecs(found)} - CODECS)
    except (OSError, ValueError, RecursionError) as error:
        yield Mistake(str(path), "cannot be read", str(error), "JSON")
        return
    if odd:
        yield Mistake(str(path), "a codec not known to be safe", ", ".join(odd), ", ".join(sorted(CODECS)))


def _codecs(found: Any) -> Iterator[str]:
    """Yield the names of all codecs in the description of arrays."""
    if isinstance(found, list):
        for each in found:
            yield from _codecs(each)
    if not isinstance(found, dict):
        return
    for key, value in found.items():
        if key in ("filters", "compressor", "codecs", "index_codecs"):
            for each in value if isinstance(value, list) else [value]:
                name = each.get("id", each.get("name")) if isinstance(each, dict) else None
                if each is not None:
                    yield str(name)
        yield from _codecs(value)
