"""The parts of the site: marks of blocks, how they run and are shown, and the check of links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("sphinx", reason="the site needs the extra `site`")

from pages.site.api import homes
from pages.site.blocks import blocks_of
from pages.site.commands import commands_page
from pages.site.execution import BlockFailedError, run_page
from pages.site.links import broken_links
from pages.site.shown import shown_page
from pages.site.staging import stage, staged_pages
from tests.docs.markdown import ROOT, blocks, links, read, without_blocks
from tests.docs.test_prose import phrases_in

PAGE = """\
# Title

```python
number = 3
```

<!-- recorded: it takes hours -->
```console
make test
```

<!-- before
mkdir made
-->
```console
ls   # what is there
echo one > file.txt
```

```python
print(number + 1)
```

<!-- output -->
```text
5
```
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_marks_belong_to_the_block_that_follows() -> None:
    found = blocks_of("docs/page.md", PAGE)
    assert [block.runs for block in found] == [True, False, True, True, False]
    assert [block.line for block in found] == [4, 9, 16, 21, 26]
    assert found[1].recorded == "it takes hours"
    assert found[2].before == "mkdir made"
    assert found[4].is_output


def test_pages_of_experiments_are_recorded() -> None:
    assert not any(block.runs for block in blocks_of("experiments/README.md", PAGE))


def run(page: Path) -> dict[int, str]:
    """Run the page as one of docs/, whatever its folder."""
    return run_page(str(page), page.parent / "work", as_page="docs/page.md")


def test_blocks_run_in_one_folder_and_one_namespace(page: Path) -> None:
    printed = run(page)
    assert printed[3] == "4\n"
    assert "made\n" in printed[2]
    assert set(printed) == {0, 2, 3}


@pytest.mark.parametrize("block", ["```python\n1/0\n```\n", "```console\nfalse\n```\n"])
def test_a_block_that_fails_is_named(page: Path, block: str) -> None:
    page.write_text(PAGE + block, encoding="utf-8")
    with pytest.raises(BlockFailedError, match=r"page\.md:29: the block failed"):
        run(page)


def test_a_command_of_brainlearn_runs_with_the_options_of_its_mark(page: Path) -> None:
    mark = "<!-- short: --duration 5ms --output out -->\n"
    command = "brainlearn simulate circuits/one_area.toml --duration 100s"
    page.write_text(f"{mark}```console\n{command}\n```\n", encoding="utf-8")
    (printed,) = run(page).values()
    assert (page.parent / "work" / "out" / "result.nc").exists()
    assert "Report: out/report.html" in printed


def test_the_site_shows_what_was_printed_and_what_was_not_run() -> None:
    shown = shown_page("docs/page.md", PAGE, {0: "", 2: "file\n", 3: "4\n"})
    assert ":class: output\n\nfile\n" in shown
    assert "Not run when this site is built: it takes hours." in shown
    assert re.search(r":class: output\n\n4\n", shown)
    assert "\n5\n" not in shown  # the page's own copy of the output is replaced
    assert "<!--" not in shown


def test_a_broken_link_a_missing_anchor_and_a_foreign_script_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<a href="b.html#there">x</a> <a href="b.html#gone">x</a> <a href="c.html">x</a>'
        '<a href="https://example.org">x</a> <script src="https://example.org/x.js"></script>',
        encoding="utf-8",
    )
    (tmp_path / "b.html").write_text('<p id="there"></p>', encoding="utf-8")
    assert broken_links(tmp_path) == [
        "a.html: loads https://example.org/x.js",
        "a.html: no b.html#gone",
        "a.html: no c.html",
    ]


def test_every_link_of_a_staged_page_leads_to_a_staged_file(tmp_path: Path) -> None:
    stage(tmp_path, {})
    pages = sorted(tmp_path.rglob("*.md"))
    assert len(pages) > 100
    broken = []
    for page in pages:
        for link in links(page.read_text(encoding="utf-8")):
            path, _, _ = link.partition("#")
            target = page.parent / path if path else page
            made = target.suffix == ".rst"  # by Sphinx-Gallery, from a script of this name
            if not re.match(r"\w+:", link) and not made and not target.is_file():
                broken.append(f"{page.relative_to(tmp_path)}: {link}")
    assert broken == []


def test_every_page_is_in_the_navigation_and_every_entry_is_a_page() -> None:
    own = [name for name in staged_pages() if name.startswith("site/")]
    trees = [re.findall(r"^```\{toctree\}\n(.*?)^```$", read(name), re.MULTILINE | re.DOTALL) for name in own]
    entries = {line for tree in trees for text in tree for line in text.splitlines() if line and line[0] != ":"}
    pages = {name.removeprefix("site/").removesuffix(".md") for name in staged_pages()}
    made = {"api/index", "circuits/index", "commands"}
    assert entries - pages == made
    assert {name for name in pages if re.fullmatch(r"docs/[\w-]+", name)} <= entries


def test_the_site_s_own_pages_have_no_banned_phrase() -> None:
    own = [name for name in staged_pages() if name.startswith("site/")]
    assert [phrases_in(without_blocks(read(name))) for name in own] == [[] for _ in own]


def test_each_of_ten_tasks_has_a_page_with_a_block_that_runs() -> None:
    text = read("site/index.md")
    table = text[text.index("| task |") : text.index("## What a circuit")]
    rows = table.strip().splitlines()[2:]
    assert len(rows) == 10
    for row in rows:
        (link,) = links(row)
        name = link.partition("#")[0]
        name = name if name.startswith("docs/") else f"site/{name}"
        assert any(block.runs for block in blocks_of(name, read(name))), row


def test_every_page_of_another_simulator_has_its_model_ours_and_the_words() -> None:
    for path in sorted((ROOT / "docs" / "coming_from").glob("[!R]*.md")):
        text = path.read_text(encoding="utf-8")
        headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
        assert headings == ["The same model", "Your words and ours", "What brainlearn does not do"], path.name
        assert len(blocks(text, "python")) >= 2
        assert any(block.runs for block in blocks_of(f"docs/coming_from/{path.name}", text))


def test_every_public_name_has_a_page_of_its_own() -> None:
    import brainlearn

    documented = homes()
    assert [name for name in brainlearn.__all__ if name not in documented] == ["__version__"]
    assert documented["simulate"] == "brainlearn.simulate"
    assert documented["Rule"] == "brainlearn.rules.Rule"  # of two modules, the more special one


def test_every_command_and_option_is_listed() -> None:
    page = commands_page()
    headings = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert {"check", "run", "simulate", "sweep", "resume", "export"} <= set(headings)
    assert "| `--set` | Replace a value of the file; may be repeated. |" in page
