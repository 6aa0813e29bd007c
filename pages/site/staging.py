"""The source folder of Sphinx: the pages with all that they link, laid out as in the project, and the site's own pages.

`docs/` links to files beside it, so pages keep their places: what is `docs/tour.md` here is `docs/tour.html` there.
The files of `site/` come to the top.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path

from brainlearn.report.markdown_table import markdown_table
from pages.site.api import api_pages
from pages.site.commands import commands_page
from pages.site.shown import shown_page

ROOT = Path(__file__).parents[2]
OWN = "site/"
# Indexes for a code host: the site has its own.
LEFT_OUT = ("README.md", "docs/README.md")
PAGES = ("*.md", "benchmarks/**/*.md", "docs/**/*.md", "experiments/**/*.md", "site/**/*.md")
# What pages link or show.
FILES = (
    "LICENSE",
    "CITATION.cff",
    "benchmarks/*.json",
    "circuits/**/*.toml",
    "docs/**/*.json",
    "docs/**/*.png",
    "docs/**/*.svg",
    "docs/**/*.toml",
    "examples/**/*.*",
    "experiments/**/*.toml",
    "experiments/**/*.py",
    "experiments/**/*.txt",
    "experiments/**/result/**/*.png",
    "site/conf.py",
    "site/static/*.*",
    "tests/**/readers.py",
)
# Pages that list a folder, for whose pages the navigation has no other place.
LISTS = {
    "docs/coming_from/README.md": "[!R]*",
    "docs/decisions/README.md": "[0-9]*",
    "docs/evidence.md": "evidence/*",
    "docs/gallery.md": "/gallery/index",
    "experiments/README.md": "*/README",
    "experiments/published/README.md": "*/README",
}
CIRCUITS = "circuits/index.md"
# Links to folders and scripts, as patterns from the project's folder, and the pages that show what is there.
PAGES_OF_LINKS = {
    r"circuits/(?:published/)?": CIRCUITS,
    r"examples/gallery/": "gallery/index.rst",
    r"examples/gallery/(\w+)\.py": r"gallery/\2.rst",
}


def staged_pages() -> list[str]:
    """Return the pages of the site that are in the project, by their path from its folder."""
    paths = {path.relative_to(ROOT).as_posix() for pattern in PAGES for path in ROOT.glob(pattern)}
    return sorted(paths - set(LEFT_OUT))


def stage(folder: Path, printed: Mapping[str, Mapping[int, str]]) -> None:
    """Write the source folder, in place of one that is there.

    Parameters
    ----------
    folder : Path
    printed : mapping
        By page and by number of the block: what it printed when it was run.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for path in sorted(path for pattern in FILES for path in ROOT.glob(pattern) if _is_shown(path)):
        to = folder / path.relative_to(ROOT).as_posix().removeprefix(OWN)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, to)
    texts = {name.removeprefix(OWN): _staged(name, printed.get(name, {})) for name in staged_pages()}
    for name, text in (texts | api_pages() | {CIRCUITS: _circuits(), "commands.md": commands_page()}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _is_shown(path: Path) -> bool:
    hidden = any(part.startswith((".", "__pycache__")) for part in path.relative_to(ROOT).parts)
    return path.is_file() and not hidden


def _staged(name: str, printed: Mapping[int, str]) -> str:
    text = (ROOT / name).read_text(encoding="utf-8")
    shown = shown_page(name, text, printed)
    listed = f"\n\n```{{toctree}}\n:hidden:\n:glob:\n\n{LISTS[name]}\n```\n" if LISTS.get(name) else ""
    for link, page in PAGES_OF_LINKS.items():
        shown = re.sub(rf"\]\(((?:\.\./)*){link}\)", rf"](\1{page})", shown)
    return shown + listed


def _circuits() -> str:
    """Return the page that lists the circuits, with what each is for."""
    rows = []
    for path in sorted((ROOT / "circuits").rglob("*.toml")):
        name = path.relative_to(ROOT / "circuits").as_posix()
        said = tomllib.loads(path.read_text(encoding="utf-8")).get("description", "")
        rows.append((f"[`{name}`]({name})", " ".join(said.split())))
    return "\n".join(
        ["# Circuits", "", "Circuit files to run and to copy.", "", *markdown_table(("file", "circuit"), rows), ""]
    )
