"""One run, from an experiment to its labelled result."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from brainlearn.experiment.loading import Experiment
from brainlearn.experiment.preparation import load_data, start_record
from brainlearn.experiment.progress import Silent, Watcher
from brainlearn.experiment.training import Trainer
from brainlearn.results.record import EpochRecord, RunRecord, WeightRecord

if TYPE_CHECKING:
    from xarray import DataTree

WORTH_A_NOTE = 1.0  # percent of the units of a population


def run(experiment: Experiment, data: str | Path | None = None, watcher: Watcher | None = None) -> DataTree:
    """Train and test, and return the labelled result.

    Parameters
    ----------
    experiment : Experiment
    data : str or Path, optional
        Folder of the datasets; default: the environment variable BRAINLEARN_DATA.
    watcher : Watcher, optional
        Shows progress; default: silent.

    Returns
    -------
    xarray.DataTree
        Groups ``metrics``, ``test`` and ``weights``; docs/results.md describes them.

    Raises
    ------
    UserError
        If data are missing or do not fit the circuit.

    Examples
    --------
    >>> from brainlearn import load_experiment, run
    >>> experiment = load_experiment("experiments/01_forward_forward_digits/experiment.toml")
    >>> tree = run(experiment)
    >>> tree["test"].ds["prediction"]  # (presentation,) labels
    """
    from brainlearn.results.tree import result_tree

    return result_tree(run_record(experiment, data, watcher or Silent()))


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a run; carries what was learned until then.

    Parameters
    ----------
    record : RunRecord
        Without a test; its notes say where the run ended.
    """

    def __init__(self, record: RunRecord) -> None:
        super().__init__()
        self.record = record


def prepare(experiment: Experiment, data: str | Path | None, watcher: Watcher) -> Trainer:
    """Load the data and build the simulation; whatever is wrong with either is found here."""
    dataset, split = load_data(experiment, data)
    watcher.started(
        f"{experiment.settings.name}: {experiment.circuit.name} learns {dataset.name}", tuple(dataset.notes)
    )
    return Trainer(experiment, dataset, split, watcher)


def run_record(experiment: Experiment, data: str | Path | None, watcher: Watcher) -> RunRecord:
    """Train and test; see `run`."""
    return conduct(prepare(experiment, data, watcher))


def conduct(trainer: Trainer) -> RunRecord:
    """Train and test what was prepared.

    Raises
    ------
    Interrupted
        On Ctrl-C after the first epoch.
    """
    experiment, dataset = trainer.experiment, trainer.dataset
    record = start_record(experiment, dataset)
    began = time.perf_counter()
    initial = {name: np.array(trainer.simulation.weights(name)) for name in experiment.learning}
    try:
        _train(trainer, record)
        record.train_seconds = time.perf_counter() - began
        record.test = trainer.test(dataset.test_images, dataset.test_labels)
    except KeyboardInterrupt:
        if not record.epochs:
            raise
        record.train_seconds = record.train_seconds or time.perf_counter() - began
        record.notes.append(f"interrupted after epoch {len(record.epochs)} of {experiment.settings.training.epochs}")
        record.weights = weight_records(trainer, initial)
        raise Interrupted(record) from None
    record.weights = weight_records(trainer, initial)
    return record


def _train(trainer: Trainer, record: RunRecord) -> None:
    """Train epoch by epoch until the end, or until numbers stop being numbers."""
    epochs = trainer.experiment.settings.training.epochs
    for number in range(epochs):
        epoch = trainer.epoch(number)
        record.epochs.append(epoch)
        record.epoch_seconds.append(epoch.seconds)
        record.presentations = trainer.presentations
        trainer.watcher.epoch_done(epoch, epochs)
        if broken := list(not_finite(trainer)):
            record.notes += [*broken, f"stopped after epoch {number + 1} of {epochs}"]
            break
    record.notes += unused_units(record.epochs[-1])


def not_finite(trainer: Trainer) -> Iterable[str]:
    """Yield a note for weights and states that are no longer finite numbers."""
    for name in trainer.experiment.learning:
        if not np.isfinite(trainer.simulation.weights(name)).all():
            yield f"weights of {name} are not finite"
    for path, population in trainer.simulation.populations.items():
        if not population.finite():
            yield f"states of {path} are not finite"


def unused_units(epoch: EpochRecord) -> list[str]:
    """Return a note for each population with silent or saturated units in the last epoch."""
    kinds = (("silent", epoch.silent_percent), ("saturated", epoch.saturated_percent))
    return [
        f"{path}: {share:.1f} % of the units were {kind} in the last epoch"
        for kind, shares in kinds
        for path, share in shares.items()
        if share >= WORTH_A_NOTE
    ]


def weight_records(trainer: Trainer, initial: dict[str, np.ndarray]) -> dict[str, WeightRecord]:
    """Return the weights of the projections that learned, before and after."""
    circuit = trainer.experiment.circuit
    return {
        p.name: WeightRecord(
            initial=initial[p.name],
            final=np.array(trainer.simulation.weights(p.name)),
            mask=trainer.simulation.projections[p.name].mask,
            source=p.source,
            target=p.target,
            pathway=p.pathway,
            source_sheet=circuit.population(p.source).sheet,
        )
        for p in circuit.projections
        if p.name in initial
    }


def run_to_folder(
    experiment: Experiment, folder: Path, data: str | Path | None = None, watcher: Watcher | None = None
) -> RunRecord:
    """Run, and write the run folder: experiment, circuit, result and summary.

    Raises
    ------
    UserError
        If the folder is in use, or data are missing; nothing is written then.
    """
    from brainlearn.results.run_folder import create_run_folder
    from brainlearn.results.whole_file import write_text

    trainer = prepare(experiment, data, watcher or Silent())  # mistakes are found before the folder exists
    create_run_folder(folder)
    write_text(folder / "experiment.toml", experiment.text_in_run_folder("circuit.toml"))
    write_text(folder / "circuit.toml", experiment.circuit_text)
    try:
        record = conduct(trainer)
    except Interrupted as interrupted:
        write_results(interrupted.record, folder)
        raise
    write_results(record, folder)
    return record


def write_results(record: RunRecord, folder: Path) -> None:
    """Write result and summary into the run folder; the summary last, as a sign that all is there."""
    from brainlearn.results.json_file import write_json
    from brainlearn.results.store import save_result
    from brainlearn.results.summary import summary
    from brainlearn.results.tree import result_tree

    save_result(result_tree(record), folder / "result.nc")
    write_json(summary(record), folder / "summary.json")


__all__ = ["Interrupted", "conduct", "prepare", "run", "run_record", "run_to_folder"]
