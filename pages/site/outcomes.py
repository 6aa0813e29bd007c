"""What blocks printed, in a file, by page and with its checksum: what no longer fits a page is not shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]


def remember(file: Path, name: str, printed: Mapping[int, str]) -> None:
    """Write what the blocks of a page printed, by their number, beside those of other pages."""
    found = _read(file)
    found[name] = {"sha256": _checksum(name), "printed": {str(number): text for number, text in printed.items()}}
    file.write_text(json.dumps(found, indent=1), encoding="utf-8")


def recall(file: Path) -> dict[str, dict[int, str]]:
    """Return what the blocks printed, by page, for the pages that have not changed since."""
    found = {name: each for name, each in _read(file).items() if each["sha256"] == _checksum(name)}
    return {name: {int(number): text for number, text in each["printed"].items()} for name, each in found.items()}


def _read(file: Path) -> dict[str, dict]:
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _checksum(name: str) -> str:
    page = ROOT / name
    return hashlib.sha256(page.read_bytes()).hexdigest() if page.exists() else ""
