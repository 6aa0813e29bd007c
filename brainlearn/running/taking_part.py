"""What the processes of one run do beside the first one, and where all of them resume."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn.brian.share import Share
from brainlearn.experiment.loading import Experiment
from brainlearn.mistakes import Mistake, UserError
from brainlearn.processes.launch import resume_command
from brainlearn.results.checkpoint import KEPT, checkpoint_files, load_checkpoint
from brainlearn.results.record import RunRecord
from brainlearn.results.run_folder import CIRCUIT
from brainlearn.running.checkpoints import Checkpoints, origin_of
from brainlearn.running.conduct import conduct, prepare, spread
from brainlearn.running.same_run import Found, course_from, foreign
from brainlearn.saved_state import ForeignState
from brainlearn.stimuli import Dataset
from brainlearn.training.progress import Silent


def tell(share: Share, folder: Path, resumes: bool = False, ended: bool = False) -> None:
    """Tell the other processes where the run is, and whether it begins, resumes, or has ended already."""
    share.told({"folder": str(folder.resolve()), "resumes": resumes, "ended": ended})


def take_part(
    experiment: Experiment,
    data: str | Path | None,
    share: Share,
    baseline: str | None = None,
    given: Dataset | None = None,
) -> RunRecord | None:
    """Simulate a share of the copies of a run that the first process shows and writes.

    Checkpoints of this process are in its own folder within that of the run. It is removed when the first process has
    written the results.

    Returns
    -------
    RunRecord or None
        None if the run has ended before.
    """
    said = share.told()
    if said["ended"]:
        return None
    folder = own_folder(Path(said["folder"]), share)
    found = common_checkpoint(folder, share) if said["resumes"] else None
    start = partial(prepare, experiment, data, Silent(), baseline, share, given)
    if found is None:
        course = start()
        now, saved = origin_of(course, CIRCUIT), None
    else:
        course, now, saved = course_from(found, experiment, baseline, start)
    folder.mkdir(parents=True, exist_ok=True)
    keeper = Checkpoints(folder, now, experiment.settings.training.save_minutes, share)
    try:
        record = conduct(course, keeper, saved, () if saved else spread(share))
    except ForeignState as error:
        raise UserError(foreign(folder, error)) from error
    share.total(0)  # the first process has written the results
    shutil.rmtree(folder, ignore_errors=True)
    return record


def own_folder(run: Path, share: Share) -> Path:
    """Return the folder of the checkpoints of a process: that of the run for the first one."""
    return run if share.rank == 0 else run / f"process_{share.rank}"


def common_checkpoint(folder: Path, share: Share) -> Found | None:
    """Read the newest checkpoint after an epoch of which every process has its own; None: there is none.

    All processes call it together.
    """
    by_epoch: dict[int, Found] = {}
    for path in checkpoint_files(folder):
        try:
            about, arrays = load_checkpoint(path)
        except UserError:
            continue  # the one before may be whole
        if about.get("processes", 1) == share.size:
            by_epoch[_epochs(about)] = path, about, arrays
    mine = np.full((1, KEPT), -1, dtype=np.int64)
    mine[0, : len(by_epoch)] = sorted(by_epoch)
    everybody = share.all_of(mine, share.size)
    common = set.intersection(*(set(row.tolist()) for row in everybody)) - {-1}
    return by_epoch[max(common)] if common else None


def refuse_other_processes(path: Path, about: dict[str, Any], share: Share) -> None:
    """Raise a UserError if a checkpoint holds the copies of one process among several, and this one is alone."""
    processes = about.get("processes", 1)
    if processes != share.size:
        hint = f"Resume it with: {resume_command(path.parent.parent, processes)}"
        raise UserError(Mistake(str(path), "the copies were distributed over processes", str(processes), "", hint))


def _epochs(about: dict[str, Any]) -> int:
    """Return after how many epochs a checkpoint was saved, twice; one more if only the test is left."""
    record, position = about.get("record"), about.get("position")
    trained = isinstance(position, dict) and bool(position.get("trained"))
    return 2 * len(record["epochs"]) + trained if isinstance(record, dict) else -1
