"""Circuit files to break, and what was found in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from brainlearn.brian.loading import read_all
from brainlearn.mistakes import Mistake
from pages.circuits import EXAMPLE

Find = Callable[..., list[Mistake]]


@pytest.fixture
def find(tmp_path: Path) -> Find:
    """Return all mistakes of the reference's example after some replacements in its text."""

    def find_in(*replacements: tuple[str, str], text: str = EXAMPLE) -> list[Mistake]:
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "x.toml"
        path.write_text(text, encoding="utf-8")
        return list(read_all(path).mistakes)

    return find_in


@pytest.fixture(scope="session")
def shipped() -> list[Path]:
    """Return the circuits that come with brainlearn."""
    return sorted((Path(__file__).parents[2] / "circuits").glob("*.toml"))
