from __future__ import annotations

from pages.evidence.pages_of import pages_of
from tests.evidence.recomputed import ROOT


def test_the_pages_are_those_that_claims_files_and_records_make() -> None:
    old = [name for name, text in pages_of(ROOT).items() if (ROOT / name).read_text(encoding="utf-8") != text]
    assert old == [], "run `make evidence`"
