"""A sweep from its points to its dataset: the workers of a cluster compute missing points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from distributed import Client, Future, as_completed
from distributed.scheduler import KilledWorker
from xarray import Dataset

from brainlearn.mistakes import UserError
from brainlearn.regular_file import is_regular
from brainlearn.results.comparison import brief
from brainlearn.results.folder_lock import locked
from brainlearn.results.new_folder import create_run_folder
from brainlearn.results.run_folder import RunFolder
from brainlearn.results.whole_file import not_writable, write_text
from brainlearn.sweep.cluster import check_threads
from brainlearn.sweep.compute import compute_point, reason
from brainlearn.sweep.dataset import sweep_dataset
from brainlearn.sweep.loading import Sweep
from brainlearn.sweep.point import POINTS, Point, folder_of, is_done, remove_parts
from brainlearn.sweep.progress import PointDone, SilentSweep, SweepWatcher
from brainlearn.sweep.store import RESULT, save_sweep

FILE = "sweep.toml"


def run_sweep(
    sweep: Sweep,
    folder: str | Path,
    client: AbstractContextManager[Client],
    data: str | Path | None = None,
    watcher: SweepWatcher | None = None,
) -> Dataset:
    """Compute missing points, and collect all results in one dataset.

    Parameters
    ----------
    sweep : Sweep
    folder : str or Path
        A new or an empty folder, or one of this or another sweep: points that are finished there are not computed
        again. The workers must see it by the same path.
    client : context manager that gives a distributed.Client
        As `client_of` makes it, or a `Client` itself; it is not entered if nothing is to be computed.
    data : str or Path, optional
        Folder of the datasets, as the workers see it; default: the environment variable BRAINLEARN_DATA.
    watcher : SweepWatcher, optional
        Shows progress; default: silent.

    Returns
    -------
    xarray.Dataset
        As it was written to ``sweep.nc``; docs/sweeps.md describes it.

    Raises
    ------
    UserError
        If a worker has several threads, or the folder holds something else, is in use, or cannot be written.
    """
    folder = open_folder(Path(folder), sweep.text).resolve()
    with locked(folder):
        write_text(folder / FILE, sweep.text)
        messages = _compute(sweep, folder, client, data, watcher or SilentSweep())
        remove_parts(folder, sweep.points)
        dataset = sweep_dataset(sweep, folder, messages)
        save_sweep(dataset, folder / RESULT)
    return dataset


def open_folder(folder: Path, text: str) -> Path:
    """Create the folder of a sweep whose file says `text`, or continue in an existing one.

    Raises
    ------
    UserError
        If it holds something else than a sweep, or cannot be written.
    """
    if not is_regular(folder / FILE):
        create_run_folder(folder)
        write_text(folder / FILE, text)
    try:
        (folder / POINTS).mkdir(exist_ok=True)
    except OSError as error:
        raise UserError(not_writable(folder / POINTS, error)) from error
    return folder


def _compute(
    sweep: Sweep,
    folder: Path,
    client: AbstractContextManager[Client],
    data: str | Path | None,
    watcher: SweepWatcher,
) -> dict[str, str]:
    """Compute missing points, and return for each why it failed, or nothing."""
    waiting = [point for point in sweep.points if not is_done(folder, point)]
    total = len(sweep.points)
    done = total - len(waiting)
    watcher.started(f"{sweep.settings.name}: {total} points of {sweep.title}", done, total)
    messages: dict[str, str] = {}
    if waiting:
        with client as opened:
            check_threads(opened)
            for point, message in outcomes(opened, waiting, folder, data):
                done += 1
                messages[point.name] = message
                watcher.point_done(PointDone(point.name, message, outcome(folder, point), done, total))
    return messages


def outcomes(
    client: Client, points: Sequence[Point], folder: Path, data: str | Path | None
) -> Iterator[tuple[Point, str]]:
    """Yield every point once it is computed, with the reason if it failed."""
    place = None if data is None else str(Path(data).resolve())
    futures = client.map(compute_point, points, sweep=str(folder), data=place, pure=False)
    of = dict(zip((future.key for future in futures), points, strict=True))
    waiting = as_completed(futures, loop=client.loop)
    del futures
    for future in waiting:
        yield of[future.key], message_of(future)


def outcome(folder: Path, point: Point) -> str:
    """Return the test error of a point, or the reward of a circuit that acts, in words; nothing if it has none."""
    found = brief(RunFolder(folder_of(folder, point)).read_summary()) if is_done(folder, point) else {}
    error, reward = found.get("test_error_percent"), found.get("test_reward")
    if error is not None:
        return f"test error {error:.2f} %"
    return "" if reward is None else f"reward {reward:.4g}"


def message_of(future: Future) -> str:
    """Return why a point has no result; nothing if it has one."""
    if future.status == "finished":
        return str(future.result())
    error = future.exception()
    if isinstance(error, KilledWorker):
        return "its worker died repeatedly: is there enough memory?"
    return reason(error) if isinstance(error, Exception) else f"the cluster gave it up ({future.status})"


def default_folder(name: str) -> Path:
    """Return the default folder of a sweep of this name: always the same, so that it can be continued."""
    return Path("runs") / f"sweep-{name}"
