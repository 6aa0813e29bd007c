from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.report.browser import look
from tests.report.browser import run as browse


@pytest.fixture(scope="module")
def seen(run: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return look(run / "report.html", tmp_path_factory.mktemp("browser"))


def test_the_browser_finds_no_error_and_asks_the_network_for_nothing(seen: dict[str, Any]) -> None:
    assert seen["problems"] == []
    assert seen["requests"] == []


def test_every_figure_is_drawn(seen: dict[str, Any], page: str) -> None:
    assert len(seen["sizes"]) == page.count("<figure") > 10
    assert all(width > 150 and height > 80 for width, height in seen["sizes"])
    assert seen["images"] >= 2  # spikes and receptive fields


def test_a_phone_shows_all_without_scrolling_sideways(run: Path, tmp_path: Path) -> None:
    narrow = look(run / "report.html", tmp_path, width=500)  # the narrowest window that Chromium opens
    assert narrow["width"] <= narrow["inner"]


def test_it_prints(run: Path, tmp_path: Path) -> None:
    browse(tmp_path, f"--print-to-pdf={tmp_path / 'a.pdf'}", (run / "report.html").as_uri())
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
