from __future__ import annotations

import re

import pytest

from tests.docs.markdown import NAMES, PAGES, ROOT, anchors, inline_code, links, read

FOLDERS = ("benchmarks/", "brainlearn/", "circuits/", "docs/", "examples/", "experiments/", "tests/")


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    broken = []
    for link in links(read(name)):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("name", NAMES)
def test_files_that_are_named_exist(name: str) -> None:
    paths = [code for code in inline_code(read(name)) if code.startswith(FOLDERS) and re.fullmatch(r"[\w./]+", code)]
    placeholders = {path for path in paths if re.search(r"NAME|NN", path)}
    assert [path for path in paths if path not in placeholders and not (ROOT / path).exists()] == []


def test_every_page_of_the_documentation_is_in_its_index() -> None:
    index = links(read("docs/README.md"))
    pages = [page.name for page in PAGES if page.parent == ROOT / "docs" and page.name != "README.md"]
    assert [page for page in pages if page not in index] == []
