"""The baselines of a run, each in its own process, so that its peak memory is its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from brainlearn.mistakes import Mistake, UserError
from brainlearn.processes.launch import without_torchrun
from brainlearn.processes.safe_python import safe_environment, this_brainlearn
from brainlearn.results.folder_lock import wait_until_free
from brainlearn.results.run_folder import RunFolder
from brainlearn.running.signals import handled

INTERRUPTED = 130  # exit code of a command that was asked to end
PATIENCE = 60.0  # seconds for a process that is about to end


def run_baselines(
    folder: RunFolder,
    names: Sequence[str],
    data: str | Path | None,
    quiet: bool,
    told: Callable[[str], None],
) -> None:
    """Run those baselines that have not run, one after the other; the folder is complete then.

    Parameters
    ----------
    folder : RunFolder
        Of the run, which has ended itself.
    names : sequence of str
    data : str or Path, optional
        Folder of the datasets.
    quiet : bool
        Whether they show nothing but mistakes.
    told : callable
        Receives what is waited for.

    Raises
    ------
    UserError
        If one of them ends without a result.
    KeyboardInterrupt
        If it was asked to end.
    """
    if not names:
        return
    with folder.locked():
        for name in names:
            if (command := _command(folder, name)) is not None:
                wait_until_free(folder.baseline(name).path, PATIENCE, told)
                options = [] if data is None else ["--data", str(Path(data).resolve())]
                _run(folder.baseline(name), [*command, "--part", *options, *(["--quiet"] * quiet)])
        folder.mark_finished()


def _command(folder: RunFolder, name: str) -> list[str] | None:
    """Return the command that trains a baseline, or the rest of it; None if it has ended."""
    where = folder.baseline(name)
    if where.marked:
        return ["resume", str(where)]
    if where.ended:
        return None
    return ["run", str(folder.experiment), "--only", name, "--output", str(where)]


def _run(where: RunFolder, command: Sequence[str]) -> None:
    code = _wait_for(this_brainlearn(*command))
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    if code or where.marked or not where.ended:
        found = f"exit code {code}" if code >= 0 else f"signal {-code}"
        hint = f"Resume it with: brainlearn resume {where.path.parent.parent}"
        raise UserError(Mistake(str(where), "this baseline ended without a result", found, suggestion=hint))


def _wait_for(command: list[str]) -> int:
    """Run a command and return its exit code; signals to end this process are passed on to it.

    Its standard input is a pipe that nobody writes into: it closes when this process ends, however it ends.
    """
    environment = safe_environment(without_torchrun(os.environ))
    with (
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE) as process,
        handled(lambda number, _: process.send_signal(number)),
    ):
        return process.wait()
