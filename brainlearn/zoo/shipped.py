"""The trained circuits that come with the package: their names, their folders, copies of them."""

from __future__ import annotations

import shutil
from pathlib import Path

from brainlearn.mistakes import Mistake, UserError, closest
from brainlearn.results.new_folder import create_run_folder
from brainlearn.results.whole_file import whole_file
from brainlearn.zoo.card import CARD, FILES, Card, check_files, read_card

HOME = Path(__file__).parent / "circuits"


def names() -> list[str]:
    """Return the names of all trained circuits that come with the package."""
    return sorted(card.parent.name for card in HOME.glob(f"*/{CARD}"))


def cards() -> list[Card]:
    """Return their cards, by name."""
    return [read_card(HOME / name) for name in names()]


def home_of(name: str) -> Path:
    """Return the folder of a trained circuit; UserError if there is none of this name."""
    there = names()
    if name not in there:
        raise UserError(Mistake("zoo", "no such trained circuit", f'"{name}"', ", ".join(there), closest(name, there)))
    return HOME / name


def get(name: str, folder: Path) -> Path:
    """Copy a trained circuit, with its experiment, its circuit file and its card.

    Parameters
    ----------
    name : str
    folder : Path
        A new or an empty folder.

    Raises
    ------
    UserError
        If there is none of this name, its files are damaged, or the folder cannot be written or is not empty.
    """
    home = home_of(name)
    check_files(read_card(home), home)
    create_run_folder(folder)
    for file in (*FILES, CARD):
        with whole_file(folder / file) as part:
            shutil.copyfile(home / file, part)
    return folder


def kilobytes(name: str) -> float:
    """Return the disk space of a trained circuit [kB]."""
    return sum((HOME / name / file).stat().st_size for file in (*FILES, CARD)) / 1e3
