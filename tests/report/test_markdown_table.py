from __future__ import annotations

from brainlearn.report.markdown_table import markdown_table


def test_a_bar_and_a_line_break_do_not_end_a_cell() -> None:
    assert markdown_table(("a", "b"), [("x | y", "two\nlines")])[2] == r"| x \| y | two lines |"


def test_an_empty_cell_stays_a_cell() -> None:
    assert markdown_table(("a", "b"), [("", "1")])[1:] == ["|---|---|", "|  | 1 |"]
