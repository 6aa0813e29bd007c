"""The links of a built site: each leads to a file and an anchor that exist, and nothing is loaded from elsewhere."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}
_NOT_LOADED = {"canonical", "index", "search", "next", "prev", "author", "genindex"}


class _Page(HTMLParser):
    """Anchors of a page, its links, and what a browser loads with it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag names, links or loads."""
        found = {key: value or "" for key, value in attrs}
        self.anchors |= {found[key] for key in ("id", "name") if key in found}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        address = found.get(_LOADED.get(tag, ""), "")
        if address and found.get("rel") not in _NOT_LOADED:
            self.loaded.append(address)


def broken_links(folder: Path) -> list[str]:
    """Return one line for each broken link and each thing loaded from elsewhere, in all pages of a folder."""
    pages = sorted(path for path in folder.rglob("*.html") if "_static" not in path.parts)
    return [f"{path.relative_to(folder)}: {wrong}" for path in pages for wrong in _wrong_in(path)]


def _wrong_in(path: Path) -> list[str]:
    page = _read(path)
    elsewhere = [f"loads {address}" for address in page.loaded if _is_elsewhere(address)]
    inside = [address for address in dict.fromkeys([*page.links, *page.loaded]) if not _is_elsewhere(address)]
    return elsewhere + [f"no {address}" for address in inside if not _leads_somewhere(path, address)]


def _is_elsewhere(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in ("", "data")


def _leads_somewhere(path: Path, address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme == "data":
        return True
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_file():
        return False
    if not parts.fragment or target.suffix != ".html":
        return True
    return unquote(parts.fragment) in _read(target).anchors


@cache
def _read(path: Path) -> _Page:
    return _Page(path.read_text(encoding="utf-8"))
