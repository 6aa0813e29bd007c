"""The command line in processes of its own, started as an installed command is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
COMMAND = """import sys
from brainlearn.cli import main
if __name__ == "__main__":
    sys.exit(main())
"""


def command(bin_folder: Path, *arguments: str) -> list[str]:
    """Return a command as the script `brainlearn` of an installation runs it: it lies in a folder of its own."""
    bin_folder.mkdir(exist_ok=True)
    script = bin_folder / "brainlearn"
    script.write_text(COMMAND, encoding="utf-8")
    return [sys.executable, str(script), *arguments]


def begin(bin_folder: Path, arguments: Sequence[str], cwd: Path, **options: Any) -> subprocess.Popen[str]:
    """Start a command in a folder, with this tree on the path; in a session of its own, as a terminal does."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **options}
    return subprocess.Popen(
        command(bin_folder, *arguments), cwd=cwd, env=environment, text=True, start_new_session=True, **streams
    )


def until(true: Callable[[], object], seconds: float = 600.0) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.02)
