"""Read a TOML file; whatever is wrong with it becomes a `UserError`."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from brainlearn.mistakes import Mistake, UserError, closest

LARGEST_FILE = 4_000_000
"""Bytes; hand-written files are far smaller."""

DEEPEST = 32
"""Parts of a dotted key. Tables are built part by part, each time from the first one on: 40,000 took a minute."""

_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*"|'[^'\n]*')"""
_DEEP = re.compile(rf"(?:^[ \t]*+\[*|[{{,])[ \t]*+{_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{DEEPEST}}}", re.MULTILINE)
_LINES = "lines of `key = value`, and [tables]"
_UTF8 = "Is it a text file? If so, save it as UTF-8."


def read_toml(path: str | Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    UserError
        If there is no such file, or it cannot be read, or is not TOML.
    """
    text = _read_text(Path(path))
    if deep := _DEEP.search(text):
        line = text.count("\n", 0, deep.start()) + 1
        where, allowed = f"{path}: line {line}", f"at most {DEEPEST} parts joined by dots"
        raise UserError(Mistake(where, "a key is nested too deeply", f"`{deep[0].strip():.40}…`", allowed))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(_not_toml(path, text, error)) from None
    except RecursionError:
        raise UserError(Mistake(str(path), "nested too deeply", allowed="a few levels of tables and lists")) from None
    except ValueError as error:  # such as a number of 5000 digits
        raise UserError(Mistake(str(path), f"not readable as TOML: {error}")) from None


def _read_text(path: Path) -> str:
    where = str(path)
    try:
        if path.is_dir():
            raise UserError(Mistake(where, "cannot read the file", "a folder", "a TOML file", _folder_hint(path)))
        if not path.exists():
            raise UserError(_missing(path))
        if not path.is_file():
            raise UserError(Mistake(where, "cannot read the file", "a device or a pipe", "a TOML file"))
        if path.stat().st_size > LARGEST_FILE:
            raise UserError(
                Mistake(where, "the file is too large", f"{path.stat().st_size} bytes", f"{LARGEST_FILE} bytes")
            )
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            Mistake(where, "not a text file", f"byte {error.start} is not UTF-8", "TOML in UTF-8", _UTF8)
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        right = isinstance(error, PermissionError)
        suggestion = "Change its permissions so that you can read it." if right else "Name a TOML file."
        raise UserError(Mistake(where, "cannot read the file", reason, "a TOML file", suggestion)) from None


def _folder_hint(path: Path) -> str:
    inside = sorted(entry.name for entry in path.glob("*.toml"))
    return f"Name a file in it, such as {inside[0]}." if inside else "Name a file."


def _missing(path: Path) -> Mistake:
    """Name the files nearby when one is missing."""
    folder = path.parent
    if not folder.is_dir():
        return Mistake(str(path), "no such file", f"no folder {folder}", "a TOML file", "Look at the path.")
    nearby = sorted(entry.name for entry in folder.glob("*.toml"))
    allowed = ", ".join(nearby[:10]) + (", …" if len(nearby) > 10 else "")
    return Mistake(
        str(path),
        "no such file",
        allowed=allowed,
        suggestion=closest(path.name, nearby) or "Look at the path.",
    )


def _not_toml(path: str | Path, text: str, error: tomllib.TOMLDecodeError) -> Mistake:
    """Show the line, for which the decoder gives only the number."""
    place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    reason = re.sub(r"\s*\(at .*\)$", "", str(error))
    if place is None:
        last = text.count("\n") + 1
        return Mistake(f"{path}: line {last}", f"not TOML: {reason}", "the end of the file", _LINES, _hint(reason))
    line = text.splitlines()[int(place[1]) - 1].strip() if text.splitlines()[int(place[1]) - 1 :] else ""
    where = f"{path}: line {place[1]}, column {place[2]}"
    return Mistake(where, f"not TOML: {reason}", f"`{line:.60}`", _LINES, _hint(reason))


def _hint(reason: str) -> str:
    if "Invalid value" in reason:
        return 'Write text and quantities in quotes: delay = "1 ms".'
    if "overwrite" in reason or "twice" in reason or "mutate" in reason or "redefine" in reason:
        return "A key or table may occur only once; write a list of tables with [[double brackets]]."
    if "Expected '='" in reason:
        return "A line is `key = value` or a [table]; comments begin with #."
    return "Check this line and the one before."
