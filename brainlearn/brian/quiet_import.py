"""Import Brian2 without its side effects on a program: the exception hook, and files with its log and the script.

Brian2 tells users to report every exception that reaches the top as a fault of Brian2, and keeps a log, with a copy of
the program, in the folder of temporary files. A mistake in a circuit file is no fault of Brian2.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from types import TracebackType
from typing import Any, cast

from brainlearn.mistakes import UserError


def import_brian2() -> None:
    """Import Brian2, and undo its hook and its files; if a script has imported it already, keep what that wants."""
    if "brian2" in sys.modules:
        if sys.excepthook.__module__.startswith("brian2."):
            _tell_mistakes_plainly(sys.excepthook)
        return
    hook, arguments, modules = sys.excepthook, sys.argv, cast("dict[str, Any]", sys.modules)
    sys.argv = [""]  # the program that Brian2 would copy
    if plain := modules.get("pylab", ...) is None and "matplotlib" not in modules:
        modules["matplotlib"] = None  # where figures are not wanted Brian2 asks for its version alone
    try:
        import brian2  # noqa: F401
        from brian2.utils.logger import BrianLogger
    finally:
        sys.excepthook, sys.argv = hook, arguments
        if plain:
            del modules["matplotlib"]
    _drop_log(BrianLogger)


def _drop_log(brian_logger: Any) -> None:
    handler, path = brian_logger.file_handler, brian_logger.tmp_log
    brian_logger.file_handler = brian_logger.tmp_log = None
    if handler is not None:
        logging.getLogger("brian2").removeHandler(handler)
        handler.close()
    if path is not None:
        with contextlib.suppress(OSError):
            os.remove(path)


def _tell_mistakes_plainly(others: Any) -> None:
    """Print a user's mistake as Python does; leave all other exceptions to the hook that is there."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        (sys.__excepthook__ if issubclass(kind, UserError) else others)(kind, error, trace)

    sys.excepthook = hook
