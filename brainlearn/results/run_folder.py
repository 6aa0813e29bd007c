"""The folder of a run: its files, who works in it, what is left to do, how far it is, and the baselines in it."""

from __future__ import annotations

import contextlib
import json
import os
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import is_folder, is_regular, read_bytes, read_text, reason, what_is_there
from brainlearn.results.folder_lock import Holder, holder_of, locked
from brainlearn.results.json_file import plain, write_json
from brainlearn.results.read_summary import read_summary

EXPERIMENT, CIRCUIT = "experiment.toml", "circuit.toml"
RESULT, SUMMARY = "result.nc", "summary.json"
DATA, TRAINED = "data.npz", "trained.npz"
FIGURE, REPORT = "figure.png", "report.html"
UNFINISHED, STATUS, LIVE = "unfinished.json", "status.json", "live.json"
BASELINES = "baselines"
SCHEMA = 1  # of the last three JSON files


@dataclass(frozen=True)
class Unfinished:
    """What a run folder still waits for.

    Parameters
    ----------
    baseline : str or None
        The baseline that is trained in the folder itself; None: the rule.
    then : tuple of str
        Baselines that follow, each in its own folder in ``baselines/``.
    ended : bool
        Whether what is trained in the folder itself has ended: only those that follow are left.
    data : str or None
        Hash of the dataset, by which another one is refused.
    """

    baseline: str | None
    then: tuple[str, ...] = ()
    ended: bool = False
    data: str | None = None


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run, there or not; every file of it has its name here and nowhere else.

    Parameters
    ----------
    path : Path

    Examples
    --------
    >>> RunFolder(Path("runs/a")).baseline("backprop").result.as_posix()
    'runs/a/baselines/backprop/result.nc'
    """

    path: Path

    def __fspath__(self) -> str:
        return os.fspath(self.path)

    def __str__(self) -> str:
        return str(self.path)

    # ---- files -----------------------------------------------------------------------------------------------------

    @property
    def experiment(self) -> Path:
        """The experiment as run, which names `circuit`."""
        return self.path / EXPERIMENT

    @property
    def circuit(self) -> Path:
        """The circuit as run."""
        return self.path / CIRCUIT

    @property
    def data(self) -> Path:
        """What is learned, if a script handed it over."""
        return self.path / DATA

    @property
    def result(self) -> Path:
        """The labelled result; `brainlearn.load_result` reads it."""
        return self.path / RESULT

    @property
    def trained(self) -> Path:
        """What the trained circuit needs in order to answer; `brainlearn.load_trained` reads it."""
        return self.path / TRAINED

    @property
    def summary(self) -> Path:
        """The page of numbers; written last, so the run itself has ended where it is."""
        return self.path / SUMMARY

    @property
    def figure(self) -> Path:
        """The picture of the run."""
        return self.path / FIGURE

    @property
    def report(self) -> Path:
        """The page of the run and its baselines."""
        return self.path / REPORT

    def text(self, name: str) -> str | None:
        """Return a text file for people to read, as far as it is text; None if there is no such file."""
        with contextlib.suppress(OSError):
            return read_bytes(self.path / name).decode("utf-8", errors="replace")
        return None

    def read_summary(self) -> dict[str, Any]:
        """Return the page of numbers; UserError if it is missing or damaged."""
        return read_summary(self.summary)

    # ---- what is there ---------------------------------------------------------------------------------------------

    @property
    def ended(self) -> bool:
        """Whether what is trained in the folder itself has ended, and left its page of numbers."""
        return is_regular(self.summary)

    @property
    def has_result(self) -> bool:
        """Whether there is anything to show: the page of numbers, or the result."""
        return is_regular(self.summary) or is_regular(self.result)

    def baseline(self, name: str) -> RunFolder:
        """Return the folder of a baseline, there or not."""
        return RunFolder(self.path / BASELINES / name)

    def runs(self) -> list[RunFolder]:
        """Return this run and those of its baselines that hold a result, in the order of their names."""
        return [self, *(run for run in self._baselines() if run.has_result)]

    def without_result(self) -> list[RunFolder]:
        """Return the folders of those baselines that hold no result."""
        return [run for run in self._baselines() if not run.has_result]

    def _baselines(self) -> list[RunFolder]:
        with contextlib.suppress(OSError):
            return [RunFolder(run) for run in sorted((self.path / BASELINES).iterdir()) if is_folder(run)]
        return []

    # ---- who works in it -------------------------------------------------------------------------------------------

    def locked(self) -> AbstractContextManager[str]:
        """Hold the folder while the block runs; see `brainlearn.results.folder_lock.locked`."""
        return locked(self.path)

    def holder(self) -> Holder | None:
        """Return who holds the folder, or left it without letting go; None if nobody does."""
        return holder_of(self.path)

    # ---- what is left to do ----------------------------------------------------------------------------------------

    def mark_unfinished(self, unfinished: Unfinished) -> None:
        """Write down what is left to do."""
        write_json({"schema": SCHEMA, **asdict(unfinished)}, self.path / UNFINISHED)

    def mark_finished(self) -> None:
        """Write down that nothing is left to do."""
        with contextlib.suppress(OSError):
            (self.path / UNFINISHED).unlink()

    @property
    def marked(self) -> bool:
        """Whether it is written down that something is left to do."""
        return os.path.lexists(self.path / UNFINISHED)

    def unfinished(self) -> Unfinished | None:
        """Return what is left to do; None if the run has ended.

        Raises
        ------
        UserError
            If it is no run folder, or what is left to do cannot be read.
        """
        path = self.path / UNFINISHED
        if not self.marked:
            if self.ended:
                return None
            raise UserError(self._no_run())
        try:
            found = json.loads(read_text(path))
            fits = _fits(found)
        except (OSError, ValueError, RecursionError) as error:
            raise UserError(_damaged(path, reason(error).splitlines()[0])) from error
        if not fits:
            raise UserError(_damaged(path, str(found)[:80]))
        return Unfinished(found["baseline"], tuple(found["then"]), found["ended"], found.get("data"))

    def _no_run(self) -> Mistake:
        there = what_is_there(self.path)
        found = f"no {UNFINISHED} in it" if there == "a folder" else there or "no such folder"
        hint = "Start a run with brainlearn run EXPERIMENT."
        return Mistake(str(self.path), "not the folder of a run", found, "a run folder, as runs/NAME", hint)

    # ---- how far it is ---------------------------------------------------------------------------------------------

    def write_status(self, status: dict[str, Any]) -> None:
        """Replace the status of the run, whole or not at all.

        Unlike results it is not forced onto the disk, and where the folder cannot be written the old one stays: a run
        does not end because nobody can watch it.
        """
        self._replace(STATUS, status)

    def write_live(self, view: dict[str, Any]) -> None:
        """Replace what the circuit of the run does, as `write_status` does."""
        self._replace(LIVE, view)

    def _replace(self, name: str, data: dict[str, Any]) -> None:
        part = self.path / f".{name}.part"
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)  # whatever took its name, as a FIFO that nobody reads
            part.write_text(json.dumps({"schema": SCHEMA, **plain(data)}, allow_nan=False) + "\n", encoding="utf-8")
            os.replace(part, self.path / name)

    def read_status(self) -> dict[str, Any] | None:
        """Return the status of the run; None if it has none, or one that this version does not know."""
        return self._read(STATUS)

    def read_live(self) -> dict[str, Any] | None:
        """Return what the circuit of the run did last; None if that is not known."""
        return self._read(LIVE)

    def _read(self, name: str) -> dict[str, Any] | None:
        with contextlib.suppress(OSError, ValueError, RecursionError):
            found = json.loads(read_text(self.path / name))
            if isinstance(found, dict) and found.get("schema") == SCHEMA:
                return found
        return None

    def remove_status(self) -> None:
        """Remove the status of a run that has ended, and what its circuit did last."""
        for name in (STATUS, LIVE):
            with contextlib.suppress(OSError):
                (self.path / name).unlink()


def _fits(found: Any) -> bool:
    """Return whether JSON says what is left to do, in the schema that is known."""
    return (
        isinstance(found, dict)
        and found.get("schema") == SCHEMA
        and isinstance(found.get("baseline", 0), str | None)
        and isinstance(found.get("then"), list)
        and all(isinstance(name, str) for name in found["then"])
        and isinstance(found.get("ended"), bool)
        and isinstance(found.get("data", ""), str | None)
    )


def _damaged(path: Path, found: str) -> Mistake:
    hint = 'Write {"schema": 1, "baseline": null, "then": [], "ended": false} into it to resume the rule alone.'
    return Mistake(str(path), "does not list the remaining work", found, "as brainlearn run wrote it", hint)
