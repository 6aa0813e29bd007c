"""Every figure of a report as a file: PNG, SVG, and its numbers as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from brainlearn.mistakes import UserError
from brainlearn.plots.save import save_figure
from brainlearn.report.blocks import Heat, Picture, Table
from brainlearn.report.markdown_table import markdown_table
from brainlearn.results.run_folder import RESULT
from brainlearn.results.whole_file import not_writable, write_text


def write_figures(pictures: Sequence[Picture | Heat], folder: Path) -> list[Path]:
    """Write NAME.png, NAME.svg and NAME.csv of every picture, and a list of them with captions and sources.

    Numbers that are too many for a table, as weights, are in result.nc, where the list says.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(not_writable(folder, error)) from error
    rows: list[tuple[str, str, str]] = []
    written = []
    for picture in pictures:
        stem = folder / picture.name
        for ending in (".png", ".svg"):
            save_figure(picture.figure, stem.with_name(stem.name + ending))
            written.append(stem.with_name(stem.name + ending))
        numbers = f"{RESULT}: {picture.source}"
        if picture.table is not None:
            written.append(stem.with_name(stem.name + ".csv"))
            write_text(written[-1], csv_text(picture.table))
            numbers = f"{written[-1].name}; {numbers}"
        caption = picture.caption if isinstance(picture, Heat) else f"{picture.caption} {picture.alt}"
        rows.append((picture.name, caption, numbers))
    table = markdown_table(("figure", "what", "numbers"), rows)
    write_text(folder / "README.md", "\n".join(["# Figures", "", *table, ""]))
    return [*written, folder / "README.md"]


def csv_text(table: Table) -> str:
    r"""Write a table as CSV; what was not measured is empty.

    >>> csv_text(Table("", ("epoch", "error"), ((1, 40.0), (2, None))))
    'epoch,error\n1,40.0\n2,\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue()
