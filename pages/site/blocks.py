"""Fenced blocks of a Markdown page, each with the mark before it.

A mark is an HTML comment on the lines before a fence, invisible on a code host:

- ``<!-- recorded: REASON -->``: the block is not run when the site is built, and says so there;
- ``<!-- short: OPTIONS -->``: its commands ``run``, ``simulate`` and ``sweep`` get these options, and it says so;
- ``<!-- output -->``: the block is what the block before prints, and is replaced by what that prints now;
- ``<!-- before`` on a line of its own, commands, and ``-->``: commands that make what the block needs, not shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

RUN = frozenset({"python", "console", "bash"})
_MARKED = re.compile(
    r"(?:^<!-- (?P<kind>recorded|short|output|before)\b:?(?P<text>.*?)-->\n+)?"
    r"^```(?P<language>[a-z]*)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Parameters
    ----------
    language, code : str
        As the page has them.
    start, end : int
        Where the block is in the text of the page, with its mark.
    line : int
        Its first line of code, from 1.
    recorded : str
        Why it is not run; empty if it is, or if it is not to be run.
    short : str
        Options that its commands get.
    is_output : bool
        It is what the block before prints.
    before : str
        Commands to run first.
    """

    language: str
    code: str
    start: int
    end: int
    line: int
    recorded: str = ""
    short: str = ""
    is_output: bool = False
    before: str = ""

    @property
    def runs(self) -> bool:
        """Whether it is run when the site is built."""
        return self.language in RUN and not self.recorded


def blocks_of(name: str, text: str) -> list[Block]:
    """Return the blocks of a page; `name` is its path from the project's folder."""
    blocks = [_block(found, text) for found in _MARKED.finditer(text)]
    reason = always_recorded(name)
    return [replace(each, recorded=reason) if reason and each.runs else each for each in blocks]


def always_recorded(name: str) -> str:
    """Return why no block of this page is run; empty if they are."""
    if name.startswith("experiments/"):
        return "experiments take minutes to hours. Their results are recorded in their folders"
    if not name.startswith(("docs/", "site/")):
        return "it changes the working copy, or takes long"
    return ""


def _block(found: re.Match[str], text: str) -> Block:
    line = text.count("\n", 0, found.start("code")) + 1
    block = Block(found["language"], found["code"], found.start(), found.end(), line)
    said = (found["text"] or "").strip()
    match found["kind"]:
        case "recorded":
            return replace(block, recorded=" ".join(said.split()))
        case "short":
            return replace(block, short=" ".join(said.split()))
        case "output":
            return replace(block, is_output=True)
        case "before":
            return replace(block, before=said)
    return block
