"""How this product starts Python: nothing from the working folder is ever imported or executed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

IN_THE_WORKING_FOLDER = ("", ".")  # what PYTHONPATH may hold by accident, as in ":/opt/lib"
SAFE_PATH = "PYTHONSAFEPATH"


def python(*arguments: str) -> list[str]:
    """Return the command that runs this Python, without imports from the working folder or that of a script.

    >>> python("-c", "pass")[1:]
    ['-P', '-c', 'pass']
    """
    return [sys.executable, "-P", *arguments]


def this_brainlearn(*arguments: str) -> list[str]:
    """Return the command that runs this installation of the package."""
    return python(str(Path(__file__).resolve().parents[1] / "__main__.py"), *arguments)


def safe_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which a process and its children import nothing from the working folder.

    >>> safe_environment({"PYTHONPATH": os.pathsep.join(["", "/opt/lib", "."])})
    {'PYTHONPATH': '/opt/lib', 'PYTHONSAFEPATH': '1'}
    """
    found = {**environment, SAFE_PATH: "1"}
    if "PYTHONPATH" in found:
        places = [each for each in found["PYTHONPATH"].split(os.pathsep) if each not in IN_THE_WORKING_FOLDER]
        found["PYTHONPATH"] = os.pathsep.join(places)
        if not places:
            del found["PYTHONPATH"]
    return found


@contextmanager
def nothing_of_the_working_folder() -> Iterator[None]:
    """Keep all processes that start within the block from importing from their working folder."""
    before = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[SAFE_PATH]
        else:
            os.environ[SAFE_PATH] = before
