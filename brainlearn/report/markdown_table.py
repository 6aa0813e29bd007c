"""Tables of Markdown: the one writer for all pages, which escapes what would end a cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    r"""Return the lines of a table.

    >>> markdown_table(("a", "b"), [("1 | 2", "3")])
    ['| a | b |', '|---|---|', '| 1 \\| 2 | 3 |']
    """
    return [markdown_row(head), "|---" * len(head) + "|", *map(markdown_row, rows)]


def markdown_row(cells: Sequence[str]) -> str:
    """Return one line of a table."""
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
