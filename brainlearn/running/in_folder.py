"""Runs in folders: begun, saved while they go on, resumed, and written down when they end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from brainlearn.brian.share import ALONE, Share
from brainlearn.circuit import Circuit
from brainlearn.circuit.schema import Stored
from brainlearn.experiment.device_check import check_devices
from brainlearn.experiment.loading import Experiment, load_experiment
from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.checkpoint import checkpoint_files, load_newest, remove_checkpoints
from brainlearn.results.folder_lock import locked
from brainlearn.results.json_file import write_json
from brainlearn.results.record import RunRecord
from brainlearn.results.run_folder import create_run_folder
from brainlearn.results.status_file import remove_status
from brainlearn.results.unfinished import Unfinished, mark_finished, mark_unfinished, read_mark
from brainlearn.results.whole_file import remove_parts, whole_file, write_text
from brainlearn.running.checkpoints import Checkpoints, Origin, Saved, origin_of
from brainlearn.running.conduct import Interrupted, conduct, prepare, spread
from brainlearn.running.same_run import (
    CIRCUIT,
    EXPERIMENT,
    foreign,
    refuse_another,
    refuse_other_numbers,
    what_it_is,
)
from brainlearn.running.status import StatusWatcher
from brainlearn.saved_state import ForeignState
from brainlearn.training.course import Course
from brainlearn.training.progress import Silent, Watcher


def run_to_folder(
    experiment: Experiment,
    folder: Path,
    data: str | Path | None = None,
    watcher: Watcher | None = None,
    baseline: str | None = None,
    then: Sequence[str] = (),
    share: Share = ALONE,
) -> RunRecord:
    """Run, and write the run folder: experiment, circuit, checkpoints while it goes on, result and summary.

    Parameters
    ----------
    experiment : Experiment
    folder : Path
        It does not exist, or is empty.
    data, watcher, baseline
        As for `brainlearn.run`.
    then : sequence of str
        Baselines that the caller will run: the folder is marked as unfinished until `mark_finished` is called.
    share : Share
        With several processes the first one writes the folder, and the others take part with `run_record`.

    Raises
    ------
    UserError
        If the folder is in use, data are missing, or a baseline cannot run here; nothing is written then.
    Interrupted, KeyboardInterrupt
        If the run was asked to end, after or before its first epoch; `resume` goes on.
    """
    watcher = StatusWatcher(watcher or Silent())
    check_devices(experiment, then)
    course = prepare(experiment, data, watcher, baseline, share)  # mistakes are found before the folder exists
    create_run_folder(folder)
    with locked(folder):
        write_text(folder / EXPERIMENT, experiment.text_in_run_folder(CIRCUIT))
        write_text(folder / CIRCUIT, experiment.circuit_text)
        _copy_weights(experiment.circuit, folder)
        mark_unfinished(folder, Unfinished(baseline, tuple(then)))
        watcher.open(folder)
        return _conduct_in(folder, course, origin_of(course, CIRCUIT), None, then, spread(share))


def _copy_weights(circuit: Circuit, folder: Path) -> None:
    """Copy the files beside the circuit file that hold its weights."""
    stored = (projection.weights for projection in circuit.projections)
    for name in dict.fromkeys(weights.file for weights in stored if isinstance(weights, Stored)):
        with whole_file(folder / name) as part:
            part.write_bytes((Path(circuit.path).parent / name).read_bytes())


def resume(folder: Path, data: str | Path | None = None, watcher: Watcher | None = None) -> RunRecord | None:
    """Go on with a run that did not end, from its last checkpoint; without one, from its beginning.

    What comes out equals what the run would have given without a stop, bit for bit, but for times and memory.

    Parameters
    ----------
    folder : Path
        A run folder.
    data, watcher
        As for `brainlearn.run`.

    Returns
    -------
    RunRecord or None
        None if the run itself has ended already.

    Raises
    ------
    UserError
        If it is no run folder, its files are not those that the run began with, or no checkpoint can be read.
    """
    unfinished, watcher = read_mark(folder), StatusWatcher(watcher or Silent())
    if unfinished is None or unfinished.ended:
        remove_checkpoints(folder)
        return None
    with locked(folder) as left:
        if left:
            watcher.note(left)
        remove_parts(folder)
        watcher.open(folder)
        experiment = load_experiment(folder / EXPERIMENT)
        if not checkpoint_files(folder):
            course = prepare(experiment, data, watcher, unfinished.baseline)
            return _conduct_in(folder, course, origin_of(course, CIRCUIT), None, unfinished.then)
        path, about, arrays, notes = load_newest(folder)
        for note in notes:
            watcher.note(note)
        then, position = what_it_is(path, about)
        refuse_another(path, then, experiment, unfinished.baseline)
        course = prepare(experiment, data, watcher, unfinished.baseline)
        now = origin_of(course, CIRCUIT)
        refuse_other_numbers(path, then, now, about.get("record"))
        try:
            return _conduct_in(folder, course, now, Saved(about.get("record"), position, arrays), unfinished.then)
        except ForeignState as error:
            raise UserError(foreign(path, error)) from error


def _conduct_in(
    folder: Path,
    course: Course,
    origin: Origin,
    saved: Saved | None,
    then: Sequence[str],
    notes: Sequence[str] = (),
) -> RunRecord:
    """Train and test, with checkpoints, and write what came out; the folder is locked."""
    keeper = Checkpoints(folder, origin, course.experiment.settings.training.checkpoint_minutes)
    try:
        with keeper.ends_on_signals():
            record = conduct(course, keeper, saved, notes)
    except Interrupted as interrupted:
        try:
            write_results(interrupted.record, folder)
        except UserError as error:
            course.watcher.note(str(error))
        raise
    try:
        write_results(record, folder)
    except UserError as error:
        keeper.write_kept()
        hint = f"See to it that it can be written, then: brainlearn resume {folder}"
        trained = Mistake(str(folder), "the run is trained, and not ended", suggestion=hint)
        raise UserError(*error.mistakes, trained) from error
    if then:
        mark_unfinished(folder, Unfinished(origin.baseline, tuple(then), ended=True))
    else:
        mark_finished(folder)
    remove_checkpoints(folder)
    remove_status(folder)
    if then and keeper.asked:
        raise Interrupted(record)
    return record


def write_results(record: RunRecord, folder: Path) -> None:
    """Write result and summary into the run folder; the summary last, as a sign that all is there."""
    from brainlearn.results.store import save_result
    from brainlearn.results.summary import summary
    from brainlearn.results.tree import result_tree

    save_result(result_tree(record), folder / "result.nc")
    write_json(summary(record), folder / "summary.json")


__all__ = ["resume", "run_to_folder", "write_results"]
