"""The card of a trained circuit in the zoo: what it is, its error, and its origin."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import read_bytes, reason
from brainlearn.results.json_file import write_json
from brainlearn.results.run_folder import CIRCUIT, EXPERIMENT, TRAINED

CARD = "card.json"
SCHEMA = 1
FILES = (EXPERIMENT, CIRCUIT, TRAINED)  # beside the card


@dataclass(frozen=True)
class Card:
    """What is known of a trained circuit.

    Parameters
    ----------
    name : str
        In the zoo.
    question : str
        Of the experiment that trained it.
    experiment, circuit, dataset, rule, engine : str
        Names, as in the result of the run.
    seed, epochs : int
    test_error_percent : float
        Of the run, on the test items [percent].
    wrong, items : int
        Test items with a wrong answer, and all of them.
    settings_sha256, dataset_sha256 : str
        Hashes in the result of the run: ``experiment_sha256`` and ``dataset_sha256``.
    versions : dict of str to str
        Of brainlearn, Python and the libraries that trained it.
    started : str
        When the run began, in ISO 8601.
    licence : str
    sha256 : dict of str to str
        Of the files beside the card, by name.
    """

    name: str
    question: str
    experiment: str
    circuit: str
    dataset: str
    rule: str
    engine: str
    seed: int
    epochs: int
    test_error_percent: float
    wrong: int
    items: int
    settings_sha256: str
    dataset_sha256: str
    versions: dict[str, str]
    started: str
    licence: str
    sha256: dict[str, str]

    @property
    def rules(self) -> str:
        """The names of its rules, each once."""
        return ", ".join(dict.fromkeys(self.rule.split(" + ")))


_CARD = TypeAdapter(Card)


def write_card(card: Card, folder: Path) -> None:
    """Write the card into the folder of a trained circuit."""
    write_json({"schema": SCHEMA, **dataclasses.asdict(card)}, folder / CARD)


def read_card(folder: Path) -> Card:
    """Read the card of a trained circuit.

    Raises
    ------
    UserError
        If it is missing or damaged, or one of another version of brainlearn.
    """
    path = folder / CARD
    try:
        found: Any = json.loads(read_bytes(path))
        if not isinstance(found, dict) or found.pop("schema", None) != SCHEMA:
            raise ValueError("another schema")
        return _CARD.validate_python(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        why = f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}"
    except (OSError, ValueError, RecursionError) as error:
        why = reason(error).splitlines()[0]
    raise UserError(Mistake(str(path), "cannot be read as the card of a trained circuit", why, "", GET_AGAIN))


GET_AGAIN = "Get it again with brainlearn zoo get, into a new folder."


def check_files(card: Card, folder: Path) -> None:
    """Raise a UserError with every file whose SHA-256 hash differs from the one on the card."""
    mistakes = []
    for name in FILES:
        wanted = card.sha256.get(name, "none")
        try:
            found = file_sha256(folder / name)
        except OSError as error:
            mistakes.append(Mistake(str(folder / name), "cannot be read", reason(error), "", GET_AGAIN))
            continue
        if found != wanted:
            hashes = f"SHA-256 {found[:12]}…", f"{wanted[:12]}…, as {CARD} says"
            mistakes.append(Mistake(str(folder / name), "damaged or changed", *hashes, GET_AGAIN))
    if mistakes:
        raise UserError(*mistakes)


def file_sha256(path: Path) -> str:
    """Return the SHA-256 hash of a file."""
    return hashlib.sha256(read_bytes(path)).hexdigest()
