"""Runs in folders: begun, saved while they run, resumed, and written down when they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brainlearn.brian.share import ALONE, Share
from brainlearn.environments.handed_over import check_repeats
from brainlearn.experiment.checks.environment import make_of
from brainlearn.experiment.loading import Experiment, load_experiment
from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.checkpoint import checkpoint_files, load_newest, remove_checkpoints
from brainlearn.results.json_file import write_json
from brainlearn.results.new_folder import create_run_folder
from brainlearn.results.record import RunRecord
from brainlearn.results.run_folder import CIRCUIT, RunFolder, Unfinished
from brainlearn.results.trained_file import save_trained
from brainlearn.results.whole_file import remove_parts, whole_file, write_text
from brainlearn.running.checkpoints import Checkpoints, Origin, Saved, origin_of
from brainlearn.running.conduct import Interrupted, conduct, prepare, spread
from brainlearn.running.copied_arrays import copy_arrays
from brainlearn.running.device_check import check_devices
from brainlearn.running.live_view import LiveView
from brainlearn.running.same_run import Found, course_from, foreign, refuse_other_data
from brainlearn.running.status import StatusWatcher
from brainlearn.running.taking_part import common_checkpoint, refuse_other_processes, tell
from brainlearn.running.trained_state import trained_as
from brainlearn.saved_state import ForeignState
from brainlearn.stimuli import Dataset, write_dataset
from brainlearn.training.course import Course
from brainlearn.training.progress import Silent, Watcher

if TYPE_CHECKING:
    from xarray import DataTree


@dataclass(frozen=True)
class Ended:
    """A run that has ended in its folder.

    Parameters
    ----------
    record : RunRecord
    tree : xarray.DataTree
        The same, labelled, as it was written: it is built once.
    """

    record: RunRecord
    tree: DataTree


@dataclass(frozen=True)
class Prepared:
    """A run that is ready to start: all input has been checked, and nothing is written yet.

    Parameters
    ----------
    course : Course
    watcher : StatusWatcher
    baseline : str or None
        The baseline that is trained; None: the rule.
    then : tuple of str
        Baselines that follow.
    share : Share
    given : bool
        Whether a script handed the dataset over: it goes into the folder then.
    """

    course: Course
    watcher: StatusWatcher
    baseline: str | None
    then: tuple[str, ...]
    share: Share
    given: bool = False


def prepare_run(
    experiment: Experiment,
    data: str | Path | None = None,
    watcher: Watcher | None = None,
    baseline: str | None = None,
    then: Sequence[str] = (),
    share: Share = ALONE,
    dataset: Dataset | None = None,
) -> Prepared:
    """Load the data and build the circuit of a run that will start in a folder.

    Parameters
    ----------
    experiment, data, watcher
        As for `brainlearn.run`.
    baseline : str, optional
        Train the mirror by this baseline instead of the circuit by its rule.
    then : sequence of str
        Baselines that the caller will run.
    share : Share
        With several processes the first one writes the folder, and the others take part with `run_record`.
    dataset : Dataset, optional
        As for `brainlearn.run`.

    Raises
    ------
    UserError
        If data are missing, or a baseline cannot run here.
    """
    told = StatusWatcher(watcher or Silent())
    check_devices(experiment, then)
    if (acting := experiment.settings.environment) is not None and acting.make is not None:
        check_repeats(make_of(acting), acting.name)
    course = prepare(experiment, data, told, baseline, share, dataset)
    return Prepared(course, told, baseline, tuple(then), share, dataset is not None)


def begin(prepared: Prepared, folder: RunFolder) -> Ended:
    """Run, and write the run folder: experiment, circuit, checkpoints while it runs, result and summary.

    Parameters
    ----------
    prepared : Prepared
    folder : RunFolder
        It is there, and empty. With baselines that follow it stays marked as unfinished.

    Raises
    ------
    UserError
        If another run works there, or it cannot be written.
    Interrupted, KeyboardInterrupt
        If the run was asked to end, after or before its first epoch; `resume` continues.
    """
    experiment = prepared.course.experiment
    with folder.locked():
        write_text(folder.experiment, experiment.text_in_run_folder(CIRCUIT))
        write_text(folder.circuit, experiment.circuit_text)
        copy_arrays(experiment.circuit, folder.path)
        if prepared.given:
            with whole_file(folder.data) as part:
                write_dataset(prepared.course.dataset, part)
        data = prepared.course.data_sha256
        folder.mark_unfinished(Unfinished(prepared.baseline, prepared.then, data=data))
        prepared.watcher.open(folder)
        prepared.watcher.show(LiveView(prepared.course, folder))
        origin = origin_of(prepared.course, CIRCUIT)
        tell(prepared.share, folder.path)
        return _conduct_in(folder, prepared.course, origin, None, prepared.then, prepared.share)


def run_to_folder(
    experiment: Experiment,
    folder: str | Path,
    data: str | Path | None = None,
    watcher: Watcher | None = None,
    baseline: str | None = None,
    then: Sequence[str] = (),
) -> Ended:
    """Prepare a run and begin it in a folder that does not exist, or is empty; see `prepare_run` and `begin`."""
    prepared = prepare_run(experiment, data, watcher, baseline, then)
    return begin(prepared, RunFolder(create_run_folder(folder)))


def resume(
    folder: str | Path,
    data: str | Path | None = None,
    watcher: Watcher | None = None,
    environment: Any = None,
    share: Share = ALONE,
) -> Ended | None:
    """Resume an unfinished run from its last checkpoint; without one, from its start.

    What comes out equals what the run would have given without a stop, bit for bit, but for times and memory.

    Parameters
    ----------
    folder : str or Path
        A run folder.
    data, watcher
        As for `brainlearn.run`.
    environment : object, optional
        The environment that a script handed over, if one did; no folder holds it.
    share : Share
        As for `prepare_run`; the others take part with `take_part`.

    Returns
    -------
    Ended or None
        None if the run itself has ended already.

    Raises
    ------
    UserError
        If it is no run folder, its files are not those that the run began with, or no checkpoint can be read.
    """
    run, watcher = RunFolder(Path(folder)), StatusWatcher(watcher or Silent())
    unfinished = run.unfinished()
    if unfinished is None or unfinished.ended:
        tell(share, run.path, ended=True)
        remove_checkpoints(run.path)
        return None
    with run.locked() as left:
        if left:
            watcher.note(left)
        remove_parts(run.path)
        watcher.open(run)
        handed_over = {} if environment is None else {"environment.make": environment}
        experiment = load_experiment(run.experiment, handed_over)
        tell(share, run.path, resumes=True)
        found = _newest(run.path, watcher) if share.size == 1 else common_checkpoint(run.path, share)

        def start() -> Course:
            course = prepare(experiment, data, watcher, unfinished.baseline, share)
            watcher.show(LiveView(course, run))
            return course

        if found is None:
            course = start()
            refuse_other_data(run, unfinished.data, course.data_sha256)
            return _conduct_in(run, course, origin_of(course, CIRCUIT), None, unfinished.then, share)
        path, about, _ = found
        refuse_other_processes(path, about, share)
        course, now, saved = course_from(found, experiment, unfinished.baseline, start)
        try:
            return _conduct_in(run, course, now, saved, unfinished.then, share)
        except ForeignState as error:
            raise UserError(foreign(path, error)) from error


def _newest(folder: Path, watcher: Watcher) -> Found | None:
    """Read the newest checkpoint that can be read, and tell what is wrong with newer ones; None: there is none."""
    if not checkpoint_files(folder):
        return None
    path, about, arrays, notes = load_newest(folder)
    for note in notes:
        watcher.note(note)
    return path, about, arrays


def _conduct_in(
    folder: RunFolder,
    course: Course,
    origin: Origin,
    saved: Saved | None,
    then: Sequence[str],
    share: Share,
) -> Ended:
    """Train and test, with checkpoints, and write the results; the folder is locked."""
    keeper = Checkpoints(folder.path, origin, course.experiment.settings.training.save_minutes, share)
    try:
        with keeper.ends_on_signals():
            record = conduct(course, keeper, saved, () if saved else spread(share))
    except Interrupted as interrupted:
        tree = _labelled(interrupted.record)
        try:
            write_results(tree, folder)
        except UserError as error:
            course.watcher.note(str(error))
        raise Interrupted(interrupted.record, tree) from None
    tree = _labelled(record)
    try:
        if record.trained:
            save_trained(folder.trained, trained_as(course, CIRCUIT), record.trained)
        write_results(tree, folder)
        share.total(0)  # the other processes may remove their checkpoints
    except UserError as error:
        keeper.write_kept()
        hint = f"Fix the cause, then run: brainlearn resume {folder}"
        trained = Mistake(str(folder), "the run is trained, but could not be saved", suggestion=hint)
        raise UserError(*error.mistakes, trained) from error
    if then:
        folder.mark_unfinished(Unfinished(origin.baseline, tuple(then), ended=True))
    else:
        folder.mark_finished()
    remove_checkpoints(folder.path)
    folder.remove_status()
    if then and keeper.asked:
        raise Interrupted(record, tree)
    return Ended(record, tree)


def _labelled(record: RunRecord) -> DataTree:
    """Label what a run recorded; xarray is imported now, so that it is no part of the memory that training needs."""
    from brainlearn.results.tree import result_tree

    return result_tree(record)


def write_results(tree: DataTree, folder: RunFolder) -> None:
    """Write result and summary into the run folder; the summary last, as a sign that the folder is complete."""
    from brainlearn.results.store import save_result
    from brainlearn.results.summary import summary

    save_result(tree, folder.result)
    write_json(summary(tree), folder.summary)


__all__ = ["Ended", "Prepared", "begin", "prepare_run", "resume", "run_to_folder", "write_results"]
