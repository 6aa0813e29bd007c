"""Pictures of recorded results, drawn from the records, with a record's hash in each: an old one can be told."""

from __future__ import annotations

import hashlib
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.store import load_result
from brainlearn.results.whole_file import whole_file

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEY = b"Record"  # of the text in the PNG; its value is the SHA-256 of the record
RECORDS_OF_SCRIPTS = (
    "result.nc",
    "runs.json",
    "memory.json",
)  # of experiments with a run.py, which draws figure.png from them


def record_of(picture: Path) -> Path:
    """Return the record that a picture in ``result/`` shows.

    Raises
    ------
    UserError
        If there is none.
    """
    names = {"figure": ("metrics.nc", *RECORDS_OF_SCRIPTS), "comparison": ("comparison.json",)}
    allowed = names.get(picture.stem, (f"{picture.stem}.nc",))
    for name in allowed:
        if (picture.parent / name).is_file():
            return picture.parent / name
    raise UserError(Mistake(str(picture), "nothing is recorded that it shows", "none of the files", ", ".join(allowed)))


def redraw(picture: Path) -> Path:
    """Draw a picture in ``result/`` again from what is recorded, stamp it, and return its path.

    Weights are not recorded, so receptive fields are left out.

    Raises
    ------
    UserError
        If nothing is recorded.
    """
    record = record_of(picture)
    draw = DRAW.get(record.name, _draw_sweep)
    draw(record, picture)
    stamp(picture, record)
    return picture


def _draw_run(record: Path, picture: Path) -> None:
    from brainlearn.plots.overview import overview
    from brainlearn.plots.save import save_figure

    save_figure(overview(load_result(record)), picture)


def _draw_comparison(record: Path, picture: Path) -> None:
    from brainlearn.plots.comparison import comparison_as_recorded
    from brainlearn.plots.save import save_figure
    from brainlearn.results.comparison import LATER

    runs = json.loads(record.read_text(encoding="utf-8"))
    save_figure(comparison_as_recorded([dict.fromkeys(LATER) | run for run in runs]), picture)


def _draw_angles(record: Path, picture: Path) -> None:
    from brainlearn.plots.alignment import alignment_as_recorded
    from brainlearn.plots.save import save_figure
    from brainlearn.results.alignment_seeds import load_alignment

    save_figure(alignment_as_recorded(load_alignment(record)), picture)


def _draw_sweep(record: Path, picture: Path) -> None:
    from brainlearn.plots.save import save_figure
    from brainlearn.plots.sweep import sweep_figure
    from brainlearn.sweep.store import load_sweep_result

    save_figure(sweep_figure(load_sweep_result(record)), picture)


def _draw_by_script(record: Path, picture: Path) -> None:
    """Let the experiment's own script draw its figure from its record."""
    subprocess.run([sys.executable, str(picture.parents[1] / "run.py"), "--again"], check=True)


DRAW: dict[str, Callable[[Path, Path], None]] = {
    "metrics.nc": _draw_run,
    "comparison.json": _draw_comparison,
    "alignment.nc": _draw_angles,
    **dict.fromkeys(RECORDS_OF_SCRIPTS, _draw_by_script),
}


def stamp(picture: Path, record: Path) -> None:
    """Write the hash of a record into the PNG that shows it."""
    content = picture.read_bytes()
    text = KEY + b"\0" + _hash(record).encode("ascii")
    kept = [whole for kind, data, whole in _chunks(content, picture) if not _is_stamp(kind, data)]
    new = struct.pack(">I", len(text)) + b"tEXt" + text + struct.pack(">I", zlib.crc32(b"tEXt" + text))
    with whole_file(picture) as part:
        part.write_bytes(b"".join([SIGNATURE, kept[0], new, *kept[1:]]))  # after the header


def shows(picture: Path, record: Path) -> bool:
    """Tell whether a PNG was drawn from this very record."""
    stamps = [data for kind, data, _ in _chunks(picture.read_bytes(), picture) if _is_stamp(kind, data)]
    return stamps == [KEY + b"\0" + _hash(record).encode("ascii")]


def _is_stamp(kind: bytes, data: bytes) -> bool:
    return kind == b"tEXt" and data.startswith(KEY + b"\0")


def _hash(record: Path) -> str:
    return hashlib.sha256(record.read_bytes()).hexdigest()


def _chunks(content: bytes, picture: Path) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield kind, data and the whole of every chunk of a PNG."""
    if not content.startswith(SIGNATURE):
        raise UserError(Mistake(str(picture), "is no PNG"))
    at = len(SIGNATURE)
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        end = at + 12 + length
        yield content[at + 4 : at + 8], content[at + 8 : end - 4], content[at:end]
        at = end
