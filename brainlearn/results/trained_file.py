"""The file of a trained circuit: what it needs to answer, and the files it belongs to."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.array_archive import read_archive, write_archive
from brainlearn.results.whole_file import whole_file
from brainlearn.saved_state import Arrays

SCHEMA = 1


@dataclass(frozen=True)
class TrainedOn:
    """A description of the training data, so that a circuit can answer without them.

    Parameters
    ----------
    name : str
        Of the dataset.
    sha256 : str
        Hash of all images and labels.
    item, label : tuple of int
        Shape of an image, ``(pixel,)`` or ``(frame, pixel)``, and of its label; ``()`` for classes.
    classes : int
    class_names : tuple of str
    sheet : (rows, columns)
    channels : int
    """

    name: str
    sha256: str
    item: tuple[int, ...]
    label: tuple[int, ...]
    classes: int
    class_names: tuple[str, ...]
    sheet: tuple[int, int]
    channels: int


@dataclass(frozen=True)
class TrainedAs:
    """The origin of a trained circuit.

    Parameters
    ----------
    experiment_sha256, circuit_sha256 : str
        Hashes of the files in the same folder.
    data : TrainedOn
    """

    experiment_sha256: str
    circuit_sha256: str
    data: TrainedOn


_TRAINED_AS = TypeAdapter(TrainedAs)


def text_sha256(text: str) -> str:
    """Return the SHA-256 hash of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def save_trained(path: Path, trained: TrainedAs, arrays: Arrays) -> None:
    """Write the file atomically; UserError if that fails."""
    with whole_file(path) as part:
        write_archive(part, {"schema": SCHEMA, **dataclasses.asdict(trained)}, arrays)


def load_trained_file(path: Path) -> tuple[TrainedAs, Arrays]:
    """Read the file.

    Raises
    ------
    UserError
        If it cannot be read, is damaged, is something else, or has another schema.
    """
    about, arrays = read_archive(
        path, "trained circuit", SCHEMA, "Load it with the version of brainlearn that wrote it."
    )
    try:
        return _TRAINED_AS.validate_python({name: each for name, each in about.items() if name != "schema"}), arrays
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        found = f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}"
        raise UserError(Mistake(str(path), "does not say what it belongs to", found)) from error
