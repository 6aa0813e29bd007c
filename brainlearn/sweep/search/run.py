"""A search from its arms to its dataset: trials on the workers of a sweep, then the best settings with fresh seeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from itertools import chain
from pathlib import Path

from distributed import Client, as_completed
from xarray import Dataset

from brainlearn.experiment import Experiment, load_experiment
from brainlearn.mistakes import UserError
from brainlearn.results.folder_lock import locked
from brainlearn.results.run_folder import CIRCUIT, EXPERIMENT, RunFolder
from brainlearn.results.whole_file import write_text
from brainlearn.running.copied_arrays import copy_arrays
from brainlearn.sweep.axes import SEED
from brainlearn.sweep.cluster import check_threads
from brainlearn.sweep.compute import compute_point, reason
from brainlearn.sweep.point import Point, folder_of, is_done, point_of, remove_parts
from brainlearn.sweep.progress import PointDone, SilentSweep, SweepWatcher
from brainlearn.sweep.run import FILE, message_of, open_folder, outcome, outcomes
from brainlearn.sweep.search.dataset import Final, search_dataset
from brainlearn.sweep.search.loading import WITHOUT_TEST, Arm, Search
from brainlearn.sweep.search.study import ArmStudy, Trial, open_storage
from brainlearn.sweep.store import RESULT, save_sweep

ARMS, BEST = "arms", "best.toml"


class _Workers:
    """The workers of a search, started when there is something to compute.

    Parameters
    ----------
    client : context manager that gives a distributed.Client
    """

    def __init__(self, client: AbstractContextManager[Client]) -> None:
        self._client, self._stack = client, ExitStack()
        self._opened: Client | None = None

    def __enter__(self) -> _Workers:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    @property
    def client(self) -> Client:
        """The client, of workers with one thread each."""
        if self._opened is None:
            opened = self._stack.enter_context(self._client)
            check_threads(opened)
            self._opened = opened
        return self._opened

    @property
    def number(self) -> int:
        """How many there are now."""
        return max(len(self.client.nthreads()), 1)


def run_search(
    search: Search,
    folder: str | Path,
    client: AbstractContextManager[Client],
    data: str | Path | None = None,
    watcher: SweepWatcher | None = None,
) -> Dataset:
    """Compute missing trials, test the best settings, and collect all in one dataset.

    Parameters
    ----------
    search : Search
    folder, client, data, watcher
        As for `brainlearn.sweep.run.run_sweep`.

    Returns
    -------
    xarray.Dataset
        As it was written to ``sweep.nc``; docs/sweeps.md describes it.

    Raises
    ------
    UserError
        If the folder holds something else, or another search; if it is in use, or cannot be written.
    """
    folder = open_folder(Path(folder), search.text).resolve()
    place = None if data is None else str(Path(data).resolve())
    with locked(folder), _Workers(client) as workers:
        write_text(folder / FILE, search.text)
        storage = open_storage(folder)
        studies = {arm.name: ArmStudy(storage, search, arm, folder) for arm in search.arms}
        for arm in search.arms:
            _write_base(folder, arm)
        _search(search, studies, folder, workers, place, watcher or SilentSweep())
        final = _test_best(search, studies, folder, workers, place, watcher or SilentSweep())
        dataset = search_dataset(search, studies, folder, final)
        save_sweep(dataset, folder / RESULT)
    return dataset


def _write_base(folder: Path, arm: Arm) -> None:
    """Write the experiment of an arm next to its circuit: trials are read from there, even if files change."""
    place = folder / ARMS / arm.name
    place.mkdir(parents=True, exist_ok=True)
    write_text(place / CIRCUIT, arm.experiment.circuit_text)
    copy_arrays(arm.experiment.circuit, place)
    write_text(place / EXPERIMENT, arm.experiment.text_in_run_folder(CIRCUIT))


# ---- trials --------------------------------------------------------------------------------------------------------


def _search(
    search: Search,
    studies: Mapping[str, ArmStudy],
    folder: Path,
    workers: _Workers,
    data: str | None,
    watcher: SweepWatcher,
) -> None:
    """Compute trials until every arm has all of its own, as many at once as there are workers."""
    total = search.table.trials * len(studies)
    left = [(study, trial) for study in studies.values() for trial in study.left_over()]
    done = sum(study.begun for study in studies.values()) - len(left)
    total = max(total, done + len(left))
    watcher.started(f"{search.settings.name}: {total} trials of {search.title}", done, total)

    def told(study: ArmStudy, trial: Trial, error: float | None, message: str) -> None:
        nonlocal done
        done += 1
        known = study.tell(trial.number, error, message)
        found = "" if known.message else f"validation error {known.error:.2f} %"
        watcher.point_done(PointDone(f"{study.arm.name} {trial.number}", known.message, found, done, total))

    proposed = _proposals(search, studies, left)
    if (first := next(proposed, None)) is None:
        return
    proposed = chain([first], proposed)
    of: dict[str, tuple[ArmStudy, Trial, Point]] = {}
    completed = as_completed([], loop=workers.client.loop)
    while True:
        while len(of) < workers.number and (following := next(proposed, None)) is not None:
            study, trial = following
            try:
                point = trial_point(folder, study.arm, trial)
            except UserError as mistake:  # values that do not go together
                told(study, trial, None, reason(mistake))
                continue
            study.name(trial.number, point.name)
            future = workers.client.submit(compute_point, point, sweep=str(folder), data=data, pure=False)
            of[str(future.key)] = study, trial, point
            completed.add(future)
            del future
        if not of:
            return
        ended = next(completed)
        study, trial, point = of.pop(str(ended.key))
        told(study, trial, _error(folder, point), message_of(ended))
        remove_parts(folder, [point])


def _proposals(
    search: Search, studies: Mapping[str, ArmStudy], left: Sequence[tuple[ArmStudy, Trial]]
) -> Iterator[tuple[ArmStudy, Trial]]:
    """Yield unfinished trials, then one trial after the other, of the arm that has had the fewest."""
    yield from left
    while True:
        study = min(studies.values(), key=lambda each: each.begun)
        if study.begun >= search.table.trials:
            return
        yield study, study.ask()


def trial_point(folder: Path, arm: Arm, trial: Trial) -> Point:
    """Return the point of a trial: an experiment that is not tested. Trials with the same settings have one."""
    experiment = load_experiment(folder / ARMS / arm.name / EXPERIMENT, {**trial.changes, **WITHOUT_TEST})
    return point_of(experiment, (), {"arm": arm.name, **trial.changes}, arm.train)


def _error(folder: Path, point: Point) -> float | None:
    """Return the last validation error of a trial [percent]; None if it has no result, or the error is no number."""
    if not is_done(folder, point):
        return None
    error: float | None = RunFolder(folder_of(folder, point)).read_summary()["validation_error_percent"]
    return error


# ---- the best settings ---------------------------------------------------------------------------------------------


def _test_best(
    search: Search,
    studies: Mapping[str, ArmStudy],
    folder: Path,
    workers: _Workers,
    data: str | None,
    watcher: SweepWatcher,
) -> list[Final]:
    """Write the best settings of every arm, and test them with the seeds that are asked for."""
    found = {name: (study.arm, best) for name, study in studies.items() if (best := study.best()) is not None}
    experiments = {name: _write_best(folder, arm, best) for name, (arm, best) in found.items()}
    final = [
        (name, seed, point_of(_with_seed(folder, name, seed), (), {"arm": name, SEED: seed}, found[name][0].train))
        for name in experiments
        for seed in search.table.final_seeds or []
    ]
    waiting = [point for _, _, point in final if not is_done(folder, point)]
    messages = {}
    if waiting:
        watcher.started("the best settings with fresh seeds", len(final) - len(waiting), len(final))
        done = len(final) - len(waiting)
        for point, message in outcomes(workers.client, waiting, folder, data):
            done += 1
            messages[point.name] = message
            watcher.point_done(PointDone(point.name, message, outcome(folder, point), done, len(final)))
    remove_parts(folder, [point for _, _, point in final])
    return [Final(name, seed, point, messages.get(point.name, "")) for name, seed, point in final]


def _write_best(folder: Path, arm: Arm, best: Trial) -> Experiment:
    """Write the experiment with the best settings, ready to run, next to its circuit."""
    place = folder / ARMS / arm.name
    experiment = load_experiment(place / EXPERIMENT, best.changes)
    write_text(place / BEST, experiment.text_in_run_folder(CIRCUIT))
    return experiment


def _with_seed(folder: Path, name: str, seed: int) -> Experiment:
    return load_experiment(folder / ARMS / name / BEST, {SEED: seed})
