"""Messages when a run is asked to end, or nobody reads its output any longer."""

from __future__ import annotations

import errno
import shlex
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from brainlearn.cli.terminal import say
from brainlearn.cli.unread import to_standard_error

if TYPE_CHECKING:
    from brainlearn.results.run_folder import RunFolder


class GoingOn:
    """Says how to resume a run that is ended by Ctrl-C within the block.

    Where nobody reads the output any more (``brainlearn run ... | head``), the run ends as by Ctrl-C.

    Parameters
    ----------
    data : Path, optional
        Folder of the datasets.
    part : bool
        Whether the run is a baseline of another, which says how to continue.

    Attributes
    ----------
    folder : RunFolder or None
        Of the run, as soon as there is one.
    """

    def __init__(self, data: Path | None, part: bool) -> None:
        self._data, self._part = data, part
        self.folder: RunFolder | None = None

    def __enter__(self) -> GoingOn:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        if _unread(error):
            to_standard_error()
            self._say_how(error)
            raise KeyboardInterrupt from None
        if isinstance(error, KeyboardInterrupt):
            self._say_how(error)

    def _say_how(self, error: BaseException | None) -> None:
        from brainlearn.processes.launch import processes, resume_command
        from brainlearn.running import Interrupted

        if self._part or self.folder is None:
            return
        if isinstance(error, Interrupted):
            say(f"The state of the run is saved in {self.folder}/")
        if self.folder.marked:
            options = "" if self._data is None else f" --data {shlex.quote(str(self._data))}"
            say(f"Resume it with: {resume_command(self.folder.path, processes())}{options}")


def _unread(error: BaseException | None) -> bool:
    """Return whether output could not be written; a console of rich ends the program then."""
    return isinstance(error, SystemExit) or (isinstance(error, OSError) and error.errno in (errno.EPIPE, errno.EIO))
