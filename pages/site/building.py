"""The build: blocks executed, pages staged, Sphinx with every warning an error, links checked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pages.site.blocks import always_recorded, blocks_of
from pages.site.links import broken_links
from pages.site.outcomes import recall
from pages.site.staging import ROOT, stage, staged_pages

BUILD = ROOT / "build" / "site"


def build(folder: Path = BUILD, keep: bool = False) -> int:
    """Build the site in `folder`/html, and return 0 if nothing failed.

    Parameters
    ----------
    folder : Path
        For the pages, and all that is made on the way.
    keep : bool
        Run only the blocks of pages that have changed since they were run there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    outcomes = folder / "outcomes.json"
    if not keep:
        outcomes.unlink(missing_ok=True)
    failed = run_blocks(folder, outcomes, [name for name in pages_to_run() if name not in recall(outcomes)])
    if failed:
        return failed
    stage(folder / "source", recall(outcomes))
    return build_pages(folder)


def build_pages(folder: Path) -> int:
    """Build `folder`/html from `folder`/source, and return 0 if there was no warning and no link is broken."""
    failed = _sphinx(folder)
    if failed:
        return failed
    broken = broken_links(folder / "html")
    print("\n".join(broken) or f"The site is in {folder / 'html' / 'index.html'}.")
    return int(bool(broken))


def pages_to_run() -> list[str]:
    """Return the pages with blocks that are run, by their path from the project's folder."""
    names = [name for name in staged_pages() if not always_recorded(name)]
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in names}
    return [name for name, text in texts.items() if any(block.runs for block in blocks_of(name, text))]


def run_blocks(folder: Path, outcomes: Path, names: Sequence[str]) -> int:
    """Run the blocks of pages in a process of its own, and return its exit status."""
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    words = [sys.executable, "-m", "pages.site.execution", str(work), str(outcomes), *names]
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "COLUMNS": "100", "MPLBACKEND": "agg", "PYTHONPATH": path}
    return subprocess.run(words, cwd=ROOT, env=environment, check=False).returncode


def _sphinx(folder: Path) -> int:
    from sphinx.cmd.build import build_main

    for made in ("doctrees", "html"):  # pages of the source are not written again where they are
        shutil.rmtree(folder / made, ignore_errors=True)
    options = ["-q", "-W", "--keep-going", "-b", "html", "-d", str(folder / "doctrees")]
    return build_main([*options, str(folder / "source"), str(folder / "html")])
