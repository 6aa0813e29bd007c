"""Trained circuits, from the zoo or from the folders of runs."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import is_folder, is_regular, read_text
from brainlearn.results.run_folder import TRAINED, RunFolder
from brainlearn.results.trained_file import TrainedAs, load_trained_file, text_sha256
from brainlearn.running.device_check import CPU
from brainlearn.scripting.experiment import load_experiment
from brainlearn.zoo.card import CARD, check_files, read_card
from brainlearn.zoo.shipped import home_of, names
from brainlearn.zoo.trained import Trained

Engine = Literal["brian", "mirror"]
Delivery = Literal["shared", "stock"]


def load_trained(
    what: str | Path,
    engine: Engine | None = None,
    delivery: Delivery | None = None,
    data: str | Path | None = None,
    copies: int | None = None,
) -> Trained:
    """Load a circuit that has learned.

    Parameters
    ----------
    what : str or Path
        A name of the zoo, as ``"e_prop_digits"``, or the folder of a run or of a copy from the zoo.
    engine : "brian" or "mirror", optional
        Simulator; default: that of the experiment.
    delivery : "shared" or "stock", optional
        In Brian2: many copies that share their weights, or Brian2's own ``Synapses``, slowly. Default: that of the
        experiment.
    data : str or Path, optional
        Folder of the datasets, for `Trained.test`; default: the environment variable BRAINLEARN_DATA.
    copies : int, optional
        Presentations at once; default: those of the experiment. Fewer need less memory, above all with
        ``delivery="stock"``; answers that draw random numbers depend on it.

    Returns
    -------
    Trained

    Raises
    ------
    UserError
        If there is no such circuit, its files are damaged or belong to another experiment, or the engine cannot
        simulate it.

    Examples
    --------
    >>> from brainlearn import load_dataset, load_trained
    >>> trained = load_trained("target_propagation_digits")
    >>> trained.recorded_error == trained.test_error()
    True
    >>> digits = load_dataset("digits")
    >>> trained.answer(digits.test_images[:5]).shape
    (5,)
    """
    folder = _folder_of(what)
    card = read_card(folder) if is_regular(folder / CARD) else None
    if card is not None:
        check_files(card, folder)
    run = RunFolder(folder)
    trained_as, arrays = load_trained_file(run.trained)
    device = CPU if engine == "brian" else None
    asked = {"engine": engine, "delivery": delivery, "device": device, "copies": copies}
    changes = {f"training.{key}": value for key, value in asked.items() if value is not None}
    experiment = load_experiment(run.experiment, changes)
    _refuse_other_files(run, trained_as)
    recorded = run.read_summary().get("test_error_percent") if card is None else card.test_error_percent
    return Trained(card.name if card else str(what), experiment, trained_as.data, arrays, recorded, data)


def _folder_of(what: str | Path) -> Path:
    """Return the folder of a trained circuit, by its name in the zoo or by its path."""
    if isinstance(what, str) and what in names():
        return home_of(what)
    folder = Path(what)
    if is_regular(folder / TRAINED):
        return folder
    if isinstance(what, str) and not is_folder(folder):
        return home_of(what)  # raises, with the names that there are
    hint = "Runs of rules write it when training ends; baselines, and versions before 0.2, do not."
    raise UserError(Mistake(str(folder), "no trained circuit", f"no {TRAINED}", "the folder of a run", hint))


def _refuse_other_files(run: RunFolder, trained: TrainedAs) -> None:
    """Raise a UserError if the files of a folder are not those that the circuit was trained with."""
    wanted = ((run.experiment, trained.experiment_sha256), (run.circuit, trained.circuit_sha256))
    changed = [path for path, sha256 in wanted if text_sha256(read_text(path)) != sha256]
    if changed:
        hint = "Restore it; to train with other settings, use brainlearn run."
        wrong = f"not the file that {TRAINED} was trained with"
        raise UserError(*(Mistake(str(path), wrong, "another SHA-256", "", hint) for path in changed))
