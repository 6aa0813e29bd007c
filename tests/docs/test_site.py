"""The site, built as by `make site`, served on loopback and clicked through in headless Chromium."""

from __future__ import annotations

import functools
import html
import http.server
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sphinx", reason="the site needs the extra `site`")

from pages.site.building import build

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PAGES = (
    "/index.html",
    "/tutorials.html",
    "/docs/tour.html",
    "/docs/rules.html",
    "/docs/circuit-files.html",
    "/docs/evidence.html",
    "/docs/coming_from/brian2.html",
    "/docs/gallery.html",
    "/gallery/simulate.html",
    "/api/brainlearn.html",
    "/api/names/brainlearn.Simulation.html",
    "/commands.html",
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built site; the build runs all blocks, and fails at a warning or a broken link."""
    folder = tmp_path_factory.mktemp("site")
    assert build(folder) == 0
    return folder / "html"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Serve the site on loopback, with the page that clicks."""
    shutil.copy(Path(__file__).with_name("clicks.html"), site / "clicks.html")
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def clicked(address: str) -> tuple[dict[str, Any], str]:
    """Return what the page that clicks reports, and what the browser logged."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium, chromium-browser or google-chrome on the path")
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            "--virtual-time-budget=120000",
            "--dump-dom",
            f"{address}/clicks.html?pages={','.join(PAGES)}",
        ],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    (report,) = re.findall(r'<pre id="report">(.*?)</pre>', done.stdout, re.DOTALL)
    return json.loads(html.unescape(report)), done.stderr


def test_navigation_leads_to_a_tutorial_in_two_clicks(clicked: tuple[dict[str, Any], str]) -> None:
    report, _ = clicked
    assert report["errors"] == []
    assert {"Tutorials", "How-to guides", "Gallery", "Explanations", "Reference"} <= set(report["navigation"])
    assert report["afterTwoClicks"] == "/docs/tour.html"


def test_search_finds_pages_and_leads_to_one(clicked: tuple[dict[str, Any], str]) -> None:
    report, _ = clicked
    assert report["found"] > 3
    assert "alignment" in report["firstResult"].lower()


def test_a_function_links_its_source(clicked: tuple[dict[str, Any], str]) -> None:
    assert clicked[0]["source"].startswith("/_modules/brainlearn/simulating/")


def test_light_and_dark_can_be_chosen(clicked: tuple[dict[str, Any], str]) -> None:
    assert clicked[0]["themes"] == ["dark", "light"]


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_cut_off_on_a_phone(clicked: tuple[dict[str, Any], str], page: str) -> None:
    assert clicked[0]["cut"][page] == []


def test_the_console_has_no_error(clicked: tuple[dict[str, Any], str]) -> None:
    said = [line for line in clicked[1].splitlines() if "CONSOLE" in line]
    assert [line for line in said if re.search("uncaught|error|failed|refused|invalid", line, re.IGNORECASE)] == []
