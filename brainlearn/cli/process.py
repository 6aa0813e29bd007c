"""Settings of a command's process: its standard streams, and what libraries may import."""

from __future__ import annotations

import logging
import sys

from brainlearn.cli.terminal import accept_all_characters

# Brian2 imports these for `from brian2 import *`, for tests of its own and for a target that is not used here: a
# second of each command. Where they are missing it continues without them, as it must where they are not installed.
LEFT_OUT = ("pylab", "pytest", "Cython")


def prepare_process() -> None:
    """Allow any character in output, skip modules that no command needs, and silence Matplotlib about its folders."""
    accept_all_characters()
    for name in LEFT_OUT:
        if name not in sys.modules:
            sys.modules[name] = None  # type: ignore[assignment]  # Python's own mark of what cannot be imported
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
