"""The parts of a report: sections of blocks, as data; the template defines their appearance."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from matplotlib.figure import Figure

Cell = str | int | float | None
HALF_A_PAGE = 68  # letters of a table in a row
UNIT = r"( %| MB| s| min( \d+ s)?| h \d+ min)?"
NUMERIC = re.compile(rf"–|≈?\s?[+-]?[\d,.]+{UNIT}( ± [\d,.]+{UNIT})?")


@dataclass(frozen=True)
class Table:
    """Rows under column headers.

    Parameters
    ----------
    caption : str
    columns : tuple of str
    rows : tuple of tuple
        Columns of text are aligned left, those of numbers right; None is a dash.
    heads : int
        How many of the first cells of a row are headers of the row.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    heads: int = 1
    kind: ClassVar[str] = "table"

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers, perhaps with a unit, in all their rows."""
        return tuple(
            column >= self.heads and all(NUMERIC.fullmatch(_written(row[column])) for row in self.rows)
            for column in range(len(self.columns))
        )

    @property
    def narrow(self) -> bool:
        """Whether it needs no more than half of a wide page."""
        columns = [[head, *(str(row[k]) for row in self.rows)] for k, head in enumerate(self.columns)]
        return sum(max(map(len, column)) + 2 for column in columns) <= HALF_A_PAGE


def _written(cell: Cell) -> str:
    return cell if isinstance(cell, str) else "0"


@dataclass(frozen=True)
class Heat:
    """A matrix of counts as a table whose cells are shaded, with its picture for the folder of figures.

    Parameters
    ----------
    name : str
        Of the picture's file.
    caption, rows_are, columns_are : str
    labels : tuple of str
        Of rows and columns.
    counts, shades : tuple of tuple
        By row: the text of a cell, and how dark it is, from 0 to 1.
    source : str
        Where in the result the numbers are.
    figure : matplotlib.figure.Figure
    """

    name: str
    caption: str
    rows_are: str
    columns_are: str
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    shades: tuple[tuple[float, ...], ...]
    source: str
    figure: Figure
    kind: ClassVar[str] = "heat"

    @property
    def table(self) -> Table:
        """The same as a plain table."""
        columns = (self.rows_are, *(f"{self.columns_are} {label}" for label in self.labels))
        return Table(self.caption, columns, tuple((n, *row) for n, row in zip(self.labels, self.counts, strict=True)))


@dataclass(frozen=True)
class Picture:
    """A figure with the text next to it.

    Parameters
    ----------
    name : str
        Of its files, unique in the report.
    caption : str
    alt : str
        What it shows, for readers who do not see it.
    figure : matplotlib.figure.Figure
    source : str
        Where in the result its numbers are.
    table : Table, optional
        Its numbers; None if they are too many for a page.
    ink : bool
        Whether points that were rastered are ink on paper, which a dark page turns round.
    """

    name: str
    caption: str
    alt: str
    figure: Figure
    source: str
    table: Table | None = None
    ink: bool = False
    kind: ClassVar[str] = "picture"


@dataclass(frozen=True)
class Gallery:
    """Pictures of one kind side by side, under a heading."""

    title: str
    items: tuple[Picture | Heat, ...]
    about: str = ""
    narrow: bool = False
    kind: ClassVar[str] = "gallery"


@dataclass(frozen=True)
class Words:
    """A paragraph, perhaps with a label before it."""

    text: str
    label: str = ""
    kind: ClassVar[str] = "words"


@dataclass(frozen=True)
class Facts:
    """Names and values."""

    pairs: tuple[tuple[str, str], ...]
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True)
class Listing:
    """A text that opens on demand: a file as run."""

    title: str
    text: str
    kind: ClassVar[str] = "listing"


@dataclass(frozen=True)
class Beside:
    """Words and facts with a picture next to them, where there is room."""

    blocks: tuple[Words | Facts | Listing, ...]
    picture: Picture
    kind: ClassVar[str] = "beside"


Block = Table | Heat | Picture | Gallery | Words | Facts | Listing | Beside


@dataclass(frozen=True)
class Section:
    """A part of the report under its own heading.

    Parameters
    ----------
    name : str
        The anchor that the contents link to.
    title : str
    blocks : tuple of Block
    """

    name: str
    title: str
    blocks: tuple[Block, ...]
