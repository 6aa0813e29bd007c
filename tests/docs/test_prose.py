"""Phrases that a native reader stumbles over stay out of the pages and out of what commands say."""

from __future__ import annotations

import re

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
# The history of changes is not rewritten, nor are predictions, which pages of evidence quote.
PAGES = [name for name in NAMES if not name.startswith("docs/evidence/") and name != "CHANGELOG.md"]
FOLDERS = ("brainlearn", "pages", "benchmarks", "examples", "experiments", "circuits")
CODE = sorted(
    str(path.relative_to(ROOT))
    for folder in FOLDERS
    for end in ("py", "toml")
    for path in (ROOT / folder).rglob(f"*.{end}")
)


def phrases_in(text: str) -> list[str]:
    """Return the banned phrases of a text, in their order."""
    return [found.group() for found in BANNED.finditer(" ".join(text.split()))]


def without_prediction(text: str) -> str:
    """Return a page without its section "Prediction", which says what was expected before a first run."""
    return re.sub(r"^## Prediction\n.*?(?=^## |\Z)", "", text, flags=re.DOTALL | re.MULTILINE)


def said_in(text: str) -> str:
    """Return code, or a file of settings, without the marks of comments and without predictions."""
    lines = (re.sub(r"^\s*#+ ?", "", line) for line in text.splitlines())
    return "\n".join(line for line in lines if not line.startswith("prediction ="))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_banned_phrase(name: str) -> None:
    assert phrases_in(without_prediction(without_blocks(read(name)))) == []


def test_no_code_message_or_comment_has_a_banned_phrase() -> None:
    found = {name: phrases_in(said_in((ROOT / name).read_text(encoding="utf-8"))) for name in CODE}
    assert {name: phrases for name, phrases in found.items() if phrases} == {}


def test_banned_phrases_are_found_across_lines_and_good_ones_are_not() -> None:
    assert phrases_in("a name which V1/E has not, and a run that goes\non with it") == [
        "which V1/E has not",
        "goes on with",
    ]
    assert phrases_in("It stands in for an error, and has not yet been measured.") == []


def test_a_prediction_is_left_as_it_was_written() -> None:
    page = "## Question\nIt goes on with it.\n## Prediction\nV1 hears of it.\n## Result\nno\n"
    assert phrases_in(without_prediction(page)) == ["goes on with"]
    assert phrases_in(said_in("# it goes\n  # on with it\nprediction = 'hears of'")) == ["goes on with"]
