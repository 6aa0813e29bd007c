"""Circuits that come with brainlearn, by name: those of the folder ``circuits``, published models among them."""

from __future__ import annotations

from pathlib import Path

from brainlearn.mistakes import Mistake, UserError, closest

IN_WHEEL = Path(__file__).parents[1] / "shipped_circuits"
IN_REPOSITORY = Path(__file__).parents[2] / "circuits"


def shipped_circuits() -> dict[str, Path]:
    """Return the file of every circuit that comes with brainlearn, by its name."""
    folder = IN_WHEEL if IN_WHEEL.is_dir() else IN_REPOSITORY
    return {path.stem: path for path in sorted(folder.rglob("*.toml"))}


def circuit_file(path: str | Path) -> Path:
    """Return the file of a circuit: `path` itself, or the one of that name that comes with brainlearn.

    Only a bare word that names no file can be such a name: ``"Brunel_2000"``, not ``"Brunel_2000.toml"``.

    Raises
    ------
    UserError
        If it is a bare word, and there is neither such a file nor such a circuit.
    """
    path = Path(path)
    try:
        if path.suffix or path.name != str(path) or path.exists():
            return path
    except OSError:  # opening it says why
        return path
    there = shipped_circuits()
    if path.name not in there:
        allowed = f"a circuit file, or one of {', '.join(there)}"
        suggestion = closest(path.name, there) or "Give the name of a file with its ending, as my_circuit.toml."
        raise UserError(Mistake(str(path), "no such file or circuit", allowed=allowed, suggestion=suggestion))
    return there[path.name]
