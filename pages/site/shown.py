"""A page as the site shows it: each block with what it printed when the site was built, or marked as recorded."""

from __future__ import annotations

from collections.abc import Mapping

from pages.site.blocks import RUN, Block, blocks_of

LONGEST = 60  # lines of output; more are cut in the middle


def shown_page(name: str, text: str, printed: Mapping[int, str]) -> str:
    """Return the Markdown of a page for the site.

    Parameters
    ----------
    name : str
        Its path from the project's folder.
    text : str
        Its Markdown.
    printed : mapping of int to str
        What its blocks printed, by their number; empty if they were not run.
    """
    parts, end = [], 0
    for number, block in enumerate(blocks := blocks_of(name, text)):
        replaced = block.is_output and number - 1 in printed
        follows = blocks[number + 1 : number + 2]
        output = printed.get(number, "") if not (follows and follows[0].is_output) else ""
        parts += [text[end : block.start], _output(printed[number - 1]) if replaced else _shown_block(block, output)]
        end = block.end
    return "".join([*parts, text[end:]])


def _shown_block(block: Block, output: str) -> str:
    fence = f"```{block.language}\n{block.code}```"
    if block.recorded and block.language in RUN:
        return f"{_note('recorded', f'Not run when this site is built: {block.recorded}.')}\n{fence}"
    if block.recorded:
        return f"{_note('recorded', f'Recorded output: {block.recorded}.')}\n{fence}"
    note = _note("short", f"Run here with `{block.short}`.") + "\n" if block.short else ""
    return f"{note}{fence}\n\n{_output(output)}" if output.strip() else f"{note}{fence}"


def _output(text: str) -> str:
    lines = text.strip("\n").splitlines()
    if len(lines) > LONGEST:
        half = LONGEST // 2
        lines = [*lines[:half], f"… {len(lines) - 2 * half} lines …", *lines[-half:]]
    body = "\n".join(line.rstrip() for line in lines)
    return f"````{{code-block}} text\n:class: output\n\n{body}\n````"


def _note(kind: str, text: str) -> str:
    return f":::{{container}} block-note {kind}\n{text}\n:::\n"
