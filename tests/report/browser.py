"""Look at a page in headless Chromium: errors, requests, and the size of everything that is drawn."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
BEFORE = """<script>
window.problems = [];
window.addEventListener("error", event => window.problems.push(String(event.message || event.target.tagName)), true);
document.addEventListener("securitypolicyviolation", event => window.problems.push("policy: " + event.blockedURI));
</script>"""
AFTER = """<script>window.addEventListener("load", () => {
  const sizes = [...document.querySelectorAll("figure")].map(figure => {
    const shown = figure.querySelector("svg, table").getBoundingClientRect();
    return [shown.width, shown.height];
  });
  const answer = {
    problems: window.problems, sizes: sizes, width: document.documentElement.scrollWidth, inner: window.innerWidth,
    images: [...document.querySelectorAll("image")].length,
    requests: performance.getEntriesByType("resource").map(entry => entry.name).filter(name => !/^data:/.test(name)),
  };
  const note = document.createElement("output");
  note.id = "answer"; note.textContent = JSON.stringify(answer); document.body.append(note);
});</script>"""


def chromium() -> str:
    """Return the browser; skip the test where there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    return found


def look(page: Path, folder: Path, *options: str, width: int = 1280) -> dict[str, Any]:
    """Open a copy of the page that tells what a reader would see.

    The copy holds two scripts, for which the page's policy against all scripts is taken out.
    """
    text = page.read_text(encoding="utf-8")
    copy = folder / "looked_at.html"
    policy = POLICY.search(text)
    assert policy is not None, "the page has no policy against requests and scripts"
    allowing = policy[0].replace("default-src 'none'", "default-src 'none'; script-src 'unsafe-inline'")
    text = text.replace(policy[0], allowing + BEFORE).replace("</body>", AFTER + "</body>")
    copy.write_text(text, encoding="utf-8")
    return json.loads(html.unescape(_answer(copy, folder, *options, f"--window-size={width},2000")))  # type: ignore[no-any-return]


def _answer(page: Path, folder: Path, *options: str) -> str:
    found = re.search(r'<output id="answer">(.*?)</output>', run(folder, *options, "--dump-dom", page.as_uri()))
    assert found is not None, "the page did not load"
    return found[1]


def run(folder: Path, *options: str) -> str:
    """Run Chromium with a profile of its own in `folder`, and return what it printed."""
    fixed = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run")
    command = [chromium(), *fixed, f"--user-data-dir={folder / 'profile'}", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout
