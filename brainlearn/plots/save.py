"""Write a figure whole or not at all, the same bytes for the same figure."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from brainlearn.mistakes import Mistake, UserError, closest
from brainlearn.results.whole_file import whole_file

# without date and version, the same figure gives the same file
METADATA: dict[str, dict[str, None]] = {".png": {"Software": None}, ".svg": {"Date": None, "Creator": None}}


def save_figure(figure: Figure, path: str | Path, dpi: int = 120) -> None:
    """Write `figure` as PNG or SVG.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    path : str or Path
        Ends in ``.png`` or ``.svg``.
    dpi : int
        Dots per inch of a PNG.

    Raises
    ------
    UserError
        If the ending is another one, or the file cannot be written.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in METADATA:
        found = ending or "no ending"
        raise UserError(Mistake(str(path), "no format for figures", found, ".png, .svg", closest(ending, METADATA)))
    with whole_file(path) as part, mpl.rc_context({"svg.hashsalt": "brainlearn", "svg.fonttype": "none"}):
        figure.savefig(part, format=ending[1:], dpi=dpi, facecolor="white", metadata=METADATA[ending])
