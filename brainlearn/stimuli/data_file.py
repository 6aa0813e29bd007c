"""Files of a dataset: which folder holds them, and their bytes, compressed by gzip or not."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, TypeVar

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import open_regular

VARIABLE = "BRAINLEARN_DATA"
GZIP_MAGIC = b"\x1f\x8b"
LARGEST = 2**30  # bytes of one file, uncompressed: stops a broken archive before memory is full
FETCH_AGAIN = "Download the file again."
NAME_FOLDER = f"Name the folder with --data DIR or in the environment variable {VARIABLE}."

Result = TypeVar("Result")


def find_folder(name: str, folder: Path | None, subfolders: Sequence[str], files: Sequence[str]) -> Path:
    """Return the folder that holds the files of a dataset.

    Parameters
    ----------
    name : str
        The dataset, for the error text.
    folder : Path or None
        Folder of all data; None takes it from the environment variable ``BRAINLEARN_DATA``.
    subfolders : sequence of str
        Where in `folder` the files may be; `folder` itself is tried last.
    files : sequence of str
        Names of files of which at least one shows that the right folder was found.

    Raises
    ------
    UserError
        If no folder is named, or if it is none.
    """
    folder, origin = named_folder(name, folder)
    if not os.path.isdir(folder):  # unlike Path.is_dir, False where the folder above may not be entered
        found = "a file" if os.path.exists(folder) else "nothing there"
        wanted = f"a folder with {subfolders[0]}/{files[0]}.gz and the other files"
        where, wrong = f"{folder} ({origin})", f'no data folder for "{name}"'
        raise UserError(Mistake(where, wrong, found, wanted, NAME_FOLDER))
    places = [folder / subfolder for subfolder in subfolders if os.path.isdir(folder / subfolder)] + [folder]
    holding = (place for place in places if any(_existing(place, [file]) for file in files))
    return next(holding, places[0])


def named_folder(name: str, folder: Path | None) -> tuple[Path, str]:
    """Return the folder of all data and who names it; a UserError if nobody does. `name` is the dataset."""
    if folder is not None:
        return Path(folder).expanduser(), "folder of data"
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE]).expanduser(), VARIABLE
    raise UserError(Mistake(f'dataset "{name}"', "no data folder given", suggestion=NAME_FOLDER))


def _existing(folder: Path, names: Iterable[str]) -> Path | None:
    candidates = (folder / (name + suffix) for name in names for suffix in ("", ".gz"))
    return next((path for path in candidates if os.path.exists(path)), None)


def find_file(folder: Path, names: Sequence[str]) -> Path:
    """Return the first of `names` in `folder`, as it is or with ``.gz``; a UserError if there is none."""
    path = _existing(folder, names)
    if path is None:
        allowed = f"{names[0]} or {names[0]}.gz"
        suggestion = f"Put it there, or name another folder with --data DIR or {VARIABLE}."
        raise bad_file(folder / names[0], "missing file", _listing(folder), allowed, suggestion)
    return path


def _listing(folder: Path, most: int = 12) -> str:
    try:
        present = sorted(os.listdir(folder))
    except OSError as error:
        return error.strerror or str(error)
    return ", ".join(present[:most]) + (", ..." if len(present) > most else "") or "an empty folder"


def read_bytes(path: Path) -> bytearray:
    """Return the content of `path`, uncompressed.

    The first bytes tell whether a file is compressed; only a name that ends in ``.gz`` demands it.

    Raises
    ------
    UserError
        If the file is unreadable, empty, truncated, corrupt, or larger than 1 GiB.
    """
    try:
        with open_regular(path) as file:
            return _read_open(path, file)
    except EOFError:
        raise bad_file(path, "truncated gzip file", _size(path), "the whole file", FETCH_AGAIN) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise bad_file(path, "corrupt gzip file", str(error), "the published bytes", FETCH_AGAIN) from None
    except OSError as error:
        raise bad_file(path, "cannot be read", error.strerror or str(error), "a readable file") from None


def _read_open(path: Path, file: IO[bytes]) -> bytearray:
    start = file.read(len(GZIP_MAGIC))
    if not start:
        raise bad_file(path, "empty file", "0 bytes", "the published bytes", FETCH_AGAIN)
    file.seek(0)
    if start == GZIP_MAGIC:
        with gzip.open(file) as stream:
            return _read_stream(path, stream)
    if path.suffix == ".gz":
        allowed = f"0x{GZIP_MAGIC.hex()}"
        hint = "Remove .gz from its name if it is uncompressed, or download it again."
        raise bad_file(path, "not a gzip file", f"first bytes 0x{start.hex()}", allowed, hint)
    return _read_stream(path, file)


def _read_stream(path: Path, stream: IO[bytes] | gzip.GzipFile) -> bytearray:
    content = bytearray()
    while chunk := stream.read(2**20):
        content += chunk
        if len(content) > LARGEST:
            raise bad_file(path, "too large", "more than 1 GiB", "at most 1 GiB, uncompressed")
    return content


def _size(path: Path) -> str:
    return f"{path.stat().st_size} bytes, truncated"


def bad_file(path: Path, wrong: str, found: str, allowed: str, suggestion: str = "") -> UserError:
    """Return the error to raise about the file `path`."""
    return UserError(Mistake(str(path), wrong, found, allowed, suggestion))


def gather(*jobs: Callable[[], Result]) -> list[Result]:
    """Return what each of `jobs` returns; raise the mistakes of all of them at once."""
    results: list[Result] = []
    mistakes: list[Mistake] = []
    for job in jobs:
        try:
            results.append(job())
        except UserError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        raise UserError(*mistakes)
    return results
