"""What stands in the project's Markdown pages: links, headings, blocks of code, commands."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACES = ("*.md", "docs/**/*.md", "experiments/**/*.md", "benchmarks/*.md")
PAGES = sorted(path for place in PLACES for path in ROOT.glob(place))
NAMES = [str(path.relative_to(ROOT)) for path in PAGES]


def read(name: str) -> str:
    """Return the text of a page by its path from the project's folder."""
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def without_blocks(text: str) -> str:
    """Return the text without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def links(text: str) -> list[str]:
    """Return the targets of all links and pictures."""
    return re.findall(r"\]\(([^)\s]+)\)", without_blocks(text))


def anchors(text: str) -> set[str]:
    """Return the names by which the headings of a page can be reached."""
    headings = re.findall(r"^#+ (.*)$", without_blocks(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def inline_code(text: str) -> list[str]:
    """Return what stands between single backticks, line breaks as spaces."""
    return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", without_blocks(text))]


def commands(text: str, program: str) -> list[str]:
    """Return the commands that begin with `program`, from blocks and from running text, without comments."""
    lines = [
        line for language in ("console", "bash") for block in blocks(text, language) for line in block.splitlines()
    ]
    found = [re.sub(r"\s+# .*", "", line).strip() for line in lines] + inline_code(text)
    return [command for command in found if command.startswith(program + " ")]
