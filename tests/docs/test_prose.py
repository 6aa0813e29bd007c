"""Phrases that a native reader stumbles over stay out of the pages and out of what commands say."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.docs.markdown import NAMES, ROOT, read, without_blocks

PHRASES = {
    r"(which|that) \S+ (has|have) not(?! been| yet)": "does not have",
    r"may lack": "is optional",
    r"(is|are|was|were|be) at hand": "is available",
    r"(go|goes|going|went) on (with|where|from)": "continue, resume",
    r"go(es)? on\b": "continue",
    r"hears? (of|from|spikes|on|it)\b": "receive",
    r"knows? nothing of": "is independent of",
    r"in the place of": "instead of",
    r"(stand|stands) (in|at)\b(?! for)": "is in",
    r"lies at": "is at",
    r"whoever": "anyone who",
    r"anew": "again",
    r"spikes? alike": "spike identically",
    r"of one's own": "your own",
    r"out comes": "writes, returns",
    r"without a word": "silently",
    r"sees? to it": "make sure",
    r"(is|are) called (so|like)": "has the name",
}
BANNED = re.compile("|".join(rf"\b(?:{phrase})" for phrase in PHRASES), re.IGNORECASE)
# What was expected before a first run is not rewritten, nor is the history of changes; the record is generated from it.
PAGES = [name for name in NAMES if not name.startswith(("experiments/", "docs/evidence")) and name != "CHANGELOG.md"]
MODULES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "brainlearn").rglob("*.py"))


def phrases_in(text: str) -> list[str]:
    """Return the banned phrases of a text, in their order."""
    return [found.group() for found in BANNED.finditer(" ".join(text.split()))]


def said_by(module: Path) -> list[str]:
    """Return the text of a module that is no docstring: messages, help, descriptions."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    lone = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in lone)
    return [node.value for node in found if isinstance(node.value, str)]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_banned_phrase(name: str) -> None:
    assert phrases_in(without_blocks(read(name))) == []


def test_no_message_has_a_banned_phrase() -> None:
    found = {name: [p for text in said_by(ROOT / name) for p in phrases_in(text)] for name in MODULES}
    assert {name: phrases for name, phrases in found.items() if phrases} == {}


def test_banned_phrases_are_found_across_lines_and_good_ones_are_not() -> None:
    assert phrases_in("a name which V1/E has not, and a run that goes\non with it") == [
        "which V1/E has not",
        "goes on with",
    ]
    assert phrases_in("It stands in for an error, and has not yet been measured.") == []
