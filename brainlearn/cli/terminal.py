r"""Text on its way to a terminal: nothing in it can steer the terminal, and every terminal can show it.

Names, paths and descriptions come from files of others. All commands print through this module, which writes control
characters as their codes (``\x1b``), and signs that the terminal does not know in ASCII.
"""

from __future__ import annotations

import codecs
import json
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

PLAIN_WIDTH = 100  # columns where there is no terminal
STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # Unicode's categories of characters that show nothing or move the rest
IN_ASCII = {"–": "-", "±": "+-", "×": "x", "√": "sqrt ", "…": "...", "·": "*", "µ": "u", "•": "*"}
ERRORS = "brainlearn_in_ascii"
FIRST_ESCAPED_BYTE, LAST_ESCAPED_BYTE = 0xDC80, 0xDCFF  # what Python makes of file names that are not UTF-8


def printable(text: str) -> str:
    r"""Return `text` with control characters, marks of direction and bytes that are no text written as codes.

    Line breaks and tabs stay.

    >>> print(printable("red \x1b[31m, caf\udce9, right to left \u202e"))
    red \x1b[31m, caf\xe9, right to left \u202e
    """
    return "".join(_code(c) if unicodedata.category(c) in STEERING and c not in "\n\t" else c for c in text)


def say(text: str, error: bool = False) -> None:
    """Print a line at once, to the standard output or that of errors."""
    print(printable(text), file=sys.stderr if error else sys.stdout, flush=True)


def say_json(data: Any) -> None:
    """Print data as JSON in ASCII, which says the same on every terminal."""
    print(json.dumps(data, indent=2), flush=True)


def terminal_console(plain_width: int = PLAIN_WIDTH, error: bool = False) -> Console:
    """Return a console of Rich for tables and text that is taken as it is: no markup, no emoji, no control characters.

    Parameters
    ----------
    plain_width : int
        Columns where there is no terminal.
    error : bool
        Print to the standard output of errors.
    """
    from rich.console import Console
    from rich.text import Text

    class PlainText(Console):
        def render_str(self, text: str, **options: Any) -> Text:  # every string goes through here, cells included
            return super().render_str(printable(text), **options)

    console = PlainText(highlight=False, markup=False, emoji=False, stderr=error)
    if not console.is_terminal:
        console.width = plain_width
    return console


def plain_table(title: str, caption: str) -> Table:
    """Return a table without columns, as all that are shown here look."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", caption=caption, caption_justify="left")
    table.box, table.padding, table.show_edge = box.SIMPLE_HEAD, (0, 1, 0, 0), False
    return table


def accept_all_characters() -> None:
    """Let the standard streams of this process write what their encoding does not have in ASCII."""
    codecs.register_error(ERRORS, _in_ascii)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a stream of Python's, and not what somebody put there
            stream.reconfigure(errors=ERRORS)


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    unknown = error.object[error.start : error.end]
    return "".join(IN_ASCII.get(c) or _code(c) for c in unknown), error.end


def _code(character: str) -> str:
    number = ord(character)
    if FIRST_ESCAPED_BYTE <= number <= LAST_ESCAPED_BYTE:
        return f"\\x{number - 0xDC00:02x}"
    return character.encode("ascii", "backslashreplace").decode() if number > 127 else f"\\x{number:02x}"
