"""Several sweep files, one after the other on the same workers: one experiment that compares circuits or rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from distributed import Client
from xarray import Dataset

from brainlearn.mistakes import Mistake, UserError
from brainlearn.sweep.any_kind import load_any
from brainlearn.sweep.cluster import client_of
from brainlearn.sweep.loading import Sweep
from brainlearn.sweep.progress import SilentSweep
from brainlearn.sweep.run import run_sweep
from brainlearn.sweep.search.loading import Search
from brainlearn.sweep.search.run import run_search


def run_sweeps(
    files: Sequence[str | Path],
    folder: str | Path,
    *,
    workers: int | None = None,
    data: str | Path | None = None,
    told: Callable[[str], None] | None = None,
) -> dict[str, Dataset]:
    """Run sweep files, searches among them, and return their results by the names that the files give.

    Parameters
    ----------
    files : sequence of paths
        Each may vary another experiment.
    folder : str or Path
        Every sweep has a folder in it with its name; points that are finished there are not computed again.
    workers : int, optional
        Processes to start on this machine; default: one for each core.
    data : str or Path, optional
        Folder of the datasets; default: the environment variable BRAINLEARN_DATA.
    told : callable, optional
        Called with the name of each sweep before it begins.

    Returns
    -------
    dict of str to xarray.Dataset
        As of `load_sweep_result`.

    Raises
    ------
    UserError
        With all mistakes of all files, before anything runs; or if points have no result afterwards.
    """
    sweeps = _loaded(files, data)
    found: dict[str, Dataset] = {}
    with ExitStack() as stack:
        client = _SharedClient(stack, workers)
        for sweep in sweeps:
            name = sweep.settings.name
            if told is not None:
                told(name)
            place = Path(folder) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(sweep, Search):
                found[name] = run_search(sweep, place, client, data, SilentSweep())
            else:
                found[name] = run_sweep(sweep, place, client, data, SilentSweep())
            _check_whole(found[name], place)
    return found


class _SharedClient:
    """A client that the first sweep starts if it needs one, and the next ones share; the stack closes it."""

    def __init__(self, stack: ExitStack, workers: int | None) -> None:
        self._stack, self._workers = stack, workers
        self._client: Client | None = None

    def __enter__(self) -> Client:
        if self._client is None:
            self._client = self._stack.enter_context(client_of(self._workers, None, MOST_WORKERS))
        return self._client

    def __exit__(self, *error: object) -> None:
        pass


MOST_WORKERS = 1_000
"""More cores than any sweep here can use: `client_of` starts no more workers than there are cores."""


def _loaded(files: Sequence[str | Path], data: str | Path | None) -> list[Sweep | Search]:
    """Read all files, or raise the mistakes of all."""
    found: list[Sweep | Search] = []
    mistakes: list[Mistake] = []
    for file in files:
        try:
            found.append(load_any(file, data))
        except UserError as error:
            mistakes += error.mistakes
    names = [sweep.settings.name for sweep in found]
    mistakes += [
        Mistake(f"{sweep.path}: name", "another of these sweeps has this name", f'"{name}"', "names of their own")
        for k, (name, sweep) in enumerate(zip(names, found, strict=True))
        if name in names[:k]
    ]
    if mistakes:
        raise UserError(*mistakes)
    return found


def _check_whole(dataset: Dataset, place: Path) -> None:
    """Raise a UserError if a point has no result: a comparison needs all."""
    missing = int(dataset.attrs["points_without_result"])
    if missing:
        hint = f"The variable message of {place / 'sweep.nc'} says why. Run it again: finished points are kept."
        raise UserError(Mistake(str(place), "points without a result", str(missing), "none", hint))
