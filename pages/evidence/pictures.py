"""The picture of a recorded result, drawn from the record, with the record's hash in it: an old one can be told."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.store import load_result
from brainlearn.results.whole_file import whole_file

FIGURE, RECORD = "figure.png", "metrics.nc"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEY = b"Record"  # of the text in the PNG; its value is the SHA-256 of the record


def redraw(experiment: Path) -> Path:
    """Draw the figure of an experiment anew from what is recorded of it, and return its path.

    Weights are not recorded, so receptive fields are left out.

    Raises
    ------
    UserError
        If nothing is recorded.
    """
    from brainlearn.plots.overview import overview
    from brainlearn.plots.save import save_figure

    figure, record = experiment / "result" / FIGURE, experiment / "result" / RECORD
    save_figure(overview(load_result(record)), figure)
    stamp(figure, record)
    return figure


def stamp(figure: Path, record: Path) -> None:
    """Write the hash of a record into the PNG that shows it."""
    content = figure.read_bytes()
    text = KEY + b"\0" + _hash(record).encode("ascii")
    kept = [whole for kind, data, whole in _chunks(content, figure) if not _is_stamp(kind, data)]
    new = struct.pack(">I", len(text)) + b"tEXt" + text + struct.pack(">I", zlib.crc32(b"tEXt" + text))
    with whole_file(figure) as part:
        part.write_bytes(b"".join([SIGNATURE, kept[0], new, *kept[1:]]))  # after the header


def shows(figure: Path, record: Path) -> bool:
    """Tell whether a PNG was drawn from this very record."""
    stamps = [data for kind, data, _ in _chunks(figure.read_bytes(), figure) if _is_stamp(kind, data)]
    return stamps == [KEY + b"\0" + _hash(record).encode("ascii")]


def _is_stamp(kind: bytes, data: bytes) -> bool:
    return kind == b"tEXt" and data.startswith(KEY + b"\0")


def _hash(record: Path) -> str:
    return hashlib.sha256(record.read_bytes()).hexdigest()


def _chunks(content: bytes, figure: Path) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield kind, data and the whole of every chunk of a PNG."""
    if not content.startswith(SIGNATURE):
        raise UserError(Mistake(str(figure), "is no PNG"))
    at = len(SIGNATURE)
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        end = at + 12 + length
        yield content[at + 4 : at + 8], content[at + 8 : end - 4], content[at:end]
        at = end
